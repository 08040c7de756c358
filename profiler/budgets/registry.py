"""The budgets in force for whoever works in a folder: read from files, set by command."""

import getpass
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from profiler.domain.budgets import NOTHING, Amounts, Budget
from profiler.errors import BadBudget, NotFound
from profiler.ledger import counters, definitions
from profiler.ledger.book import Ledger, path_in
from profiler.ledger.definitions import COMMAND, Defined
from profiler.ledger.sources import budgets_in, sources_in_force
from profiler.options import places


class InLedger(NamedTuple):
    """What the ledger knows of one standing beyond the store."""

    held: Amounts = NOTHING
    beyond: Amounts = NOTHING
    """Used by calls that no event tells of; less what a reset forgave."""
    extra: Amounts = NOTHING
    """Allowed beyond the limits by overrides."""


class Registry:
    """What budgets there are, over one home folder; its ledger is made with the first budget."""

    def __init__(self, home: Path, start: str, zone: ZoneInfo) -> None:
        self._home = home
        self._zone = zone
        self.sources = sources_in_force(str(home), start)
        self.ledger = Ledger(path_in(str(home)), self.sources)

    @property
    def is_open(self) -> bool:
        """Whether any budget was ever set."""
        return self.ledger.file.path.exists()

    def read_files(self) -> None:
        """Take over what the files define now.

        Raises:
            UsageError: a file makes no sense; what it defined when it last did stays in force.

        """
        for path in self.sources[1:]:
            user = path == places.of_user(str(self._home))
            is_there = Path(path).is_file()
            found = budgets_in(Path(path), is_users=user, zone=self._zone.key) if is_there else []
            budgets = sorted(found, key=lambda budget: budget.name)
            if self._kept(path) != budgets:
                with self.ledger.writing() as (connection, _, now_us):
                    definitions.keep_file(connection, path, budgets, now_us)

    def _kept(self, path: str) -> list[Budget]:
        return [one.budget for one in self.defined() if one.source == path]

    def defined(self) -> tuple[Defined, ...]:
        """The budgets in force, by name."""
        if not self.is_open:
            return ()
        with self.ledger.reading() as (_, terms, _now_us):
            return terms.defined

    def in_ledger(self) -> dict[tuple[str, str], InLedger]:
        """What the ledger knows beyond the store, by a budget's name and the value."""
        if not self.is_open:
            return {}
        with self.ledger.reading() as (connection, terms, now_us):
            found = {}
            for one in terms.defined:
                current = terms.window(one, now_us)
                for value, counter in counters.in_window(connection, one.id, current):
                    more = terms.granted(one, value, now_us)
                    beyond = counter.settled.minus(counter.forgiven)
                    extra = more.extra if more else NOTHING
                    found[one.budget.name, value] = InLedger(counter.held, beyond, extra)
            return found

    def save(self, budget: Budget) -> None:
        """Set a budget, in place of one of the same name.

        Raises:
            BadBudget: a file defines one of that name.

        """
        for one in self.defined():
            if one.budget.name == budget.name and one.source != COMMAND:
                raise BadBudget(f"{budget.name!r} is defined in {one.source}; change it there")
        with self.ledger.writing() as (connection, _, now_us):
            definitions.save(connection, budget, COMMAND, who(), now_us)

    def remove(self, name: str) -> None:
        """Take a budget out of force; what it counted stays.

        Raises:
            NotFound: there is none of that name.
            BadBudget: a file defines it.

        """
        for one in self.defined():
            if one.budget.name == name and one.source != COMMAND:
                raise BadBudget(f"{name!r} is defined in {one.source}; remove it there")
        if not self.is_open:
            raise NotFound(f"there is no budget {name!r}; `profiler budget list` shows them")
        with self.ledger.writing() as (connection, _, now_us):
            definitions.remove(connection, name, COMMAND, who(), now_us)

    def close(self) -> None:
        """Let go of the ledger."""
        self.ledger.close()


def who() -> str:
    """Whoever runs this program, for the audit trail."""
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return "somebody"
