"""Segments that are full are followed by others, and no line is lost or cut on the way."""

import fcntl
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from profiler.log.parse import parse_header
from profiler.shim import writer as writing
from profiler.shim.writer import Writer
from tests.support.opened import opened

FULL_BYTES = 1_000
DESCRIPTORS = Path("/proc/self/fd")


@pytest.fixture(autouse=True)
def _small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "SEGMENT_BYTES", FULL_BYTES)


def segments(folder: Path) -> list[list[bytes]]:
    """The lines of each segment, every one of them with a header of its own."""
    found = []
    for path in folder.glob("*.jsonl"):
        content = path.read_bytes()
        assert content.endswith(b"\n")
        header, *lines = content.splitlines()
        assert parse_header(header) is not None
        found.append(lines)
    return found


def lines(folder: Path) -> list[bytes]:
    return [line for segment in segments(folder) for line in segment]


def a_line(number: int, size: int = 100) -> bytes:
    return b"%06d" % number + b"x" * (size - 7) + b"\n"


def written(folder: Path, count: int) -> Writer:
    """A writer that has written `count` lines."""
    writer = opened(Writer(str(folder)))
    for number in range(count):
        writer.write(a_line(number))
    return writer


def test_a_full_segment_is_followed_by_another(tmp_path: Path) -> None:
    writer = written(tmp_path, 100)
    assert sorted(lines(tmp_path)) == [a_line(number)[:-1] for number in range(100)]
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) > 9
    assert max(sizes) < FULL_BYTES + 100
    assert writer.dropped == 0


def test_every_segment_has_an_identity_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, 100)
    headers = [parse_header(path.read_bytes().split(b"\n")[0]) for path in tmp_path.iterdir()]
    assert len({header.segment for header in headers if header}) == len(headers)


def test_a_line_longer_than_a_segment_stays_whole(tmp_path: Path) -> None:
    writer = opened(Writer(str(tmp_path)))
    for number in range(3):
        writer.write(a_line(number, 5_000))
    assert [len(line) for line in lines(tmp_path)] == [4_999] * 3
    assert len(segments(tmp_path)) == 3


@pytest.mark.skipif(
    not DESCRIPTORS.is_dir(), reason="descriptors are counted where Linux lists them"
)
def test_a_full_segment_is_closed(tmp_path: Path) -> None:
    before = len(list(DESCRIPTORS.iterdir()))
    writer = written(tmp_path, 100)
    assert len(list(DESCRIPTORS.iterdir())) == before + 1
    writer.close()
    assert len(list(DESCRIPTORS.iterdir())) == before


def test_a_segment_that_cannot_be_followed_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = written(tmp_path, 1)
    with monkeypatch.context() as none_left:

        def refuse(folder: str) -> object:
            raise OSError(24, f"no descriptor for {folder}")

        none_left.setattr(writing, "_opened", refuse)
        for number in range(1, 40):
            writer.write(a_line(number))
    assert len(segments(tmp_path)) == 1
    for number in range(40, 60):
        writer.write(a_line(number))
    assert len(segments(tmp_path)) > 1
    assert sorted(lines(tmp_path)) == [a_line(number)[:-1] for number in range(60)]
    assert writer.dropped == 0


def test_threads_that_fill_segments_together_lose_no_line(tmp_path: Path) -> None:
    writer = opened(Writer(str(tmp_path)))

    def write(first: int) -> None:
        for number in range(first, first + 500):
            writer.write(a_line(number))

    threads = [threading.Thread(target=write, args=(n * 500,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(lines(tmp_path)) == [a_line(number)[:-1] for number in range(4_000)]


FORKS = """
    import os, sys
    from profiler.shim import writer as writing
    writing.SEGMENT_BYTES = 1_000
    writer = writing.Writer(sys.argv[1])
    children = []
    for number in range(60):
        writer.write(b"parent" + b"%4d" % number + b"x" * 90 + b"\\n")
        if number % 20 == 15:
            child = os.fork()
            if child == 0:
                for line in range(30):
                    writer.write(b"child%d" % number + b"%4d" % line + b"x" * 90 + b"\\n")
                os._exit(writer.dropped)
            children.append(child)
    print(sum(os.waitpid(child, 0)[1] for child in children), writer.dropped)
"""


def test_forks_fill_segments_of_their_own(tmp_path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(FORKS), str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout == "0 0\n"
    assert len(lines(tmp_path)) == len(set(lines(tmp_path))) == 60 + 3 * 30
    assert all(len({line[:6] for line in segment}) == 1 for segment in segments(tmp_path))


def test_a_segment_is_held_for_as_long_as_its_program_may_write_to_it(tmp_path: Path) -> None:
    writer = written(tmp_path, 3)
    (path,) = tmp_path.iterdir()
    with path.open("rb") as segment:
        with pytest.raises(BlockingIOError):
            fcntl.flock(segment, fcntl.LOCK_EX | fcntl.LOCK_NB)
        writer.close()
        fcntl.flock(segment, fcntl.LOCK_EX | fcntl.LOCK_NB)
