"""The one value a screen draws: the newest snapshot and how the feed is doing."""

from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from profiler.analysis.results import Snapshot
from profiler.errors import LogError, SchemaMismatch, StoreCorrupt, StoreError, StoreLocked
from profiler.tui.ranges import WEEK, Range


class Pulse(StrEnum):
    """How the feed is doing: the word in the header."""

    OPENING = "opening"
    CATCHING_UP = "catching up"
    LIVE = "live"
    PAUSED = "paused"
    TROUBLE = "trouble"


MARKS = {
    Pulse.OPENING: "◌",
    Pulse.CATCHING_UP: "◐",
    Pulse.LIVE: "●",
    Pulse.PAUSED: "‖",
    Pulse.TROUBLE: "✖",
}
"""The sign beside each word, for those who see no colour."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is nothing new to draw."""

    title: str
    message: str
    """What happened, where, and what to do next."""


_TITLES: tuple[tuple[type[Exception], str], ...] = (
    (StoreLocked, "The store is busy"),
    (SchemaMismatch, "The store is newer than this program"),
    (StoreCorrupt, "The store is damaged"),
    (StoreError, "The store cannot be opened"),
    (LogError, "The log cannot be read"),
    (PermissionError, "Permission denied"),
)


def trouble_of(error: Exception) -> Trouble:
    """The trouble an error means, in words."""
    for kind, title in _TITLES:
        if isinstance(error, kind):
            return Trouble(title, str(error))
    return Trouble("Something went wrong", f"{type(error).__name__}: {error}")


@dataclass(frozen=True, slots=True)
class View:
    """Everything a screen needs; compares by value, so an unchanged view repaints nothing."""

    zone: ZoneInfo
    range: Range = WEEK
    snapshot: Snapshot | None = None
    """`None` until the first one arrives."""
    pulse: Pulse = Pulse.OPENING
    caught_up: float = 0.0
    """How much of the log's backlog is read, 0 to 1."""
    trouble: Trouble | None = None
    is_demo: bool = False


EMPTY_VIEW = View(ZoneInfo("UTC"))
"""What a widget holds before it is told anything."""
