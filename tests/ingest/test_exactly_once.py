"""Whatever happens to the ingester, every complete line is in the store exactly once."""

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from profiler.domain.scopes import EVERYTHING
from profiler.ingest.drain import drain
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store
from tests.support.events import a_segment, an_event, lines_of, some_events
from tests.support.mutants import SOUND
from tests.support.oracle import assert_sound
from tests.support.sizes import sized

CARD = Card.load()
ROOT = Path(__file__).parents[2]
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of its own is made there

DRAIN = """
import sys; from pathlib import Path
from profiler.pricing.card import Card
from profiler.store.engine import Store
from tests.support.mutants import draining
home = Path(sys.argv[1]); card = Card.load(); ingest = draining(sys.argv[2])
ingest.BATCH_EVENTS = 400
with Store.open(home / "p.db", timeout_s=30) as store:
    print("ready", flush=True); sys.stdin.readline()
    found = ingest.drain(store, card, home / "log")
    print(found.events, found.duplicates, found.bytes_read)
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is such a place: killing is about order, not about disks."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


def printed(program: str, *arguments: object) -> list[int]:
    """The numbers a program of `tests.support` prints."""
    command = [sys.executable, "-m", f"tests.support.{program}", *map(str, arguments)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [int(word) for word in ran.stdout.split()]


def test_an_ingester_killed_at_random_moments_loses_and_doubles_nothing(home: Path) -> None:
    (written,) = printed("killed", home, sized(25, 1_000), 7)
    with Store.open(home / "p.db") as store:
        drain(store, CARD, home / "log")
        assert reads.calls_ever(store) == written
        assert reads.count_upto(store, EVERYTHING, 10**6) == written
        assert_sound(store)


@pytest.mark.parametrize(("places", "step"), [(["ingest/"], 200), (["ingest/", "store/"], 600)])
def test_an_ingester_killed_at_every_line_loses_and_doubles_nothing(
    home: Path, places: list[str], step: int
) -> None:
    step = sized(step, 1)
    executed, kills, bad = printed("line_kills", home, step, SOUND, *places)
    assert executed > 1_000
    assert kills >= executed // step
    assert bad == 0


@pytest.mark.parametrize("mutant", ["split transaction", "offset first"])
def test_killing_at_every_line_notices_what_breaks_it(home: Path, mutant: str) -> None:
    *_, bad = printed("line_kills", home, 1, mutant, "ingest/drain.py:_Pass._one_batch")
    assert bad > 0


def four_at_once(home: Path, mutant: str) -> list[tuple[int, int, int]]:
    """What each of four ingesters found: new calls, duplicates, bytes."""
    command = [sys.executable, "-c", DRAIN, str(home), mutant]
    ingesters = [
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for ingester in ingesters:
        assert ingester.stdout is not None
        assert ingester.stdout.readline() == "ready\n"
    for ingester in ingesters:
        assert ingester.stdin is not None
        ingester.stdin.write("go\n")
        ingester.stdin.flush()
    found = [ingester.communicate()[0].split() for ingester in ingesters]
    return [(int(events), int(duplicates), int(size)) for events, duplicates, size in found]


def test_four_ingesters_at_once_share_the_work(tmp_path: Path) -> None:
    lines = sized(500, 2_500)
    for _ in range(8):
        a_segment(tmp_path / "log", some_events(lines))
    found = four_at_once(tmp_path, SOUND)
    size = sum(path.stat().st_size for path in (tmp_path / "log").iterdir())
    assert [sum(column) for column in zip(*found, strict=True)] == [8 * lines, 0, size]
    with Store.open(tmp_path / "p.db") as store:
        assert reads.calls_ever(store) == 8 * lines
        assert_sound(store)


def test_four_ingesters_at_once_notice_what_breaks_it(tmp_path: Path) -> None:
    for _ in range(8):
        a_segment(tmp_path / "log", some_events(200))
    found = four_at_once(tmp_path, "offset read outside the lock")
    assert sum(duplicates for _, duplicates, _ in found) > 0


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
