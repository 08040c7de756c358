"""A power cut leaves a past state of the database and less of the log; reading again mends it."""

import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from profiler.domain.scopes import EVERYTHING
from profiler.ingest.drain import drain
from profiler.log.parse import parse_line
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store
from tests.support.events import a_segment, append, some_events
from tests.support.oracle import assert_sound
from tests.support.sizes import sized

CARD = Card.load()
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of its own is made there
PAGE_BYTES = 4096


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


@dataclass(frozen=True)
class Machine:
    """A machine's files at the moment the power fails."""

    log: Path
    database: bytes
    """As the last whole checkpoint left it."""
    copied: bytes
    """As the next checkpoint would leave it."""
    ahead: bytes
    """The write-ahead log."""
    states: frozenset[frozenset[str]]
    """The calls there were after each commit."""


def ids(store: Store) -> frozenset[str]:
    return frozenset(call.id for call in reads.each(store, EVERYTHING))


def a_machine(home: Path) -> Machine:
    """Ten commits, the first five of them checkpointed, in a write-ahead log used for the second
    time: what stands behind the newest commit is left of older ones.
    """
    segments = [a_segment(home / "log", some_events(2)) for _ in range(3)]
    states = {frozenset[str]()}
    with Store.open(home / "p.db") as store:
        for number in range(10):
            for segment in segments:
                append(segment, some_events(3, feature=f"f{number}"))
            drain(store, CARD, home / "log")
            states.add(ids(store))
            if number == 4:
                assert store.settle()
        database = store.path.read_bytes()
        ahead = Path(f"{store.path}-wal").read_bytes()
        assert store.settle()
        return Machine(home / "log", database, store.path.read_bytes(), ahead, frozenset(states))


def lose_power(machine: Machine, home: Path, chance: random.Random) -> None:
    """What is found when the power is back, in `home`."""
    home.mkdir()
    shutil.copytree(machine.log, home / "log")
    database, ahead = machine.database, bytearray(machine.ahead)
    match chance.randrange(4):
        case 0:
            del ahead[chance.randrange(len(ahead)) :]
        case 1:
            ahead[chance.randrange(len(ahead))] ^= 1 << chance.randrange(8)
        case 2:
            database = half_copied(machine, chance)
        case _:
            del ahead[chance.randrange(len(ahead)) // PAGE_BYTES * PAGE_BYTES :]
            ahead += bytes(PAGE_BYTES)
    (home / "p.db").write_bytes(database)
    (home / "p.db-wal").write_bytes(ahead)
    for segment in (home / "log").iterdir():
        if chance.random() < 0.5:
            content = segment.read_bytes()
            segment.write_bytes(content[: chance.randrange(len(content) // 2, len(content))])
            if chance.random() < 0.3:
                append(segment, some_events(1))


def half_copied(machine: Machine, chance: random.Random) -> bytes:
    """The database in the middle of a checkpoint: some pages copied, in any order, some not."""
    before, after = machine.database, machine.copied
    before += bytes(max(0, len(after) - len(before)))
    pages = range(0, len(after), PAGE_BYTES)
    return b"".join(chance.choice((before, after))[start : start + PAGE_BYTES] for start in pages)


def events_in(log: Path) -> frozenset[str]:
    """The events of the log's whole lines."""
    lines = [line for path in log.iterdir() for line in path.read_bytes().split(b"\n")[:-1] if line]
    return frozenset(event.id for line in lines for event in parse_line(line, 0)[0])


def test_after_a_power_cut_the_log_is_in_the_store_exactly_once(home: Path) -> None:
    machine = a_machine(home / "before")
    chance = random.Random(11)
    for number in range(sized(20, 800)):
        found = home / f"cut-{number}"
        lose_power(machine, found, chance)
        with Store.open(found / "p.db") as store:
            survived = ids(store)
            assert survived in machine.states, number
            drain(store, CARD, found / "log")
            assert ids(store) == survived | events_in(found / "log"), number
            assert drain(store, CARD, found / "log").events == 0, number
            assert_sound(store)
        shutil.rmtree(found)


def test_a_half_written_commit_was_never_there(home: Path) -> None:
    machine = a_machine(home / "before")
    seen = set()
    for size in range(0, len(machine.ahead), len(machine.ahead) // 60):
        found = home / f"cut-{size}"
        found.mkdir()
        (found / "p.db").write_bytes(machine.database)
        (found / "p.db-wal").write_bytes(machine.ahead[:size])
        with Store.open(found / "p.db") as store:
            seen.add(ids(store))
    assert seen <= machine.states
    assert len(seen) > 3
