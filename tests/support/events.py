"""Builders of events and segments, as the shim would write them."""

import itertools
from collections.abc import Iterable
from pathlib import Path

from profiler.log.encode import event_line, header_line, new_tail

START_US = 1_790_000_000_000_000
"""A moment in September 2026."""

_serial = itertools.count(1)


def an_event(**fields: object) -> dict[str, object]:
    """One event; whatever is not given is ordinary, `None` leaves a field out.

    `at` and `tail` make the id.
    """
    at = fields.pop("at", START_US)
    tail = fields.pop("tail", None)
    if not isinstance(at, int) or not isinstance(tail, int | None):
        raise TypeError("`at` and `tail` are integers")
    event: dict[str, object] = {
        "id": f"{at:014x}{new_tail() if tail is None else tail:016x}",
        "at": at,
        "provider": "openai",
        "model": "gpt-5-mini",
        "answered": "gpt-5-mini-2025-08-07",
        "operation": "chat",
        "usage": {"input": 1000, "output": 100},
        "latency_us": 850_000,
        **fields,
    }
    return {name: value for name, value in event.items() if value is not None}


def some_events(
    count: int, *, step_us: int = 1_000_000, **fields: object
) -> list[dict[str, object]]:
    """`count` events, `step_us` apart."""
    return [an_event(at=START_US + number * step_us, **fields) for number in range(count)]


def lines_of(events: Iterable[dict[str, object]]) -> bytes:
    """Events as the shim writes them, without a header."""
    return b"".join(event_line(dict(event)) for event in events)


def a_segment(
    folder: Path, events: Iterable[dict[str, object]], *, name: str = "", generation: str = ""
) -> Path:
    """A segment of `events` with its header; a new name and identity unless given."""
    number = next(_serial)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / (name or f"20261122T000000-{number}-{number:08x}.jsonl")
    header = header_line(generation or f"{number:032x}")
    path.write_bytes(header + lines_of(events))
    return path


def append(path: Path, events: Iterable[dict[str, object]]) -> None:
    """More events at a segment's end."""
    with path.open("ab") as segment:
        segment.write(lines_of(events))
