"""A pass over the log: what is read, and what becomes of damaged and changing segments."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from profiler.domain.scopes import EVERYTHING
from profiler.ingest.drain import Drained, Progress, drain
from profiler.log.encode import loss_line
from profiler.log.parse import MAX_PARSED_BYTES
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store
from profiler.store.gate import held
from tests.support.events import a_segment, append, lines_of, some_events
from tests.support.oracle import assert_sound

CARD = Card.load()
ROOT = Path(__file__).parents[2]


def drained(home: Path) -> Drained:
    """One pass, after which everything must add up."""
    with Store.open(home / "p.db") as store:
        found = drain(store, CARD, home / "log")
        assert_sound(store)
    return found


def ids(home: Path) -> list[str]:
    with Store.open(home / "p.db") as store:
        return [call.id for call in reads.each(store, EVERYTHING)]


def test_every_line_of_every_segment_becomes_a_call(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", some_events(3))
    a_segment(tmp_path / "log", some_events(2))
    assert drained(tmp_path).events == 5


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", some_events(3))
    drained(tmp_path)
    assert drained(tmp_path) == Drained()


def test_a_folder_that_does_not_exist_is_an_empty_log(tmp_path: Path) -> None:
    assert drained(tmp_path) == Drained()


def test_only_what_was_appended_is_read(tmp_path: Path) -> None:
    segment = a_segment(tmp_path / "log", some_events(3))
    drained(tmp_path)
    more = some_events(2)
    append(segment, more)
    found = drained(tmp_path)
    assert (found.events, found.bytes_read) == (2, len(lines_of(more)))


def test_nothing_new_takes_no_lock(tmp_path: Path) -> None:
    segment = a_segment(tmp_path / "log", some_events(3))
    with segment.open("ab") as growing:
        growing.write(b'{"v":1,"id":"half')
    with Store.open(tmp_path / "p.db", timeout_s=0.05) as store:
        drain(store, CARD, tmp_path / "log")
        with held(store.path, 1):
            assert drain(store, CARD, tmp_path / "log").pending_bytes == 17


def test_a_line_given_twice_counts_once(tmp_path: Path) -> None:
    events = some_events(4)
    a_segment(tmp_path / "log", [*events, *events[:2]])
    a_segment(tmp_path / "log", events)
    found = drained(tmp_path)
    assert (found.events, found.duplicates) == (4, 6)


def test_a_segment_that_overlaps_what_is_known_adds_only_what_is_new(tmp_path: Path) -> None:
    events = some_events(6)
    a_segment(tmp_path / "log", events[:4])
    drained(tmp_path)
    a_segment(tmp_path / "log", events[2:])
    found = drained(tmp_path)
    assert (found.events, found.duplicates) == (2, 2)


def test_what_a_program_could_not_log_is_counted_once(tmp_path: Path) -> None:
    segment = a_segment(tmp_path / "log", some_events(2))
    with segment.open("ab") as growing:
        growing.write(loss_line(7) + lines_of(some_events(1)) + loss_line(3))
    found = drained(tmp_path)
    assert (found.events, found.rejections) == (3, 0)
    with Store.open(tmp_path / "p.db") as store:
        with store.writing() as connection:
            connection.exec_driver_sql("DELETE FROM segments")
        assert drain(store, CARD, tmp_path / "log").duplicates == 3
        assert reads.lost_calls(store) == 10


def test_an_unfinished_line_waits_for_its_end(tmp_path: Path) -> None:
    segment = a_segment(tmp_path / "log", [])
    line = lines_of(some_events(1))
    with segment.open("ab") as growing:
        growing.write(line[:50])
    assert drained(tmp_path) == Drained(bytes_read=segment.stat().st_size - 50, pending_bytes=50)
    with segment.open("ab") as growing:
        growing.write(line[50:])
    assert drained(tmp_path).events == 1


def test_a_torn_line_costs_only_itself(tmp_path: Path) -> None:
    torn, *whole = some_events(3)
    segment = a_segment(tmp_path / "log", [])
    with segment.open("ab") as growing:
        growing.write(lines_of([torn])[:90] + lines_of(whole))
    found = drained(tmp_path)
    assert (found.events, found.rejections) == (2, 1)


def test_a_rejection_says_where_and_why(tmp_path: Path) -> None:
    segment = a_segment(tmp_path / "log", some_events(1))
    place = segment.stat().st_size
    with segment.open("ab") as growing:
        growing.write(b"garbage\n" + lines_of(some_events(1)))
    drained(tmp_path)
    with Store.open(tmp_path / "p.db") as store:
        (kept,) = reads.rejections(store, 10)
        assert (kept.path, kept.offset_bytes, kept.length_bytes, kept.reason) == (
            segment.name,
            place,
            7,
            "not JSON",
        )
        assert reads.rejection_count(store) == 1


def test_a_rejection_read_again_is_not_counted_again(tmp_path: Path) -> None:
    segment = a_segment(tmp_path / "log", some_events(1))
    with segment.open("ab") as growing:
        growing.write(b"garbage\n")
    drained(tmp_path)
    segment.rename(segment.with_name("copy.jsonl"))
    segment.write_bytes(segment.with_name("copy.jsonl").read_bytes())
    drained(tmp_path)
    with Store.open(tmp_path / "p.db") as store:
        assert reads.rejection_count(store) == 1


def test_a_renamed_segment_is_not_read_again(tmp_path: Path) -> None:
    segment = a_segment(tmp_path / "log", some_events(3))
    drained(tmp_path)
    segment.rename(segment.with_name("elsewhere.jsonl"))
    assert drained(tmp_path).bytes_read == 0


def test_a_deleted_segment_keeps_its_calls(tmp_path: Path) -> None:
    segment = a_segment(tmp_path / "log", some_events(3))
    drained(tmp_path)
    segment.unlink()
    assert drained(tmp_path) == Drained()
    assert len(ids(tmp_path)) == 3


def test_a_new_segment_under_an_old_name_is_read_whole(tmp_path: Path) -> None:
    for count in (5, 2, 5):
        a_segment(tmp_path / "log", some_events(count), name="same.jsonl")
        assert drained(tmp_path).events == count


@pytest.mark.parametrize("count", [2, 3, 9])
def test_a_segment_truncated_and_grown_again_is_read_from_its_start(
    tmp_path: Path, count: int
) -> None:
    segment = a_segment(tmp_path / "log", some_events(3))
    drained(tmp_path)
    header = segment.read_bytes().split(b"\n")[0] + b"\n"
    with segment.open("r+b") as same:
        same.truncate(0)
        same.write(header + lines_of(some_events(count)))
    assert drained(tmp_path).events == count


def test_a_tail_lost_in_a_power_cut_and_written_over_is_noticed(tmp_path: Path) -> None:
    events = some_events(6)
    segment = a_segment(tmp_path / "log", events)
    drained(tmp_path)
    with segment.open("r+b") as same:
        same.truncate(segment.stat().st_size - len(lines_of(events[4:])))
    append(segment, some_events(4))
    found = drained(tmp_path)
    assert (found.events, found.duplicates) == (4, 4)


def test_a_file_without_our_header_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    foreign = tmp_path / "log" / "foreign.jsonl"
    foreign.write_bytes(lines_of(some_events(2)))
    assert drained(tmp_path).events == 2
    append(foreign, some_events(1))
    assert drained(tmp_path) == Drained(1, 0, 0, len(lines_of(some_events(1))), 0)


def test_files_that_are_no_segments_are_left_alone(tmp_path: Path) -> None:
    segment = a_segment(tmp_path / "log", some_events(1))
    os.mkfifo(tmp_path / "log" / "pipe.jsonl")
    (tmp_path / "log" / "folder.jsonl").mkdir()
    (tmp_path / "log" / "link.jsonl").symlink_to(segment)
    (tmp_path / "log" / "notes.txt").write_text("x")
    assert drained(tmp_path) == Drained(1, 0, 0, segment.stat().st_size, 0)


@pytest.mark.parametrize("size", [0, 1, MAX_PARSED_BYTES - 20, MAX_PARSED_BYTES + 1, 9 * 2**20])
def test_a_long_line_never_stops_the_ones_behind_it(tmp_path: Path, size: int) -> None:
    segment = a_segment(tmp_path / "log", some_events(1))
    with segment.open("ab") as growing:
        growing.write(b"x" * size + b"\n" + lines_of(some_events(1)))
    found = drained(tmp_path)
    assert (found.events, found.rejections, found.pending_bytes) == (2, int(size > 0), 0)


def test_an_endless_line_is_skipped_as_it_grows_and_rejected_once(tmp_path: Path) -> None:
    segment = a_segment(tmp_path / "log", some_events(1))
    place = segment.stat().st_size
    for _ in range(3):
        with segment.open("ab") as growing:
            growing.write(b"x" * (3 * 2**20))
        assert drained(tmp_path).rejections == 0
    with segment.open("ab") as growing:
        growing.write(b"\n" + lines_of(some_events(1)))
    found = drained(tmp_path)
    assert (found.events, found.rejections) == (1, 1)
    with Store.open(tmp_path / "p.db") as store:
        (kept,) = reads.rejections(store, 10)
    assert (kept.offset_bytes, kept.length_bytes) == (place, 9 * 2**20)


RSS = """
import resource, sys
from pathlib import Path
from profiler.ingest.drain import drain
from profiler.pricing.card import Card
from profiler.store.engine import Store
home = Path(sys.argv[1]); card = Card.load()
with Store.open(home / "p.db") as store:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(drain(store, card, home / "log").rejections)
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_line_of_100_mib_is_never_held_in_memory(tmp_path: Path) -> None:
    segment = a_segment(tmp_path / "log", some_events(1))
    with segment.open("ab") as growing:
        for _ in range(100):
            growing.write(b"x" * 2**20)
        growing.write(b"\n")
    command = [sys.executable, "-c", RSS, str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rejections, grown_mib = map(int, ran.stdout.split())
    assert rejections == 1
    assert grown_mib < 50


def test_progress_ends_at_everything(tmp_path: Path) -> None:
    told: list[Progress] = []
    segments = [a_segment(tmp_path / "log", some_events(5)) for _ in range(3)]
    with Store.open(tmp_path / "p.db") as store:
        drain(store, CARD, tmp_path / "log", on_progress=told.append)
    size = sum(segment.stat().st_size for segment in segments)
    assert told[-1] == Progress(size, size, 15)


def test_a_segment_that_cannot_be_read_is_pending_and_stops_no_other(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", some_events(1), name="b.jsonl")
    cut = a_segment(tmp_path / "log", [], name="a.jsonl")
    cut.write_bytes(b'{"v":1,"seg')
    found = drained(tmp_path)
    assert (found.events, found.pending_bytes) == (1, 11)
