"""A pass over the log: what is read, and what reading it again changes."""

from pathlib import Path

import pytest

from profiler.domain.calls import Basis
from profiler.domain.scopes import EVERYTHING
from profiler.ingest.drain import Drained, Progress, drain
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store
from tests.support.events import a_segment, an_event, append, lines_of, some_events

CARD = Card.load()


def drained(tmp_path: Path) -> Drained:
    with Store.open(tmp_path / "p.db") as store:
        return drain(store, CARD, tmp_path / "log")


def test_every_line_becomes_a_call(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", some_events(3))
    a_segment(tmp_path / "log", some_events(2))
    assert drained(tmp_path).events == 5


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    a_segment(tmp_path / "log", some_events(3))
    drained(tmp_path)
    assert drained(tmp_path) == Drained()
