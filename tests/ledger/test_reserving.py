"""What is held before a call, and what refuses it."""

from pathlib import Path

import pytest

from profiler.domain.budgets import SOFT_THRESHOLDS, Amounts, Grace, Mode, Tag
from profiler.domain.calls import call_id
from profiler.domain.periods import HOUR_US, SECOND_US, Period
from profiler.domain.scopes import Dimension, Match
from profiler.errors import BudgetExceeded, Unbounded, UnknownPrice
from profiler.ledger.audit import Kind, entries
from profiler.ledger.book import Ledger
from profiler.ledger.refusals import refused
from profiler.ledger.reserving import LEASE_US, Bid, Reserved
from tests.support.events import START_US
from tests.support.ledgers import USD, Clock, a_bid, a_budget, a_ledger, an_ask, used

DIME = USD // 10
SPENT = Amounts(DIME, 1_000, 1)


def spend(ledger: Ledger, call: str, bid: Bid | None = None) -> Reserved:
    reserved = ledger.reserve(an_ask(call, bid))
    if not reserved.refusals:
        ledger.settle(call, SPENT)
    return reserved


def why(reserved: Reserved) -> BudgetExceeded:
    return refused(list(reserved.refusals))


def test_a_call_holds_what_it_may_use_until_it_is_settled(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget())
    ledger.reserve(an_ask("1", a_bid(cost_pusd=3 * DIME)))
    assert used(ledger) == (0, 3 * DIME)
    ledger.settle("1", SPENT)
    assert used(ledger) == (DIME, 0)


def test_a_call_that_waited_counts_in_the_window_it_began_in(tmp_path: Path) -> None:
    hour_us = (START_US // HOUR_US + 1) * HOUR_US
    clock = Clock(hour_us - 2)
    hourly = a_budget(limit_pusd=None, limit_calls=1, period=Period.HOURLY)
    ledger = a_ledger(tmp_path / "l.db", hourly, clock=clock)
    before = [call_id(hour_us - 2, number) for number in range(3)]
    assert not ledger.reserve(an_ask(before[0])).refusals
    clock.pass_us(SECOND_US)
    assert ledger.reserve(an_ask(before[1])).refusals
    assert not ledger.reserve(an_ask(call_id(clock.wall_us, 0))).refusals
    clock.pass_us(60 * SECOND_US)
    # no past window is open to whoever says that the call began long ago
    assert ledger.reserve(an_ask(before[2])).refusals


def test_what_a_budget_does_not_limit_may_be_any_number(tmp_path: Path) -> None:
    calls = a_budget("calls", limit_pusd=None, limit_calls=1)
    ledger = a_ledger(tmp_path / "l.db", calls, a_budget("soft", thresholds=SOFT_THRESHOLDS))
    assert not ledger.reserve(an_ask("1", a_bid(10**40, 10**30))).refusals
    ledger.settle("1", SPENT)
    assert used(ledger, "calls") == used(ledger, "soft") == (DIME, 0)


def test_settling_twice_changes_nothing(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget())
    spend(ledger, "1")
    ledger.settle("1", Amounts(5 * DIME, 1, 1))
    assert used(ledger) == (DIME, 0)


def test_what_nobody_knows_the_use_of_is_charged_in_full(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget())
    ledger.reserve(an_ask("1", a_bid(cost_pusd=3 * DIME)))
    ledger.settle("1", None)
    assert used(ledger) == (3 * DIME, 0)


def test_what_was_surely_not_billed_is_free_again(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget())
    ledger.reserve(an_ask("1"))
    ledger.release("1")
    ledger.settle("1", SPENT)
    assert used(ledger) == (0, 0)


def test_a_call_that_does_not_fit_beside_those_in_flight_is_refused(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget())
    spend(ledger, "0")
    ledger.reserve(an_ask("1", a_bid(cost_pusd=7 * DIME)))
    error = why(ledger.reserve(an_ask("2", a_bid(cost_pusd=3 * DIME))))
    assert (error.budget, error.measure, error.value) == ("team", "cost", "")
    assert (error.spent, error.held, error.limit) == (DIME, 7 * DIME, USD)
    assert error.requested == 3 * DIME
    assert error.resets_at_us is not None
    assert "override" in error.remedy
    assert "$0.10 of $1.00 and holds $0.70" in str(error)
    assert used(ledger) == (DIME, 7 * DIME)


def test_the_tightest_budget_decides_and_is_named(tmp_path: Path) -> None:
    ledger = a_ledger(
        tmp_path / "l.db",
        a_budget("all", 2 * USD),
        a_budget("search", USD // 2, scope=(Match(Dimension.FEATURE, "search"),)),
    )
    bid = a_bid(cost_pusd=3 * USD, feature="search")
    assert why(ledger.reserve(an_ask("1", bid))).budget == "search"
    assert why(ledger.reserve(an_ask("2", a_bid(cost_pusd=3 * USD)))).budget == "all"


def test_a_refused_call_holds_nothing_on_any_budget(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget("all", 9 * USD), a_budget("team"))
    assert ledger.reserve(an_ask("1", a_bid(cost_pusd=2 * USD))).refusals
    assert used(ledger, "all") == used(ledger, "team") == (0, 0)


@pytest.mark.parametrize(
    ("limits", "measure"),
    [({"limit_tokens": 1_500}, "tokens"), ({"limit_calls": 1}, "calls")],
)
def test_tokens_and_calls_are_limited_as_cost_is(
    tmp_path: Path, limits: dict[str, int], measure: str
) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget("team", None, **limits))
    assert not spend(ledger, "1").refusals
    assert why(spend(ledger, "2")).measure == measure


def test_every_limit_of_a_budget_holds(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget("team", USD, limit_calls=2))
    assert not spend(ledger, "1").refusals
    assert not spend(ledger, "2").refusals
    assert why(spend(ledger, "3")).measure == "calls"


def test_a_limit_on_one_call_counts_that_call_alone(tmp_path: Path) -> None:
    ledger = a_ledger(
        tmp_path / "l.db", a_budget("query", None, limit_tokens=1_000, period=Period.CALL)
    )
    for number in range(5):
        assert not spend(ledger, str(number)).refusals
    assert why(ledger.reserve(an_ask("x", a_bid(tokens=1_001)))).limit == 1_000


def test_each_user_of_a_tier_has_the_limit_apart(tmp_path: Path) -> None:
    free = a_budget("free", DIME, scope=(Match(Dimension.USER_TIER, "free"),), each=("user",))
    ledger = a_ledger(tmp_path / "l.db", free)
    assert not spend(ledger, "1", a_bid(user="ada", user_tier="free")).refusals
    assert not spend(ledger, "2", a_bid(user="bob", user_tier="Free")).refusals
    assert not spend(ledger, "3", a_bid(user="ada", user_tier="pro")).refusals
    error = why(spend(ledger, "4", a_bid(user="ada", user_tier="free")))
    assert error.value == "ada"
    assert "for ada" in str(error)


def test_each_session_has_the_limit_apart(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget("s", DIME, period=Period.SESSION))
    assert not spend(ledger, "1", a_bid(session="one")).refusals
    assert not spend(ledger, "2", a_bid(session="two")).refusals
    assert why(spend(ledger, "3", a_bid(session="two"))).value == "two"


def test_a_scope_may_be_a_prefix_of_a_model_and_a_tag(tmp_path: Path) -> None:
    scope = (Match(Dimension.MODEL, "gpt-5*"),)
    ledger = a_ledger(
        tmp_path / "l.db", a_budget("blue", 1, scope=scope, tags=(Tag("team", "blue"),))
    )
    assert ledger.reserve(an_ask("1", a_bid(model="gpt-5-mini", tags={"team": "Blue"}))).refusals
    assert not ledger.reserve(an_ask("2", a_bid(model="o3", tags={"team": "blue"}))).refusals
    assert not ledger.reserve(an_ask("3", a_bid(tags={"team": "red"}))).refusals


def test_a_new_window_is_a_new_counter(tmp_path: Path) -> None:
    clock = Clock()
    ledger = a_ledger(
        tmp_path / "l.db", a_budget(limit_pusd=DIME, period=Period.HOURLY), clock=clock
    )
    assert not spend(ledger, "1").refusals
    assert spend(ledger, "2").refusals
    clock.pass_us(HOUR_US)
    assert not spend(ledger, "3").refusals


def test_a_clock_that_is_set_back_opens_no_past_window(tmp_path: Path) -> None:
    clock = Clock()
    ledger = a_ledger(
        tmp_path / "l.db", a_budget(limit_pusd=DIME, period=Period.DAILY), clock=clock
    )
    spend(ledger, "1")
    clock.pass_us(2_000_000)
    clock.wall_us -= 48 * HOUR_US
    clock.pass_us(2_000_000)
    assert spend(ledger, "2").refusals
    clock.wall_us += 96 * HOUR_US
    assert spend(ledger, "3").refusals
    with ledger.file.reading() as connection:
        assert Kind.CLOCK in [entry.kind for entry in entries(connection)]


def test_what_cannot_be_bounded_is_refused_by_a_strict_budget(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget("t", None, limit_tokens=10**9))
    error = why(ledger.reserve(an_ask("1", a_bid(tokens=None, why="it sends a picture"))))
    assert isinstance(error, Unbounded)
    assert "it sends a picture" in str(error)


def test_an_unknown_price_fails_closed(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget())
    bid = a_bid(cost_pusd=None, why="no rate is known for model 'mystery'")
    error = why(ledger.reserve(an_ask("1", bid)))
    assert isinstance(error, UnknownPrice)
    assert "give the model a price" in error.remedy


def test_an_unknown_price_passes_a_soft_budget_and_one_without_a_limit_on_cost(
    tmp_path: Path,
) -> None:
    ledger = a_ledger(
        tmp_path / "l.db",
        a_budget("soft", thresholds=()),
        a_budget("calls", None, limit_calls=5),
    )
    assert not ledger.reserve(an_ask("1", a_bid(cost_pusd=None))).refusals


def test_an_expected_budget_holds_what_a_call_is_expected_to_use(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(mode=Mode.EXPECTED))
    bid = a_bid(cost_pusd=9 * DIME, expected_pusd=DIME)
    for number in range(10):
        assert not ledger.reserve(an_ask(str(number), bid)).refusals
    assert ledger.reserve(an_ask("x", bid)).refusals
    assert used(ledger) == (0, USD)


def test_a_soft_budget_never_refuses(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(limit_pusd=DIME, thresholds=()))
    for number in range(3):
        assert not spend(ledger, str(number)).refusals
    assert used(ledger) == (3 * DIME, 0)


def test_a_soft_budget_with_a_grace_amount_refuses_beyond_it(tmp_path: Path) -> None:
    soft = a_budget(limit_pusd=DIME, thresholds=(), grace=Grace(amount=DIME))
    ledger = a_ledger(tmp_path / "l.db", soft)
    assert not spend(ledger, "1").refusals
    assert not spend(ledger, "2").refusals
    assert spend(ledger, "3").refusals


def test_a_soft_budget_with_grace_minutes_refuses_after_them(tmp_path: Path) -> None:
    clock = Clock()
    soft = a_budget(limit_pusd=DIME, thresholds=(), grace=Grace(minutes=10))
    ledger = a_ledger(tmp_path / "l.db", soft, clock=clock)
    assert not spend(ledger, "1").refusals
    assert not spend(ledger, "2").refusals
    clock.pass_us(11 * 60 * 1_000_000)
    assert spend(ledger, "3").refusals


def test_a_silent_call_is_charged_and_corrected_when_it_speaks_after_all(tmp_path: Path) -> None:
    clock = Clock()
    ledger = a_ledger(tmp_path / "l.db", a_budget(), clock=clock)
    ledger.reserve(an_ask("1", a_bid(cost_pusd=6 * DIME)))
    clock.pass_us(LEASE_US)
    ledger.reserve(an_ask("2"))
    assert used(ledger) == (6 * DIME, DIME)
    ledger.settle("1", SPENT)
    assert used(ledger) == (DIME, DIME)


def test_a_stream_that_renews_its_lease_is_not_charged(tmp_path: Path) -> None:
    clock = Clock()
    ledger = a_ledger(tmp_path / "l.db", a_budget(), clock=clock)
    ledger.reserve(an_ask("1"))
    clock.pass_us(LEASE_US - 1)
    ledger.renew("1")
    clock.pass_us(LEASE_US - 1)
    ledger.renew("1")
    assert used(ledger) == (0, DIME)


def test_a_block_is_written_into_the_audit_trail(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(limit_pusd=1))
    ledger.reserve(an_ask("1", who="app.py"))
    with ledger.file.reading() as connection:
        *_, block = entries(connection)
    assert (block.kind, block.budget, block.who) == (Kind.BLOCK, "team", "app.py")
    assert block.details["requested"] == DIME


def test_a_hold_may_go_by_another_id_and_the_first_telling_holds(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget())
    for call in ("1", "2"):
        ledger.reserve(an_ask(call))
        ledger.rename(call, "real")
    assert used(ledger) == (0, DIME)
    ledger.settle("real", SPENT)
    assert used(ledger) == (DIME, 0)
