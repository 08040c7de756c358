"""Overrides, resets, downgrades, breaches, and the trail that all of them leave."""

import sqlite3
from pathlib import Path

import pytest

from profiler.domain.budgets import SOFT_THRESHOLDS, Amounts, ModelRule
from profiler.domain.periods import HOUR_US, Period
from profiler.errors import LedgerError, NotFound, UsageError
from profiler.ledger import counters, definitions, overrides
from profiler.ledger.audit import Kind, entries
from profiler.ledger.book import Ledger
from profiler.ledger.definitions import COMMAND
from profiler.ledger.fullest import fullest
from profiler.ledger.overrides import Wanted
from profiler.ledger.reserving import LEASE_US
from tests.support.events import START_US
from tests.support.ledgers import USD, Clock, a_bid, a_budget, a_ledger, an_ask, used
from tests.support.opened import opened

DIME = USD // 10
MORE = Wanted(Amounts(cost_pusd=DIME), "launch day")


def fits(ledger: Ledger, call: str, cost_pusd: int = DIME, **labels: str) -> bool:
    texts = a_bid(cost_pusd)._replace(labels=a_bid(**labels).labels)  # type: ignore[arg-type]
    if ledger.reserve(an_ask(call, texts)).refusals:
        return False
    ledger.settle(call, Amounts(cost_pusd, 1, 1))
    return True


def kinds(ledger: Ledger) -> list[Kind]:
    with ledger.file.reading() as connection:
        return [entry.kind for entry in entries(connection)]


def test_an_override_allows_more_until_it_ends(tmp_path: Path) -> None:
    clock = Clock()
    ledger = a_ledger(tmp_path / "l.db", a_budget(limit_pusd=DIME), clock=clock)
    assert fits(ledger, "1")
    assert not fits(ledger, "2")
    with ledger.writing() as (connection, terms, now_us):
        wanted = Wanted(Amounts(cost_pusd=2 * DIME), "launch day", now_us + HOUR_US)
        overrides.grant(connection, terms.defined[0], wanted, "ada", now_us)
    assert fits(ledger, "3")
    clock.pass_us(HOUR_US)
    assert not fits(ledger, "4")


def test_an_override_may_be_for_one_value_alone(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(limit_pusd=DIME // 2, each=("user",)))
    with ledger.writing() as (connection, terms, now_us):
        wanted = Wanted(Amounts(cost_pusd=DIME), "a good customer", value="ada")
        overrides.grant(connection, terms.defined[0], wanted, "bob", now_us)
    assert fits(ledger, "1", user="ada")
    assert not fits(ledger, "2", user="bob")


def test_a_request_changes_nothing_until_it_is_granted(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(limit_pusd=DIME // 2))
    with ledger.writing() as (connection, terms, now_us):
        number = overrides.ask(connection, terms.defined[0], MORE, "ada", now_us)
    assert not fits(ledger, "1")
    with ledger.writing() as (connection, terms, now_us):
        overrides.decide(connection, terms.defined[0], number, "bob", now_us, is_granted=True)
    assert fits(ledger, "2")
    with ledger.writing() as (connection, terms, now_us):
        (found,) = overrides.recorded(connection, terms.defined[0].id)
        assert (found.state, found.asked_by, found.decided_by) == ("granted", "ada", "bob")
        with pytest.raises(NotFound, match="was granted before"):
            overrides.decide(connection, terms.defined[0], number, "bob", now_us, is_granted=False)


def test_a_request_that_is_denied_and_an_override_that_is_revoked_allow_nothing(
    tmp_path: Path,
) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(limit_pusd=DIME // 2))
    with ledger.writing() as (connection, terms, now_us):
        one = terms.defined[0]
        denied = overrides.ask(connection, one, MORE, "ada", now_us)
        overrides.decide(connection, one, denied, "bob", now_us, is_granted=False)
        granted = overrides.grant(connection, one, MORE, "bob", now_us)
        overrides.revoke(connection, one, granted, "bob", now_us)
    assert not fits(ledger, "1")
    assert [k for k in kinds(ledger) if k is not Kind.BLOCK] == [
        Kind.SET,
        Kind.ASKED,
        Kind.DENIED,
        Kind.GRANTED,
        Kind.REVOKED,
    ]


@pytest.mark.parametrize(
    "wanted",
    [Wanted(Amounts(cost_pusd=1), " "), Wanted(Amounts(), "why"), Wanted(Amounts(-1), "why"),
     Wanted(Amounts(1), "why", until_us=1)],
)  # fmt: skip
def test_an_override_without_sense_is_refused(tmp_path: Path, wanted: Wanted) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget())
    with ledger.writing() as (connection, terms, now_us), pytest.raises(UsageError):
        overrides.grant(connection, terms.defined[0], wanted, "ada", now_us)


def test_an_emergency_reserve_is_kept_until_an_override_opens_it(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(limit_pusd=2 * DIME, reserve_percent=50))
    assert fits(ledger, "1")
    assert not fits(ledger, "2")
    with ledger.writing() as (connection, terms, now_us):
        wanted = Wanted(Amounts(), "the site is down", opens_reserve=True)
        overrides.grant(connection, terms.defined[0], wanted, "ada", now_us)
    assert fits(ledger, "3")
    assert not fits(ledger, "4")


def test_a_window_that_is_reset_begins_afresh_and_the_trail_says_so(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(limit_pusd=DIME))
    assert fits(ledger, "1")
    with ledger.writing() as (connection, terms, now_us):
        one = terms.defined[0]
        counter = counters.counter_of(connection, one.id, "", terms.window(one, now_us))
        overrides.reset(connection, one, "", counter, "ada", now_us)
    assert used(ledger) == (0, 0)
    assert fits(ledger, "2")
    assert Kind.RESET in kinds(ledger)


def test_what_was_forgiven_in_doubt_is_no_allowance_once_it_is_known(tmp_path: Path) -> None:
    clock = Clock()
    ledger = a_ledger(tmp_path / "l.db", a_budget(limit_pusd=5 * USD), clock=clock)
    for call in ("told late", "not billed"):
        ledger.reserve(an_ask(call, a_bid(2 * USD)))
    clock.pass_us(LEASE_US)
    ledger.renew("whoever notices that they are silent")
    with ledger.writing() as (connection, terms, now_us):
        one = terms.defined[0]
        counter = counters.counter_of(connection, one.id, "", terms.window(one, now_us))
        assert counter.used == Amounts(4 * USD, 2_000, 2)
        overrides.reset(connection, one, "", counter, "ada", now_us)
    ledger.settle("told late", Amounts(DIME, 10, 1))
    ledger.release("not billed")
    assert used(ledger) == (0, 0)
    ledger.settle("told late", Amounts(DIME, 10, 1))
    assert used(ledger) == (0, 0)


def test_a_call_that_nobody_hears_of_is_charged_after_fifteen_minutes(tmp_path: Path) -> None:
    clock = Clock()
    ledger = a_ledger(tmp_path / "l.db", a_budget(), clock=clock)
    ledger.reserve(an_ask("1"))
    clock.pass_us(HOUR_US // 4 - 1)
    ledger.renew("whoever looks")
    assert used(ledger) == (0, DIME)
    clock.pass_us(1)
    ledger.renew("whoever looks")
    assert used(ledger) == (DIME, 0)


def test_each_threshold_is_told_once_in_a_window(tmp_path: Path) -> None:
    clock = Clock()
    hourly = a_budget(limit_pusd=USD, thresholds=SOFT_THRESHOLDS, period=Period.HOURLY)
    ledger = a_ledger(tmp_path / "l.db", hourly, clock=clock)
    told = []
    for number in range(12):
        ledger.reserve(an_ask(str(number)))
        told += ledger.settle(str(number), Amounts(DIME, 1, 1))
    assert [(one.percent, one.action) for one in told] == list(SOFT_THRESHOLDS)
    clock.pass_us(HOUR_US)
    ledger.reserve(an_ask("x", a_bid(6 * DIME)))
    assert [one.percent for one in ledger.settle("x", Amounts(6 * DIME, 1, 1))] == [50]
    assert kinds(ledger).count(Kind.BREACH) == 5


def test_rules_change_models_by_themselves_unless_they_wait_to_be_asked(tmp_path: Path) -> None:
    rules = (ModelRule(100, "gpt-5", "gpt-5-mini"), ModelRule(100, "gpt-5-mini", "gpt-5-nano"))
    quiet = a_budget("quiet", 9 * USD, rules=tuple(r._replace(is_applied=False) for r in rules))
    loud = a_budget("loud", USD, rules=rules)
    first = a_ledger(tmp_path / "a.db", quiet)
    assert fits(first, "0")
    assert first.reserve(an_ask("1")).model == "gpt-5"
    assert first.choose("gpt-5", an_ask().bids) == "gpt-5-nano"
    second = a_ledger(tmp_path / "b.db", loud)
    assert fits(second, "0")
    reserved = second.reserve(an_ask("1"))
    assert [(step.model, step.to) for step in reserved.steps] == [
        ("gpt-5", "gpt-5-mini"),
        ("gpt-5-mini", "gpt-5-nano"),
    ]
    assert reserved.model == "gpt-5-nano"
    assert kinds(second)[-2:] == [Kind.DOWNGRADE, Kind.DOWNGRADE]


def test_a_rule_that_waits_is_not_applied_by_that_of_another_budget(tmp_path: Path) -> None:
    waits = ModelRule(100, "gpt-5", "gpt-5-mini", is_applied=False)
    quiet = a_budget("quiet", 9 * USD, rules=(waits,))
    loud = a_budget("loud", rules=(ModelRule(100, "o3", "o4-mini"),))
    ledger = a_ledger(tmp_path / "l.db", quiet, loud)
    assert fits(ledger, "0")
    assert ledger.reserve(an_ask("1")).model == "gpt-5"
    assert ledger.choose("gpt-5", an_ask().bids) == "gpt-5-mini"


def test_of_two_limits_the_tighter_decides_which_rules_hold(tmp_path: Path) -> None:
    budget = a_budget(limit_tokens=2_000, rules=(ModelRule(50, "gpt-5", "gpt-5-mini"),))
    ledger = a_ledger(tmp_path / "l.db", budget)
    ledger.reserve(an_ask("0"))
    ledger.settle("0", Amounts(DIME, 1_000, 1))
    assert ledger.choose("gpt-5", an_ask().bids) == "gpt-5"
    ledger.reserve(an_ask("1"))
    ledger.settle("1", Amounts(DIME, 100, 1))
    assert ledger.choose("gpt-5", an_ask().bids) == "gpt-5-mini"


def test_the_fullest_budget_is_told_with_what_it_was_allowed_beyond(tmp_path: Path) -> None:
    budgets = a_budget(limit_pusd=2 * DIME), a_budget("wide", 9 * USD)
    ledger = a_ledger(tmp_path / "l.db", *budgets, clock=Clock())
    assert fits(ledger, "0")
    assert fullest(tmp_path / "l.db", (COMMAND,), START_US) == ("team", "", DIME, 2 * DIME)
    with ledger.writing() as (connection, terms, now_us):
        overrides.grant(connection, terms.defined[0], MORE, "ada", now_us)
    assert fullest(tmp_path / "l.db", (COMMAND,), START_US) == ("team", "", DIME, 3 * DIME)


def test_rules_that_lead_in_a_circle_end(tmp_path: Path) -> None:
    circle = (ModelRule(100, "gpt-5", "gpt-5-mini"), ModelRule(100, "gpt-5-mini", "gpt-5"))
    budget = a_budget(rules=circle)
    ledger = a_ledger(tmp_path / "l.db", budget)
    fits(ledger, "0")
    assert ledger.reserve(an_ask("1")).model == "gpt-5-mini"


def test_a_changed_budget_keeps_its_counters_and_a_removed_one_holds_nothing(
    tmp_path: Path,
) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(limit_pusd=DIME))
    fits(ledger, "1")
    with ledger.writing() as (connection, _, now_us):
        definitions.save(connection, a_budget(limit_pusd=2 * DIME), COMMAND, "ada", now_us)
    assert fits(ledger, "2")
    assert not fits(ledger, "3")
    with ledger.writing() as (connection, _, now_us):
        definitions.remove(connection, "team", COMMAND, "ada", now_us)
    assert fits(ledger, "4")
    assert used(ledger) == (2 * DIME, 0)
    assert [kind for kind in kinds(ledger) if kind in {Kind.SET, Kind.CHANGED, Kind.REMOVED}] == [
        Kind.SET,
        Kind.CHANGED,
        Kind.REMOVED,
    ]


def test_the_trail_can_neither_be_changed_nor_cut(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget())
    for statement in ("DELETE FROM audit", "UPDATE audit SET who = 'nobody'"):
        with pytest.raises(LedgerError, match="append-only"), ledger.file.writing() as connection:
            connection.execute(statement)
    assert kinds(ledger) == [Kind.SET]


def test_a_ledger_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    a_ledger(tmp_path / "l.db", a_budget()).close()
    with sqlite3.connect(tmp_path / "l.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LedgerError, match="newer version"):
        opened(Ledger(tmp_path / "l.db")).settle("1", None)


def test_the_ledgers_files_are_their_owners_alone(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "home" / "l.db", a_budget())
    assert ledger.reserve(an_ask("1")).held_on == 1
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "home").iterdir()}
    assert set(modes.values()) == {0o600}
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
