"""The composition root: paths, store, rate card and ingest, opened together."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from profiler.analysis import grouping, history, overview
from profiler.analysis.asked import Asked
from profiler.analysis.results.snapshot import CallDetail, Grouped, Page, Snapshot
from profiler.budgets import past
from profiler.budgets.booking import book
from profiler.budgets.forecast import Outlooks
from profiler.budgets.registry import Registry, newest_entry, refused_calls
from profiler.budgets.standings import standings
from profiler.config import Settings
from profiler.domain.alerts import Alert
from profiler.domain.budgets import Standing
from profiler.domain.calls import Call
from profiler.domain.scopes import Dimension, Filter
from profiler.errors import LedgerError
from profiler.ingest.retention import Retention
from profiler.ingest.watch import Follower, Presence
from profiler.ingest.written import Databases
from profiler.options import places
from profiler.pricing.card import Card
from profiler.pricing.installed import card_in
from profiler.store import budgets, reads
from profiler.store.engine import Store

if TYPE_CHECKING:
    from profiler.alerts.courier import Courier
    from profiler.budgets.changes import Change
    from profiler.budgets.detail import BudgetDetail
    from profiler.budgets.verdict import Verdict, Wish
    from profiler.ingest.drain import Drained, Progress
    from profiler.ledger.book import Ledger

# what the first screen does without is imported where it is needed: it would stand later
# ruff: noqa: PLC0415

_LONG_S, _SHARE = 0.05, 20
"""What takes so long may take one part in so many of the time."""
_STILL_S = 5.0
"""How often budgets are booked where nothing was written: windows end, and leases run out."""


class Workspace:
    """Everything a face needs, over one home folder. Safe to use from several threads."""

    def __init__(self, settings: Settings, store: Store, card: Card) -> None:
        self.settings = settings
        self.store = store
        self.card = card
        self._follower = Follower(settings.log_folder)
        self._retention = Retention(settings.text_folder, settings.text_days)
        project = "" if settings.is_demo else places.here()
        self.registry = Registry(settings.home, project, settings.zone, lambda: card)
        self._outlooks = Outlooks(store)
        self._courier = cache(partial(_courier, settings.home, self.registry.ledger))
        self._pending_bytes = 0
        self._log_trouble = ""
        self._presence = Presence(settings.log_folder)
        self._said = ""
        self._books_at = 0.0
        self._databases = Databases(store.path, self.registry.ledger.file.path)
        self.written = self._databases.written

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The workspace in the settings' home, made on first use.

        Raises:
            StoreError: the database cannot be opened; the message says why and what to do.
            UsageError: the prices in force make no sense; the message says where and why.
        """
        card = card_in(settings.home)
        workspace = cls(settings, Store.open(settings.database), card)
        try:
            workspace._take_budgets()
        except BaseException:
            workspace.close()
            raise
        return workspace

    def _take_budgets(self) -> None:
        """Those that files define, and those that were set before there was a ledger."""
        # who asks about budgets is told that the ledger is out of reach; nobody else need care
        with suppress(LedgerError):
            for budget in budgets.all_budgets(self.store):
                self.registry.save(budget)
                budgets.remove(self.store, budget.name)
            self.registry.read_files()

    def close(self) -> None:
        """Let go of the database and of the log's notifications."""
        self._outlooks.close()
        self._follower.close()
        self.registry.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # Ingest.

    def drain(self, on_progress: "Callable[[Progress], None] | None" = None) -> "Drained":
        """Load what the log holds beyond the store: one pass. Captured text that is old goes."""
        from profiler.ingest.drain import drain

        drained = drain(self.store, self.card, self.settings.log_folder, on_progress=on_progress)
        self._pending_bytes = drained.pending_bytes
        if not drained.trouble:
            drained = replace(drained, trouble=self._presence.trouble())
        if drained.trouble and drained.trouble != self._log_trouble:
            drained = replace(drained, notices=(*drained.notices, drained.trouble))
        self._log_trouble = drained.trouble
        self._retention.enforce()
        if not self.registry.is_open:
            return drained
        if not drained.events and (
            time.monotonic() < self._books_at or self._databases.is_taken_over()
        ):
            return drained
        said, self._said = self._said, ""
        began = time.monotonic()
        try:
            book(self.store, self.registry.ledger)
            took_s = time.monotonic() - began
            # thousands of values take long to book: with nothing new that waits its turn
            self._books_at = began + (_SHARE * took_s if took_s > _LONG_S else 0)
            if drained.events:
                self._courier().foresee(lambda: self.standings(time.time_ns() // 1000))
            notice = self._courier().look()
        except LedgerError as error:
            # calls are loaded all the same; the next time hands over what is left
            self._said = str(error)
            notice = self._said if self._said != said else ""
        else:
            self._databases.take_over(_STILL_S)
        return replace(drained, notices=(*drained.notices, notice)) if notice else drained

    def wait(self, timeout_s: float) -> None:
        """Sleep until the log may have grown, at most `timeout_s`."""
        self._follower.wait(timeout_s)

    def wake(self) -> None:
        """End a `wait` early; any thread may."""
        self._follower.wake()

    # Reading.

    def until(self, is_over: Callable[[], bool]) -> AbstractContextManager[None]:
        """Within it what this thread reads fails soon after `is_over` says so."""
        return self.store.until(is_over)

    def snapshot(self, asked: Asked, now_us: int) -> Snapshot:
        """What all screens draw, and the part of the one that asks."""
        limits: tuple[Standing, ...] = ()
        alerts: tuple[Alert, ...] = ()
        refused = newest = 0
        trouble = ""
        try:
            # first: what is written while the rest is read makes the next snapshot another
            newest = newest_entry(self.registry)
            limits = self.standings(now_us, waits=False)
            alerts = self.registry.open_alerts(now_us)
            refused = refused_calls(self.registry, asked.wanted.span)
        except LedgerError as error:
            trouble = str(error)
        snapshot = overview.snapshot(
            self.store,
            self.card,
            asked,
            now_us,
            limits,
            pending_bytes=self._pending_bytes,
        )
        return replace(
            snapshot,
            alerts=alerts,
            refused_calls=refused,
            ledger_trouble=trouble,
            newest_entry=newest,
            log_trouble=self._log_trouble,
        )

    def grouped(self, by: Sequence[Dimension], wanted: Filter, most: int | None = None) -> Grouped:
        """Spend by dimensions, the dearest first, `most` of them apart or all."""
        return grouping.grouped(self.store, by, wanted, most)

    def page(
        self,
        wanted: Filter,
        cursor: tuple[int, ...] | None,
        limit: int,
        towards: Literal["older", "newer"] = "older",
        order: history.Order = "time",
    ) -> Page:
        """A stretch of the history beyond `cursor`, newest or dearest first; else from an end."""
        return history.page(self.store, wanted, cursor, limit, towards, order)

    def each(self, wanted: Filter) -> Iterator[Call]:
        """Every call wanted, oldest first, in bounded memory."""
        return reads.each(self.store, wanted)

    def detail(self, call_id: str, now_us: int) -> CallDetail:
        """One call, opened.

        Raises:
            NotFound: no call, or several, have an id that begins so.
        """
        from profiler.analysis.opened import opened

        return opened(self.store, self.card, self.settings, call_id, now_us)

    def labels(self, dimension: Dimension, prefix: str) -> list[str]:
        """Labels in use that begin so, for completion."""
        return reads.labels(self.store, dimension, prefix, 50)

    # Budgets.

    def standings(self, now_us: int, *, waits: bool = True) -> tuple[Standing, ...]:
        """Where each budget stands, the fullest first; who `waits` has every forecast."""
        found = [one.budget for one in self.registry.defined()]
        known = self.registry.in_ledger()
        return standings(self.store, found, now_us, known, self._outlooks, waits=waits)

    def check(self, wish: "Wish", now_us: int) -> "Verdict":
        """What would become of a call now; nothing is held, and nothing is sent.

        Raises:
            UsageError: one of its labels cannot be read.
        """
        from profiler.budgets.verdict import verdict

        return verdict(self.registry, self.card, wish, now_us)

    def budget(
        self, name: str, value: str | None, now_us: int, days: int = past.USUAL_DAYS
    ) -> "BudgetDetail":
        """One budget, opened; `value` is whose past it tells, `None` everybody's.

        Raises:
            NotFound: there is none of that name.
            UsageError: that many days are not kept apart.
        """
        return past.detail(self.store, self.registry, name, value, now_us, days)

    def change_budget(self, change: "Change", by: str = "") -> str:
        """Make a change in the name of `by`, else of whoever runs this program; what was done.

        Raises:
            NotFound: what it is about is not there.
            UsageError: it makes no sense; nothing is changed.
        """
        done = change.make(self.registry, by)
        if self.registry.is_open:
            # What was spent before a budget was set counts from now on, not from the next load.
            book(self.store, self.registry.ledger, has_all=False)
        return done


def _courier(home: Path, ledger: "Ledger") -> "Courier":
    from profiler.alerts.courier import Courier

    return Courier(home, ledger)
