"""How much of a budget may be used: its limits, with overrides, reserve and grace."""

import sqlite3
from typing import NamedTuple

from profiler.domain.budgets import NOTHING, Amounts, Budget, Limit, Measure
from profiler.domain.periods import SECOND_US
from profiler.ledger.counters import Counter
from profiler.ledger.defined import Defined

_MINUTE_US = 60 * SECOND_US


class Cap(NamedTuple):
    """The most a call may use, or what it is expected to; `None`: nobody can say."""

    cost_pusd: int | None
    tokens: int | None
    calls: int = 1
    why: str = ""
    """What keeps it from being bounded or priced."""

    def of(self, measure: Measure) -> int | None:
        """Of one measure."""
        if measure is Measure.COST:
            return self.cost_pusd
        return self.tokens if measure is Measure.TOKENS else self.calls

    @property
    def amounts(self) -> Amounts:
        """What is held: nothing of what nobody can say."""
        return Amounts(self.cost_pusd or 0, self.tokens or 0, self.calls)


class Override(NamedTuple):
    """An extra allowance that is in force."""

    budget: int
    value: str | None
    """Whose standing it is for; `None`: everybody's."""
    extra: Amounts
    opens_reserve: bool
    until_us: int | None


class Granted(NamedTuple):
    """What overrides add to a budget at one moment."""

    extra: Amounts = NOTHING
    has_reserve: bool = False


def overrides_granted(connection: sqlite3.Connection) -> list[Override]:
    """Those of all budgets, whether or not they have run out."""
    rows = connection.execute(
        "SELECT budget, value, pusd, tokens, calls, opens_reserve, until_us FROM overrides "
        "WHERE state = 'granted'"
    )
    return [Override(row[0], row[1], Amounts(*row[2:5]), bool(row[5]), row[6]) for row in rows]


def granted(overrides: list[Override], budget: int, value: str, now_us: int) -> Granted | None:
    """What the overrides in force add for one standing; `None` where none does."""
    found = None
    for one in overrides:
        is_ours = one.budget == budget and one.value in {None, value}
        if is_ours and (one.until_us is None or now_us < one.until_us):
            before = found or Granted()
            found = Granted(before.extra.plus(one.extra), before.has_reserve or one.opens_reserve)
    return found


def allowed(budget: Budget, limit: Limit, more: Granted | None) -> int:
    """What of one limit may be used before anything is over it."""
    if more is None:
        return budget.unreserved(limit.amount)
    whole = limit.amount if more.has_reserve else budget.unreserved(limit.amount)
    return whole + more.extra.of(limit.measure)


def tightest(defined: Defined, counter: Counter, more: Granted | None) -> Limit:
    """The limit of which the greatest share is used, as it stands with overrides."""
    limits = (
        defined.usual
        if more is None
        else [
            Limit(limit.measure, max(1, allowed(defined.budget, limit, more)))
            for limit in defined.limits
        ]
    )
    if len(limits) == 1:
        return limits[0]
    used = counter.used
    return max(limits, key=lambda limit: used.of(limit.measure) / limit.amount)


def ceiling(
    defined: Defined, limit: Limit, counter: Counter | None, more: Granted | None, now_us: int
) -> int | None:
    """What may be used of one limit before calls are refused; `None`: they never are."""
    budget = defined.budget
    most = allowed(budget, limit, more)
    if defined.blocks_at is not None:
        return most * defined.blocks_at // 100
    if budget.grace is None:
        return None
    since_us = counter.over_since_us if counter else None
    lasts = budget.grace.minutes > 0 and (
        since_us is None or now_us < since_us + budget.grace.minutes * _MINUTE_US
    )
    return None if lasts else most + budget.grace.amount
