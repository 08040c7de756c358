"""One budget opened: what was used of it before, what was allowed beyond it, and who did what."""

from dataclasses import dataclass
from typing import NamedTuple

from profiler.domain.budgets import Budget, Limit
from profiler.domain.periods import Span
from profiler.ledger.audit import Entry
from profiler.ledger.overrides import Recorded


class Past(NamedTuple):
    """One limit of a budget in one window, for one value."""

    budget: str
    value: str
    window: Span
    limit: Limit
    """As it was when the window ended, with the overrides that were in force in it."""
    actual: int
    unpriced_calls: int
    is_current: bool

    @property
    def variance(self) -> int:
        """What was used beyond the limit; negative where there was some left."""
        return self.actual - self.limit.amount

    @property
    def used(self) -> float:
        """The share of the limit that was used."""
        return self.actual / self.limit.amount


BY_COMMAND = "by command or in the app"
LINE = ", line "
"""Between a file and the line at which it defines a budget."""
"""Where a budget is defined that no file defines."""


@dataclass(frozen=True, slots=True)
class BudgetDetail:
    """One budget, opened."""

    budget: Budget
    value: str | None
    """Whose past it tells; `None` for everybody's."""
    place: str
    """Where it is defined."""
    past: tuple[Past, ...]
    """Its windows, oldest first; empty for one on single calls."""
    overrides: tuple[Recorded, ...]
    """Oldest first."""
    trail: tuple[Entry, ...]
    """The newest of its audit trail, newest first."""

    @property
    def is_set_by_command(self) -> bool:
        """Whether it can be changed here, not in a file alone."""
        return self.place == BY_COMMAND

    @property
    def file_and_line(self) -> tuple[str, int] | None:
        """Where a file defines it; `None` where none does, or does not any more."""
        file, _, line = self.place.rpartition(LINE)
        return (file, int(line)) if file and line.isdecimal() else None
