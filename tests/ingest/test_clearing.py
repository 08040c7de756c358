"""Old segments go, but never before the store has all of them for good."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from profiler.domain.scopes import EVERYTHING
from profiler.ingest.clearing import remove_old_segments
from profiler.ingest.drain import drain
from profiler.pricing.card import Card
from profiler.shim.writer import Writer
from profiler.store import reads
from profiler.store.engine import Store
from profiler.store.positions import all_positions
from tests.support.events import a_segment, append, lines_of, some_events
from tests.support.oracle import assert_sound

CARD = Card.load()
ROOT = Path(__file__).parents[2]
DAYS = 30
DAY_S = 86_400


def aged(path: Path, days: float) -> Path:
    """The file as if it had last been written to so long ago."""
    at_s = time.time() - days * DAY_S
    os.utime(path, (at_s, at_s))
    return path


def an_old_segment(home: Path, count: int = 3) -> Path:
    return aged(a_segment(home / "log", some_events(count)), DAYS + 1)


def cleared(home: Path, store: Store) -> int:
    """One pass over the log, then over what of it is old."""
    drain(store, CARD, home / "log")
    return remove_old_segments(store, home / "log", DAYS, time.time_ns())


def test_old_segments_go_and_their_calls_stay(tmp_path: Path) -> None:
    old = an_old_segment(tmp_path)
    new = aged(a_segment(tmp_path / "log", some_events(2)), DAYS - 1)
    with Store.open(tmp_path / "p.db") as store:
        assert cleared(tmp_path, store) == 1
        assert (old.exists(), new.exists()) == (False, True)
        assert reads.calls_ever(store) == 5
        assert [position.name for position in all_positions(store)] == [new.name]


def test_a_segment_with_lines_not_yet_read_stays(tmp_path: Path) -> None:
    old = an_old_segment(tmp_path)
    with Store.open(tmp_path / "p.db") as store:
        assert remove_old_segments(store, tmp_path / "log", DAYS, time.time_ns()) == 0
        drain(store, CARD, tmp_path / "log")
        append(old, some_events(1))
        aged(old, DAYS + 1)
        assert remove_old_segments(store, tmp_path / "log", DAYS, time.time_ns()) == 0
        assert cleared(tmp_path, store) == 1
        assert reads.calls_ever(store) == 4


def test_a_segment_stays_while_its_program_lives(tmp_path: Path) -> None:
    writer = Writer(str(tmp_path / "log"))
    writer.write(lines_of(some_events(1)))
    (segment,) = (tmp_path / "log").iterdir()
    aged(segment, 9_000)
    with Store.open(tmp_path / "p.db") as store:
        assert cleared(tmp_path, store) == 0
        writer.write(lines_of(some_events(1)))
        assert drain(store, CARD, tmp_path / "log").events == 1
        writer.close()
        aged(segment, 9_000)
        assert cleared(tmp_path, store) == 1


HOLDING = """
import sys
from profiler.shim.writer import Writer
writer = Writer(sys.argv[1])
writer.write(b'{"v":1,"id":"torn\\n'[:-1])
print("ready", flush=True)
sys.stdin.readline()
"""


def test_what_a_killed_program_never_finished_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDING, str(tmp_path / "log")]
    program = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    (segment,) = (tmp_path / "log").iterdir()
    aged(segment, DAYS + 1)
    with Store.open(tmp_path / "p.db") as store:
        assert cleared(tmp_path, store) == 0
        program.kill()
        program.communicate()
        assert cleared(tmp_path, store) == 1
        (kept,) = reads.rejections(store, 5)
        assert (kept.length_bytes, kept.reason) == (17, "its program ended in the middle of it")


def test_nothing_goes_before_it_is_on_the_disk(tmp_path: Path) -> None:
    old = an_old_segment(tmp_path, 50)
    with Store.open(tmp_path / "p.db") as store:
        with store.reading() as reader:
            reader.exec_driver_sql("SELECT count(*) FROM meta").scalar_one()
            assert cleared(tmp_path, store) == 0
            assert old.exists()
        assert cleared(tmp_path, store) == 1
        # as after a power cut that took all that was only in the write-ahead log
        shutil.copy(tmp_path / "p.db", tmp_path / "survived.db")
    with Store.open(tmp_path / "survived.db") as store:
        assert reads.calls_ever(store) == 50


def test_a_segment_that_comes_back_is_not_counted_again(tmp_path: Path) -> None:
    old = an_old_segment(tmp_path)
    kept = shutil.copy2(old, tmp_path / "kept")
    with Store.open(tmp_path / "p.db") as store:
        cleared(tmp_path, store)
        shutil.copy(kept, old)
        found = drain(store, CARD, tmp_path / "log")
        assert (found.events, found.duplicates) == (0, 3)
        assert reads.count_upto(store, EVERYTHING, 10) == 3
        assert_sound(store)


def test_many_segments_go_in_one_look(tmp_path: Path) -> None:
    for _ in range(70):
        an_old_segment(tmp_path, 1)
    with Store.open(tmp_path / "p.db") as store:
        assert cleared(tmp_path, store) == 70
        assert list((tmp_path / "log").iterdir()) == []
