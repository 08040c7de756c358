"""A limit that is changed where it is defined is told of anew, as it is after an override."""

from dataclasses import replace
from pathlib import Path

import pytest

from profiler.alerts.record import all_alerts
from profiler.domain.alerts import REFUSED
from profiler.domain.budgets import SOFT_THRESHOLDS, Action, Amounts, Budget, Grace, Threshold
from profiler.domain.periods import HOUR_US
from profiler.ledger import outbox, overrides
from profiler.ledger.book import Ledger
from profiler.ledger.definitions import COMMAND, keep_file, save
from profiler.ledger.overrides import Wanted
from tests.support.ledgers import USD, Clock, a_bid, a_budget, a_ledger, an_ask
from tests.support.opened import opened

SOFT = a_budget(thresholds=SOFT_THRESHOLDS)


def change(ledger: Ledger, budget: Budget, source: str = COMMAND) -> None:
    with ledger.defining() as (connection, _, now_us):
        if source == COMMAND:
            save(connection, budget, source, "ada", now_us)
        else:
            keep_file(connection, source, [budget], now_us, has_past=False)


def spend(ledger: Ledger, call: str, pusd: int) -> list[int]:
    """The thresholds that it crosses, in percent."""
    assert not ledger.reserve(an_ask(call, a_bid(0))).refusals
    return [one.percent for one in ledger.settle(call, Amounts(pusd, 10, 1))]


def is_refused(ledger: Ledger, call: str, pusd: int = USD) -> bool:
    return bool(ledger.reserve(an_ask(call, a_bid(pusd))).refusals)


def refusals_told(ledger: Ledger) -> list[int]:
    """The limits of the refusals that alerts tell of."""
    with ledger.reading() as (connection, _, _now_us):
        return [one.limit for one in all_alerts(connection) if one.threshold == REFUSED]


@pytest.mark.parametrize("source", [COMMAND, "profiler.toml"])
def test_a_raised_limit_that_is_used_up_too_is_told_of(tmp_path: Path, source: str) -> None:
    ledger = opened(Ledger(tmp_path / "l.db", (COMMAND, source), Clock()))
    change(ledger, SOFT, source)
    assert spend(ledger, "1", USD) == [50, 75, 90, 100]
    change(ledger, replace(SOFT, limit_pusd=2 * USD), source)
    assert spend(ledger, "2", USD // 4) == []
    assert spend(ledger, "3", USD * 3 // 4) == [75, 90, 100]


def test_a_refusal_after_a_raised_limit_is_told_of_anew(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(), clock=Clock())
    assert is_refused(ledger, "1", 3 * USD)
    change(ledger, a_budget(limit_pusd=2 * USD))
    assert is_refused(ledger, "2", 3 * USD)
    assert is_refused(ledger, "3", 3 * USD)
    assert refusals_told(ledger) == [2 * USD]


def test_a_refusal_is_told_of_where_the_full_limit_was_raised(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(), clock=Clock())
    assert spend(ledger, "1", USD) == [50, 75, 90, 100]
    change(ledger, a_budget(limit_pusd=2 * USD))
    assert is_refused(ledger, "2", 2 * USD)
    assert refusals_told(ledger) == [2 * USD]


def test_a_full_budget_that_begins_to_refuse_says_so(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", SOFT, clock=Clock())
    assert spend(ledger, "1", USD) == [50, 75, 90, 100]
    change(ledger, a_budget())
    assert is_refused(ledger, "2")
    assert refusals_told(ledger) == [USD]


def test_thresholds_that_were_told_of_stay_so_beside_a_new_one(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", SOFT, clock=Clock())
    assert spend(ledger, "1", USD * 80 // 100) == [50, 75]
    added = (*SOFT.thresholds[:2], Threshold(78, Action.NOTIFY), *SOFT.thresholds[2:])
    change(ledger, replace(SOFT, thresholds=added))
    assert spend(ledger, "2", 0) == [78]


def test_grace_begins_afresh_where_more_is_allowed(tmp_path: Path) -> None:
    clock = Clock()
    budget = a_budget(thresholds=(), grace=Grace(minutes=30))
    ledger = a_ledger(tmp_path / "l.db", budget, clock=clock)
    spend(ledger, "1", USD)
    clock.pass_us(HOUR_US)
    assert is_refused(ledger, "2")
    change(ledger, replace(budget, limit_pusd=2 * USD))
    spend(ledger, "3", USD)
    assert not is_refused(ledger, "4")


def test_what_is_foreseen_is_told_anew_once_more_is_allowed(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", SOFT, clock=Clock())
    with ledger.writing() as (connection, terms, now_us):
        (one,) = terms.defined
        window = terms.window(one, now_us)
        told = outbox.Told(one.id, "", window, "forecast", Action.NOTIFY, one.limits[0], 0)
        outbox.put(connection, told, now_us)
        assert outbox.is_told(connection, one.id, "", window, "forecast")
        overrides.grant(connection, one, Wanted(Amounts(USD), "launch"), "ada", now_us)
        assert not outbox.is_told(connection, one.id, "", window, "forecast")
        outbox.put(connection, told, now_us)
        assert outbox.is_told(connection, one.id, "", window, "forecast")


def test_a_change_that_allows_no_more_and_no_less_tells_nothing_again(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(), clock=Clock())
    assert is_refused(ledger, "1", 3 * USD)
    change(ledger, a_budget(week_start=3))
    with ledger.reading() as (connection, _, _now_us):
        assert connection.execute("SELECT round FROM alerts").fetchall() == [(1,)]
