"""Event -> line. Standard library only: this runs inside the user's program."""

import json
import os
import time

from profiler.log.fields import MAX_LINE_BYTES, VERSION

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode

OPTIONAL = ("raw", "stack", "tools_offered", "tools_called", "prefixes", "tags", "site")
"""Given up in this order when a line would be too long."""


def new_tail() -> int:
    """63 random bits: the part of a call's id that is not its time."""
    return int.from_bytes(os.urandom(8)) >> 1


def new_id(at_us: int) -> str:
    """A fresh id for a call that started then; sorts by time."""
    return f"{at_us:014x}{new_tail():016x}"


def event_line(event: dict[str, object]) -> bytes:
    """`event` as one line with its newline; `v` and `id` come first, so that tears can be mended.

    `event` holds every other field of the contract, `id` included, and is emptied of what made
    the line too long. ASCII only: a lone surrogate becomes an escape, never an error.
    """
    line = _line(event)
    for name in OPTIONAL:
        if len(line) <= MAX_LINE_BYTES:
            break
        if event.pop(name, None) is not None:
            line = _line(event)
    return line


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


def _line(event: dict[str, object]) -> bytes:
    return (_encode({"v": VERSION, "id": event["id"], **event}) + "\n").encode("ascii")
