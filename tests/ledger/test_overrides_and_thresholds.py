"""Thresholds are told of again once an override that took them back is used up, or over."""

from pathlib import Path

from profiler.domain.budgets import SOFT_THRESHOLDS, Amounts
from profiler.domain.periods import HOUR_US, SECOND_US
from profiler.ledger import overrides
from profiler.ledger.book import Ledger
from profiler.ledger.overrides import Wanted
from tests.support.ledgers import USD, Clock, a_budget, a_ledger, an_ask

MORE = Wanted(Amounts(cost_pusd=USD), "launch")


def spend(ledger: Ledger, call: str, pusd: int) -> list[int]:
    """The thresholds that it crosses, in percent."""
    ledger.reserve(an_ask(call))
    return [one.percent for one in ledger.settle(call, Amounts(pusd, 10, 1))]


def allow(ledger: Ledger, wanted: Wanted) -> None:
    with ledger.writing() as (connection, terms, now_us):
        overrides.grant(connection, terms.defined[0], wanted, "ada", now_us)


def test_an_override_that_is_used_up_too_is_told_of(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(thresholds=SOFT_THRESHOLDS), clock=Clock())
    assert spend(ledger, "1", USD) == [50, 75, 90, 100]
    allow(ledger, MORE)
    assert spend(ledger, "2", USD // 4) == []
    assert spend(ledger, "3", USD * 3 // 4) == [75, 90, 100]


def test_a_limit_that_holds_again_after_an_override_is_told_of(tmp_path: Path) -> None:
    clock = Clock()
    ledger = a_ledger(tmp_path / "l.db", a_budget(thresholds=SOFT_THRESHOLDS), clock=clock)
    assert spend(ledger, "1", USD) == [50, 75, 90, 100]
    allow(ledger, Wanted(MORE.extra, MORE.reason, until_us=clock.wall_us + HOUR_US))
    assert spend(ledger, "2", SECOND_US) == []
    clock.pass_us(HOUR_US)
    assert spend(ledger, "3", SECOND_US) == [75, 90, 100]


def test_a_request_takes_thresholds_back_once_it_is_granted(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(thresholds=SOFT_THRESHOLDS), clock=Clock())
    spend(ledger, "1", USD)
    with ledger.writing() as (connection, terms, now_us):
        one = terms.defined[0]
        number = overrides.ask(connection, one, MORE, "ada", now_us)
        overrides.decide(connection, one, number, "bob", now_us, is_granted=True)
    assert spend(ledger, "2", USD) == [75, 90, 100]
