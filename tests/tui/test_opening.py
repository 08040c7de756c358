"""The first frame: the app's own figures, on the screen before there is an app."""

import asyncio
import os
import pty
import re
import sys
import termios
import threading
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from profiler import display
from profiler.analysis.asked import Asked
from profiler.analysis.overview import snapshot
from profiler.config import Settings
from profiler.pricing.card import Card
from profiler.store.glance import is_behind
from profiler.tui.app import ProfilerApp
from profiler.tui.asking.ranges import WEEK
from profiler.tui.opening.first_frame import first_figures, frame, opening
from profiler.tui.opening.start import Start
from profiler.tui.terminal.overdrawing import drawing_over
from profiler.tui.view import Pulse, Question
from profiler.tui.widgets import panel, trend
from tests.support.released import NEWEST, released, restored
from tests.support.snapshots import NOW_US, ZONE, a_call, a_snapshot, an_empty_snapshot
from tests.support.sources import GivenSource, an_app
from tests.support.stored import a_store
from tests.tui.conftest import drive, screen_text, until

STYLES = re.compile(r"\x1b\[\d*m")


def drawn(columns: int, rows: int = 24) -> list[str]:
    return STYLES.sub("", frame(a_snapshot(), "7 days", columns, rows)).split("\r\n")


def test_it_says_what_the_overview_says_where_that_says_it() -> None:
    calm = a_snapshot(standings=(), models=(), alerts=())
    app = ProfilerApp(lambda: GivenSource(calm), ZONE, lambda: NOW_US)

    async def look(_pilot: Pilot[None]) -> None:
        there = screen_text(app).split("\n")
        ahead = drawn(120)
        assert ahead[1].split() == there[1].split()
        assert ahead[2] == there[2]
        for line in (3, 4):
            # what is asked of the last hour is not known yet
            begins, _, ends = there[line].partition("Now" if line == 3 else "usually")
            assert ahead[line].split()[: len(begins.split())] == begins.split()
            assert ahead[line].split()[-2:] == ends.split()[-2:]

    drive(app, look, size=(120, 40))


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
def test_no_line_is_wider_than_the_screen(columns: int) -> None:
    assert max(map(len, drawn(columns))) <= columns


def test_it_never_has_more_lines_than_the_screen() -> None:
    assert len(drawn(80, rows=3)) == 3


def test_without_calls_it_shows_the_screens_alone() -> None:
    for told in (None, an_empty_snapshot()):
        assert "$" not in frame(told, "7 days", 80, 24)
        assert "1 Overview" in frame(told, "7 days", 80, 24)


def test_the_first_figures_are_those_of_the_snapshot(tmp_path: Path) -> None:
    settings = Settings(tmp_path, ZONE)
    question = Question(WEEK)
    assert first_figures(settings, question, NOW_US) is None
    with a_store(settings.database, [a_call(number) for number in range(300)]) as store:
        told = first_figures(settings, question, NOW_US)
        whole = snapshot(store, Card.load(), Asked(question.wanted(NOW_US), ZONE), NOW_US, ())
    assert told is not None
    for name in ("span", "totals", "spending", "freshness"):
        assert getattr(told, name) == getattr(whole, name)
    assert first_figures(settings, Question(WEEK, "model:gpt*"), NOW_US) is None


def test_the_app_shows_them_until_it_has_read_more(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (panel, trend):
        monkeypatch.setattr(module, "PATIENCE_S", 0.01)
    may_open = threading.Event()

    def open_source() -> GivenSource:
        assert may_open.wait(20)
        return GivenSource(a_snapshot())

    app = ProfilerApp(open_source, ZONE, lambda: NOW_US, Start(first=a_snapshot()))
    spent = display.spend(a_snapshot().spending.today)

    async def act(pilot: Pilot[None]) -> None:
        assert spent in screen_text(app)
        assert app.view.snapshot is None
        # every panel that has nothing to draw says so, once that takes long
        await until(pilot, lambda: screen_text(app).count(panel.READING) == 5)
        may_open.set()
        await until(pilot, lambda: app.view.snapshot is not None)
        assert spent in screen_text(app)
        await until(pilot, lambda: panel.READING not in screen_text(app))

    async def go() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            await act(pilot)

    asyncio.run(go())


def test_what_stands_on_the_screen_is_not_wiped_before_the_app_draws() -> None:
    written: list[str] = []

    class Kind(HeadlessDriver):
        def write(self, data: str) -> None:
            written.append(data)

    async def go() -> None:
        driver = drawing_over(Kind)(an_app(GivenSource(a_snapshot())))
        for data in ("\x1b[?1049h", "x", "\x1b[?1049l", "\x1b[?1049h"):
            driver.write(data)

    asyncio.run(go())
    assert written == ["x", "\x1b[?1049l", "\x1b[?1049h"]


@pytest.mark.parametrize(("told", "is_shown"), [("120", True), ("80", False), ("", True)])
def test_it_is_as_large_as_the_app_will_be(
    told: str, is_shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", told)
    monkeypatch.delenv("LINES", raising=False)
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 120))
    with os.fdopen(ours, "rb"), os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "__stderr__", terminal)
        with opening(None, "7 days") as shown:
            assert shown is is_shown


@pytest.mark.parametrize("version", released())
def test_an_older_database_is_said_to_be_brought_forward(version: int, tmp_path: Path) -> None:
    database = restored(version, tmp_path / "profiler.db")
    assert is_behind(database) is (version < NEWEST)
    assert not is_behind(tmp_path / "nowhere")


def test_what_takes_long_at_first_is_named() -> None:
    may_open = threading.Event()

    def open_source() -> GivenSource:
        assert may_open.wait(20)
        return GivenSource(a_snapshot())

    app = ProfilerApp(open_source, ZONE, lambda: NOW_US, Start(is_behind=True))

    async def go() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert Pulse.UPDATING.value in screen_text(app)
            may_open.set()
            await until(pilot, lambda: Pulse.UPDATING.value not in screen_text(app))

    asyncio.run(go())
