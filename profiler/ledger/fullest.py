"""The fullest budget, as the ledger has it: for a line that is drawn every few seconds.

The ledger is looked at and nothing else: what the store counted was taken over when the log was
last read, and what ended since is in it already.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from profiler.domain.budgets import NOTHING, Level, level_of
from profiler.domain.periods import Period
from profiler.ledger import counters, faults
from profiler.ledger.terms import Terms

_TIMEOUT_S = 0.2
_SESSIONS = 200


class Fullest(NamedTuple):
    """A budget's standing, as far as a line has room for it."""

    name: str
    value: str
    """Whose standing it is; empty where the budget holds for all at once."""
    used: int
    limit: int
    """Overrides included, in the same measure."""

    @property
    def share(self) -> float:
        """How much of it is used."""
        return self.used / self.limit

    @property
    def level(self) -> Level:
        """The same in a word."""
        return level_of(self.used, self.limit)


def fullest(path: Path, sources: Sequence[str], now_us: int) -> Fullest | None:
    """The standing of which the greatest share is used; `None` where no budget is set.

    Raises:
        LedgerError: the ledger cannot be read.

    """
    if not path.exists():
        return None
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=_TIMEOUT_S)) as connection:
            found = list(_standings(connection, sources, now_us))
    except faults.KINDS as error:
        raise faults.explained(path, error) from error
    return max(found, key=lambda one: (one.share, one.name, one.value), default=None)


def _standings(
    connection: sqlite3.Connection, sources: Sequence[str], now_us: int
) -> Iterator[Fullest]:
    terms = Terms(connection, sources, 0)
    for one in terms.defined:
        if one.budget.period is Period.CALL:
            continue
        # of sessions nobody knows which are over, and those that began last are not
        newest = _SESSIONS if one.budget.period is Period.SESSION else -1
        counted = counters.in_window(connection, one.id, terms.window(one, now_us), newest)
        used = {value: counter.used for value, counter in counted}
        if not used and not one.budget.each:
            used = {"": NOTHING}
        for value, amounts in used.items():
            more = terms.granted(one, value, now_us)
            extra = more.extra if more else NOTHING
            for measure, amount in one.limits:
                limit = amount + extra.of(measure)
                yield Fullest(one.budget.name, value, amounts.of(measure), limit)
