"""Where there are no colours, or few, the app draws with what there is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.pilot import Pilot

from profiler.tui.app import ProfilerApp
from profiler.tui.looks.monochrome import FewColours
from profiler.tui.looks.picture import settle
from profiler.tui.looks.theme import DARK, THEMES
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.support.terminal import Terminal
from tests.tui.conftest import drive, until

APP = """
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app
an_app(GivenSource(a_snapshot())).run()
"""
SGR = re.compile(r"\x1b\[([\d;:]*)m")
SIXTEEN = {*range(30, 38), *range(40, 48), *range(90, 98), *range(100, 108)}
ANY = {*range(30, 50), *range(90, 108)}


def sent(terminal: Terminal) -> list[list[int]]:
    """The styles that were sent, each as its numbers."""
    return [[int(one) for one in codes.split(";") if one] for codes in SGR.findall(terminal.shown)]


@pytest.mark.parametrize(
    ("variables", "colours"),
    [
        ({"NO_COLOR": "1", "COLORTERM": "truecolor"}, set()),
        ({"TERM": "screen", "COLORTERM": ""}, SIXTEEN),
    ],
    ids=["none", "sixteen"],
)
def test_a_terminal_is_sent_no_colours_that_it_lacks(
    tmp_path: Path, variables: dict[str, str], colours: set[int]
) -> None:
    with Terminal(script=APP, home=tmp_path, size=(120, 40), **variables) as terminal:
        for key, words in (("", "Top movers"), ("2", "Tokens"), ("5", "Frame"), ("r", "quarter")):
            terminal.type(key)
            terminal.wait_for(words)
        terminal.read_until_still()
        numbers = {number for codes in sent(terminal) for number in codes}
        assert {1, 2, 7} <= numbers
        assert numbers & ANY <= colours
        assert bool(numbers & ANY) == bool(colours)


def test_a_dumb_terminal_is_told_of_the_report(tmp_path: Path) -> None:
    with Terminal("tui", home=tmp_path, TERM="dumb") as terminal:
        assert terminal.wait() == 2
        assert "`profiler report` prints" in terminal.shown


@pytest.mark.parametrize("arguments", [("doctor",), ("report", "--by", "model")])
def test_the_command_line_keeps_to_it_too(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with Terminal(*arguments, home=tmp_path, NO_COLOR="1") as terminal:
        terminal.wait()
        assert not [codes for codes in sent(terminal) if ANY.intersection(codes)]


def test_what_is_chosen_is_in_reverse_whatever_the_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = an_app(GivenSource(a_snapshot()))
    chosen = "Calls as CSV, for spreadsheets"

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("3")
        await settle(pilot)
        for theme in THEMES:
            app.action_choose_theme(theme.name)
            await pilot.pause()
            # widgets are restyled one by one
            await until(pilot, lambda: bool(re.match(r"▌ +1 ", reversed_text(app))))
            await pilot.press("e")
            await until(pilot, lambda: chosen in reversed_text(app))
            # the form stays marked while the file is named
            await pilot.press("enter")
            await until(pilot, lambda: chosen in reversed_text(app))
            await pilot.press("escape")

    drive(app, act, (120, 40))


def reversed_text(app: ProfilerApp) -> str:
    """What stands out; nothing may have a colour."""
    for segment in segments(app):
        assert segment.style is None or not (segment.style.color or segment.style.bgcolor)
    return "".join(one.text for one in segments(app) if one.style and one.style.reverse).strip()


def segments(app: ProfilerApp) -> Iterator[Segment]:
    for strip in app.screen._compositor.render_strips():
        yield from strip


def test_what_stands_on_a_colour_can_be_read_without_its_ground() -> None:
    variables = DARK.to_color_system().generate() | DARK.variables
    dark, fill = str(DARK.surface), variables["series-1"]
    (drawn,) = FewColours(variables, has_ink=True).apply(
        [Segment(" reply ", Style(color=dark, bgcolor=fill))], Color.parse(dark)
    )
    assert drawn.style == Style(color=fill, bold=False, dim=False, reverse=False)
