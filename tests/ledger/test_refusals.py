"""What a refusal says: what it rests on, and only what would help."""

from pathlib import Path

from profiler.domain.budgets import Amounts
from profiler.domain.periods import HOUR_US, Span
from profiler.ledger import audit
from profiler.ledger.refusals import refused
from tests.support.ledgers import USD, Clock, a_bid, a_budget, a_ledger, an_ask


def refusal(path: Path, spent_pusd: int) -> str:
    """What the next call of ten cents is told."""
    ledger = a_ledger(path, a_budget())
    ledger.reserve(an_ask("0", a_bid(1)))
    ledger.settle("0", Amounts(spent_pusd, 1, 1))
    return str(refused(list(ledger.reserve(an_ask("1")).refusals)))


def test_where_the_limit_is_passed_no_smaller_call_is_advised(tmp_path: Path) -> None:
    said = refusal(tmp_path / "l.db", USD + 1)
    assert "has used $1.00 of $1.00: it is used up; it starts afresh at" in said
    assert "`profiler budget override team 0.3 --reason WHY` allows more" in said
    assert "max_tokens" not in said
    assert "may use" not in said


def test_the_most_that_a_call_may_use_is_told_with_what_it_is_made_of(tmp_path: Path) -> None:
    said = refusal(tmp_path / "l.db", USD * 95 // 100)
    assert "this call may use up to $0.10, the most it can (a token for each byte, " in said
    assert "every retry, the dearest tier)" in said
    assert "ask for less (max_tokens)" in said
    assert "`profiler budget override team 0.2 --reason WHY` allows more" in said


def test_refused_calls_are_counted_once_each_and_by_when_they_were(tmp_path: Path) -> None:
    clock = Clock()
    ledger = a_ledger(tmp_path / "l.db", a_budget(), a_budget("other"), clock=clock)
    began_us = clock().wall_us
    for call in ("0", "1", "2"):
        assert ledger.reserve(an_ask(call, a_bid(3 * USD))).refusals
        clock.pass_us(HOUR_US)
    with ledger.reading() as (connection, _, _now_us):
        counted = [
            audit.refused_calls(connection, span)
            for span in (
                Span(),
                Span(began_us + HOUR_US),
                Span(None, began_us + 1),
                Span(clock().wall_us),
            )
        ]
    assert counted == [3, 2, 1, 0]
