"""A home that somebody named and that is not there."""

from pathlib import Path

import pytest

from profiler.errors import StoreError
from profiler.notebook import calls
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


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_what_cannot_be_looked_at_is_told_as_such(tmp_path: Path, words: tuple[str, ...]) -> None:
    unnameable = str(tmp_path / ("a" * 300))
    done = profiler("--home", unnameable, *words, home=tmp_path)
    assert done.returncode == StoreError.exit_code
    assert f"{unnameable} cannot be read: File name too long" in done.stderr


def test_a_notebook_is_told_so_too(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read: File name too long"):
        calls(home=tmp_path / ("a" * 300))
