"""Line -> Event, or the reason it is none. Nothing a line can hold raises out of here."""

import re
from dataclasses import dataclass

import msgspec

from profiler.log.event import Count, Event, Moment
from profiler.log.fields import EVENT_PREFIX, HEADER_PREFIX, LOSS_PREFIX, VERSION

MAX_PARSED_BYTES = 1024 * 1024
"""A longer line is not an event of ours and is set aside unread."""

_OUTCOMES = frozenset({"ok", "error", "aborted"})
_BILLED = frozenset({"", "no", "unknown"})
_NOT_JSON = "not JSON"


class Header(msgspec.Struct, frozen=True):
    """A segment's first line."""

    v: int
    segment: str


class Loss(msgspec.Struct, frozen=True):
    """Calls that could not be logged."""

    v: int
    dropped: Count
    at: Moment
    """When the log was told, and could be written again."""
    faults: Count = 0
    """Failures of the shim's own code, which the host did not see."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A stretch of a segment that is not an event: kept with its reason, never fatal."""

    offset_bytes: int
    length_bytes: int
    reason: str


_decoder = msgspec.json.Decoder(Event)
_event = _decoder.decode
_events = _decoder.decode_lines
_header = msgspec.json.Decoder(Header).decode
_loss = msgspec.json.Decoder(Loss).decode


_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)
"""Every escape in a line, one by one; the group is half a surrogate pair without the other."""


def parse_header(line: bytes) -> Header | None:
    """The header that `line` is, or `None`."""
    if not line.startswith(HEADER_PREFIX):
        return None
    try:
        return _header(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def parse_loss(line: bytes) -> Loss | None:
    """The loss that `line` tells of, or `None`."""
    if not line.startswith(LOSS_PREFIX):
        return None
    try:
        return _loss(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def parse_line(line: bytes, offset_bytes: int) -> tuple[list[Event], list[Rejection]]:
    """What `line` (without its newline) holds: one event, or, glued behind a torn one, several.

    A write cut short leaves half an event with the next whole one behind it on the same line;
    reading resumes at the next event's beginning, so a tear costs only the event it tore.
    """
    if not line.strip() or parse_header(line) is not None or parse_loss(line) is not None:
        return [], []
    whole = _read(line)
    if isinstance(whole, Event):
        return [whole], []
    if len(line) > MAX_PARSED_BYTES or EVENT_PREFIX not in line[1:]:
        return [], [Rejection(offset_bytes, len(line), whole)]
    return _resynced(line, offset_bytes)


def parse_whole_lines(lines: bytes) -> list[Event] | None:
    """The events of whole `lines`, or `None` where `parse_line` has to look at them one by one.

    Five times as fast, for the usual case that every line is one event.
    """
    try:
        events = _events(lines)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    # One value spread over two lines would be two faults to `parse_line`.
    if len(events) != lines.count(b"\n") or not _are_short(lines):
        return None
    return None if any(map(_fault, events)) else events


def _are_short(lines: bytes) -> bool:
    """Whether surely no line is too long: no half of the limit is without a line's end."""
    half = MAX_PARSED_BYTES // 2
    return all(
        lines.find(b"\n", start, start + half) != -1
        for start in range(0, len(lines) - half + 1, half)
    )


def _resynced(line: bytes, offset_bytes: int) -> tuple[list[Event], list[Rejection]]:
    events: list[Event] = []
    rejections: list[Rejection] = []
    starts = _starts(line)
    for start, end in zip(starts, [*starts[1:], len(line)], strict=True):
        piece = _read(line[start:end])
        if isinstance(piece, Event):
            events.append(piece)
        else:
            rejections.append(Rejection(offset_bytes + start, end - start, piece))
    return events, rejections


def _starts(line: bytes) -> list[int]:
    """Where an event may begin in `line`, its own beginning included."""
    starts = [0]
    at = line.find(EVENT_PREFIX, 1)
    while at != -1:
        starts.append(at)
        at = line.find(EVENT_PREFIX, at + 1)
    return starts


def _read(line: bytes) -> Event | str:
    """The event, or why it is none: a sentence without any of the line's own text."""
    if len(line) > MAX_PARSED_BYTES:
        return f"longer than {MAX_PARSED_BYTES} bytes"
    event = _decoded(line)
    if event == _NOT_JSON and b"\\u" in line:
        event = _decoded(_ESCAPE.sub(_mended, line))
    if isinstance(event, str):
        return event
    return _fault(event) or event


def _decoded(line: bytes) -> Event | str:
    try:
        return _event(line)
    except msgspec.ValidationError as error:
        return f"not an event: {error}"
    except UnicodeDecodeError:
        return "not UTF-8"
    except msgspec.DecodeError:
        return _NOT_JSON
    except RecursionError:
        return "nested too deeply"


def _mended(escape: re.Match[bytes]) -> bytes:
    """Half a surrogate pair is no character, but no reason to lose a call: Python writes them."""
    return rb"\ufffd" if escape[1] else escape[0]


def _fault(event: Event) -> str:
    """What is wrong with an event beyond its types; empty when nothing is."""
    if event.v != VERSION:
        return f"version {event.v} of the log; this program reads version {VERSION}"
    if int(event.id[:14], 16) != event.at:
        return "its id does not begin with its start"
    if event.outcome not in _OUTCOMES:
        return "unknown outcome"
    if event.billed not in _BILLED:
        return "unknown `billed`"
    return ""
