"""The one value a screen draws: the newest snapshot and how the feed is doing."""

from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from profiler.analysis.asked import UTC, Asked
from profiler.analysis.figures import Figures
from profiler.analysis.results.snapshot import Snapshot
from profiler.domain.periods import Span
from profiler.domain.query import parse_filter
from profiler.domain.scopes import Filter
from profiler.errors import (
    LogError,
    NotFound,
    ProfilerError,
    SchemaMismatch,
    StoreCorrupt,
    StoreError,
    StoreLocked,
)
from profiler.tui.asking.ranges import WEEK, Range


class Pulse(StrEnum):
    """How the feed is doing: the word in the header."""

    OPENING = "opening"
    UPDATING = "bringing an older database up to date, once"
    CATCHING_UP = "catching up"
    LIVE = "live"
    PAUSED = "paused"
    TROUBLE = "trouble"


MARKS = {
    Pulse.OPENING: "◌",
    Pulse.UPDATING: "◌",
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


GONE = "It is not there any more"
"""What a call says that was let go of while a list still shows it."""

_TITLES: tuple[tuple[type[Exception], str], ...] = (
    (StoreLocked, "The store is busy"),
    (SchemaMismatch, "The store is newer than this program"),
    (StoreCorrupt, "The store is damaged"),
    (StoreError, "The store cannot be used"),
    (NotFound, GONE),
    (LogError, "The log cannot be read"),
    (PermissionError, "Permission denied"),
    (ProfilerError, "It cannot go on"),
)


def trouble_of(error: Exception) -> Trouble:
    """The trouble an error means, in words."""
    for kind, title in _TITLES:
        if isinstance(error, kind):
            return Trouble(title, str(error))
    return Trouble("Something went wrong", f"{type(error).__name__}: {error}")


@dataclass(frozen=True, slots=True)
class Question:
    """What all screens are about: a stretch of time, and a filter over it."""

    range: Range = WEEK
    query: str = ""
    """The filter in the words it was typed in; empty is every call."""
    zone: ZoneInfo = UTC
    """Whose days, weeks and months are meant."""
    screen: str = ""
    """The screen in front, which wants its part."""
    by: str = ""
    """How it groups."""
    picked: str = ""
    """What is opened in it."""
    page: int = 0
    """Which page of what it lists, the first being 0."""
    is_demo: bool = False
    """Whether made-up calls are meant."""

    @property
    def calls(self) -> tuple[str, str, str, bool]:
        """What tells two questions' calls apart, whoever asks."""
        return self.range.id, self.query, self.zone.key, self.is_demo

    def asked(self, now_us: int) -> Asked:
        """The question at a moment.

        Raises:
            BadQuery: the filter cannot be read.

        """
        return Asked(self.wanted(now_us), self.zone, self.screen, self.by, self.picked, self.page)

    def wanted(self, now_us: int, query: str | None = None) -> Filter:
        """The calls that are meant at a moment; with `query`, those that filter would mean.

        Raises:
            BadQuery: the filter cannot be read.

        """
        span: Span = self.range.span_at(now_us, self.zone)
        text = self.query if query is None else query
        return parse_filter(text, now_us, self.zone, Filter(span=span))


@dataclass(frozen=True, slots=True)
class View:
    """Everything a screen needs; compares by value, so an unchanged view repaints nothing."""

    question: Question = Question()
    snapshot: Snapshot | None = None
    """`None` until the first one arrives."""
    answered: Question | None = None
    """What that answers; until it is what is asked, it is of another range, filter or screen."""
    first: Figures | None = None
    """What could be told before that."""
    pulse: Pulse = Pulse.OPENING
    caught_up: float = 0.0
    """How much of the log's backlog is read, 0 to 1."""
    trouble: Trouble | None = None

    @property
    def is_answered(self) -> bool:
        """Whether what is drawn is what is asked for."""
        return self.answered == self.question

    @property
    def figures(self) -> Figures | None:
        """The newest figures there are."""
        return self.snapshot or self.first

    @property
    def obstacle(self) -> Trouble | None:
        """What is in the way of newer figures."""
        if self.trouble is None and self.snapshot is not None and self.snapshot.log_trouble:
            return Trouble("The log is out of reach", self.snapshot.log_trouble)
        return self.trouble

    @property
    def has_calls(self) -> bool:
        """Whether any call is known, in whatever range."""
        return self.snapshot is not None and self.snapshot.freshness.calls > 0

    @property
    def is_range_empty(self) -> bool | None:
        """Whether no call lies in the range, whatever the filter; `None` where nobody knows."""
        if self.snapshot is None:
            return None
        newest_us = self.snapshot.freshness.last_call_at_us
        span = self.range.span_at(self.snapshot.taken_at_us, self.zone)
        if newest_us is None or (span.start_us is not None and newest_us < span.start_us):
            return True
        return False if span.contains(newest_us) else None

    @property
    def zone(self) -> ZoneInfo:
        """The zone times are told in."""
        return self.question.zone

    @property
    def range(self) -> Range:
        """The stretch of time it is about."""
        return self.question.range


EMPTY_VIEW = View()
"""What a widget holds before it is told anything."""
