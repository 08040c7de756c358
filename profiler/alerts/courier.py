"""What an ingesting program does about alerts: look, and start a sender where something is due."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from profiler.alerts import foreseen, posting
from profiler.alerts.targets import plan_in
from profiler.domain.budgets import Standing
from profiler.errors import LedgerError, UsageError
from profiler.ledger import outbox
from profiler.ledger.book import Ledger

_PAUSE_S = 5.0
"""Between two senders, where the first left something undone."""

_FORESEES_EVERY_S = 60.0


class Courier:
    """Looks into the outbox; a sender is a program apart, which holds up nothing here."""

    def __init__(self, home: Path, ledger: Ledger) -> None:
        self._home = home
        self._ledger = ledger
        self._sender: subprocess.Popen[bytes] | None = None
        self._not_before = self._foresees_at = 0.0
        self._said = ""

    def look(self) -> str:
        """Start a sender if something is due and none of ours is at it; what is wrong, said once.

        Costs one short query where nothing is due.
        """
        if self._sender is not None:
            if self._sender.poll() is None:
                return ""
            self._sender = None
        if time.monotonic() < self._not_before:
            return ""
        try:
            with self._ledger.reading() as (connection, _, now_us):
                is_due = outbox.is_due(connection, now_us)
            if is_due:
                self._start()
        except UsageError as error:
            self._not_before = time.monotonic() + _PAUSE_S
            return self._once(f"alerts wait: {error}")
        except LedgerError:
            # another look follows soon
            return ""
        return ""

    def foresee(self, standings: Callable[[], Iterable[Standing]]) -> None:
        """Once in a while, see whether a limit will be reached."""
        if time.monotonic() < self._foresees_at:
            return
        self._foresees_at = time.monotonic() + _FORESEES_EVERY_S
        # what is wrong is said by `look`, and another look follows soon
        with suppress(UsageError, LedgerError):
            if plan_in(self._home).tells_forecasts:
                foreseen.tell(self._ledger, standings())

    def _start(self) -> None:
        plan = plan_in(self._home)
        if not plan.targets:
            with self._ledger.writing() as (connection, _, now_us):
                posting.address(connection, plan, now_us)
            return
        self._not_before = time.monotonic() + _PAUSE_S
        # -P: a folder named like us, where the user works, is not us
        self._sender = subprocess.Popen(  # noqa: S603  # ourselves
            [sys.executable, "-P", "-m", "profiler.alerts", str(self._home)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _once(self, words: str) -> str:
        if words == self._said:
            return ""
        self._said = words
        return words
