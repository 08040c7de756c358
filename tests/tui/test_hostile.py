"""Text from other programs never steers the terminal, and is never markup."""

import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.pilot import Pilot

from profiler.analysis.asked import EACH, Asked
from profiler.analysis.results.compared import LeftOut, ModelsPart, Moved, WhatIf
from profiler.analysis.results.snapshot import Part
from profiler.display import plain
from profiler.ingest.drain import Drained, Progress
from profiler.keeping.inquiries import AlertLog, Logged
from profiler.tui.app import ProfilerApp
from profiler.tui.asking.saved import SavedFilters
from profiler.tui.looks.picture import settle
from profiler.tui.looks.theme import DARK, FALLBACK, palette
from profiler.tui.memory import Memory
from profiler.tui.names import SCREENS
from profiler.tui.opening.start import Start
from profiler.tui.widgets.call_card import card
from profiler.tui.widgets.query import quoted
from tests.support.snapshots import (
    HOSTILE,
    NOW_US,
    ZONE,
    a_call,
    a_detail,
    a_hostile_snapshot,
    a_snapshot,
    a_standing,
    an_alert,
    hostile_calls,
)
from tests.support.sources import GivenSource, an_app
from tests.support.terminal import is_readable
from tests.tui.conftest import drive, screen_text, until

ROOT = Path(__file__).parents[2]

APP = """
from tests.tui.test_hostile import Telling
from tests.support.sources import an_app
an_app(Telling()).run()
"""


class Telling(GivenSource):
    """Hostile calls, and a log with hostile things to say."""

    def __init__(self) -> None:
        super().__init__(replace(a_hostile_snapshot(), log_trouble=" ".join(HOSTILE)))
        self.notices: tuple[str, ...] = HOSTILE

    def drain(self, on_progress: Callable[[Progress], None] | None = None) -> Drained:
        """Nothing new but words, once."""
        notices, self.notices = self.notices, ()
        super().drain(on_progress)
        return Drained(notices=notices)


STEERING = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]"
ESCAPE = b"\x1b[27u"
"""As a terminal sends it that tells it from the beginning of another key."""
OPENING = (
    *(b"2", b"\r", ESCAPE, b"f", ESCAPE, b"c", ESCAPE, b"3", b" ", b"w", ESCAPE, b"5", b"b"),
    *(b"6", b"\r", ESCAPE, b"7", b"b", b"b", b"m", ESCAPE, b"F", ESCAPE, b"A", ESCAPE, b"e"),
    *(ESCAPE, b"?", ESCAPE, b"r", ESCAPE, b"\x10", ESCAPE, b"1"),
)
"""Keys to what can be opened on the screens."""
PAYLOADS = (
    b"\x1b]0;owned",
    b"\x1b[2J\x1b]0",
    b"owned\x07",
    b"\xe2\x80\xae",
    b"\x1b]8;;",
    b"\x9b2J",
)


def test_hostile_names_are_plain_text_on_every_screen() -> None:
    app = an_app(GivenSource(a_hostile_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        for name in SCREENS:
            app.action_show(name)
            await settle(pilot)
            text = screen_text(app)
            assert not re.search(STEERING, text)
            assert "[/]" in text
            assert not any(map(is_active, segments(app)))

    drive(app, act, (120, 40))


class Answering(GivenSource):
    """Hostile answers to whatever is asked of hostile names."""

    def __init__(self) -> None:
        super().__init__(a_hostile_snapshot())
        self.answers[AlertLog] = tuple(
            Logged(an_alert(number, a_standing(text, 11, 10, value=text)), ())
            for number, text in enumerate(HOSTILE)
        )

    def _part(self, asked: Asked) -> Part | None:
        part = super()._part(asked)
        if not isinstance(part, ModelsPart) or not asked.picked:
            return part
        rows = tuple(Moved(text, text, 9, 9_000, 10, 20) for text in HOSTILE)
        moved = [WhatIf(text, text, rows, rows[0], (LeftOut(3, "no"),)) for text in HOSTILE]
        whatif = None if asked.picked == EACH else moved[2]
        return replace(part, whatif=whatif, ranked=tuple(moved), targets=HOSTILE)


OPENED = {
    "2 enter": "╭─ Call ─",
    "2 f": "╭─ Filters ─",
    "2 c": "╭─ Columns ─",
    "3 v": "╭─ Side by side ─",
    "3 w": "╭─ What if: these 9 calls",
    "3 w enter": "╭─ What if: all on ",
    "3 w w": "╭─ What if all this ran on… ─",
    "5 down enter": "╭─ By call stack · ",
    "5 b": "╭─ By feature › agent › model ─",
    "6 enter": "spend along time",
    "6 c": "╭─ Calls · session:",
    "7 enter": "╭─ Change budget ─",
    "7 o": "╭─ More of ",
    "7 b": "Variance",
    "7 b b": "granted",
    "7 m": "Allow more of the budget",
    "7 F": "[[budget]]",
    "7 d": "╭─ Remove budget ─",
    "A": "limit of $10.00 reached",
    "e": "╭─ Export ─",
    "slash": "╭─ Filter every screen ─",
    "ctrl+p": "Search for commands",
}
"""What tells that something is open over hostile names, by the keys that open it."""


def test_hostile_names_are_plain_text_in_all_that_can_be_opened() -> None:
    memory = Memory()
    for number, text in enumerate(HOSTILE):
        SavedFilters(memory).keep(f"{number} {text}", f"feature:{quoted(text)}")
    source = Answering()
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US, Start(memory=memory))

    async def act(pilot: Pilot[None]) -> None:
        for keys, words in OPENED.items():
            for key in keys.split():
                await pilot.press(key)
                await settle(pilot)
            text = screen_text(app)
            assert words in text, keys
            assert not re.search(STEERING, text), keys
            assert not any(map(is_active, segments(app))), keys
            await pilot.press("escape", "escape")
            assert not app.screen.is_modal, keys

    drive(app, act, (120, 40))


def test_hostile_words_are_plain_text_in_toasts_the_title_and_what_is_in_the_way() -> None:
    source = Telling()
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        async def told(words: str) -> None:
            app.feed.stir()
            await until(pilot, lambda: any(words in one.message for one in app._notifications))
            text = screen_text(app)
            assert "✖ The log is out of reach" in text
            toasts = "".join(one.message for one in app._notifications).replace("\n", "")
            assert not re.search(STEERING, text + toasts + app.title)
            assert not any(map(is_active, segments(app)))

        for words in HOSTILE:
            source.notices = (words,)
            await told(plain(words))
        breached = a_standing("team", 11, 10, value=HOSTILE[2])
        source.given = replace(source.given, alerts=(an_alert(1, breached),))
        await told("limit of $10.00 reached")

    drive(app, act, (120, 60))


def segments(app: ProfilerApp) -> Iterator[Segment]:
    for strip in app.screen._compositor.render_strips():
        yield from strip


def is_active(segment: Segment) -> bool:
    """Whether a click on it would do more than the footer's own keys do."""
    style = segment.style
    if style is None:
        return False
    return style.link is not None or "@click" in style.meta


@pytest.mark.parametrize("width", [30, 44, 70])
def test_an_opened_hostile_call_is_plain_text(width: int) -> None:
    ink = palette({**DARK.to_color_system().generate(), **FALLBACK})
    for call in hostile_calls():
        lines = [line.plain for line in card(a_detail(call), ZONE, width, ink)]
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", "".join(lines))
        assert plain(call.model)[:8] in lines[0]
        assert max(cell_len(line) for line in lines) <= width


def test_a_label_of_only_white_space_has_a_name() -> None:
    app = an_app(GivenSource(a_snapshot(), [a_call(1, model=" ", feature="\u3000", user="me")]))

    async def look(pilot: Pilot[None]) -> None:
        await pilot.press("2")
        await settle(pilot)
        rows = [line for line in screen_text(app).splitlines() if line.count("(blank)") == 2]
        assert rows, screen_text(app)

    drive(app, look, (160, 40))


def test_nothing_that_steers_reaches_a_real_terminal() -> None:
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
    running = subprocess.Popen(
        [sys.executable, "-c", APP],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=ROOT,
        env=environment,
    )
    os.close(slave)
    try:
        written = read_until(master, b"in-house", b"match", b"gnp.exe")
        for key in b"23456712345671":
            os.write(master, bytes([key]))
            written += read_drawn(master)
        for keys in OPENING:
            os.write(master, keys)
            written += read_for(master, 0.1)
        os.write(master, b"q")
        written += read_drawn(master)
    finally:
        running.kill()
        running.wait()
        os.close(master)
    assert b"gnp.exe" in written
    assert [payload for payload in PAYLOADS if payload in written] == []


def read_until(terminal: int, *words: bytes) -> bytes:
    deadline, read = time.monotonic() + 20, b""
    while not any(word in read for word in words):
        assert time.monotonic() < deadline, read[-2000:]
        read += read_for(terminal, 0.05)
    return read


def read_drawn(terminal: int) -> bytes:
    """What is written from now on, until nothing more is for a moment."""
    deadline, read = time.monotonic() + 20, b""
    while (more := read_for(terminal, 0.1)) or not read:
        assert time.monotonic() < deadline
        read += more
    return read


def read_for(terminal: int, seconds: float) -> bytes:
    deadline, read = time.monotonic() + seconds, b""
    while (left := deadline - time.monotonic()) > 0:
        if is_readable(terminal, left):
            try:
                read += os.read(terminal, 65_536)
            except OSError:  # the program ended and closed the terminal
                break
    return read
