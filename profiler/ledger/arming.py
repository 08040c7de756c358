"""Arming: what was told of a window is told anew, once more is allowed and used up again."""

import sqlite3
from collections.abc import Sequence

from profiler.domain.budgets import Threshold
from profiler.ledger import counters, outbox
from profiler.ledger.allowance import granted, overrides_granted, tightest
from profiler.ledger.defined import Defined


def arm_again(
    connection: sqlite3.Connection, defined: Defined, told: Sequence[Threshold], at_us: int
) -> None:
    """Let thresholds that are not reached any more be crossed anew, and refusals be told of.

    Of those that are reached, the ones that had been `told` with the same action stay so.
    """
    outbox.end_rounds(connection, defined.id)
    granted_now = overrides_granted(connection)
    kept = [one.percent for one in defined.budget.thresholds if one in told]
    for value, counter in counters.crossed(connection, defined.id, at_us):
        limit = tightest(defined, counter, granted(granted_now, defined.id, value, at_us))
        percent = counter.used.of(limit.measure) * 100 // limit.amount
        reached = max((at for at in kept if at <= percent), default=0)
        crossed = min(reached, counter.crossed_percent)
        counters.arm(connection, counter.id, crossed, is_over=percent >= 100)
