"""Events from a clock that was ahead: filed under when they were read, and marked."""

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from profiler.domain.calls import call_id
from profiler.log.event import Event
from profiler.store.suspects import Key, Suspects

MARK = "clock_suspect"
"""The tag of a call whose own time is not believed; its value is that time, to the minute."""

AHEAD_US = 10 * 60 * 1_000_000
"""Clocks differ a little; a call that begins so much after it is read cannot be right."""


class Clock:
    """What time it is for one batch, and which calls are not believed theirs."""

    __slots__ = ("_first", "_last", "_latest_us", "_now_us", "_suspects")

    def __init__(self, suspects: Suspects, now_us: int) -> None:
        self._suspects = suspects
        self._now_us = now_us
        self._latest_us = suspects.latest_read_us(now_us) + AHEAD_US
        self._first, self._last = suspects.claimed_span()

    def set_right(self, events: Sequence[Event]) -> Sequence[Event]:
        """`events`, those from the future filed under now, or where they were filed before."""
        latest, first, last = self._latest_us, self._first, self._last
        if not any(event.at > latest or first <= event.at <= last for event in events):
            return events
        moved = self._moved([event for event in events if event.at >= min(latest, first)])
        return [
            _filed(event, at) if (at := moved.get((event.at, event.tail))) is not None else event
            for event in events
        ]

    def _moved(self, events: Sequence[Event]) -> dict[Key, int]:
        keys = dict.fromkeys((event.at, event.tail) for event in events)
        known = self._suspects.filed(keys)
        new = [key for key in keys if key[0] > self._latest_us and key not in known]
        self._suspects.file(new, self._now_us)
        self._first, self._last = self._suspects.claimed_span()
        return known | dict.fromkeys(new, self._now_us)


def _filed(event: Event, at_us: int) -> Event:
    claimed = datetime.fromtimestamp(event.at / 1e6, UTC).strftime("%Y-%m-%dT%H:%MZ")
    tags = {**(event.tags or {}), MARK: claimed}
    return replace(event, at=at_us, id=call_id(at_us, event.tail), tags=tags)
