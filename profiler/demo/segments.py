"""Made-up calls as segments: the files a fleet of instrumented programs would have left."""

import os
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from profiler.demo.sessions import began_us, calls_of
from profiler.demo.surroundings import Made
from profiler.demo.traffic import DAY_US, fresh_openings, opening
from profiler.domain.periods import to_moment
from profiler.errors import LogError
from profiler.log.encode import event_line, header_line
from profiler.log.paths import SUFFIX

RUN_DAYS = 15
"""How long the made-up programs run before somebody deploys them anew."""


def write_demo(
    folder: Path, *, until_us: int, days: int = 30, calls: int = 1500, seed: int = 20261120
) -> list[Path]:
    """Write `calls` made-up calls of the `days` before `until_us` into `folder`, as segments.

    The same arguments give the same bytes. The folder is made if need be (0700), the files are
    replaced (0600).

    Raises:
        LogError: the folder or a file in it cannot be written.

    """
    random = Random(seed)  # noqa: S311 - repeatable, not secret
    start_us = until_us - days * DAY_US
    runs: dict[tuple[int, str], list[Made]] = defaultdict(list)
    for event in _events(random, start_us, until_us, calls):
        run = (began_us(event) - start_us) // (RUN_DAYS * DAY_US)
        runs[run, str(event["project"])].append(event)
    try:
        # `parents=True` alone would make the home with the umask's mode
        for made in (folder.parent, folder):
            made.mkdir(mode=0o700, parents=True, exist_ok=True)
        return [_write_segment(folder, events, random) for _, events in sorted(runs.items())]
    except OSError as error:
        raise LogError(
            f"cannot write demo calls to {folder}: {error.strerror}; choose another folder"
        ) from error


def _events(random: Random, start_us: int, until_us: int, calls: int) -> list[Made]:
    """`calls` events between the two moments, oldest first."""
    sessions = _sessions(random, start_us, until_us)
    inside = (
        event for session in sessions for event in session if start_us <= began_us(event) < until_us
    )
    return sorted(islice(inside, calls), key=lambda event: str(event["id"]))


def _sessions(random: Random, start_us: int, until_us: int) -> Iterator[Iterator[Made]]:
    """Sessions without end, those just before `until_us` first."""
    for begun in fresh_openings(until_us):
        yield calls_of(begun, random)
    while True:
        yield calls_of(opening(random, start_us, until_us), random)


def _write_segment(folder: Path, events: list[Made], random: Random) -> Path:
    at_us = began_us(events[0]) - 1
    segment = f"{random.getrandbits(128):032x}"
    pid = 1000 + random.getrandbits(15)
    stamp = to_moment(at_us, ZoneInfo("UTC")).strftime("%Y%m%dT%H%M%S")
    path = folder / f"{stamp}-{pid}-{segment[:8]}{SUFFIX}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(header_line(segment, at_us=at_us, pid=pid))
        file.writelines(event_line(event) for event in events)
    return path
