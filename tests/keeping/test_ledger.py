"""A ledger of budgets that is out of reach: calls go on being counted, and it is made anew."""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from profiler.cli.checks import Check, State, all_checks
from profiler.config import Settings
from profiler.domain.budgets import SOFT_THRESHOLDS
from profiler.domain.periods import Period
from profiler.errors import LedgerError
from profiler.keeping.ledger import rebuild_ledger
from profiler.ledger.book import Ledger, path_in
from profiler.workspace import Workspace
from tests.support.cli import profiler
from tests.support.events import a_segment, an_event, some_events
from tests.support.ledgers import a_budget, a_ledger, an_ask
from tests.support.opened import opened

NOW_US = time.time_ns() // 1000
CALLS = 3


def garble(path: Path) -> None:
    path.write_bytes(os.urandom(5_000))


def cut(path: Path) -> None:
    os.truncate(path, 3_000)


def put_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def make_newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


DAMAGES = [garble, cut, put_a_folder]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two budgets, one by command and one by file, and calls that were counted for both."""
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "home"
    limits: dict[str, object] = {"limit_calls": 10, "period": Period.TOTAL}
    soft = a_budget("soft", None, thresholds=SOFT_THRESHOLDS, **limits)
    a_ledger(path_in(str(home)), soft).close()
    (home / "profiler.toml").write_text(
        '[[budget]]\nname = "hard"\ncalls = 5\nperiod = "total"\nhard = true\n'
    )
    a_segment(home / "log", some_events(CALLS))
    assert standings(home) == {"soft": CALLS, "hard": CALLS}
    return home


def settings(home: Path) -> Settings:
    return Settings(home=home, zone=ZoneInfo("UTC"))


def standings(home: Path) -> dict[str, int]:
    with Workspace.open(settings(home)) as workspace:
        workspace.drain()
        return {one.budget.name: one.used_up.calls for one in workspace.standings(NOW_US)}


def budgets_check(home: Path) -> Check:
    return next(one for one in all_checks(settings(home)) if one.name == "budgets")


@pytest.mark.parametrize("damage", [*DAMAGES, make_newer])
def test_calls_are_loaded_all_the_same_and_what_is_wrong_is_said(
    home: Path, damage: Callable[[Path], None]
) -> None:
    damage(path_in(str(home)))
    a_segment(home / "log", [an_event(at=NOW_US)])
    with Workspace.open(settings(home)) as workspace:
        drained = workspace.drain()
        assert workspace.drain().notices == ()
    assert drained.events == 1
    [words] = drained.notices
    assert str(path_in(str(home))) in words
    assert "profiler rebuild --ledger" in words or "upgrade" in words
    assert budgets_check(home).state is State.FAIL


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_ledger_is_made_anew_with_its_budgets_and_what_they_spent(
    home: Path, damage: Callable[[Path], None]
) -> None:
    damage(path_in(str(home)))
    a_segment(home / "log", [an_event(at=NOW_US)])
    made = rebuild_ledger(settings(home))
    assert made is not None
    assert (made.budgets, made.notices, made.aside.exists()) == (2, (), True)
    assert standings(home) == {"soft": CALLS + 1, "hard": CALLS + 1}
    assert budgets_check(home).state is State.OK


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: os.truncate(path, 0)])
def test_a_lost_ledger_lets_hard_budgets_pass_nothing_before_they_know_their_past(
    home: Path, lose: Callable[[Path], None]
) -> None:
    path = path_in(str(home))
    lose(path)
    sources = ("command", str(home / "profiler.toml"))
    (refusal,) = opened(Ledger(path, sources)).reserve(an_ask("1")).refusals
    assert refusal.budget.name == "hard"
    assert standings(home) == {"soft": CALLS, "hard": CALLS}
    assert not opened(Ledger(path, sources)).reserve(an_ask("1")).refusals


def test_a_sound_ledger_and_none_at_all_are_left_alone(home: Path, tmp_path: Path) -> None:
    before = path_in(str(home)).read_bytes()
    assert rebuild_ledger(settings(home)) is None
    assert path_in(str(home)).read_bytes() == before
    assert rebuild_ledger(settings(tmp_path / "none")) is None


def test_a_ledger_of_a_newer_program_is_not_touched(home: Path) -> None:
    make_newer(path_in(str(home)))
    with pytest.raises(LedgerError, match="upgrade"):
        rebuild_ledger(settings(home))
    assert not list(home.glob("*.damaged-*"))


def test_reports_and_backups_go_on_and_the_command_says_what_was_done(home: Path) -> None:
    garble(path_in(str(home)))
    summary = profiler("report", "--summary", "--format", "md", home=home)
    assert (summary.returncode, "rebuild --ledger" in summary.stderr) == (0, True)
    backup = profiler("backup", home=home)
    assert (backup.returncode, "is not copied" in backup.stderr) == (0, True)
    made = profiler("rebuild", "--ledger", home=home)
    assert made.returncode == 0
    assert "2 budgets are in force again" in made.stderr
    assert "ledger.db.damaged-" in made.stderr
    again = profiler("rebuild", "--ledger", home=home)
    assert "is sound; nothing was changed" in again.stderr
