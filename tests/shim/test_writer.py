"""One segment per process, and a host that never notices what became of it."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from profiler.log.parse import parse_header, parse_line
from profiler.shim import writer as writing
from profiler.shim.writer import MAX_FAILURES, Writer


def lines_in(folder: Path) -> list[bytes]:
    """Every line after the headers, of every segment."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        header, *rest = path.read_bytes().splitlines()
        assert parse_header(header) is not None
        found += [line for line in rest if line]
    return found


def test_a_segment_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Writer(str(tmp_path / "home" / "log")).write(b"{}\n")
    finally:
        os.umask(before)
    folder = tmp_path / "home" / "log"
    (segment,) = folder.iterdir()
    modes = [oct(path.stat().st_mode & 0o777) for path in (segment, folder, folder.parent)]
    assert modes == ["0o600", "0o700", "0o700"]


def test_nothing_is_opened_before_the_first_line(tmp_path: Path) -> None:
    Writer(str(tmp_path / "home" / "log"))
    assert list(tmp_path.iterdir()) == []


def test_a_deleted_segment_is_followed_by_a_new_one(tmp_path: Path) -> None:
    writer = Writer(str(tmp_path))
    writer.write(b"1\n")
    for path in tmp_path.iterdir():
        path.unlink()
    writer.write(b"2\n")
    assert lines_in(tmp_path) == [b"2"]


def test_a_descriptor_the_host_took_over_is_not_written_to(tmp_path: Path) -> None:
    writer = Writer(str(tmp_path / "log"))
    writer.write(b"1\n")
    (segment,) = writer._segments.values()
    theirs = tmp_path / "theirs.txt"
    descriptor = os.open(theirs, os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(descriptor, segment.descriptor)
    os.close(descriptor)
    writer.write(b"2\n")
    assert theirs.read_bytes() == b""
    assert sorted(lines_in(tmp_path / "log")) == [b"1", b"2"]
    os.close(segment.descriptor)


def test_closed_descriptors_are_replaced(tmp_path: Path) -> None:
    script = """
        import os, sys
        from profiler.shim.writer import Writer
        writer = Writer(sys.argv[1])
        writer.write(b"1\\n")
        os.closerange(0, 256)
        writer.write(b"2\\n")
        # the segment must not stand where the host will print to
        os._exit(0 if min(s.descriptor for s in writer._segments.values()) > 2 else 9)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(tmp_path)], check=True)
    assert sorted(lines_in(tmp_path)) == [b"1", b"2"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # newer Pythons mind threads
def test_a_fork_writes_to_a_segment_of_its_own(tmp_path: Path) -> None:
    writer = Writer(str(tmp_path))
    writer.write(b"parent\n")
    child = os.fork()
    if child == 0:
        writer.write(b"child\n")
        os._exit(0)
    os.waitpid(child, 0)
    writer.write(b"parent\n")
    contents = [path.read_bytes().splitlines()[1:] for path in tmp_path.iterdir()]
    assert sorted(contents) == [[b"child"], [b"parent", b"parent"]]


def test_a_folder_that_cannot_be_made_costs_one_warning(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home").write_text("a file where a folder should be")
    writer = Writer(str(tmp_path / "home" / "log"))
    for _ in range(3):
        writer.write(b"1\n")
    assert writer.dropped == 3
    assert capfd.readouterr().err.count("\n") == 1


def test_writing_pauses_after_repeated_failures_and_then_probes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    (tmp_path / "home").write_text("in the way")
    writer = Writer(str(tmp_path / "home" / "log"))
    for _ in range(MAX_FAILURES):
        writer.write(b"lost\n")
    (tmp_path / "home").unlink()
    writer.write(b"paused\n")
    now[0] += writing.PAUSE_S
    writer.write(b"kept\n")
    assert lines_in(tmp_path / "home" / "log") == [b"kept"]
    assert writer.dropped == MAX_FAILURES + 1
    assert "not being logged" in capfd.readouterr().err


def test_a_full_disk_tears_one_line_and_the_next_is_whole(tmp_path: Path) -> None:
    script = """
        import resource, signal, sys
        from profiler.log.encode import event_line, new_id
        from profiler.shim.writer import Writer
        def line(model):
            return event_line({"id": new_id(5), "at": 5, "provider": "p", "model": model})
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        writer = Writer(sys.argv[1])
        writer.write(line("first"))
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (260, most))
        writer.write(line("torn" * 40))
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        writer.write(line("after"))
        assert writer.dropped == 1, writer.dropped
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(tmp_path)], check=True)
    parsed = [parse_line(line, 0) for line in lines_in(tmp_path)]
    models = [event.model for events, _ in parsed for event in events]
    assert models == ["first", "after"]


def test_an_event_too_long_gives_up_its_options_never_its_numbers(tmp_path: Path) -> None:
    from profiler.log.encode import event_line, new_id
    from profiler.log.fields import MAX_LINE_BYTES

    tags = {f"t{n}": "x" * 1000 for n in range(60)}
    event: dict[str, object] = {"id": new_id(1), "at": 1, "provider": "p", "usage": {"input": 3}}
    Writer(str(tmp_path)).write(event_line({**event, "tags": tags}))
    (line,) = lines_in(tmp_path)
    assert len(line) < MAX_LINE_BYTES
    assert json.loads(line)["usage"] == {"input": 3}
