"""`profiler purge`, run as its users run it: old calls go, what they add up to stays."""

import time
from pathlib import Path
from typing import Any

import pytest

from profiler.domain.periods import DAY_US
from profiler.report.archive import archived_calls
from tests.support.cli import profiler, profiler_json
from tests.support.events import a_segment, an_event

NOW_US = time.time_ns() // 1000


def aged(days: float, **fields: object) -> dict[str, object]:
    return an_event(at=NOW_US - int(days * DAY_US), **fields)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with calls of 100, 50 and no days ago."""
    events = [aged(days, user=f"u{number}") for days in (100, 50, 0.01) for number in range(4)]
    a_segment(tmp_path / "log", events)
    return tmp_path


def totals(home: Path) -> Any:
    return profiler_json("report", "--json", home=home)["totals"]


def listed(home: Path) -> int:
    return len(profiler_json("calls", "--limit", "100", "--json", home=home)["calls"])


def test_a_dry_run_says_what_would_go_and_changes_nothing(home: Path) -> None:
    ran = profiler("purge", "--older-than", "90d", "--dry-run", home=home)
    assert ran.returncode == 0
    day = time.strftime("%Y-%m-%d", time.gmtime(NOW_US / 1e6 - 100 * 86_400))
    assert f"4 calls from {day} to {day} would go: about " in ran.stderr
    assert listed(home) == 12
    assert not (home / "archive").exists()


def test_old_calls_are_archived_and_their_sums_stay(home: Path) -> None:
    before = totals(home)
    users = profiler_json("report", "--by", "user", "--json", home=home)["rows"]
    calls = profiler_json("calls", "--limit", "100", "--json", home=home)["calls"]
    ran = profiler("purge", "--older-than", "30 days", home=home)
    assert ran.returncode == 0, ran.stderr
    [archive] = (home / "archive").iterdir()
    assert str(archive) in ran.stderr
    assert archive.stat().st_mode & 0o777 == 0o600
    kept = profiler_json("calls", "--limit", "100", "--json", home=home)["calls"]
    assert len(kept) == 4
    assert {call["id"] for call in kept} | {call.id for call in archived_calls(archive)} == {
        call["id"] for call in calls
    }
    assert totals(home) == before
    assert profiler_json("report", "--by", "user", "--json", home=home)["rows"] == users


def test_a_report_says_where_sums_do_not_tell_the_hour(home: Path) -> None:
    def report(*words: str) -> str:
        span = "--since", day + "T01:00", "--until", day + "T23:00"
        return profiler("report", "--by", "user", *span, *words, home=home).stdout

    day = time.strftime("%Y-%m-%d", time.gmtime(NOW_US / 1e6 - 100 * 86_400))
    assert "Of removed calls" not in report()
    assert profiler("purge", "--older-than", "30 days", home=home).returncode == 0
    assert f"only sums are left: they tell of this stretch, not of {day} 01:00 to" in report()


def test_without_an_archive_what_goes_is_gone(home: Path) -> None:
    assert profiler("purge", "--older-than", "30d", "--no-archive", home=home).returncode == 0
    assert listed(home) == 4
    assert not (home / "archive").exists()


def test_what_cannot_be_archived_stays(home: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    ran = profiler("purge", "--older-than", "30d", "--archive", f"{tmp_path}/taken", home=home)
    assert ran.returncode != 0
    assert "taken cannot be made" in ran.stderr
    assert listed(home) == 12


def test_the_homes_file_says_when_and_whoever_reads_the_log_does_it(home: Path) -> None:
    (home / "profiler.toml").write_text("[retention]\ncalls = 90\n")
    ran = profiler("ingest", home=home)
    assert "4 calls older than 90 days went; archived in" in ran.stderr
    assert listed(home) == 8
    assert "went" not in profiler("ingest", home=home).stderr
    assert len(list((home / "archive").iterdir())) == 1


@pytest.mark.parametrize("age", ["90", "0d", "soon", "-3d", "99999d"])
def test_an_age_that_is_none_is_refused(home: Path, age: str) -> None:
    ran = profiler("purge", f"--older-than={age}", home=home)
    assert ran.returncode == 2
    assert "is no age; write days, such as 90d" in ran.stderr


def test_without_an_age_nothing_is_guessed(home: Path) -> None:
    ran = profiler("purge", home=home)
    assert ran.returncode == 2
    assert "add --older-than 90d, or calls = 90 under [retention]" in ran.stderr
    ran = profiler("purge", "--archive", "a", "--no-archive", home=home)
    assert ran.returncode == 2
