"""A call counts in the ledger or in the store, never in both and never in neither."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from profiler.budgets.booking import book
from profiler.budgets.changes import Save
from profiler.budgets.define import define
from profiler.budgets.reconcile import reconcile, recount
from profiler.config import Settings
from profiler.domain.budgets import Amounts, Budget, Tag
from profiler.domain.periods import DAY_US, Period
from profiler.domain.scopes import EVERYTHING
from profiler.ledger import counters, definitions, overrides
from profiler.ledger.audit import Kind
from profiler.ledger.book import Ledger
from profiler.ledger.definitions import COMMAND
from profiler.store import budgets
from profiler.workspace import Workspace
from tests.support.events import START_US, a_segment, an_event
from tests.support.ledgers import USD, Clock, a_budget, a_ledger, an_ask, used
from tests.support.opened import opened
from tests.support.workspaces import UTC


def a_home(tmp_path: Path, *budgets: Budget) -> tuple[Workspace, Ledger]:
    """A workspace and a program's own view of the same ledger, standing at the events' time."""
    ledger = a_ledger(tmp_path / "ledger.db", *budgets, clock=Clock())
    workspace = opened(Workspace.open(Settings(home=tmp_path, zone=UTC)))
    return workspace, ledger


def a_call(tmp_path: Path, ledger: Ledger, *, is_logged: bool = True) -> str:
    """A call that was held, settled at ten cents, and logged."""
    event = an_event()
    call = str(event["id"])
    ledger.reserve(an_ask(call))
    ledger.settle(call, Amounts(USD // 10, 1_100, 1))
    if is_logged:
        a_segment(tmp_path / "log", [event])
    return call


def loaded(workspace: Workspace, ledger: Ledger) -> int:
    """What the store has of every call, after ingest and booking."""
    workspace.drain()
    book(workspace.store, ledger)
    return workspace.grouped([], EVERYTHING).totals.spend_pusd


def holds(ledger: Ledger) -> int:
    with ledger.file.reading() as connection:
        (count,) = connection.execute("SELECT count(*) FROM holds").fetchone()
    return int(count)


def test_an_event_that_is_loaded_takes_the_place_of_what_was_settled(tmp_path: Path) -> None:
    workspace, ledger = a_home(tmp_path, a_budget(period=Period.TOTAL))
    a_call(tmp_path, ledger)
    assert used(ledger) == (USD // 10, 0)
    spend = loaded(workspace, ledger)
    assert used(ledger) == (spend, 0)
    assert 0 < spend < USD // 10
    assert holds(ledger) == 0


def test_whoever_ingests_books_for_a_file_of_another_folder(tmp_path: Path) -> None:
    workspace, _ = a_home(tmp_path)
    path = "elsewhere/profiler.toml"
    ledger = opened(Ledger(tmp_path / "ledger.db", (path,), Clock()))
    with ledger.defining() as (connection, _, now_us):
        tight = a_budget(period=Period.TOTAL, limit_pusd=USD // 10)
        definitions.keep_file(connection, path, [tight], now_us, has_past=True)
    workspace.drain()
    a_call(tmp_path, ledger)
    workspace.drain()
    spend = workspace.grouped([], EVERYTHING).totals.spend_pusd
    assert used(ledger) == (spend, 0)
    assert spend > 0
    assert holds(ledger) == 0
    assert ledger.reserve(an_ask("next")).refusals
    assert reconcile(workspace.store, workspace.registry.ledger).behind == ()
    assert workspace.registry.defined() == ()


def test_a_booking_begins_anew_where_budgets_changed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, ledger = a_home(tmp_path)
    a_segment(tmp_path / "log", [an_event()])
    workspace.drain()
    writing, other = ledger.writing, a_ledger(tmp_path / "ledger.db", clock=Clock())

    def overtaken() -> AbstractContextManager[object]:
        monkeypatch.undo()
        with other.defining() as (connection, _, now_us):
            definitions.save(connection, a_budget(period=Period.TOTAL), COMMAND, "ada", now_us)
        return writing()

    monkeypatch.setattr(ledger, "writing", overtaken)
    book(workspace.store, ledger)
    assert used(ledger) == (workspace.grouped([], EVERYTHING).totals.spend_pusd, 0)


def test_a_call_that_is_not_logged_stays_in_the_ledger(tmp_path: Path) -> None:
    workspace, ledger = a_home(tmp_path, a_budget(period=Period.TOTAL))
    a_call(tmp_path, ledger, is_logged=False)
    assert loaded(workspace, ledger) == 0
    assert used(ledger) == (USD // 10, 0)


def test_a_reset_forgives_no_more_than_the_call_turns_out_to_be(tmp_path: Path) -> None:
    workspace, ledger = a_home(tmp_path, a_budget(period=Period.TOTAL))
    a_call(tmp_path, ledger)
    with ledger.writing() as (connection, terms, now_us):
        one = terms.defined[0]
        counter = counters.counter_of(connection, one.id, "", terms.window(one, now_us))
        overrides.reset(connection, one, "", counter, "ada", now_us)
    assert 0 < loaded(workspace, ledger) < USD // 10
    assert used(ledger) == (0, 0)
    with ledger.reading() as (connection, terms, now_us):
        (found,) = counters.in_window(connection, 1, terms.window(terms.defined[0], now_us))
        assert found[1].used == Amounts()


def test_labels_that_come_to_the_same_standing_are_all_counted(tmp_path: Path) -> None:
    each = a_budget(period=Period.TOTAL, each=("user", "feature"))
    workspace, ledger = a_home(tmp_path, each)
    labels = ({"user": "a / b", "feature": "c"}, {"user": "a", "feature": "b / c"})
    a_segment(tmp_path / "log", [an_event(**one) for one in labels])
    spend = loaded(workspace, ledger)
    assert used(ledger, value="a / b / c") == (spend, 0)


def test_booking_again_changes_nothing(tmp_path: Path) -> None:
    workspace, ledger = a_home(tmp_path, a_budget(period=Period.TOTAL))
    a_call(tmp_path, ledger)
    spend = loaded(workspace, ledger)
    assert loaded(workspace, ledger) == spend
    assert used(ledger) == (spend, 0)


def test_a_booking_that_another_overtook_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, ledger = a_home(tmp_path, a_budget(period=Period.TOTAL))
    a_call(tmp_path, ledger)
    workspace.drain()
    writing, other = ledger.writing, a_ledger(tmp_path / "ledger.db", clock=Clock())

    def overtaken() -> AbstractContextManager[object]:
        monkeypatch.undo()
        a_call(tmp_path, other)
        loaded(workspace, other)
        return writing()

    monkeypatch.setattr(ledger, "writing", overtaken)
    book(workspace.store, ledger)
    assert used(ledger) == (workspace.grouped([], EVERYTHING).totals.spend_pusd, 0)
    assert holds(ledger) == 0


def test_what_the_store_files_on_another_day_stays_charged_on_the_day_it_was_held(
    tmp_path: Path,
) -> None:
    workspace, ledger = a_home(tmp_path, a_budget(period=Period.DAILY))
    today, tomorrow = an_event(), an_event(at=START_US + DAY_US)
    for event in (today, tomorrow):
        ledger.reserve(an_ask(str(event["id"])))
        ledger.settle(str(event["id"]), Amounts(USD // 10, 1_100, 1))
    a_segment(tmp_path / "log", [today, tomorrow])
    spend = loaded(workspace, ledger)
    with ledger.file.reading() as connection:
        found = connection.execute("SELECT booked_pusd, settled_pusd FROM counters")
        assert found.fetchone() == (spend // 2, USD // 10)
    assert holds(ledger) == 1


def test_what_was_spent_before_the_budget_was_set_counts(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", [an_event()])
    workspace, ledger = a_home(tmp_path, a_budget(period=Period.TOTAL))
    assert used(ledger) == (0, 0)
    assert used(ledger)[0] == 0 < loaded(workspace, ledger) == used(ledger)[0]


def test_what_was_spent_counts_as_soon_as_a_budget_is_set(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", [an_event()])
    workspace, ledger = a_home(tmp_path)
    workspace.drain()
    workspace.change_budget(Save(a_budget(period=Period.TOTAL)))
    assert used(ledger)[0] == workspace.grouped([], EVERYTHING).totals.spend_pusd > 0


def test_a_settlement_after_the_event_was_loaded_is_not_counted_again(tmp_path: Path) -> None:
    workspace, ledger = a_home(tmp_path, a_budget(period=Period.TOTAL))
    event = an_event()
    ledger.reserve(an_ask(str(event["id"])))
    a_segment(tmp_path / "log", [event])
    spend = loaded(workspace, ledger)
    ledger.settle(str(event["id"]), Amounts(USD // 10, 1, 1))
    assert used(ledger) == (spend, 0)


def test_an_unpriced_event_leaves_what_was_charged(tmp_path: Path) -> None:
    workspace, ledger = a_home(tmp_path, a_budget(period=Period.TOTAL))
    event = an_event(usage=None)
    ledger.reserve(an_ask(str(event["id"])))
    ledger.settle(str(event["id"]), None)
    a_segment(tmp_path / "log", [event])
    loaded(workspace, ledger)
    assert used(ledger) == (USD // 10, 0)
    (standing,) = workspace.standings(START_US)
    assert standing.used_up == Amounts(USD // 10, 1_000, 1)


def test_each_value_and_tag_is_booked_apart(tmp_path: Path) -> None:
    workspace, ledger = a_home(
        tmp_path,
        a_budget("users", period=Period.TOTAL, each=("user",)),
        a_budget("blue", period=Period.TOTAL, tags=(Tag("team", "blue"),)),
    )
    a_segment(
        tmp_path / "log",
        [an_event(user="ada"), an_event(user="bob"), an_event(user="bob", tags={"team": "blue"})],
    )
    loaded(workspace, ledger)
    one = used(ledger, "users", "ada")[0]
    assert one > 0
    assert used(ledger, "users", "bob")[0] == 2 * one
    assert used(ledger, "blue")[0] == one


def test_a_crash_between_ingest_and_booking_repeats_work_and_nothing_else(tmp_path: Path) -> None:
    workspace, ledger = a_home(tmp_path, a_budget(period=Period.TOTAL))
    a_call(tmp_path, ledger)
    drained = workspace.drain()
    workspace.close()
    assert drained.events == 1
    again = opened(Workspace.open(Settings(home=tmp_path, zone=UTC)))
    spend = loaded(again, ledger)
    assert used(ledger) == (spend, 0)


def test_budgets_of_before_the_ledger_are_taken_over(tmp_path: Path) -> None:
    with Workspace.open(Settings(home=tmp_path, zone=UTC)) as workspace:
        budgets.save(workspace.store, a_budget(thresholds=a_budget().thresholds))
    with Workspace.open(Settings(home=tmp_path, zone=UTC)) as workspace:
        assert [one.budget.name for one in workspace.registry.defined()] == ["team"]
        assert budgets.all_budgets(workspace.store) == []


def test_ledger_and_store_reconcile_and_a_difference_is_found(tmp_path: Path) -> None:
    workspace, ledger = a_home(tmp_path, a_budget(period=Period.TOTAL))
    a_call(tmp_path, ledger)
    a_call(tmp_path, ledger, is_logged=False)
    loaded(workspace, ledger)
    found = reconcile(workspace.store, ledger)
    assert (found.wrong, found.behind) == ((), ())
    assert found.untold.cost_pusd == USD // 10
    with ledger.file.writing() as connection:
        connection.execute("UPDATE counters SET settled_pusd = 1, booked_pusd = 1")
    found = reconcile(workspace.store, ledger)
    assert "settled, but its calls add up to $0.10" in found.wrong[0]
    assert "the store counts" in found.behind[0]
    assert recount(ledger, "ada") == 1
    assert reconcile(workspace.store, ledger).wrong == ()
    loaded(workspace, ledger)
    assert reconcile(workspace.store, ledger).behind == ()


def test_a_limit_that_is_lowered_below_what_is_used_is_breached(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", [an_event(usage={"input": 4_000_000, "output": 0})])
    with Workspace.open(Settings(home=tmp_path, zone=UTC)) as workspace:
        workspace.drain()
        workspace.change_budget(Save(define("team", "1.90", "total", "", UTC)))
        workspace.change_budget(Save(define("team", "0.90", "total", "", UTC)))
        workspace.change_budget(Save(define("team", "0.80", "total", "", UTC)))
        trail = [one for one in workspace.registry.trail("team") if one.kind is Kind.BREACH]
    assert [one.details["percent"] for one in trail] == [50, 75, 90, 100]
