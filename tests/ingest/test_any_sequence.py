"""Whatever happens to a log, in whatever order: its whole lines are in the store exactly once."""

import random
import re
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from profiler.domain.scopes import EVERYTHING
from profiler.ingest.drain import drain
from profiler.log.fields import EVENT_PREFIX
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store
from tests.support.events import START_US, a_segment, an_event, lines_of
from tests.support.oracle import assert_sound
from tests.support.sizes import sized

CARD = Card.load()
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of its own is made there
AN_ID = re.compile(re.escape(EVENT_PREFIX) + rb"([0-9a-f]{30})")

picks = st.integers(0, 2**16)
"""Which segment, which byte, which event: taken modulo how many there are."""


class ALog(RuleBasedStateMachine):
    """A log folder that anything happens to, beside a naive account of what it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.log = self.home / "log"
        self.log.mkdir()
        self.store = Store.open(self.home / "p.db")
        self.lines: dict[bytes, bytes] = {}
        """Every event ever written, by its id."""
        self.known: set[bytes] = set()
        """Those that ingest has met whole."""
        self.chance = random.Random(1)

    def teardown(self) -> None:
        self.ingest()
        assert_sound(self.store)
        self.store.close()
        shutil.rmtree(self.home)

    @property
    def segments(self) -> list[Path]:
        return sorted(self.log.iterdir())

    def segment(self, pick: int) -> Path:
        return self.segments[pick % len(self.segments)]

    def new_line(self) -> bytes:
        at = START_US + self.chance.randrange(10**12)
        # no two lines of one length: a file system's clock is too coarse to tell them apart
        line = lines_of([an_event(at=at, feature="f" * len(self.lines))])
        self.lines[line[len(EVENT_PREFIX) :][:30]] = line[:-1]
        return line

    def add(self, pick: int, content: bytes) -> None:
        with self.segment(pick).open("ab") as growing:
            growing.write(content)

    @rule()
    def begin_a_segment(self) -> None:
        a_segment(self.log, [])

    @precondition(lambda self: self.segments)
    @rule(pick=picks, count=st.integers(1, 4))
    def append(self, pick: int, count: int) -> None:
        self.add(pick, b"".join(self.new_line() for _ in range(count)))

    @precondition(lambda self: self.segments)
    @rule(pick=picks, place=picks)
    def tear(self, pick: int, place: int) -> None:
        line = self.new_line()
        self.add(pick, line[: place % len(line)])

    @precondition(lambda self: self.segments)
    @rule(pick=picks, garbage=st.binary(max_size=40))
    def add_garbage(self, pick: int, garbage: bytes) -> None:
        self.add(pick, b"\n" + garbage + b"\n")

    @precondition(lambda self: self.segments and self.lines)
    @rule(pick=picks, which=picks)
    def write_again(self, pick: int, which: int) -> None:
        lines = list(self.lines.values())
        self.add(pick, b"\n" + lines[which % len(lines)] + b"\n")

    @precondition(lambda self: self.segments)
    @rule(pick=picks)
    def rename(self, pick: int) -> None:
        segment = self.segment(pick)
        segment.rename(segment.with_name(f"{self.chance.getrandbits(40)}.jsonl"))

    @precondition(lambda self: 0 < len(self.segments) < 6)
    @rule(pick=picks)
    def copy(self, pick: int) -> None:
        shutil.copy(self.segment(pick), self.log / f"{self.chance.getrandbits(40)}.jsonl")

    @precondition(lambda self: self.segments)
    @rule(pick=picks)
    def delete(self, pick: int) -> None:
        self.segment(pick).unlink()

    @precondition(lambda self: self.segments)
    @rule(pick=picks)
    def truncate_and_write_anew(self, pick: int) -> None:
        segment = self.segment(pick)
        header = segment.read_bytes().split(b"\n")[0] + b"\n"
        segment.write_bytes(header + self.new_line())

    @precondition(lambda self: self.segments)
    @rule(pick=picks, place=picks)
    def lose_the_tail(self, pick: int, place: int) -> None:
        segment = self.segment(pick)
        content = segment.read_bytes()
        segment.write_bytes(content[: place % (len(content) + 1)])

    @precondition(lambda self: self.segments)
    @rule(pick=picks)
    def delete_and_take_its_name(self, pick: int) -> None:
        segment = self.segment(pick)
        segment.unlink()
        a_segment(self.log, [], name=segment.name)
        self.add(self.segments.index(segment), self.new_line())

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = Store.open(self.home / "p.db")

    @rule()
    def ingest(self) -> None:
        drain(self.store, CARD, self.log)
        for segment in self.segments:
            self.known |= self.whole_in(segment.read_bytes())
        there = {call.id.encode() for call in reads.each(self.store, EVERYTHING)}
        assert there == self.known
        assert reads.calls_ever(self.store) == len(self.known)

    def whole_in(self, content: bytes) -> set[bytes]:
        """The events that stand whole in whole lines, found without any parser."""
        found = set()
        for line in content.split(b"\n")[:-1]:
            for place in AN_ID.finditer(line):
                whole = self.lines.get(place[1])
                after = place.start() + len(whole or b"")
                if whole and line[place.start() : after] == whole:
                    is_last = after == len(line)
                    if is_last or line.startswith(EVENT_PREFIX, after):
                        found.add(place[1])
        return found


ALog.TestCase.settings = settings(
    max_examples=sized(12, 200),
    stateful_step_count=sized(25, 50),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestAnySequence = ALog.TestCase
