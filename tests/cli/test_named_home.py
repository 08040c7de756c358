"""A home that somebody named and that is not there."""

from pathlib import Path

import pytest

from tests.support.cli import profiler

READING = (
    ("report",), ("calls",), ("top", "--once"), ("whatif",), ("flame", "-o", "-"), ("verify",),
    ("budget", "status"), ("alerts",), ("export", "calls", "-o", "-"), ("purge", "--dry-run"),
)  # fmt: skip


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_reading_says_that_it_is_not_there_and_makes_nothing(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    typo = tmp_path / "typo"
    done = profiler("--home", str(typo), *words, home=tmp_path)
    assert done.returncode == 3
    assert f"there is no folder {typo}" in done.stderr
    assert not typo.exists()


def test_what_writes_makes_it(tmp_path: Path) -> None:
    for place, words in enumerate(
        (("ingest",), ("budget", "set", "a", "--limit", "5", "--period", "daily"))
    ):
        home = tmp_path / str(place)
        assert profiler("--home", str(home), *words, home=tmp_path).returncode == 0
        assert home.exists()
