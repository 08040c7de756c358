"""The budgets in force for whoever works in a folder: read from files, set by command."""

import getpass
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from profiler.alerts.record import open_alerts
from profiler.budgets.detail import BY_COMMAND, LINE
from profiler.budgets.models import misfits, unknown_models
from profiler.domain.alerts import Alert
from profiler.domain.budgets import NOTHING, Amounts, Budget
from profiler.domain.periods import Period, Span
from profiler.errors import BadBudget, NotFound, UsageError
from profiler.ledger import audit, counters, definitions
from profiler.ledger.audit import Entry
from profiler.ledger.book import Ledger, path_in
from profiler.ledger.counters import Counter
from profiler.ledger.defined import Defined
from profiler.ledger.definitions import COMMAND
from profiler.ledger.overrides import Recorded, recorded
from profiler.ledger.removed import Removed, removed
from profiler.ledger.sources import budgets_of, has_past, sources_in_force
from profiler.options import places
from profiler.options.file import File, read_file
from profiler.options.lines import line_of
from profiler.pricing.card import Card

_SESSIONS = 2_000


class InLedger(NamedTuple):
    """What the ledger knows of one standing beyond the store."""

    held: Amounts = NOTHING
    beyond: Amounts = NOTHING
    """Used by calls that no event tells of; less what a reset forgave."""
    extra: Amounts = NOTHING
    """Allowed beyond the limits by overrides."""


class Registry:
    """What budgets there are, over one home folder; its ledger is made with the first budget."""

    def __init__(
        self, home: Path, start: str, zone: ZoneInfo, card: Callable[[], Card] = Card.load
    ) -> None:
        self._home = home
        self._zone = zone
        self.sources = sources_in_force(str(home), start)
        self.ledger = Ledger(path_in(str(home)), self.sources)
        self._card = card

    @property
    def is_open(self) -> bool:
        """Whether any budget was ever set."""
        return self.ledger.is_there

    def read_files(self) -> None:
        """Take over what the files define now.

        Raises:
            UsageError: a file makes no sense; what it defined when it last did stays in force.

        """
        for path in self.sources[1:]:
            file = self._file(path)
            found = budgets_of(file, self._zone.key) if file else []
            if self._kept(path) != sorted(found, key=lambda budget: budget.name):
                for fault in misfits(file, found, self._card()) if file else ():
                    raise fault
                past = has_past(str(self._home))
                with self.ledger.defining() as (connection, _, now_us):
                    definitions.keep_file(connection, path, found, now_us, has_past=past)

    def _file(self, path: str) -> File | None:
        is_users = path == places.of_user(str(self._home))
        return read_file(Path(path), is_users=is_users) if Path(path).is_file() else None

    def _kept(self, path: str) -> list[Budget]:
        return [one.budget for one in self.defined() if one.source == path]

    def defined(self) -> tuple[Defined, ...]:
        """The budgets in force, by name."""
        if not self.is_open:
            return ()
        with self.ledger.reading() as (_, terms, _now_us):
            return terms.defined

    def in_ledger(self) -> dict[tuple[Budget, str], InLedger]:
        """What the ledger knows beyond the store, by budget and value."""
        if not self.is_open:
            return {}
        with self.ledger.reading() as (connection, terms, now_us):
            found = {}
            for one in terms.defined:
                current = terms.window(one, now_us)
                for value, counter in _lately(connection, one, current):
                    more = terms.granted(one, value, now_us)
                    beyond = counter.settled.minus(counter.forgiven)
                    extra = more.extra if more else NOTHING
                    found[one.budget, value] = InLedger(counter.held, beyond, extra)
            return found

    def find(self, name: str) -> Defined:
        """The budget of that name in force; of two, the one that was set by command.

        Raises:
            NotFound: there is none; the message says which are named alike.

        """
        defined = self.defined()
        for one in sorted(defined, key=lambda each: each.source != COMMAND):
            if one.budget.name == name:
                return one
        near = get_close_matches(name, [one.budget.name for one in defined])
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise NotFound(
            f"there is no budget {name!r}{hint or '; `profiler budget list` shows them'}"
        )

    def place_of(self, defined: Defined) -> str:
        """Where the budget is defined: `by command or in the app`, or a file and its line."""
        if defined.source == COMMAND:
            return BY_COMMAND
        with suppress(UsageError):
            file = read_file(Path(defined.source), is_users=True)
            tables = file.value(("budget",))
            names = [one.get("name") for one in tables] if isinstance(tables, list) else []
            if defined.budget.name in names:
                place = names.index(defined.budget.name)
                return f"{defined.source}{LINE}{line_of(file.text, ('budget', place))}"
        return f"{defined.source}, as it last made sense"

    def overrides_of(self, defined: Defined) -> list[Recorded]:
        """A budget's requests and overrides, oldest first."""
        with self.ledger.reading() as (connection, _, _now_us):
            return recorded(connection, defined.id)

    def trail(self, name: str | None, since_us: int = 0) -> Iterator[Entry]:
        """The audit trail, or one budget's, oldest first, in bounded memory."""
        after = 0
        while self.is_open:
            with self.ledger.reading() as (connection, _, _now_us):
                page = list(audit.entries(connection, name, after))
            yield from (entry for entry in page if entry.at_us >= since_us)
            if not page:
                return
            after = page[-1].id

    def newest(self, name: str | None, before: int | None = None) -> tuple[Entry, ...]:
        """A page of the audit trail, or of one budget's, newest first, from `before` an entry."""
        if not self.is_open:
            return ()
        with self.ledger.reading() as (connection, _, _now_us):
            return audit.newest(connection, name, audit.PAGE, before)

    def open_alerts(self, now_us: int) -> tuple[Alert, ...]:
        """What nobody acknowledged yet, of windows that have not ended, the latest first."""
        if not self.is_open:
            return ()
        with self.ledger.reading() as (connection, _, _now_us):
            return tuple(open_alerts(connection, now_us))

    def save(self, *budgets: Budget, by: str = "") -> None:
        """Set budgets, in place of those of the same names: all or none.

        Raises:
            BadBudget: a file defines one of that name.

        """
        for budget in budgets:
            self._refuse_if_in_file(budget.name, "change")
        with self.ledger.defining() as (connection, _, now_us):
            for budget in budgets:
                definitions.save(connection, budget, COMMAND, by or who(), now_us)

    def refuse_unknown_models(self, *budgets: Budget) -> None:
        """Refuse budgets that name a model which matches none that has rates.

        Raises:
            BadBudget: one does; the message says which, and what to do.

        """
        for budget in budgets:
            for key, pattern in unknown_models(budget, self._card()):
                raise BadBudget(
                    f"{key}: {pattern!r} matches no model that has rates; "
                    "`profiler prices find` lists them, `profiler prices override` adds one"
                )

    def rename(self, name: str, new: str, by: str = "") -> None:
        """Call a budget something else; what it counted stays with it.

        Raises:
            NotFound: there is none of that name.
            BadBudget: a file defines it, or there is one of the new name.

        """
        self._refuse_if_in_file(name, "rename")
        if any(one.budget.name == new for one in self.defined()):
            raise BadBudget(f"there is a budget {new!r} already; remove it first")
        with self.ledger.defining() as (connection, _, now_us):
            definitions.rename(connection, name, new, COMMAND, by or who(), now_us)

    def remove(self, name: str, by: str = "") -> None:
        """Take a budget out of force; what it counted stays.

        Raises:
            NotFound: there is none of that name.
            BadBudget: a file defines it.

        """
        self._refuse_if_in_file(name, "remove")
        self.find(name)
        with self.ledger.defining() as (connection, _, now_us):
            definitions.remove(connection, name, COMMAND, by or who(), now_us)

    def removed(self) -> tuple[Removed, ...]:
        """The budgets that were removed, the latest first: nothing of them is lost."""
        if not self.is_open:
            return ()
        with self.ledger.reading() as (connection, _, _now_us):
            return removed(connection)

    def _refuse_if_in_file(self, name: str, verb: str) -> None:
        named = [one for one in self.defined() if one.budget.name == name]
        # one of the same name that was set by command before is what is meant
        if named and all(one.source != COMMAND for one in named):
            raise BadBudget(f"{name!r} is defined in {self.place_of(named[0])}; {verb} it there")

    def close(self) -> None:
        """Let go of the ledger."""
        self.ledger.close()


def _lately(
    connection: sqlite3.Connection, one: Defined, current: Span
) -> list[tuple[str, Counter]]:
    """A budget's counters; of its sessions, however many, those that began last or differ."""
    if one.budget.period is not Period.SESSION:
        return counters.in_window(connection, one.id, current)
    newest = counters.in_window(connection, one.id, current, _SESSIONS)
    return [*newest, *counters.stirred(connection, one.id, current)]


def who() -> str:
    """Whoever runs this program, for the audit trail."""
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return "somebody"


def refused_calls(registry: Registry, span: Span) -> int:
    """How many calls budgets refused in a span, `MOST_REFUSED` at most."""
    if not registry.is_open:
        return 0
    with registry.ledger.reading() as (connection, _, _now_us):
        return audit.refused_calls(connection, span)


def newest_entry(registry: Registry) -> int:
    """The number of the audit trail's newest entry; 0 before there is one."""
    if not registry.is_open:
        return 0
    with registry.ledger.reading() as (connection, _, _now_us):
        return audit.newest_id(connection)
