"""A workspace that keeps house: whoever reads the log also lets go of what is too old."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from profiler import display
from profiler.config import Following, Settings
from profiler.errors import ProfilerError
from profiler.ingest.retention import Retention
from profiler.pricing.card import Card
from profiler.store.engine import Store
from profiler.workspace import Workspace

if TYPE_CHECKING:
    from profiler.ingest.drain import Drained, Progress
    from profiler.keeping.inquiries import Answer, Inquiry
    from profiler.report.forms import Order

_AGAIN_S = 3_600.0


class Kept(Workspace):
    """A workspace whose old calls go as its settings say, at most once a day.

    It follows `profiler.toml`: what is written there while it is open comes into force, unless it
    makes no sense.
    """

    def __init__(self, settings: Settings, store: Store, card: Card) -> None:
        super().__init__(settings, store, card)
        self._following = Following(settings)
        self._looks_again_at_s = 0.0
        self._notices: list[str] = []

    def drain(self, on_progress: "Callable[[Progress], None] | None" = None) -> "Drained":
        """Load what the log holds beyond the store; then let go of what is too old.

        What cannot be let go of stays, is told, and is tried again in an hour: reading goes on.
        """
        if self._following.look():
            self._take(self._following)
        drained = super().drain(on_progress)
        days = self.settings.call_days
        if days is not None and time.monotonic() >= self._looks_again_at_s:
            self._looks_again_at_s = time.monotonic() + _AGAIN_S
            try:
                self._purge(days)
            except ProfilerError as error:
                self._notices.append(f"calls older than {days} days stay for now: {error}")
        notices, self._notices = tuple(self._notices), []
        return replace(drained, notices=(*drained.notices, *notices))

    def export(self, order: "Order", tell: Callable[[int, int], None]) -> str:
        """Write calls or a report into a file; what was written, in words.

        Raises:
            ExportError: the file cannot be written; nothing is left behind.

        """
        # pages and tables: nobody exports at once
        from profiler.report.exporting import export  # noqa: PLC0415

        return export(self, order, tell)

    def export_trail(self, budget: str | None, path: Path, *, may_replace: bool) -> str:
        """Write the audit trail, or one budget's, as CSV or lines of JSON, as the file is called.

        Returns what was written, in words.

        Raises:
            ExportError: the file cannot be written; nothing is left behind.

        """
        # tables and sheets: nobody exports at once
        from profiler.report.budgets import save_trail  # noqa: PLC0415

        return save_trail(self.registry.trail(budget), path, may_replace=may_replace)

    def consult(self, inquiry: "Inquiry[Answer]", now_us: int) -> "Answer":
        """Answer a question about budgets.

        Raises:
            ProfilerError: it cannot be told; the message says why.

        """
        return inquiry.answer(self, now_us)

    def _take(self, following: Following) -> None:
        if following.trouble:
            self._notices.append(following.trouble)
        elif following.settings != self.settings:
            self.settings = following.settings
            self._retention = Retention(self.settings.text_folder, self.settings.text_days)
            self._looks_again_at_s = 0.0

    def _purge(self, days: int) -> None:
        # it writes Parquet, which takes long to import: only on the day's first look
        from profiler.keeping.purge import due, first_kept_us, purge  # noqa: PLC0415
        from profiler.store.purging import purged_before_us  # noqa: PLC0415

        now_us = time.time_ns() // 1000
        if purged_before_us(self.store) >= first_kept_us(days, now_us):
            return
        gone = purge(self, due(self, days, now_us), self.settings.archive, days)
        if gone.calls:
            where = f"; archived in {gone.archive}" if gone.archive else ""
            self._notices.append(f"{display.calls(gone.calls)} older than {days} days went{where}")
