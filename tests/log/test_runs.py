from pathlib import Path

from profiler.log.runs import latest_run_us

HALF_PAST_NINE_US = 1_795_339_800_000_000
"""2026-11-22 09:30:00 UTC."""


def test_a_run_begins_with_its_first_segment(tmp_path: Path) -> None:
    for name in (
        "20261121T080000-7-aaaaaaaa.jsonl",
        "20261122T093000-8-bbbbbbbb.jsonl",
        "20261122T101500-8-cccccccc.jsonl",
        "notes.txt",
        "odd.jsonl",
    ):
        (tmp_path / name).touch()
    assert latest_run_us(tmp_path) == HALF_PAST_NINE_US


def test_where_nothing_ran_there_is_no_run(tmp_path: Path) -> None:
    assert latest_run_us(tmp_path) is None
    assert latest_run_us(tmp_path / "nowhere") is None
