"""One pass over the log: everything written since the last one goes into the store.

A batch is one transaction: calls, sums, rejections and the offsets that follow them commit
together or not at all, and the offsets are read inside it. So any number of processes may
drain at once, and a crash at any moment re-reads but never loses or doubles a line.
"""

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from profiler.errors import LogError
from profiler.ingest.clocks import Clock
from profiler.ingest.learning import Learning
from profiler.ingest.priced import Pricer
from profiler.ingest.tail import Portion, Seen, Segment, by_name, read_to_end, sure_list
from profiler.log.parse import Rejection
from profiler.store import calibration
from profiler.store.circumstances import Circumstances
from profiler.store.dictionary import Dictionary
from profiler.store.engine import Store
from profiler.store.positions import (
    Position,
    all_positions,
    positions_of,
    save_positions,
)
from profiler.store.rows import Entry
from profiler.store.suspects import Suspects
from profiler.store.writes import StoredLoss, StoredRejection, enter, keep_losses, reject

BATCH_BYTES = 8 * 1024 * 1024
BATCH_EVENTS = 20_000
"""A transaction ends at whichever it reaches first, give or take a chunk."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What one pass brought."""

    events: int = 0
    """Calls that were new."""
    duplicates: int = 0
    """Lines of calls that were there already."""
    rejections: int = 0
    """Stretches that were no events."""
    bytes_read: int = 0
    pending_bytes: int = 0
    """Log that is not accounted for yet: unfinished last lines, segments that cannot be read."""
    notices: tuple[str, ...] = ()
    """What else there is to say, once: calls that went, settings that make no sense."""
    trouble: str = ""
    """Why some or all of the log could not be read; empty where it could."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pass has come."""

    bytes_read: int
    bytes_total: int
    """What there was to read when the pass began."""
    events: int


@dataclass(slots=True)
class _Batch:
    """What one transaction is about to write."""

    learning: Learning
    clock: Clock
    entries: list[Entry] = field(default_factory=list)
    rejections: list[StoredRejection] = field(default_factory=list)
    losses: list[StoredLoss] = field(default_factory=list)
    positions: dict[tuple[str, str], Position] = field(default_factory=dict)
    bytes_read: int = 0

    @property
    def is_full(self) -> bool:
        """Whether it is time to commit."""
        return self.bytes_read >= BATCH_BYTES or len(self.entries) >= BATCH_EVENTS


def drain(
    store: Store,
    card: Pricer,
    log_folder: Path,
    *,
    on_progress: Callable[[Progress], None] | None = None,
) -> Drained:
    """Read every segment of `log_folder` to its end; what was new.

    Costs a directory listing and one query when nothing is: no file is opened and no lock taken.

    Raises:
        StoreError: the store cannot be written; everything before is kept, nothing is lost.

    """
    try:
        segments = sure_list(log_folder)
    except LogError as error:
        return Drained(trouble=str(error))
    return _Pass(store, card, on_progress).over(segments)


class _Pass:
    """One pass over the log, batch by batch."""

    def __init__(
        self, store: Store, card: Pricer, on_progress: Callable[[Progress], None] | None
    ) -> None:
        self._store = store
        self._card = card
        self._on_progress = on_progress
        self._circumstances = Circumstances(Dictionary())
        self._events = self._duplicates = self._rejections = self._bytes_read = 0
        self._pending: dict[str, int] = {}
        self._unreadable: dict[Path, str] = {}
        """Segments that are there and cannot be read, and why."""
        self._bytes_total = 0

    def over(self, segments: Sequence[Seen]) -> Drained:
        known = by_name(all_positions(self._store))
        changed = []
        for seen in segments:
            at = read_to_end(seen, known.get(seen.path.name, ()))
            if at is None:
                changed.append(seen)
            else:
                self._pending[seen.path.name] = max(0, seen.size_bytes - at.unread_from)
        self._bytes_total = sum(
            seen.size_bytes - _furthest(known.get(seen.path.name, ())) for seen in changed
        )
        while changed:
            with _uncollected():
                changed = self._one_batch(changed)
        return Drained(
            self._events,
            self._duplicates,
            self._rejections,
            self._bytes_read,
            sum(self._pending.values()),
            trouble=_trouble(self._unreadable),
        )

    def _one_batch(self, segments: Sequence[Seen]) -> list[Seen]:
        """Commit one batch; the segments that still have more."""
        left = list(segments)
        with self._store.writing() as connection:
            learning = Learning(calibration.known(connection), self._card)
            batch = _Batch(learning, Clock(Suspects(connection), time.time_ns() // 1000))
            while left and not batch.is_full:
                with self._opened(left[0].path) as segment:
                    is_done = segment is None or self._fill(
                        batch, segment, lambda known: positions_of(connection, known)
                    )
                if segment is None:
                    self._pending[left[0].path.name] = left[0].size_bytes
                if is_done:
                    left.pop(0)
            new = enter(connection, self._circumstances, batch.entries)
            if new == len(batch.entries):
                # what may hold a call that was read before must not teach it again
                calibration.learn(connection, batch.learning.taught)
            rejected = reject(connection, batch.rejections)
            keep_losses(connection, batch.losses)
            save_positions(connection, batch.positions.values())
        self._count(batch, new, rejected)
        return left

    @contextmanager
    def _opened(self, path: Path) -> Iterator[Segment | None]:
        """The segment at `path`; `None` where it is gone or cannot be read: that stops no other."""
        try:
            segment = Segment(path)
        except FileNotFoundError:
            yield None
            return
        except OSError as error:
            self._unreadable[path] = error.strerror or str(error)
            yield None
            return
        with segment:
            yield segment

    def _fill(
        self, batch: _Batch, segment: Segment, left_at: Callable[[str], list[Position]]
    ) -> bool:
        """Read on in `segment` until it ends, fails, or the batch is full; whether it is over."""
        self._pending[segment.name] = segment.size_bytes
        try:
            generation = segment.generation()
            if generation is None:
                return True
            position = segment.resumed(generation, left_at(generation))
            while not batch.is_full:
                portion = segment.portion(position)
                self._take(batch, portion)
                position = portion.position
                self._pending[segment.name] = max(0, segment.size_bytes - position.unread_from)
                if portion.is_last:
                    return True
        except OSError:
            # a failing disk or network folder stops no other segment; the next pass tries again
            return True
        return False

    def _take(self, batch: _Batch, portion: Portion) -> None:
        position = portion.position
        batch.entries += batch.learning.entries_of(batch.clock.set_right(portion.events))
        if portion.rejections:
            now_us = time.time_ns() // 1000
            batch.rejections += [_stored(bad, position, now_us) for bad in portion.rejections]
        batch.losses += [
            StoredLoss(position.generation, offset_bytes, loss.dropped, loss.at, loss.faults)
            for offset_bytes, loss in portion.losses
        ]
        batch.bytes_read += portion.bytes_read
        batch.positions[position.generation, position.name] = position

    def _count(self, batch: _Batch, new: int, rejected: int) -> None:
        self._events += new
        self._duplicates += len(batch.entries) - new
        self._rejections += rejected
        self._bytes_read += batch.bytes_read
        if self._on_progress is not None:
            total = max(self._bytes_total, self._bytes_read)
            self._on_progress(Progress(self._bytes_read, total, self._events))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without garbage collection: a batch makes a million objects and no cycles, and looking
    through them again and again takes a quarter of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _trouble(unreadable: Mapping[Path, str]) -> str:
    if not unreadable:
        return ""
    path, why = next(iter(unreadable.items()))
    more = f" and {len(unreadable) - 1} more" if len(unreadable) > 1 else ""
    return f"{path}{more} cannot be read: {why}; calls recorded there are not counted until it can"


def _furthest(known: Sequence[Position]) -> int:
    return max((position.offset_bytes for position in known), default=0)


def _stored(bad: Rejection, position: Position, now_us: int) -> StoredRejection:
    return StoredRejection(
        position.generation, position.name, bad.offset_bytes, bad.length_bytes, bad.reason, now_us
    )
