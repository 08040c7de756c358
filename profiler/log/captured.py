"""Text files -> what one call said."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from profiler.log.paths import SUFFIX
from profiler.log.text import CALL_PREFIX

_MAX_LINE_BYTES = 4 * 1024 * 1024
_SECOND_US = 1_000_000


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

    Only files written to since the call began are read, so the newest calls are found fastest.
    """
    start = CALL_PREFIX + call_id.encode("ascii")
    for path in _files(folder):
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
