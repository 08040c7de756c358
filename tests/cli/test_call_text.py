"""Captured text is shown on request, and steers nothing."""

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from profiler.log.encode import header_line
from profiler.log.text import Said, text_line
from profiler.tui.looks.theme import DARK, FALLBACK, palette
from profiler.tui.widgets.call_card import card
from tests.support.cli import profiler, profiler_json
from tests.support.events import a_segment, an_event
from tests.support.workspaces import UTC, a_workspace

STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
HOSTILE = "red \x1b[31m\tand\r\x07 \u202e back [@click=app.quit]x[/]\nnext"


def a_call_with_text(
    home: Path, *, prompt: list[Said], answer: list[Said], is_cut: bool = False
) -> str:
    """One call in the log and its text beside; its id."""
    event = an_event()
    a_segment(home / "log", [event])
    call_id = str(event["id"])
    (home / "text").mkdir()
    line = text_line(call_id, prompt, answer, is_cut=is_cut)
    (home / "text" / "a.jsonl").write_bytes(header_line("0" * 32) + line)
    return call_id


def test_text_is_shown_where_it_is_asked_for(tmp_path: Path) -> None:
    call_id = a_call_with_text(
        tmp_path, prompt=[("user", "When?\nNow?")], answer=[("assistant", "Friday.")], is_cut=True
    )
    shown = profiler("calls", "show", call_id, "--text", home=tmp_path).stdout
    assert "Prompt, user\n\n  When?\n  Now?\n" in shown
    assert "Answer, assistant\n\n  Friday.\n" in shown
    assert "its end was not kept" in shown
    assert "Friday" not in profiler("calls", "show", call_id, home=tmp_path).stdout


def test_text_is_a_part_of_the_json_where_it_is_asked_for(tmp_path: Path) -> None:
    call_id = a_call_with_text(tmp_path, prompt=[("user", "When?")], answer=[])
    told = profiler_json("calls", "show", call_id, "--text", "--json", home=tmp_path)
    assert told["text"] == {
        "prompt": [{"role": "user", "text": "When?"}],
        "answer": [],
        "is_cut": False,
    }
    assert "text" not in profiler_json("calls", "show", call_id, "--json", home=tmp_path)


def test_without_text_the_way_to_it_is_said(tmp_path: Path) -> None:
    event = an_event()
    a_segment(tmp_path / "log", [event])
    shown = profiler("calls", "show", str(event["id"]), "--text", home=tmp_path)
    assert shown.returncode == 0
    assert "PROFILER_CAPTURE_TEXT=1" in shown.stderr
    told = profiler_json("calls", "show", str(event["id"]), "--text", "--json", home=tmp_path)
    assert told["text"] is None


def test_hostile_text_steers_no_terminal(tmp_path: Path) -> None:
    call_id = a_call_with_text(
        tmp_path, prompt=[("us\x1ber", HOSTILE)], answer=[("assistant", HOSTILE)]
    )
    shown = profiler("calls", "show", call_id, "--text", home=tmp_path).stdout
    assert STEERING.search(shown) is None
    assert "back" in shown


@pytest.mark.parametrize("width", [24, 44, 70])
def test_the_card_shows_text_within_its_width(width: int, tmp_path: Path) -> None:
    call_id = a_call_with_text(
        tmp_path,
        prompt=[("user", HOSTILE + " 漢字" * 40)],
        answer=[("assistant", "long " * 4_000)],
    )
    with a_workspace(tmp_path) as workspace:
        detail = workspace.detail(call_id, 0)
    ink = palette({**DARK.to_color_system().generate(), **FALLBACK})
    folded = "".join(line.plain for line in card(detail, UTC, width, ink))
    assert "long long" not in folded
    lines = [line.plain for line in card(detail, UTC, width, ink, is_text_open=True)]
    assert any(line.startswith("  answered, assistant"[:width]) for line in lines)
    assert STEERING.search("".join(lines)) is None
    assert max(cell_len(line) for line in lines) <= width
    assert len(lines) < 1_000
