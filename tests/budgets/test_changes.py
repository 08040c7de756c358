"""What the faces ask for is done whole or not at all, and can be taken along."""

import csv
from pathlib import Path

import pytest

from profiler.budgets.changes import Decide, Remove, Save, SaveAll
from profiler.budgets.define import define
from profiler.budgets.sense import sense
from profiler.budgets.templates import template
from profiler.budgets.verdict import Wish
from profiler.config import Settings
from profiler.errors import BadBudget, ExportError, NotFound
from profiler.keeping.kept import Kept
from tests.support.opened import opened
from tests.support.workspaces import UTC

MINE = define("day", "7", "daily", "", UTC)


def a_home(home: Path) -> Kept:
    return opened(Kept.open(Settings(home=home, zone=UTC)))


def limits(workspace: Kept) -> dict[str, int | None]:
    return {one.budget.name: one.budget.limit_pusd for one in workspace.registry.defined()}


def test_budgets_of_a_template_replace_others_when_asked_to(tmp_path: Path) -> None:
    budgets = tuple(template("solo-dev").budgets(UTC))
    with a_home(tmp_path) as workspace:
        workspace.change_budget(Save(MINE))
        with pytest.raises(BadBudget, match="there is 'day' already; replace it"):
            workspace.change_budget(SaveAll(budgets))
        assert limits(workspace) == {"day": 7 * 10**12}
        workspace.change_budget(SaveAll(budgets, replaces=True))
        assert limits(workspace) == {one.name: one.limit_pusd for one in budgets}


def test_budgets_are_set_together_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "profiler.toml").write_text(
        '[[budget]]\nname = "stop"\nlimit = 1\nperiod = "daily"\n'
    )
    with a_home(tmp_path) as workspace:
        with pytest.raises(BadBudget, match="'stop' is defined in"):
            workspace.change_budget(
                SaveAll(tuple(template("solo-dev").budgets(UTC)), replaces=True)
            )
        assert limits(workspace) == {"stop": 10**12}


def test_the_trail_is_written_as_the_file_is_called(tmp_path: Path) -> None:
    with a_home(tmp_path) as workspace:
        workspace.change_budget(Save(MINE), "ada")
        file, lines = tmp_path / "trail.csv", tmp_path / "trail.jsonl"
        words = workspace.export_trail("day", file, may_replace=False)
        workspace.export_trail(None, lines, may_replace=False)
        with pytest.raises(ExportError, match="exists already"):
            workspace.export_trail(None, file, may_replace=False)
    with file.open(newline="") as text:
        (row,) = csv.DictReader(text)
    assert (row["kind"], row["budget"], row["who"]) == ("set", "day", "ada")
    assert words == f"Wrote 1 entry to {file}"
    assert '"kind": "set"' in lines.read_text("utf-8")


def test_a_call_is_judged_by_whoever_holds_the_workspace(tmp_path: Path) -> None:
    with a_home(tmp_path) as workspace:
        workspace.change_budget(Save(define("tiny", "0.000001", "call", "", UTC, {"hard": True})))
        found = workspace.check(Wish("gpt-5.1", 2_000, 500), 1_800_000_000_000_000)
    assert found.refused is not None
    assert found.refused.budget == "tiny"


def test_a_request_that_is_not_there_cannot_be_answered(tmp_path: Path) -> None:
    with a_home(tmp_path) as workspace:
        workspace.change_budget(Save(MINE))
        with pytest.raises(NotFound, match="no override 7"):
            workspace.change_budget(Decide(7, is_granted=False))


def test_a_model_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    with a_home(tmp_path) as workspace:
        with pytest.raises(BadBudget, match="scope: 'gtp-9' matches no model that has rates"):
            workspace.change_budget(Save(define("day", "7", "daily", "model:gtp-9", UTC)))
        assert limits(workspace) == {}


def test_what_was_removed_is_still_told_of(tmp_path: Path) -> None:
    with a_home(tmp_path) as workspace:
        workspace.change_budget(Save(MINE), "ada")
        workspace.change_budget(Remove("day"), "grace")
        (gone,) = workspace.registry.removed()
        kinds = [entry.kind.value for entry in workspace.registry.trail("day")]
    assert (gone.budget, gone.by) == (MINE, "grace")
    assert kinds == ["set", "removed"]


def test_of_two_budgets_of_one_name_commands_mean_their_own(tmp_path: Path) -> None:
    file = tmp_path / "profiler.toml"
    with a_home(tmp_path) as workspace:
        workspace.change_budget(Save(MINE))
    file.write_text('[[budget]]\nname = "day"\nlimit = 1\nperiod = "daily"\n')
    with a_home(tmp_path) as workspace:
        (said,) = sense(tmp_path, "UTC", workspace.registry, workspace.card).faults
        workspace.change_budget(Save(define("own", "8", "daily", "", UTC), "day"))
        kept = limits(workspace)
        with pytest.raises(BadBudget, match="change it there"):
            workspace.change_budget(Save(MINE))
    assert said.startswith(
        f"budget 'day' is defined in {file}, line 1, and by command or in the app: both"
    )
    assert kept == {"day": 10**12, "own": 8 * 10**12}
