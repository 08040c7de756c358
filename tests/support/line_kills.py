"""An ingester killed at one executed line after another.

`python -m tests.support.line_kills HOME STEP MUTANT PLACE…` prints how many lines are executed
in the places (`ingest/`, `ingest/drain.py:_Pass._one_batch`), at how many of them it was killed,
and after how many of those the log was not in the store exactly once. One is enough for a mutant.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import profiler
from profiler.domain.scopes import EVERYTHING
from profiler.log.encode import loss_line
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store
from tests.support.events import a_segment, append, lines_of, some_events
from tests.support.mutants import SOUND, draining

SOURCE = Path(str(profiler.__file__)).parent
CARD = Card.load()
LINES = 6


def main() -> None:
    """Kill at every STEP-th line, and look what became of it."""
    home, step, mutant = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    places = tuple(f"{SOURCE}/{name}" for name in sys.argv[4:])
    drain = draining(mutant)
    drain.BATCH_EVENTS = LINES  # type: ignore[attr-defined]  # several commits per pass
    prepared = home / "prepared"
    written = _prepare(prepared, drain.drain)
    executed = _executed_lines(home / "counted", prepared, drain.drain, places)
    kills = bad = 0
    for last in range(step // 2, executed, step):
        shutil.copytree(prepared, home / "tried")
        kills += _is_killed_at(last, home / "tried", drain.drain, places)
        bad += not _is_exact(home / "tried", written, drain.drain)
        shutil.rmtree(home / "tried")
        if bad and mutant != SOUND:
            break
    print(executed, kills, bad)


def _prepare(home: Path, drain: Callable[..., Any]) -> int:
    """A log that was read once and has grown since; how many events it holds."""
    segments = [a_segment(home / "log", some_events(LINES)) for _ in range(2)]
    _fork(lambda: _drained(home, drain))
    for segment in segments:
        append(segment, some_events(LINES))
    with segments[0].open("ab") as growing:
        growing.write(lines_of(some_events(1))[:90] + lines_of(some_events(1)) + loss_line(3))
    return 4 * LINES + 1


def _is_exact(home: Path, written: int, drain: Callable[..., Any]) -> bool:
    with Store.open(home / "p.db") as store:
        found = drain(store, CARD, home / "log")
        return bool(
            found.duplicates == 0
            and reads.calls_ever(store) == written
            and reads.count_upto(store, EVERYTHING, 10**6) == written
            and reads.rejection_count(store) == 1
            and reads.lost_calls(store) == 3
            and store.check() == []
        )


def _executed_lines(
    home: Path, prepared: Path, drain: Callable[..., Any], places: tuple[str, ...]
) -> int:
    shutil.copytree(prepared, home)
    reader, writer = os.pipe()

    def count() -> None:
        lines = _Lines(places, -1)
        sys.settrace(lines.enter)
        _drained(home, drain)
        sys.settrace(None)
        os.write(writer, str(lines.executed).encode())

    _fork(count)
    os.close(writer)
    return int(os.read(reader, 20))


def _is_killed_at(
    last: int, home: Path, drain: Callable[..., Any], places: tuple[str, ...]
) -> bool:
    def run() -> None:
        sys.settrace(_Lines(places, last).enter)
        _drained(home, drain)

    return _fork(run)


def _drained(home: Path, drain: Callable[..., Any]) -> None:
    with Store.open(home / "p.db") as store:
        drain(store, CARD, home / "log")


def _fork(run: Callable[[], None]) -> bool:
    """Run in a child; whether it was killed on its way. Failing it must not."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            run()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if status not in {0, signal.SIGKILL}:
        raise RuntimeError(f"a child ended with {status}")
    return status == signal.SIGKILL


class _Lines:
    """Counts executed lines, and kills this process at one of them."""

    def __init__(self, places: tuple[str, ...], last: int) -> None:
        self._places = places
        self._last = last
        self.executed = 0

    def enter(self, frame: FrameType, kind: str, argument: object) -> Any:
        """Follow the lines of the functions in those places."""
        del kind, argument
        code = frame.f_code
        is_there = f"{code.co_filename}:{code.co_qualname}".startswith(self._places)
        return self._line if is_there else None

    def _line(self, frame: FrameType, kind: str, argument: object) -> Any:
        del frame, argument
        if kind == "line":
            if self.executed == self._last:
                os.kill(os.getpid(), signal.SIGKILL)
            self.executed += 1
        return self._line


if __name__ == "__main__":
    main()
