"""A batch of calls: those that were measured teach, those that ended early are estimated."""

from collections.abc import Mapping, Sequence

from profiler.domain.calibration import Calibration, Key, Learned
from profiler.ingest.entering import entry_of
from profiler.ingest.estimating import lessons, merged
from profiler.ingest.priced import Pricer
from profiler.log.event import Event
from profiler.store.rows import Entry


class Learning:
    """What is known of models while a batch is read, and what the batch adds to it."""

    __slots__ = ("_card", "_known", "_taught")

    def __init__(self, known: Calibration, card: Pricer) -> None:
        self._known = known
        self._card = card
        self._taught = Calibration()

    @property
    def taught(self) -> Mapping[Key, Learned]:
        """What the batch taught."""
        return self._taught.learned

    def entries_of(self, events: Sequence[Event]) -> list[Entry]:
        """The calls that `events` tell of; the measured ones among them teach first."""
        card = self._card
        if not any(event.heard_bytes or event.estimated for event in events):
            return [entry_of(event, card) for event in events]
        entries = {
            place: entry_of(event, card)
            for place, event in enumerate(events)
            if not event.estimated
        }
        new = lessons(
            (events[place], entry) for place, entry in entries.items() if events[place].heard_bytes
        )
        if new:
            self._taught = merged(self._taught, new)
            self._known = merged(self._known, new)
        return [
            entries[place] if place in entries else entry_of(event, card, self._known)
            for place, event in enumerate(events)
        ]
