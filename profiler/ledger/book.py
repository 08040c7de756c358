"""The ledger as one process holds it: every transaction on the budgets of all."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from profiler.domain.budgets import Amounts
from profiler.errors import LedgerDamaged, ProfilerError
from profiler.ledger import LEDGER, audit, clock, definitions, expected, faults, settling, spare
from profiler.ledger.breaches import Breach
from profiler.ledger.clock import Reading
from profiler.ledger.definitions import COMMAND
from profiler.ledger.downgrade import steps
from profiler.ledger.file import LedgerFile
from profiler.ledger.refusals import Refusal
from profiler.ledger.remaining import Remaining, remaining
from profiler.ledger.reserving import (
    LEASE_US,
    Ask,
    Bids,
    Reserved,
    labelled,
    refusals_of,
    reserve,
)
from profiler.ledger.scoping import Labels
from profiler.ledger.settling import SURE, Doubt
from profiler.ledger.sources import has_past
from profiler.ledger.spare import Spare
from profiler.ledger.terms import Terms

_SECOND_US = 1_000_000
Clocks = Callable[[], Reading]


def path_in(home: str) -> Path:
    """The ledger of a home folder."""
    return Path(home, LEDGER)


class Ledger:
    """Budgets that hold for every program that shares the file; safe in threads and forks."""

    def __init__(
        self, path: Path, sources: Sequence[str] = (COMMAND,), clocks: Clocks | None = None
    ) -> None:
        boot = clock.boot_id()
        self.file = LedgerFile(
            path, begin=lambda anew: _bring_back(anew, path, self._clocks().wall_us)
        )
        self._sources = tuple(sources)
        self._clocks = clocks or (lambda: clock.read_clocks(boot))
        self._terms: Terms | None = None
        self._spared = 0

    @property
    def is_there(self) -> bool:
        """Whether any budget was ever set: a ledger that is lost leaves its spare copy."""
        path = self.file.path
        return path.exists() or spare.path_of(path).exists()

    @property
    def last_known(self) -> list[Spare]:
        """The budgets in force as far as can be told without the ledger."""
        if self._terms is not None:
            return [Spare(one.source, one.budget) for one in self._terms.defined]
        return [one for one in spare.read(self.file.path) if one.source in self._sources]

    def reserve(self, ask: Ask) -> Reserved:
        """Hold what a call may use on every budget it falls under, or say which refuse it.

        Raises:
            LedgerError: the ledger is out of reach; nothing is held.

        """
        with self.file.writing() as connection:
            return reserve(connection, *self._begun(connection), ask)

    def settle(
        self,
        call: str,
        used: Amounts | None,
        learned: tuple[str, int] | None = None,
        doubt: Doubt = SURE,
    ) -> list[Breach]:
        """A call has ended; `None` where nobody knows what it used: all that was held is charged.

        `learned` is its model and the tokens it answered with, for what is expected of others.
        Returns the thresholds that it has crossed.
        """
        with self.file.writing() as connection:
            terms, now_us = self._begun(connection)
            if learned and terms.expects:
                expected.learn(connection, *learned)
            return settling.settle(connection, terms, call, used, doubt, now_us)

    def charge(self, call: str, labels: Labels, used: Amounts) -> list[Breach]:
        """A call that nothing was held for has used so much; the thresholds it has crossed."""
        with self.writing() as (connection, terms, now_us):
            return settling.charge(connection, terms, call, labels, used, now_us)

    def expected_output(self, model: str) -> int | None:
        """The tokens that a call of `model` is expected to answer with; `None`: too few seen."""
        with self.reading() as (connection, _, _now_us):
            return expected.output_of(connection, model)

    def release(self, call: str) -> None:
        """A call was surely not billed."""
        with self.writing() as (connection, _, _now_us):
            settling.release(connection, call)

    def rename(self, call: str, new: str) -> None:
        """What is held for a call goes by another id; nothing where that is held for already."""
        with self.writing() as (connection, _, _now_us):
            settling.rename(connection, call, new)

    def renew(self, call: str) -> None:
        """A call is still being answered."""
        with self.writing() as (connection, _, now_us):
            settling.renew(connection, call, now_us + LEASE_US)

    def check(self, model: str, bids: Bids) -> tuple[str, list[Refusal]]:
        """The model such a call would be sent to now, and the budgets that it would not fit.

        Nothing is held.
        """
        with self.reading() as (connection, terms, now_us):
            taken = steps(connection, terms, labelled(bids), model, now_us, is_asked=False)
            sent_to = taken[-1].to if taken else model
            return sent_to, refusals_of(connection, terms, bids(sent_to), now_us)

    def choose(self, model: str, bids: Bids) -> str:
        """The model that all rules of the budgets in force lead to."""
        with self.reading() as (connection, terms, now_us):
            taken = steps(connection, terms, labelled(bids), model, now_us, is_asked=True)
            return taken[-1].to if taken else model

    def remaining(self, labels: Labels) -> list[Remaining]:
        """What may still be used of every limit that calls with these labels fall under."""
        with self.reading() as (connection, terms, now_us):
            return remaining(connection, terms, labels, now_us)

    @contextmanager
    def writing(self) -> Iterator[tuple[sqlite3.Connection, Terms, int]]:
        """A write transaction: with the terms as they are in it, and the time to go by."""
        with self.file.writing() as connection:
            yield connection, *self._begun(connection)

    @contextmanager
    def defining(self) -> Iterator[tuple[sqlite3.Connection, Terms, int]]:
        """The same, for changing which budgets there are."""
        with self.writing() as (connection, terms, now_us):
            yield connection, terms, now_us
            spare.keep(connection, self.file.path)

    @contextmanager
    def reading(self) -> Iterator[tuple[sqlite3.Connection, Terms, int]]:
        """One state of the ledger; nothing can be changed."""
        with self.file.reading() as connection:
            state = _state(connection, self.file.path)
            now_us = clock.steady_us(self._clocks(), state.seen)
            yield connection, self._known(connection, state.version), now_us

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    def _begun(self, connection: sqlite3.Connection) -> tuple[Terms, int]:
        """What every write transaction begins with: leases that have run out are charged."""
        state = _state(connection, self.file.path)
        now_us = self._now_us(connection, state.seen)
        terms = self._known(connection, state.version)
        if state.version != self._spared:
            spare.keep(connection, self.file.path)
            self._spared = state.version
        if state.first_lease_us <= now_us:
            settling.charge_silent(connection, terms, now_us)
            settling.look_again(connection, now_us + LEASE_US)
        return terms, now_us

    def _known(self, connection: sqlite3.Connection, version: int) -> Terms:
        known = self._terms
        if known is None or known.version != version:
            try:
                known = self._terms = Terms(connection, self._sources, version)
            except (ValueError, TypeError, KeyError, ProfilerError) as error:
                raise faults.damaged(self.file.path, error) from error
        return known

    def _now_us(self, connection: sqlite3.Connection, seen: Reading) -> int:
        now = self._clocks()
        now_us = clock.steady_us(now, seen)
        if now_us - seen.wall_us >= _SECOND_US or now.boot != seen.boot:
            _remember(connection, now, now_us)
        return now_us


def damage_in(ledger: Ledger) -> str:
    """What is damaged in it, in words; empty where all of it can be read. Reads every page.

    Raises:
        LedgerError: it is out of reach for another reason, which mends itself or is told.

    """
    try:
        with ledger.reading() as (connection, _, _now_us):
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            return "" if found == "ok" else str(faults.damaged(ledger.file.path, found))
    except LedgerDamaged as error:
        return str(error)


class _State(NamedTuple):
    """What a transaction begins with."""

    version: int
    seen: Reading
    first_lease_us: int
    """No lease runs out before."""


def _state(connection: sqlite3.Connection, path: Path) -> _State:
    row = connection.execute(
        "SELECT budgets_version, wall_us, boot_us, boot, first_lease_us FROM state"
    ).fetchone()
    if row is None:
        raise faults.damaged(path, "its state is gone")
    return _State(row[0], Reading(*row[1:4]), row[4])


def _bring_back(connection: sqlite3.Connection, path: Path, now_us: int) -> None:
    """A ledger was lost: its budgets are in force again, what they spent is not known yet."""
    past = has_past(str(path.parent))
    for source, budget in spare.read(path):
        definitions.bring_back(connection, budget, source, now_us, has_past=past)


def _remember(connection: sqlite3.Connection, now: Reading, now_us: int) -> None:
    """Keep what time it was; that the wall clock was set is told once."""
    parted_us = now.wall_us - now_us
    (before_us,) = connection.execute("SELECT parted_us FROM state").fetchone()
    if abs(parted_us - before_us) > clock.SET_US:
        told = {"wall_us": now.wall_us, "counted_us": now_us}
        audit.write(connection, now_us, audit.Kind.CLOCK, ("", ""), "", "", **told)
    connection.execute(
        "UPDATE state SET wall_us = ?, boot_us = ?, boot = ?, parted_us = ?",
        (now_us, now.boot_us, now.boot, parted_us),
    )
