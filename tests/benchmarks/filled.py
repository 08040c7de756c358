"""A store of many calls for benchmarks, filled without a log on the disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from profiler.domain.scopes import EVERYTHING
from profiler.ingest.entering import entry_of
from profiler.log.parse import parse_whole_lines
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.circumstances import Circumstances
from profiler.store.dictionary import Dictionary
from profiler.store.engine import Store
from profiler.store.writes import enter
from tests.benchmarks.traffic import lines

BATCH = 20_000


@contextmanager
def filled(calls: int, path: Path | None) -> Iterator[Store]:
    """A store with so many calls: the one at `path` where it holds as many, else a new one."""
    if path is not None:
        with Store.open(path) as store:
            if reads.calls_ever(store) != calls:
                fill(store, calls)
            yield store
        return
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "p.db") as store:
        fill(store, calls)
        yield store


def fill(store: Store, calls: int) -> None:
    """Enter the traffic's calls as a drain would."""
    card, circumstances = Card.load(), Circumstances(Dictionary())
    source = lines(calls)
    while batch := list(islice(source, BATCH)):
        events = parse_whole_lines(b"".join(batch)) or ()
        with store.writing() as connection:
            enter(connection, circumstances, (entry_of(event, card) for event in events))


def ends_us(store: Store) -> tuple[int, int]:
    """When the first and the last call began."""
    (first,) = reads.page(store, EVERYTHING, None, 1, towards="newer")
    (last,) = reads.page(store, EVERYTHING, None, 1)
    return first.started_at_us, last.started_at_us
