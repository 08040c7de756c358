"""Event -> line. Standard library only: this runs inside the user's program."""

import functools
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping

from profiler.log.fields import EVENT_PREFIX, MAX_LINE_BYTES, VERSION

_encoder = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True, allow_nan=False)
_encode = _encoder.encode
_begin = EVENT_PREFIX.decode("ascii")

OPTIONAL = ("raw", "stack", "tools_offered", "tools_called", "prefixes", "tags", "site")
"""Given up in this order when a line would be too long."""


def new_tail() -> int:
    """63 random bits: the part of a call's id that is not its time."""
    return int.from_bytes(os.urandom(8)) >> 1


def new_id(at_us: int) -> str:
    """A fresh id for a call that started then; sorts by time."""
    return f"{at_us:014x}{new_tail():016x}"


def _written_by() -> Callable[[object, int], Iterable[str]]:
    """What writes a value down in pieces, at a level of indentation that is always 0.

    `json` prepares an encoder in C anew for every value, which takes longer than to use it.
    """
    prepare = getattr(json.encoder, "c_make_encoder", None)
    if prepare is None:
        return lambda value, _: (_encode(value),)
    text = json.encoder.encode_basestring_ascii
    prepared: Callable[[object, int], Iterable[str]] = prepare(
        None, _encoder.default, text, None, ":", ",", False, False, False
    )
    return prepared


_pieces = _written_by()


def field(name: str, value: object) -> str:
    """One field of an event as its line has it.

    ASCII only: a lone surrogate becomes an escape, never an error.
    """
    return f'"{name}":{"".join(_pieces(value, 0))}'


@functools.lru_cache(maxsize=1024)
def repeated_field(name: str, text: str) -> str:
    """The same, of a short text that many events share."""
    return field(name, text)


def fields_of(event: Mapping[str, object]) -> dict[str, str]:
    """Each field of `event`, by its name, as its line has it."""
    return {name: field(name, value) for name, value in event.items()}


def line_of(call_id: str, fields: dict[str, str]) -> bytes:
    """An event as one line with its newline; `v` and `id` come first, so that tears can be mended.

    `fields` are all the others. What is optional is left out where the line would be too long.
    """
    line = f'{_begin}{call_id}",{",".join(fields.values())}}}\n'
    for name in OPTIONAL:
        if len(line) <= MAX_LINE_BYTES:
            break
        fields = {other: held for other, held in fields.items() if other != name}
        line = f'{_begin}{call_id}",{",".join(fields.values())}}}\n'
    return line.encode("ascii")


def event_line(event: Mapping[str, object]) -> bytes:
    """`event`, which holds its `id` among its fields, as `line_of` writes it."""
    fields = fields_of(event)
    fields.pop("id")
    return line_of(str(event["id"]), fields)


def header_line(segment: str, at_us: int | None = None, pid: int | None = None) -> bytes:
    """The first line of a segment: its random identity and its writer, by default us, now."""
    header = {
        "v": VERSION,
        "segment": segment,
        "at": time.time_ns() // 1000 if at_us is None else at_us,
        "pid": os.getpid() if pid is None else pid,
    }
    return (_encode(header) + "\n").encode("ascii")


def loss_line(dropped: int, at_us: int | None = None, faults: int = 0) -> bytes:
    """The line that tells of calls that could not be logged, by default until now."""
    told_at_us = time.time_ns() // 1000 if at_us is None else at_us
    loss = {"v": VERSION, "dropped": dropped, "at": told_at_us}
    if faults:
        loss["faults"] = faults
    return (_encode(loss) + "\n").encode("ascii")
