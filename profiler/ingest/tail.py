"""Reading one segment from where it was left: whole lines, and a mark to find the place again.

A segment is known by the random identity in its header, never by its inode: file systems hand
a deleted file's inode to the next one made. Whether it is still the file that was read is told
by the last line before the offset.
"""

import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from profiler.errors import LogError
from profiler.log.event import Event
from profiler.log.fields import HEADER_PREFIX, LOSS_PREFIX
from profiler.log.parse import (
    MAX_PARSED_BYTES,
    Loss,
    Rejection,
    parse_header,
    parse_line,
    parse_loss,
    parse_whole_lines,
)
from profiler.log.paths import SUFFIX
from profiler.store.positions import NOT_AT_ITS_END, Position

CHUNK_BYTES = 4 * 1024 * 1024
"""Read at once: more than the longest line that is parsed, little enough to hold."""

_MARKER_BYTES = 64 * 1024
_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Seen:
    """A segment as the folder lists it."""

    path: Path
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Portion:
    """What one reading of a segment brought."""

    position: Position
    """Where reading resumes."""
    bytes_read: int
    events: tuple[Event, ...] | list[Event] = ()
    rejections: tuple[Rejection, ...] | list[Rejection] = ()
    losses: tuple[tuple[int, Loss], ...] = ()
    """Each with the offset it stands at."""

    @property
    def is_last(self) -> bool:
        """Whether the file holds no more whole lines."""
        return self.position.size_bytes != NOT_AT_ITS_END


def listed(folder: Path) -> list[Seen]:
    """The segments in `folder`, the oldest name first; none where they cannot be listed."""
    with suppress(LogError):
        return sure_list(folder)
    return []


def sure_list(folder: Path) -> list[Seen]:
    """The segments in `folder`, the oldest name first; none where there is no folder yet.

    Raises:
        LogError: there is one, and it cannot be listed.

    """
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                # one that is gone between listing and looking is seen right by the next pass
                with suppress(FileNotFoundError):
                    if entry.name.endswith(SUFFIX) and entry.is_file(follow_symlinks=False):
                        facts = entry.stat(follow_symlinks=False)
                        found.append(Seen(folder / entry.name, facts.st_size, facts.st_mtime_ns))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LogError(
            f"{folder} cannot be read: {error.strerror}; calls recorded there are not counted "
            "until it can"
        ) from error
    return sorted(found, key=lambda seen: seen.path.name)


def by_name(positions: Iterable[Position]) -> Mapping[str, Sequence[Position]]:
    """Where segments were left, under each name."""
    named: dict[str, list[Position]] = defaultdict(list)
    for position in positions:
        named[position.name].append(position)
    return named


def read_to_end(seen: Seen, known: Sequence[Position]) -> Position | None:
    """Where the segment was left, if it was read to its end and has not changed since."""
    for position in known:
        if (position.size_bytes, position.mtime_ns) == (seen.size_bytes, seen.mtime_ns):
            return position
    return None


class Segment:
    """An open segment.

    Raises:
        OSError: it is gone, cannot be read, or is no regular file.

    """

    def __init__(self, path: Path) -> None:
        flags = os.O_RDONLY
        for name in ("O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
            flags |= getattr(os, name, 0)
        self.name = path.name
        self._file = os.open(path, flags)
        try:
            facts = os.fstat(self._file)
            if not stat.S_ISREG(facts.st_mode):
                raise OSError(f"{path} is not a regular file")  # noqa: TRY301  # closed like any
        except OSError:
            os.close(self._file)
            raise
        # Taken before anything is read: what is written later makes the file differ from this.
        self.size_bytes, self._mtime_ns = facts.st_size, facts.st_mtime_ns

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)

    def generation(self) -> str | None:
        """The segment's identity; `None` while its first line is not written out.

        A file without our header is known by its name and its first line's beginning.
        """
        head = self._bytes_at(0, _HEAD_BYTES)
        first, newline, _ = head.partition(b"\n")
        if not newline and len(head) < _HEAD_BYTES:
            return None
        header = parse_header(first)
        if header is not None:
            return header.segment
        named = self.name.encode("utf-8", "surrogateescape")
        return "foreign-" + hashlib.sha256(named + b"\0" + first).hexdigest()[:32]

    def resumed(self, generation: str, left: list[Position]) -> Position:
        """Where to go on, given where the segment was left under each of its names.

        From the start when the file is not what was read then: shrunken, or with another line
        before the offset. Calls are known by their ids, so nothing is counted twice.
        """
        mine = [position for position in left if position.name == self.name]
        others = sorted(left, key=lambda position: position.offset_bytes, reverse=True)
        for position in (*mine, *others):
            if self._is_at(position):
                return replace(position, name=self.name, size_bytes=NOT_AT_ITS_END)
        return Position(generation, self.name)

    def _is_at(self, position: Position) -> bool:
        if not 0 < position.offset_bytes <= self.size_bytes:
            return False
        line = self._bytes_at(position.offset_bytes - position.marker_bytes, position.marker_bytes)
        return _marker(line) == position.marker

    def portion(self, position: Position) -> Portion:
        """The next whole lines after `position`, at most `CHUNK_BYTES` of them."""
        chunk = self._bytes_at(position.offset_bytes, CHUNK_BYTES)
        is_end = len(chunk) < CHUNK_BYTES
        if position.skipping_from is not None:
            return self._skipped(position, position.skipping_from, chunk)
        end = chunk.rfind(b"\n") + 1
        if end:
            events, rejections = _parsed(chunk[:end], position.offset_bytes)
            after = self._moved(position, chunk[:end], is_end=is_end)
            if is_end and len(chunk) - end > MAX_PARSED_BYTES:
                after = replace(after, size_bytes=NOT_AT_ITS_END)
            losses = _losses(chunk[:end], position.offset_bytes)
            return Portion(after, end, events, rejections, losses)
        if len(chunk) > MAX_PARSED_BYTES:
            begun = replace(position, skipping_from=position.offset_bytes)
            return Portion(self._moved(begun, chunk, is_end=is_end), len(chunk))
        return Portion(self._at_end(position), 0)

    def _skipped(self, position: Position, start: int, chunk: bytes) -> Portion:
        """On through a line too long to be an event, holding none of it."""
        end = chunk.find(b"\n") + 1
        if not end:
            after = self._moved(position, chunk, is_end=len(chunk) < CHUNK_BYTES)
            return Portion(after, len(chunk))
        length = position.offset_bytes + end - 1 - start
        rejection = Rejection(start, length, f"longer than {MAX_PARSED_BYTES} bytes")
        after = self._moved(position, chunk[:end], is_end=False)
        return Portion(replace(after, skipping_from=None), end, (), (rejection,))

    def _moved(self, position: Position, consumed: bytes, *, is_end: bool) -> Position:
        if not consumed:
            return self._at_end(position)
        start = consumed.rfind(b"\n", 0, len(consumed) - 1) + 1
        line = consumed[max(start, len(consumed) - _MARKER_BYTES) :]
        moved = replace(
            position,
            offset_bytes=position.offset_bytes + len(consumed),
            marker=_marker(line),
            marker_bytes=len(line),
        )
        return self._at_end(moved) if is_end else moved

    def _at_end(self, position: Position) -> Position:
        return replace(position, size_bytes=self.size_bytes, mtime_ns=self._mtime_ns)

    def _bytes_at(self, offset_bytes: int, most: int) -> bytes:
        """Up to `most` bytes, fewer only at the file's end."""
        os.lseek(self._file, offset_bytes, os.SEEK_SET)
        parts = []
        while most > 0:
            part = os.read(self._file, most)
            if not part:
                break
            parts.append(part)
            most -= len(part)
        return b"".join(parts)


def _marker(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _parsed(lines: bytes, offset_bytes: int) -> tuple[list[Event], list[Rejection]]:
    """What whole `lines` hold; all at once where nothing is amiss, else one by one."""
    body = lines
    if lines.startswith(HEADER_PREFIX):
        header_end = lines.index(b"\n") + 1
        if parse_header(lines[: header_end - 1]) is not None:
            body = lines[header_end:]
    events = parse_whole_lines(body)
    if events is not None:
        return events, []
    return _parsed_singly(lines, offset_bytes)


def _losses(lines: bytes, offset_bytes: int) -> tuple[tuple[int, Loss], ...]:
    """The losses among whole `lines`; nearly always there are none, and that is quick to see."""
    found = []
    at = lines.find(LOSS_PREFIX)
    while at != -1:
        loss = parse_loss(lines[at : lines.index(b"\n", at)])
        if loss is not None and (at == 0 or lines[at - 1 : at] == b"\n"):
            found.append((offset_bytes + at, loss))
        at = lines.find(LOSS_PREFIX, at + 1)
    return tuple(found)


def _parsed_singly(lines: bytes, offset_bytes: int) -> tuple[list[Event], list[Rejection]]:
    events: list[Event] = []
    rejections: list[Rejection] = []
    for line in lines.split(b"\n")[:-1]:
        found, bad = parse_line(line, offset_bytes)
        events += found
        rejections += bad
        offset_bytes += len(line) + 1
    return events, rejections
