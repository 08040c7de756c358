"""Whatever happens to the ingester, every complete line is in the store exactly once."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from profiler.domain.scopes import EVERYTHING
from profiler.ingest.drain import drain
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store
from tests.support.events import a_segment, an_event, lines_of, some_events
from tests.support.oracle import assert_sound

CARD = Card.load()
ROOT = Path(__file__).parents[2]

DRAIN = """
import sys; from pathlib import Path
from profiler.ingest.drain import drain
from profiler.pricing.card import Card
from profiler.store.engine import Store
home = Path(sys.argv[1]); card = Card.load()
with Store.open(home / "p.db", timeout_s=30) as store:
    print("ready", flush=True); sys.stdin.readline()
    print(drain(store, card, home / "log").events)
"""


def test_an_ingester_killed_at_200_random_moments_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "tests.support.killed", str(tmp_path), "200", "7"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    with Store.open(tmp_path / "p.db") as store:
        drain(store, CARD, tmp_path / "log")
        assert reads.calls_ever(store) == int(ran.stdout)
        assert reads.count_upto(store, EVERYTHING, 10**6) == int(ran.stdout)
        assert_sound(store)


def test_four_ingesters_at_once_share_the_work(tmp_path: Path) -> None:
    for _ in range(8):
        a_segment(tmp_path / "log", some_events(500))
    command = [sys.executable, "-c", DRAIN, str(tmp_path)]
    ingesters = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for ingester in ingesters:
        assert ingester.stdout is not None
        assert ingester.stdout.readline() == "ready\n"
    counts = [int(ingester.communicate("go\n")[0]) for ingester in ingesters]
    with Store.open(tmp_path / "p.db") as store:
        assert sum(counts) == reads.calls_ever(store) == 4000
        assert_sound(store)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_lines_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    events = [
        an_event(at=10**15 + n * 10**9, tail=n, feature=f"f{n % 3}", model=f"m{n % 2}")
        for n in range(20)
    ]
    shuffled = events[:]
    random.Random(seed).shuffle(shuffled)
    answers = []
    for order in (events, shuffled):
        home = tmp_path_factory.mktemp("order")
        half = seed % 20
        a_segment(home / "log", order[:half])
        a_segment(home / "log", [*order[half:], *order[: seed % 5]])
        with Store.open(home / "p.db") as store:
            drain(store, CARD, home / "log")
            assert_sound(store)
            answers.append(list(reads.each(store, EVERYTHING)))
    assert answers[0] == answers[1]


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, 700), min_size=1, max_size=12))
def test_a_log_that_arrives_in_pieces_is_read_as_if_whole(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    home = tmp_path_factory.mktemp("pieces")
    segment = a_segment(home / "log", [])
    body = lines_of(some_events(8))
    with Store.open(home / "p.db") as store:
        place = 0
        for size in [*sizes, len(body)]:
            with segment.open("ab") as growing:
                growing.write(body[place : place + size])
            place = min(len(body), place + size)
            found = drain(store, CARD, home / "log")
            whole = body[:place].rfind(b"\n") + 1
            assert reads.calls_ever(store) == body[:whole].count(b"\n")
            assert (found.rejections, found.pending_bytes) == (0, place - whole)
        assert_sound(store)
