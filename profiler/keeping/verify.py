"""Whether the database can be trusted: against itself, and against the log that is retained."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from profiler.domain.calls import Call
from profiler.ingest.priced import call_of
from profiler.ingest.tail import Seen, Segment, listed
from profiler.log.event import Event
from profiler.pricing.card import Card
from profiler.store.dictionary import MOST_LISTED, MOST_TAGS, cleaned
from profiler.store.engine import Store
from profiler.store.lookup import calls_by_id, filed_ids, gone_before_us
from profiler.store.positions import Position, all_positions
from profiler.store.soundness import Damage, damages, readable
from profiler.workspace import Workspace

_BATCH = 2_000
_OURS = frozenset({"id", "started_at_us", "model", "cost"})
"""What the log does not tell: prices and what follows from them may have changed since."""
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what is not as it should be."""

    calls: int
    """Calls of the log that were compared."""
    segments: int
    damages: tuple[Damage, ...]

    @property
    def is_sound(self) -> bool:
        """Whether everything is as it was written."""
        return not self.damages


def verify(workspace: Workspace, on_progress: Callable[[int, int], None] | None = None) -> Verified:
    """Look at everything; `on_progress` is told of calls looked at, and of how many.

    Raises:
        StoreError: the database cannot be read at all.

    """
    store = workspace.store
    found = damages(store, on_progress)
    compared = segments = 0
    for seen in listed(workspace.settings.log_folder):
        differing = _Segment(store, workspace.card, seen)
        with readable(found):
            found.extend(differing.damages())
        compared += differing.compared
        segments += 1
    return Verified(compared, segments, tuple(found))


class _Segment:
    """One segment against what the store has of it."""

    def __init__(self, store: Store, card: Card, seen: Seen) -> None:
        self._store = store
        self._card = card
        self._seen = seen
        self.compared = 0
        self._missing = 0
        self._differing: list[str] = []

    def damages(self) -> Iterator[Damage]:
        """What the database lacks of the segment, and where it says otherwise."""
        try:
            with Segment(self._seen.path) as segment:
                self._read(segment)
        except OSError:
            # gone, or not ours to read: nothing to compare with
            return
        name = self._seen.path.name
        if self._missing:
            yield Damage(f"the calls of {name}", f"{self._missing} of the log are not there")
        if self._differing:
            named = "; ".join(self._differing[:_MOST_NAMED])
            says = f"{len(self._differing)} say otherwise than the log: {named}"
            yield Damage(f"the calls of {name}", says)

    def _read(self, segment: Segment) -> None:
        generation = segment.generation()
        if generation is None:
            return
        read = [one for one in all_positions(self._store) if one.generation == generation]
        end = max((one.offset_bytes for one in read), default=0)
        position = Position(generation, segment.name)
        while position.offset_bytes < end:
            portion = segment.portion(position)
            for start in range(0, len(portion.events), _BATCH):
                self._compare(portion.events[start : start + _BATCH])
            position = portion.position
            if portion.is_last:
                return

    def _compare(self, events: Sequence[Event]) -> None:
        with self._store.reading() as connection:
            gone_us = gone_before_us(connection)
            kept = [event for event in events if event.at >= gone_us]
            filed = filed_ids(connection, [(event.at, event.tail) for event in kept])
            ids = [filed.get((event.at, event.tail), event.id) for event in kept]
            there = calls_by_id(self._store, connection, ids)
        for event, call in zip(kept, (there.get(one) for one in ids), strict=True):
            self.compared += 1
            if call is None:
                self._missing += 1
            elif names := _differences(call_of(event, self._card), call, event):
                self._differing.append(f"{call.id} in {', '.join(names)}")


def _differences(told: Call, kept: Call, event: Event) -> list[str]:
    """The fields that say otherwise."""
    skipped = {*_OURS, *(("usage",) if event.estimated else ())}
    if told.id != kept.id:
        # filed under another time, which a tag says
        skipped.add("tags")
    return [
        field.name
        for field in fields(Call)
        if field.name not in skipped
        and _as_kept(getattr(told, field.name)) != _as_kept(getattr(kept, field.name))
    ]


def _as_kept(value: object) -> object:
    """`value` as the store keeps it: labels cut, and without what steers a terminal."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, tuple):
        return tuple(cleaned(str(one)) for one in value[:MOST_LISTED])
    if isinstance(value, Mapping):
        tags = list(value.items())[:MOST_TAGS]
        return {cleaned(str(name)): cleaned(str(one)) for name, one in tags}
    return value
