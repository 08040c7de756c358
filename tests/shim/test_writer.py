"""One segment per process, and a host that never notices what became of it."""

import json
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from profiler.log.parse import parse_header, parse_line, parse_loss
from profiler.shim.breaker import MAX_FAILURES, MAX_SLOW_WRITES, PAUSE_S
from profiler.shim.writer import Segment, Writer
from tests.support.opened import opened


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
        opened(Writer(str(tmp_path / "home" / "log"))).write(b"{}\n")
    finally:
        os.umask(before)
    folder = tmp_path / "home" / "log"
    (segment,) = folder.iterdir()
    modes = [oct(path.stat().st_mode & 0o777) for path in (segment, folder, folder.parent)]
    assert modes == ["0o600", "0o700", "0o700"]


def test_nothing_is_opened_before_the_first_line(tmp_path: Path) -> None:
    opened(Writer(str(tmp_path / "home" / "log")))
    assert list(tmp_path.iterdir()) == []


def test_a_deleted_segment_is_followed_by_a_new_one(tmp_path: Path) -> None:
    writer = opened(Writer(str(tmp_path)))
    writer.write(b"1\n")
    for path in tmp_path.iterdir():
        path.unlink()
    writer.write(b"2\n")
    assert lines_in(tmp_path) == [b"2"]


def test_a_descriptor_the_host_took_over_is_not_written_to(tmp_path: Path) -> None:
    writer = opened(Writer(str(tmp_path / "log")))
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
    writer = opened(Writer(str(tmp_path)))
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
    writer = opened(Writer(str(tmp_path / "home" / "log")))
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
    writer = opened(Writer(str(tmp_path / "home" / "log")))
    for _ in range(MAX_FAILURES):
        writer.write(b"lost\n")
    (tmp_path / "home").unlink()
    writer.write(b"paused\n")
    now[0] += PAUSE_S
    writer.write(b"kept\n")
    kept, told = lines_in(tmp_path / "home" / "log")
    loss = parse_loss(told)
    assert kept == b"kept"
    assert writer.dropped == MAX_FAILURES + 1
    assert loss is not None
    assert loss.dropped == writer.dropped
    assert "not being logged" in capfd.readouterr().err


def slow_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every write sleeps as a disk that hangs makes it sleep."""
    append = Segment.append

    def slowly(self: Segment, line: bytes) -> bool:
        time.sleep(0.06)
        return append(self, line)

    monkeypatch.setattr(Segment, "append", slowly)


def test_a_slow_write_now_and_then_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = opened(Writer(str(tmp_path)))
    for _ in range(MAX_SLOW_WRITES + 1):
        writer.write(b"fast\n")
        with monkeypatch.context() as hanging:
            slow_writes(hanging)
            for _ in range(MAX_SLOW_WRITES - 1):
                writer.write(b"slow\n")
    writer.write(b"fast\n")
    assert writer.dropped == 0
    assert len(lines_in(tmp_path)) == 4 + 4 * 2 + 1


def test_slow_writes_in_a_row_pause_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as hanging:
        writer = opened(Writer(str(tmp_path)))
        writer.write(b"first\n")
        slow_writes(hanging)
        # where others keep this thread from running the disk is not blamed: then again
        while writer.dropped < 7:
            writer.write(b"slow\n")
    now = time.monotonic() + PAUSE_S
    monkeypatch.setattr("time.monotonic", lambda: now)
    writer.write(b"probe\n")
    writer.write(b"after\n")
    *written, told, last = lines_in(tmp_path)
    assert told.startswith(b'{"v":1,"dropped":7,')
    assert (written[-1], last) == (b"probe", b"after")
    assert set(written) == {b"first", b"slow", b"probe"}
    assert capfd.readouterr().err.count("\n") == 1


def test_a_busy_machine_is_not_taken_for_a_slow_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = Segment.append

    def spinning(self: Segment, line: bytes) -> bool:
        until = time.perf_counter() + 0.06
        while time.perf_counter() < until:
            continue
        return append(self, line)

    writer = opened(Writer(str(tmp_path)))
    monkeypatch.setattr(writer, "_sleeps", lambda: 0)
    monkeypatch.setattr(Segment, "append", spinning)
    for _ in range(3):
        writer.write(b"1\n")
    assert lines_in(tmp_path) == [b"1"] * 3


def test_losses_are_told_at_exit_and_only_by_the_program_that_had_them(tmp_path: Path) -> None:
    script = """
        import os, sys
        from profiler.shim.writer import Writer
        writer = Writer(sys.argv[1])
        writer.write(b"1\\n")
        writer._breaker.pause()
        writer.write(b"2\\n")
        writer.write(b"3\\n")
        if os.fork() == 0:
            writer._breaker.succeed()
            writer.write(b"child\\n")
            sys.exit()
        os.wait()
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(tmp_path)], check=True)
    found = [loss.dropped for line in lines_in(tmp_path) if (loss := parse_loss(line))]
    assert found == [2]


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
    assert [loss.dropped for line in lines_in(tmp_path) if (loss := parse_loss(line))] == [1]
    parsed = [parse_line(line, 0) for line in lines_in(tmp_path)]
    models = [event.model for events, _ in parsed for event in events]
    assert models == ["first", "after"]


def test_an_event_too_long_gives_up_its_options_never_its_numbers(tmp_path: Path) -> None:
    from profiler.log.encode import event_line, new_id
    from profiler.log.fields import MAX_LINE_BYTES

    tags = {f"t{n}": "x" * 1000 for n in range(60)}
    event: dict[str, object] = {"id": new_id(1), "at": 1, "provider": "p", "usage": {"input": 3}}
    opened(Writer(str(tmp_path))).write(event_line({**event, "tags": tags}))
    (line,) = lines_in(tmp_path)
    assert len(line) < MAX_LINE_BYTES
    assert json.loads(line)["usage"] == {"input": 3}
