"""What the app asks about budgets, answered over real files."""

import json
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from profiler.budgets.changes import Remove, Save
from profiler.budgets.define import define
from profiler.config import Settings
from profiler.errors import UsageError
from profiler.keeping.inquiries import (
    AlertLog,
    FilesMakeSense,
    OpenBudget,
    Saved,
    Trail,
    TryTargets,
    WriteBudgets,
)
from profiler.keeping.kept import Kept
from tests.support.events import a_segment, an_event
from tests.support.opened import opened

UTC = ZoneInfo("UTC")
NOW_US = 1_790_000_000_000_000


def some_budgets(home: Path) -> Kept:
    kept = opened(Kept.open(Settings(home=home, zone=UTC)))
    kept.change_budget(Save(define("team", "5", "daily", "", UTC)), "ada")
    kept.change_budget(Save(define("gone", "7", "monthly", "feature:search", UTC)), "ada")
    kept.change_budget(Remove("gone"), "grace")
    return kept


def test_budgets_are_written_in_every_form(tmp_path: Path) -> None:
    def written(kept: Kept, form: str) -> str:
        path = tmp_path / form
        said = kept.consult(WriteBudgets(form, path, may_replace=False), NOW_US)
        assert str(path) in said
        return path.read_text("utf-8")

    with some_budgets(tmp_path / "home") as kept:
        assert written(kept, "trail.csv").count("\n") == 4
        lines = written(kept, "trail.jsonl").splitlines()
        assert [json.loads(line)["kind"] for line in lines] == ["set", "set", "removed"]
        assert len(json.loads(written(kept, "history.json"))["windows"]) == 365
        (table,) = tomllib.loads(written(kept, "budgets.toml"))["budget"]
        assert table == {"name": "team", "limit": "5", "period": "daily"}


def test_what_was_removed_is_in_the_trail_of_all(tmp_path: Path) -> None:
    with some_budgets(tmp_path) as kept:
        newest, *_ = kept.consult(Trail(), NOW_US)
        assert (newest.kind, newest.budget, newest.who) == ("removed", "gone", "grace")
        assert len(kept.consult(Trail(None, newest.id), NOW_US)) == 2
        assert kept.consult(Trail("team"), NOW_US)[0].budget == "team"


def test_a_past_has_as_many_days_as_asked_for(tmp_path: Path) -> None:
    with some_budgets(tmp_path) as kept:
        assert len(kept.consult(OpenBudget("team", None, 365), NOW_US).past) == 365
        with pytest.raises(UsageError, match="1 to 365"):
            kept.consult(OpenBudget("team", None, 366), NOW_US)


def test_the_alert_log_has_every_alert_the_newest_first(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", [an_event(usage={"input": 4_000_000, "output": 0})])
    with Kept.open(Settings(home=tmp_path, zone=UTC)) as kept:
        kept.drain()
        for limit in ("1.05", "0.90"):
            kept.change_budget(Save(define("team", limit, "total", "", UTC)))
        found = kept.consult(AlertLog(), NOW_US)
    assert [one.alert.threshold for one in found] == ["100", "90"]


def test_nothing_to_tell_is_told_as_such(tmp_path: Path) -> None:
    with some_budgets(tmp_path) as kept:
        assert kept.consult(AlertLog(), NOW_US) == ()
        assert kept.consult(Saved("team"), NOW_US) == ()
        assert kept.consult(FilesMakeSense(), NOW_US) == ((), 0)
        (words,) = kept.consult(TryTargets(), NOW_US)
        assert words.startswith("Nobody is told yet")
