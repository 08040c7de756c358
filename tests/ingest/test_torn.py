"""Programs that die, or find the disk full, in the middle of a line."""

import random
from pathlib import Path

from profiler.domain.scopes import EVERYTHING
from profiler.ingest.drain import drain
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store
from tests.support.events import START_US, a_segment, an_event, lines_of
from tests.support.oracle import assert_sound
from tests.support.sizes import sized

CARD = Card.load()


def torn_lines(chance: random.Random, tears: int) -> tuple[bytes, set[str], int]:
    """Lines of which some are cut short, with a newline behind them or the next line glued on;
    the ids of the whole ones, and how many bytes the others left.
    """
    content, whole, left_bytes = b"", set(), 0
    while tears:
        event = an_event(at=START_US + chance.randrange(10**12), feature="x" * chance.randrange(99))
        line = lines_of([event])
        if chance.random() < 0.5:
            whole.add(str(event["id"]))
            content += line
        else:
            tears -= 1
            # without its newline a line is whole as soon as another one follows
            cut = line[: chance.randrange(1, len(line) - 1)]
            left_bytes += len(cut)
            content += cut + chance.choice((b"", b"\n"))
    last = an_event(at=START_US)
    return content + lines_of([last]), {*whole, str(last["id"])}, left_bytes


def test_a_tear_costs_the_torn_record_and_no_other(tmp_path: Path) -> None:
    chance = random.Random(5)
    whole: set[str] = set()
    left_bytes = 0
    for _ in range(10):
        segment = a_segment(tmp_path / "log", [])
        content, ids, left = torn_lines(chance, sized(50, 500))
        with segment.open("ab") as growing:
            growing.write(content)
        whole |= ids
        left_bytes += left
    with Store.open(tmp_path / "p.db") as store:
        found = drain(store, CARD, tmp_path / "log")
        assert {call.id for call in reads.each(store, EVERYTHING)} == whole
        assert (found.events, found.duplicates) == (len(whole), 0)
        rejections = reads.rejections(store, found.rejections + 1)
        assert sum(one.length_bytes for one in rejections) == left_bytes
        assert_sound(store)
