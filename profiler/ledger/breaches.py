"""Breaches: the first crossing of a threshold for a value in a window; each is told once."""

import sqlite3
from typing import NamedTuple

from profiler.domain.budgets import Action, Limit, Measure, Threshold
from profiler.ledger import audit, outbox
from profiler.ledger.allowance import Granted, tightest
from profiler.ledger.counters import Counter
from profiler.ledger.defined import Defined
from profiler.ledger.refusals import shown


class Breach(NamedTuple):
    """A threshold that has just been crossed."""

    budget: str
    source: str
    value: str
    percent: int
    action: Action
    measure: Measure
    used: int
    limit: int

    @property
    def is_said(self) -> bool:
        """Whether the program's log has it."""
        return self.action is not Action.NOTE

    @property
    def words(self) -> str:
        """What is used, in a line."""
        whose = f" for {self.value}" if self.value else ""
        used, limit = (shown(amount, self.measure) for amount in (self.used, self.limit))
        return f"budget {self.budget!r}{whose}: {self.percent} % is used, {used} of {limit}"


def cross(
    connection: sqlite3.Connection,
    defined: Defined,
    value: str,
    counter: Counter,
    more: Granted | None,
    now_us: int,
) -> list[Breach]:
    """What `counter`, as it stands now, has crossed; written down, and told once."""
    budget = defined.budget
    limit = tightest(defined, counter, more)
    used = counter.used.of(limit.measure)
    percent = used * 100 // limit.amount
    if percent < defined.warns_from:
        return []
    fresh = [t for t in budget.thresholds if counter.crossed_percent < t.percent <= percent]
    is_over = percent >= 100 and counter.over_since_us is None
    if fresh or is_over:
        highest = max((t.percent for t in fresh), default=counter.crossed_percent)
        connection.execute(
            "UPDATE counters SET crossed_percent = ?, over_since_us = coalesce(over_since_us, ?) "
            "WHERE id = ?",
            (highest, now_us if percent >= 100 else None, counter.id),
        )
    return [_told(connection, defined, value, one, limit, counter, now_us) for one in fresh]


def _told(
    connection: sqlite3.Connection,
    defined: Defined,
    value: str,
    threshold: Threshold,
    limit: Limit,
    counter: Counter,
    now_us: int,
) -> Breach:
    used = counter.used.of(limit.measure)
    breach = Breach(
        defined.budget.name,
        defined.source,
        value,
        threshold.percent,
        threshold.action,
        limit.measure,
        used,
        limit.amount,
    )
    audit.write(
        connection,
        now_us,
        audit.Kind.BREACH,
        defined.named,
        value,
        "",
        percent=breach.percent,
        action=breach.action.value,
        measure=breach.measure.value,
        used=used,
        limit=breach.limit,
    )
    if threshold.action in outbox.TOLD:
        outbox.put(
            connection,
            outbox.Told(
                defined.id,
                value,
                counter.window,
                str(threshold.percent),
                threshold.action,
                limit,
                used,
            ),
            now_us,
        )
    return breach
