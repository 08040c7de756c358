"""What may still be used, for programs that ask before they call."""

import sqlite3
from decimal import Decimal
from typing import NamedTuple

from profiler.domain.budgets import Measure
from profiler.ledger import counters
from profiler.ledger.allowance import allowed, ceiling
from profiler.ledger.dollars import Pusd
from profiler.ledger.scoping import Labels
from profiler.ledger.terms import Terms


class Remaining(NamedTuple):
    """One limit, and what is left of it; amounts are of `measure`, pico-dollars for `cost`."""

    budget: str
    value: str
    """Whose standing it is, where the budget holds for `each`."""
    measure: str
    limit: int
    used: int
    held: int
    """Kept back for calls in flight."""
    left: int
    """Neither used nor held; negative when over."""
    resets_at_us: int | None
    """When the next window begins; `None` where none does."""
    is_hard: bool
    """Whether calls beyond it are refused."""

    @property
    def left_usd(self) -> Decimal | None:
        """What is left in dollars, exact; `None` where no money is counted."""
        return Pusd(self.left).usd if self.measure == Measure.COST.value else None

    @property
    def limit_usd(self) -> Decimal | None:
        """The limit in dollars, exact; `None` where no money is counted."""
        return Pusd(self.limit).usd if self.measure == Measure.COST.value else None


def remaining(
    connection: sqlite3.Connection, terms: Terms, labels: Labels, now_us: int
) -> list[Remaining]:
    """Every limit that a call with these labels falls under, the tightest first."""
    found = []
    for one, value in terms.applying(labels):
        window = terms.window(one, now_us)
        counter = counters.find(connection, one.id, value, window)
        more = terms.granted(one, value, now_us)
        for limit in one.limits:
            used = counter.used.of(limit.measure) if counter else 0
            held = counter.held.of(limit.measure) if counter else 0
            most = ceiling(one, limit, counter, more, now_us)
            whole = allowed(one.budget, limit, more) if most is None else most
            found.append(
                Remaining(
                    one.budget.name,
                    value,
                    limit.measure.value,
                    whole,
                    used,
                    held,
                    whole - used - held,
                    window.end_us,
                    most is not None,
                )
            )
    return sorted(found, key=lambda one: one.left / max(1, one.limit))
