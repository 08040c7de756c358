"""The ledger of one program: the budgets of its home, its user's file and its project's."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from profiler.domain.budgets import Budget
from profiler.errors import UsageError
from profiler.ledger import definitions
from profiler.ledger.book import Ledger, path_in
from profiler.ledger.scoping import Scope
from profiler.ledger.sources import budgets_of, has_past, sources_in_force
from profiler.options import places

if TYPE_CHECKING:
    from profiler.options.file import File

_MARK = b"[[budget]]"
_NEVER, _MISSED = (0, 0), (-1, -1)
"""In place of when a file was written and how long it is: it is not there; since the last look."""
_FRESH_NS = 1_000_000_000
"""A file without budgets may have been emptied to be written anew, if it is no older."""

Judge = Callable[["File", list[Budget]], Iterable[UsageError]]
"""Says what else makes no sense of the budgets in a file."""


def _no_judge(_file: "File", _budgets: list[Budget]) -> Iterable[UsageError]:
    return ()


class Program:
    """Where a program's budgets are, and whether there are any."""

    def __init__(self, home: str, start: str, zone: str, judge: Judge = _no_judge) -> None:
        self._home = home
        self._zone = zone
        self._judge = judge
        self.sources = sources_in_force(home, start)
        self.ledger = Ledger(path_in(home), self.sources)
        self._read: dict[str, tuple[int, int]] = {}

    def look(self) -> list[str]:
        """Take over what files define by now; why one of them could not be.

        A file that makes no sense leaves in force what it last defined.

        Raises:
            LedgerError: the ledger is out of reach.

        """
        if not self.ledger.is_there:
            # whatever was taken over is gone with it
            self._read.clear()
        return [said for path in self.sources[1:] if (said := self._take_over(path))]

    def has_budgets(self) -> bool:
        """Whether any budget is in force; nothing is opened where none was ever set.

        Raises:
            LedgerError: the ledger is out of reach.

        """
        if not self.ledger.is_there:
            return False
        with self.ledger.reading() as (_, terms, _now_us):
            return bool(terms.defined)

    def hard(self) -> list[tuple[Budget, Scope]]:
        """The budgets that may refuse calls, as far as can be told without the ledger."""
        known: dict[str, list[Budget]] = {source: [] for source in self.sources}
        for source, budget in self.ledger.last_known:
            known[source].append(budget)
        for path in self.sources[1:]:
            # what a file says now holds; where it makes no sense, what it last said
            with suppress(UsageError):
                known[path] = self._budgets_in(path) if Path(path).is_file() else []
        every = (budget for budgets in known.values() for budget in budgets)
        return [(budget, Scope(budget)) for budget in every if budget.can_block]

    def _budgets_in(self, path: str) -> list[Budget]:
        from profiler.options.file import read_file  # noqa: PLC0415  # as in `budgets_of`

        file = read_file(Path(path), is_users=path == places.of_user(self._home))
        budgets = budgets_of(file, self._zone)
        for fault in self._judge(file, budgets):
            raise fault
        return budgets

    def _take_over(self, path: str) -> str:
        try:
            status = Path(path).stat()
            seen = (status.st_mtime_ns, status.st_size)
            has_any = _MARK in Path(path).read_bytes() if self._read.get(path) != seen else None
        except OSError:
            if self._read.get(path, _NEVER) not in {_NEVER, _MISSED}:
                # it may be about to be put back, as many editors do
                self._read[path] = _MISSED
                return ""
            seen, has_any = _NEVER, False
        if self._read.get(path, _NEVER) == seen or (not has_any and _is_fresh(seen[0])):
            return ""
        said = self._taken_over(path, has_any=bool(has_any))
        self._read[path] = seen
        return said

    def _taken_over(self, path: str, *, has_any: bool) -> str:
        if not has_any and not self.ledger.is_there:
            return ""
        try:
            budgets = self._budgets_in(path) if has_any else []
        except UsageError as error:
            return str(error)
        with self.ledger.defining() as (connection, _, now_us):
            # asked in here, where a fork waits until SQLite is done
            past = has_past(self._home)
            definitions.keep_file(connection, path, budgets, now_us, has_past=past)
        return ""


def _is_fresh(written_ns: int) -> bool:
    return 0 <= time.time_ns() - written_ns < _FRESH_NS
