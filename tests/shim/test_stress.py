"""Many processes, forks, signals and broken folders: the host goes on, its events stay whole.

`STRESS=full` runs the sizes that the project promises; without it the same tests take seconds.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from profiler.log.parse import parse_header, parse_line, parse_loss
from tests.support.sizes import sized

ROOT = Path(__file__).parents[2]
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of its own is made there


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home on no disk, where there is such a place: a stalled disk makes the shim drop events,
    as it should, and other tests are about that.
    """
    if not MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


def command(name: str, size: object) -> list[str]:
    ignored = "ignore:This process:DeprecationWarning"  # newer Pythons mind forks with threads
    return [sys.executable, "-W", ignored, "-m", "tests.shim.stress_programs", name, str(size)]


def surroundings(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PROFILER_")}
    return {**kept, "PROFILER_HOME": str(home)}


def run(name: str, size: object, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(name, size),
        cwd=ROOT,
        env=surroundings(home),
        capture_output=True,
        text=True,
        timeout=900,
        check=True,
    )


def lines(home: Path) -> list[bytes]:
    """Every line of every segment but the headers."""
    found = []
    for path in (home / "log").glob("*.jsonl"):
        header, *rest = path.read_bytes().split(b"\n")
        assert parse_header(header) is not None
        found += [line for line in rest if line]
    return found


def events(home: Path) -> list[dict[str, Any]]:
    """Every event; each line must be whole, and each id there once."""
    found = []
    for line in lines(home):
        if parse_loss(line) is None:
            read, rejections = parse_line(line, 0)
            assert (len(read), rejections) == (1, []), line
            found.append(json.loads(line))
    assert len({event["id"] for event in found}) == len(found)
    return found


def sessions(home: Path) -> Counter[str]:
    return Counter(str(event.get("session", "")) for event in events(home))


def test_forks_with_open_streams_and_busy_threads(home: Path) -> None:
    size = sized(10, 200)
    ended = run("forks", size, home)
    assert ended.stdout.split() == ["0"], "children that hung or failed"
    told = sessions(home)
    assert told.pop("busy") >= 1
    names = (f"{kind}-{number}" for kind in ("stream", "child") for number in range(size))
    assert told == dict.fromkeys(names, 1)


def test_many_processes_write_at_once(home: Path) -> None:
    processes, size = 8, sized(500, 20_000)
    started = [
        subprocess.Popen(command("writes", size), cwd=ROOT, env=surroundings(home))
        for _ in range(processes)
    ]
    assert [one.wait(900) for one in started] == [0] * processes
    told = Counter(event["usage"]["input"] for event in events(home))
    assert told == dict.fromkeys(range(size), processes)


def test_what_a_slow_disk_costs_is_counted(tmp_path: Path) -> None:
    processes, size = 4, sized(300, 20_000)
    started = [
        subprocess.Popen(
            command("writes", size),
            cwd=ROOT,
            env=surroundings(tmp_path),
            stderr=subprocess.DEVNULL,
        )
        for _ in range(processes)
    ]
    assert [one.wait(900) for one in started] == [0] * processes
    told = sum(loss.dropped for line in lines(tmp_path) if (loss := parse_loss(line)))
    assert len(events(tmp_path)) + told == processes * size


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_every_kind_record_their_own_calls(home: Path, method: str) -> None:
    run("pool", method, home)
    assert sessions(home) == {"parent": 2, "child-0": 1, "child-1": 1, "child-2": 1}


def test_preforked_workers(home: Path) -> None:
    assert run("prefork", 3, home).stdout.split() == ["0"]
    assert sessions(home) == {"master": 1, "worker-0": 4, "worker-1": 4, "worker-2": 4}
    assert len(list((home / "log").iterdir())) == 4


def test_threads_that_all_begin_at_once_share_one_segment(home: Path) -> None:
    run("threads", sized(16, 64), home)
    assert len(events(home)) == sized(16, 64)
    assert len(list((home / "log").iterdir())) == 1


@pytest.mark.parametrize("program", ["exits_at_once", "calls_at_exit", "ends_with_an_open_stream"])
def test_every_way_to_end(home: Path, program: str) -> None:
    assert run(program, 3, home).stderr == ""
    assert len(events(home)) == 3


def test_a_kill_tears_one_line_at_most(home: Path) -> None:
    for _ in range(sized(3, 50)):
        program = subprocess.Popen(
            command("endless", 1), cwd=ROOT, env=surroundings(home), stdout=subprocess.PIPE
        )
        assert program.stdout is not None
        program.stdout.readline()
        while not any(path.stat().st_size > 5_000 for path in (home / "log").glob("*")):
            assert program.poll() is None
        program.send_signal(signal.SIGKILL)
        program.wait()
        program.stdout.close()
        torn = [line for line in lines(home) if not parse_line(line, 0)[0]]
        assert len(torn) <= 1
        for path in (home / "log").iterdir():
            path.unlink()


def test_a_full_disk_costs_events_that_are_counted(home: Path) -> None:
    ended = run("full_disk", 3, home)
    assert ended.stderr.count("\n") == 1
    assert sessions(home) == {"before": 1, "after": 1}
    told = [loss.dropped for line in lines(home) if (loss := parse_loss(line))]
    assert told == [3]


def test_a_vanished_folder_is_made_again(home: Path) -> None:
    assert run("vanished", 4, home / "home").stderr == ""
    assert sessions(home / "home") == {"3": 1}


def a_file(home: Path) -> None:
    home.write_text("in the way")


def a_fifo(home: Path) -> None:
    os.mkfifo(home)


def a_fifo_for_a_log(home: Path) -> None:
    home.mkdir()
    os.mkfifo(home / "log")


def a_dangling_link(home: Path) -> None:
    home.symlink_to(home.parent / "nowhere" / "deep")


def a_link_in_a_circle(home: Path) -> None:
    home.symlink_to(home)


def a_device(home: Path) -> None:
    home.symlink_to("/dev/full")


def a_kernel_folder(home: Path) -> None:
    home.symlink_to("/proc/self")


def read_only(home: Path) -> None:
    (home / "log").mkdir(parents=True)
    (home / "log").chmod(0o500)


OBSTACLES = (
    a_file,
    a_fifo,
    a_fifo_for_a_log,
    a_dangling_link,
    a_link_in_a_circle,
    a_device,
    a_kernel_folder,
    pytest.param(
        read_only, marks=pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
    ),
)


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_whatever_stands_in_the_folders_place(home: Path, obstacle: Callable[[Path], None]) -> None:
    plain = run("calls", 8, home / "plain")
    obstacle(home / "home")
    ended = run("calls", 8, home / "home")
    assert ended.stdout == plain.stdout
    assert ended.stderr.count("\n") <= 1
    assert len(events(home / "plain")) == 8


def test_a_loop_of_uvloop_s(home: Path) -> None:
    pytest.importorskip("uvloop", reason="uvloop is not installed")
    assert run("on_uvloop", 3, home).stderr == ""
    assert len(events(home)) == 6


def test_faults_of_ours_are_told_by_the_program_they_happened_in(home: Path) -> None:
    assert run("faulty", 2, home).stderr == ""
    told = [loss.faults for line in lines(home) if (loss := parse_loss(line))]
    assert sorted(told) == [1, 2]
    assert sessions(home) == {"before": 1}
