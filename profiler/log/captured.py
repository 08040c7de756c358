"""Text files -> what one call said."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from profiler.log.paths import STAMP, SUFFIX
from profiler.log.text import CALL_PREFIX

_MAX_LINE_BYTES = 4 * 1024 * 1024
_SECOND_US = 1_000_000
_DAY_US = 86_400 * _SECOND_US
_DAYS_OPEN = 2
"""A file is written to for a day, and a call is written when it ends."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One thing said."""

    role: str
    """`user`, `assistant`, `system`, `tools`…; as the provider names it."""
    text: str


@dataclass(frozen=True, slots=True)
class CallText:
    """What a call asked and was answered, secrets taken out."""

    prompt: tuple[Speech, ...]
    answer: tuple[Speech, ...]
    is_cut: bool
    """Whether some of it was too long to be kept whole."""


def text_of(folder: Path, call_id: str, started_at_us: int) -> CallText | None:
    """The text of one call; `None` where none was kept.

    Only files are read that were begun about then, and written to since.
    """
    start = CALL_PREFIX + call_id.encode("ascii")
    opened = [_stamp(started_at_us + days * _DAY_US) for days in (-_DAYS_OPEN, _DAYS_OPEN)]
    for path in _files(folder):
        stamp = path.name[: len(opened[0])]
        if stamp.replace("T", "").isdigit() and not opened[0] <= stamp <= opened[1]:
            continue
        try:
            if path.stat().st_mtime * _SECOND_US < started_at_us - _SECOND_US:
                continue
            found = _line(path, start)
        except OSError:
            # removed while we looked, or not ours to read
            continue
        if found is not None:
            return found
    return None


def _stamp(at_us: int) -> str:
    """A time as segments are named by it."""
    return time.strftime(STAMP, time.gmtime(max(at_us, 0) // _SECOND_US))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"), reverse=True)


def _line(path: Path, start: bytes) -> CallText | None:
    with path.open("rb") as file:
        while line := file.readline(_MAX_LINE_BYTES):
            if line.startswith(start):
                return _read(line)
    return None


def _read(line: bytes) -> CallText | None:
    try:
        held = json.loads(line)
    except ValueError:
        # torn by a full disk, or by the end of its program
        return None
    prompt, answer = (tuple(_speeches(held.get(name))) for name in ("prompt", "answer"))
    return CallText(prompt, answer, held.get("cut") is True)


def _speeches(entries: object) -> Iterator[Speech]:
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            yield Speech(str(entry.get("role", "")), str(entry.get("text", "")))
