"""What is agreed at the moment: budgets and overrides in force, as one process knows them."""

import sqlite3
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from profiler.domain.periods import Span, window
from profiler.ledger import definitions
from profiler.ledger.allowance import Granted, granted, overrides_granted
from profiler.ledger.defined import Defined
from profiler.ledger.scoping import Labels, Scope


class Terms:
    """One version of the budgets and overrides, ready to be applied to calls."""

    def __init__(
        self, connection: sqlite3.Connection, sources: Sequence[str], version: int
    ) -> None:
        self.version = version
        every = definitions.in_force(connection)
        self.by_id = {one.id: one for one in every}
        """The budgets of all sources: what is held on others is settled, charged and booked too."""
        self.defined = tuple(one for one in every if one.source in sources)
        """Those that hold for the process's own calls."""
        self.expects = any(not one.is_strict for one in self.defined)
        """Whether any budget goes by what calls are expected to use."""
        self.downgrades = any(one.rules for one in self.defined)
        """Whether any budget sends calls to cheaper models by itself."""
        self._scopes = [(one, Scope(one.budget)) for one in self.defined]
        self._overrides = overrides_granted(connection)
        self._zones = {one.id: ZoneInfo(one.budget.zone) for one in every}
        self._windows: dict[int, Span] = {}

    def applying(self, labels: Labels) -> list[tuple[Defined, str]]:
        """The budgets that a call falls under, each with whose standing it counts on."""
        found = ((one, scope.value_of(labels)) for one, scope in self._scopes)
        return [(one, value) for one, value in found if value is not None]

    def window(self, one: Defined, at_us: int) -> Span:
        """The budget's window that contains the moment."""
        known = self._windows.get(one.id)
        if known is None or not known.contains(at_us):
            budget = one.budget
            known = window(budget.period, at_us, self._zones[one.id], budget.week_start)
            self._windows[one.id] = known
        return known

    def granted(self, one: Defined, value: str, now_us: int) -> Granted | None:
        """What overrides add to one standing; `None` where none does."""
        return granted(self._overrides, one.id, value, now_us) if self._overrides else None
