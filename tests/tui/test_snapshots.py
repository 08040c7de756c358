"""Every screen at every size, over every kind of snapshot, as text and as SVG.

The text is what reviews read: a diff of it shows what moved. The SVG beside it is what people see,
and holds what text cannot: colours by their names, what is bold, what stands on which ground. Both
come from one rendering; `tests/support/svg.py` says why the SVG is our own.
"""

import pytest
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from profiler.tui.looks.picture import settle
from profiler.tui.names import SCREENS
from profiler.tui.screens.call_detail import CallDetailScreen
from tests.support.snapshots import (
    a_call,
    a_hostile_snapshot,
    a_snapshot,
    an_empty_snapshot,
    an_unpriced_snapshot,
    one_call_snapshot,
    unpriced_calls,
)
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, screen_svg, screen_text, until

SIZES = [(80, 24), (120, 40), (200, 50)]
KINDS = {
    "empty": an_empty_snapshot(),
    "one_call": one_call_snapshot(),
    "sample": a_snapshot(),
    "hostile": a_hostile_snapshot(),
    "unpriced": an_unpriced_snapshot(),
}
CALLS = {"sample": [a_call(number) for number in range(400)], "unpriced": unpriced_calls(400)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_screen_looks_as_it_did(
    kind: str, as_text: SnapshotAssertion, as_svg: SnapshotAssertion
) -> None:
    app = an_app(GivenSource(KINDS[kind], CALLS.get(kind, ())))

    async def look(pilot: Pilot[None]) -> None:
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            for name in SCREENS:
                app.action_show(name)
                await settle(pilot)
                text = screen_text(app)
                assert text == as_text(name=f"{name}-{width}x{height}")
                assert screen_svg(app) == as_svg(name=f"{name}-{width}x{height}")
                assert max(map(cell_len, text.splitlines())) <= width

    drive(app, look)


def test_the_overview_says_when_nothing_is_in_range(as_text: SnapshotAssertion) -> None:
    app = an_app(GivenSource(an_empty_snapshot(calls_ever=500)))

    async def look(pilot: Pilot[None]) -> None:
        assert pilot.app is app
        assert screen_text(app) == as_text

    drive(app, look)


def test_every_dialog_looks_as_it_did(as_text: SnapshotAssertion) -> None:
    app = an_app(GivenSource(a_snapshot()))
    dialogs = {"range": ["r"], "help": ["question_mark"], "budget": ["7", "a"], "call": ["2"]}

    async def look(pilot: Pilot[None]) -> None:
        for name, presses in dialogs.items():
            await pilot.press(*presses)
            await settle(pilot)
            if name == "call":
                await pilot.press("enter")
                await until(pilot, lambda: isinstance(app.screen, CallDetailScreen))
            assert screen_text(app) == as_text(name=name)
            await pilot.press("escape")

    drive(app, look)
