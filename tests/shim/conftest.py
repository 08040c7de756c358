"""What every test of the shim stands on: a server, and a log of what was recorded."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import profiler
from profiler.log.parse import parse_line
from profiler.shim.guard import FAULTS
from tests.support.provider_server import ProviderServer, provider_server


class Log:
    """The segments a test's calls were written to."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "log"

    def segments(self) -> list[Path]:
        """Every segment's file."""
        return sorted(self.folder.glob("*.jsonl"))

    def events(self) -> list[dict[str, Any]]:
        """Every event, oldest first; each must be one that the reading side accepts."""
        lines = [line for path in self.segments() for line in path.read_bytes().splitlines()[1:]]
        for line in lines:
            events, rejections = parse_line(line, 0)
            assert len(events) == 1, rejections
        return sorted((json.loads(line) for line in lines), key=lambda event: str(event["id"]))

    def exactly(self, number: int) -> list[dict[str, Any]]:
        """The events there are, no more and no fewer than so many."""
        events = self.events()
        assert len(events) == number, events
        return events

    def only(self) -> dict[str, Any]:
        """The one event there is."""
        return self.exactly(1)[0]


@pytest.fixture
def quiet_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """A log of its own; nothing is instrumented yet."""
    for name in [name for name in os.environ if name.startswith("PROFILER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PROFILER_HOME", str(tmp_path / "home"))
    profiler.uninstrument()
    yield Log(tmp_path / "home")
    profiler.uninstrument()


@pytest.fixture
def log(quiet_log: Log) -> Iterator[Log]:
    """A log of its own, every SDK instrumented; our own code must not have failed once."""
    faults = FAULTS.count
    profiler.instrument()
    yield quiet_log
    profiler.uninstrument()
    assert FAULTS.count == faults


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    """A server that answers as the providers do."""
    with provider_server() as running:
        yield running
