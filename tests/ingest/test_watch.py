"""Waiting for the log to grow."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from profiler.ingest import watch
from profiler.ingest.watch import HEARD_S, POLL_S, Follower
from tests.support.events import a_segment, append, some_events

ROOT = Path(__file__).parents[2]
LONG_S, SOON_S = 20.0, 10.0
"""What a wait takes in full, and what none takes that something ends, however busy the machine."""


def waited_s(follower: Follower, timeout_s: float) -> float:
    """How long a wait took."""
    began = time.monotonic()
    follower.wait(timeout_s)
    return time.monotonic() - began


def hears(follower: Follower) -> bool:
    """Whether it is told of changes at the moment."""
    return follower.is_notified


def test_a_quiet_folder_is_waited_on_in_full(tmp_path: Path) -> None:
    a_segment(tmp_path, some_events(1))
    with Follower(tmp_path) as follower:
        assert waited_s(follower, 0.6) >= 0.6


def test_a_growing_segment_ends_the_wait(tmp_path: Path) -> None:
    segment = a_segment(tmp_path, some_events(1))
    with Follower(tmp_path) as follower:
        append(segment, some_events(1))
        assert waited_s(follower, LONG_S) < SOON_S


def test_a_folder_that_appears_later_ends_the_wait(tmp_path: Path) -> None:
    with Follower(tmp_path / "log") as follower:
        assert not follower.is_notified
        a_segment(tmp_path / "log", some_events(1))
        assert waited_s(follower, LONG_S) < SOON_S
        a_segment(tmp_path / "log", some_events(1))
        assert waited_s(follower, LONG_S) < SOON_S


def test_a_folder_that_is_made_anew_is_heard_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "log"
    a_segment(folder, some_events(1))
    with Follower(folder) as follower:
        for is_moved in (False, True):
            follower.wait(0)
            assert hears(follower)
            folder.rename(tmp_path / "old") if is_moved else shutil.rmtree(folder)
            assert waited_s(follower, LONG_S) < SOON_S
            deadline = time.monotonic() + 30
            while hears(follower):
                assert time.monotonic() < deadline
                follower.wait(0.01)
            segment = a_segment(folder, some_events(1))
            assert waited_s(follower, LONG_S) < SOON_S
            assert hears(follower)
            follower.wait(0.6)
            append(segment, some_events(1))
            with monkeypatch.context() as changed:
                changed.setattr(watch, "HEARD_S", LONG_S)
                assert waited_s(follower, LONG_S) < SOON_S


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_a_folder_that_gets_the_number_of_the_old_is_heard_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    monkeypatch.setattr(watch, "_identity", lambda _: (1, 1))
    with Follower(folder) as follower:
        before = follower._observer
        folder.rmdir()
        folder.mkdir()
        deadline = time.monotonic() + SOON_S
        while follower._observer is before:
            assert time.monotonic() < deadline
            follower.wait(0.01)
        assert hears(follower)


def test_the_folder_is_looked_at_twice_a_second_whatever_is_heard() -> None:
    assert max(POLL_S, HEARD_S) <= 0.5


def test_any_thread_can_end_the_wait(tmp_path: Path) -> None:
    with Follower(tmp_path) as follower:
        waker = threading.Timer(0.05, follower.wake)
        waker.start()
        assert waited_s(follower, LONG_S) < SOON_S
        waker.join()


def test_a_wake_before_the_wait_is_not_lost(tmp_path: Path) -> None:
    with Follower(tmp_path) as follower:
        follower.wake()
        assert waited_s(follower, LONG_S) < SOON_S


def test_reading_the_folder_does_not_end_the_wait(tmp_path: Path) -> None:
    segment = a_segment(tmp_path, some_events(1))
    with Follower(tmp_path) as follower:
        reader = threading.Timer(0.1, segment.read_bytes)
        reader.start()
        assert waited_s(follower, 0.6) >= 0.6
        reader.join()


def test_a_folder_whose_changes_are_never_told_is_looked_at(tmp_path: Path) -> None:
    # network folders grant a watch, and then nothing is heard
    segment = a_segment(tmp_path, some_events(1))
    with Follower(tmp_path) as follower:
        follower.wait(0)
        follower.wake = lambda: None  # type: ignore[method-assign]
        assert follower.is_notified
        append(segment, some_events(1))
        assert waited_s(follower, LONG_S) < SOON_S
        segment.unlink()
        assert waited_s(follower, LONG_S) < SOON_S


COMPLAINS = """
import logging, sys
from pathlib import Path
from profiler.ingest.watch import Follower
with Follower(Path(sys.argv[1])):
    logging.getLogger("watchdog.observers.inotify").warning("called when inactive")
"""


def test_what_watchdog_complains_of_is_not_written_to_the_terminal(tmp_path: Path) -> None:
    command = [sys.executable, "-c", COMPLAINS, str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stderr == ""


NO_INOTIFY = """
import ctypes, sys, time
from pathlib import Path
from watchdog.observers import inotify_c
def none_left(*_):
    ctypes.set_errno(24)
    return -1
for name in ("inotify_init", "inotify_add_watch"):
    setattr(inotify_c, name, none_left)
from profiler.ingest.watch import Follower
folder = Path(sys.argv[1])
with Follower(folder) as follower:
    print(follower.is_notified)
    (folder / "a.jsonl").write_text("x")
    began = time.monotonic()
    follower.wait(20)
    print(time.monotonic() - began < 10)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_without_notifications_looking_does_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-c", NO_INOTIFY, str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "True"]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux tells of threads")
def test_looking_at_the_folder_wakes_no_thread_that_listens(tmp_path: Path) -> None:
    def wakes() -> int:
        return sum(
            int(
                (task / "status")
                .read_text("utf-8")
                .rpartition("\nvoluntary_ctxt_switches:")[2]
                .split()[0]
            )
            for task in Path("/proc/self/task").iterdir()
            if int(task.name) not in others
        )

    a_segment(tmp_path, some_events(1))
    others = {int(task.name) for task in Path("/proc/self/task").iterdir()}
    with Follower(tmp_path) as follower:
        follower.wait(0.1)
        assert follower.is_notified
        before = wakes()
        for _ in range(100):
            follower._has_changed()
            time.sleep(0.002)
        assert wakes() - before < 50
