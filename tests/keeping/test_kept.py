"""A program that runs long follows `profiler.toml`, and lets go of what is too old by it."""

import time
from pathlib import Path

import pytest

from profiler.config import read_settings
from profiler.domain.periods import DAY_US
from profiler.domain.scopes import EVERYTHING
from profiler.keeping.kept import Kept
from profiler.store import reads
from tests.support.events import a_segment, an_event

NOW_US = time.time_ns() // 1000


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a call of 50 days ago and one of now."""
    monkeypatch.setenv("PROFILER_ZONE", "UTC")
    monkeypatch.chdir(tmp_path)
    a_segment(tmp_path / "log", [an_event(at=NOW_US - 50 * DAY_US), an_event(at=NOW_US)])
    return tmp_path


def calls(kept: Kept) -> int:
    return len(list(reads.each(kept.store, EVERYTHING)))


def test_what_is_written_while_it_is_open_comes_into_force(home: Path) -> None:
    with Kept.open(read_settings(home)) as kept:
        assert kept.drain().notices == ()
        assert calls(kept) == 2
        (home / "profiler.toml").write_text("[retention]\ncalls = 30\n")
        [words] = kept.drain().notices
        assert calls(kept) == 1
        assert words.startswith("1 call older than 30 days went; archived in ")
        assert kept.drain().notices == ()


def test_what_makes_no_sense_changes_nothing_and_is_told_once(home: Path) -> None:
    with Kept.open(read_settings(home)) as kept:
        (home / "profiler.toml").write_text("[retention]\ncalls = -1\n")
        [words] = kept.drain().notices
        assert kept.drain().notices == ()
        assert calls(kept) == 2
        assert "profiler.toml, line 2: retention.calls is -1; write" in words
        assert words.endswith("what was in force before still is")


def test_calls_that_cannot_be_archived_stay_and_the_log_is_read_on(home: Path) -> None:
    (home / "archive").write_text("in the way")
    (home / "profiler.toml").write_text("[retention]\ncalls = 30\n")
    with Kept.open(read_settings(home)) as kept:
        drained = kept.drain()
        assert (drained.events, calls(kept)) == (2, 2)
        [words] = drained.notices
        assert words.startswith("calls older than 30 days stay for now: ")
