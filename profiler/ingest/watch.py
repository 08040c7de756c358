"""Waiting for the log to grow: notifications are hints, looking is the truth.

Network folders, some containers and WSL deliver no notifications, and the system may have none
left to give; so the folder is looked at at least twice a second whatever happens.
"""

import logging
import os
import time
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING, Self

from profiler.ingest.tail import Seen, listed

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver

POLL_S = 0.25
"""How often the folder is looked at where nothing can be heard."""
HEARD_S = 0.5
"""How often where changes are told, which is no promise."""

_QUIET_S = 0.05
"""A burst of writes is answered once: wakes are at least this far apart."""


class Follower:
    """Waits for changes in a folder of segments, which need not exist yet."""

    def __init__(self, log_folder: Path) -> None:
        self._folder = log_folder
        self._changed = Event()
        self._observer: BaseObserver | None = None
        self._may_observe = True
        self._seen: list[Seen] = []
        self._heard: tuple[int, int] | None = None
        self._woken_at_s = 0.0

    def __enter__(self) -> Self:
        self._seen = listed(self._folder)
        self._observe()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ask for no more notifications."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None

    @property
    def is_notified(self) -> bool:
        """Whether the system tells us of changes, or we only look."""
        return self._observer is not None

    def wake(self) -> None:
        """End a `wait` now, from any thread."""
        self._changed.set()

    def wait(self, timeout_s: float) -> None:
        """Return when the folder has changed since the last return, or after `timeout_s`."""
        deadline_s = time.monotonic() + timeout_s
        poll_s = HEARD_S if self.is_notified else POLL_S
        quiet_s = self._woken_at_s + _QUIET_S - time.monotonic()
        if quiet_s > 0:
            time.sleep(min(quiet_s, timeout_s))
        while True:
            left_s = deadline_s - time.monotonic()
            is_hinted = self._changed.wait(max(0.0, min(poll_s, left_s)))
            self._changed.clear()
            if self._has_changed() or is_hinted or time.monotonic() >= deadline_s:
                self._woken_at_s = time.monotonic()
                return

    def _has_changed(self) -> bool:
        if self._observer is not None and not self._is_heard(self._observer):
            self.close()
        if self._observer is None:
            self._observe()
        now = listed(self._folder)
        before, self._seen = self._seen, now
        return now != before

    def _is_heard(self, observer: "BaseObserver") -> bool:
        """Whether notifications are of the folder that is there now.

        A watch ends with its folder; one that is made anew may get the number of the old.
        """
        is_alive = all(emitter.is_alive() for emitter in observer.emitters)
        return is_alive and _identity(self._folder) == self._heard

    def _observe(self) -> None:
        """Ask for notifications, once the folder is there; without them looking has to do."""
        if not self._may_observe or not self._folder.is_dir():
            return
        self._heard = _identity(self._folder)
        # Imported when first needed: 70 ms that commands which follow nothing do without.
        from watchdog import events  # noqa: PLC0415
        from watchdog.observers import Observer  # noqa: PLC0415

        # closed amid changes it complains, which would stand across a terminal's screen
        complaints = logging.getLogger("watchdog")
        if not complaints.handlers:
            complaints.addHandler(logging.NullHandler())
        follower = self

        class _Hints(events.FileSystemEventHandler):
            """Wakes the follower."""

            def on_created(self, event: "FileSystemEvent") -> None:
                del event
                follower.wake()

            on_modified = on_moved = on_deleted = on_created

        try:
            observer = Observer()
            # not of opening and closing: to look at the folder is both, and would be heard
            kinds = [events.FileCreatedEvent, events.FileModifiedEvent]
            kinds += [events.FileMovedEvent, events.FileDeletedEvent]
            observer.schedule(_Hints(), str(self._folder), event_filter=kinds)
            observer.start()
        except (OSError, RuntimeError):
            # No inotify instance or watch left, or no thread to be had.
            self._may_observe = False
            return
        self._observer = observer


class Presence:
    """Whether a folder of segments that was there still is.

    Where there was none from the beginning that is no trouble: nothing was recorded yet, or the
    log was archived.
    """

    def __init__(self, log_folder: Path) -> None:
        self._folder = log_folder
        self._was_there = _identity(log_folder) is not None

    def trouble(self) -> str:
        """Why nothing can be read of it, if it went."""
        is_there = _identity(self._folder) is not None
        self._was_there = self._was_there or is_there
        if is_there or not self._was_there:
            return ""
        return f"{self._folder} is gone; nothing is counted until it is back"


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another of its name; `None` where there is none."""
    try:
        facts = os.stat(folder)  # noqa: PTH116  looked at twice a second
    except OSError:
        return None
    return facts.st_dev, facts.st_ino
