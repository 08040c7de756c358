"""Segments go when they are old, wholly in the store, and nobody writes to them any more.

What is in the store is committed, but SQLite may hold a commit back from the disk for a while:
were a segment removed meanwhile, a power cut would take both. So the store is settled first.
"""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from profiler.ingest.tail import Seen, by_name, listed, read_to_end
from profiler.store.engine import Store
from profiler.store.positions import Position, all_positions, forget_positions
from profiler.store.writes import StoredRejection, reject

if sys.platform != "win32":
    import fcntl

_DAY_NS = 86_400 * 10**9
_AT_ONCE = 64
"""Segments held at a time: each takes a descriptor."""
_UNFINISHED = "its program ended in the middle of it"


def remove_old_segments(store: Store, log_folder: Path, days: int, now_ns: int) -> int:
    """Remove segments last written to more than `days` before `now_ns`; how many went.

    One stays for as long as a living program may write to it, however old it is, and until the
    store has every line of it. A last line that its program never finished is kept as a
    rejection.

    Raises:
        StoreError: the store cannot be written; no segment went then.

    """
    known = by_name(all_positions(store))
    done = [
        (seen, position)
        for seen in listed(log_folder)
        if seen.mtime_ns < now_ns - days * _DAY_NS
        and (position := read_to_end(seen, known.get(seen.path.name, ()))) is not None
    ]
    removed = 0
    for start in range(0, len(done), _AT_ONCE):
        with ExitStack() as held:
            ours = [
                (seen, position)
                for seen, position in done[start : start + _AT_ONCE]
                if held.enter_context(_held(seen))
            ]
            if ours:
                removed += _remove(store, ours)
    return removed


def _remove(store: Store, done: Sequence[tuple[Seen, Position]]) -> int:
    now_us = time.time_ns() // 1000
    unfinished = [
        StoredRejection(
            position.generation,
            position.name,
            position.unread_from,
            seen.size_bytes - position.unread_from,
            _UNFINISHED,
            now_us,
        )
        for seen, position in done
        if position.unread_from < seen.size_bytes
    ]
    if unfinished:
        with store.writing() as connection:
            reject(connection, unfinished)
    if not store.settle():
        # Somebody reads an older state; the next look finds it gone.
        return 0
    for seen, _ in done:
        seen.path.unlink(missing_ok=True)
    with store.writing() as connection:
        forget_positions(connection, (position for _, position in done))
    return len(done)


@contextmanager
def _held(seen: Seen) -> Iterator[bool]:
    """Whether the segment is as it was seen and no program writes to it, nor can while we look."""
    flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        file = os.open(seen.path, flags)
    except OSError:
        yield False
        return
    try:
        facts = os.fstat(file)
        is_same = (facts.st_size, facts.st_mtime_ns) == (seen.size_bytes, seen.mtime_ns)
        yield is_same and _is_let_go(file)
    finally:
        os.close(file)


def _is_let_go(file: int) -> bool:
    """Whether no program holds the segment's lock, which every writer does while it lives.

    Windows has no such lock, and removes no file that somebody has open.
    """
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
