"""A call that takes long to be read is not opened on top of what one went on to."""

import threading
from collections.abc import Sequence

import pytest
from textual.pilot import Pilot

from profiler.analysis.results.snapshot import CallDetail
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.screens.call_detail import CallDetailScreen
from tests.support.snapshots import a_call, a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, until

CALLS = [a_call(number) for number in range(60)]


class SlowToOpen(GivenSource):
    """Reads a call only once it may."""

    def __init__(self) -> None:
        super().__init__(a_snapshot(), CALLS)
        self.may_open = threading.Event()
        self.may_open.set()
        self.opened: list[str] = []

    def detail(self, call_id: str, now_us: int) -> CallDetail:
        self.may_open.wait(10)
        self.opened.append(call_id)
        return super().detail(call_id, now_us)


def fronts(before: Sequence[str], after: Sequence[str], then: Sequence[str] = ()) -> list[str]:
    """What stood in front when the call was read that was asked for, and what in the end."""
    source = SlowToOpen()
    app = an_app(source)
    found = []

    async def act(pilot: Pilot[None]) -> None:
        for key in before:
            await pilot.press(key)
            await settle(pilot)
        read = len(source.opened)
        source.may_open.clear()
        await pilot.press("enter", *after)
        source.may_open.set()
        await until(pilot, lambda: len(source.opened) > read)
        await look(pilot, app)
        found.append(type(app.screen).__name__)
        await pilot.press(*then)
        await look(pilot, app)
        found.append(type(app.screen).__name__)

    async def look(pilot: Pilot[None], app: ProfilerApp) -> None:
        await until(pilot, lambda: not any(one.group == "detail" for one in app.workers))
        await settle(pilot)

    drive(app, act, (80, 24))
    return found


@pytest.mark.parametrize("before", ["1 tab tab tab tab", "2", "6 enter down"])
@pytest.mark.parametrize("after", ["", "r", "3"])
def test_a_call_is_opened_where_it_was_asked_for(before: str, after: str) -> None:
    front, _ = fronts(before.split(), after.split())
    assert (front == CallDetailScreen.__name__) is (not after)


def test_who_moved_on_in_the_list_is_not_taken_back() -> None:
    assert fronts(["2"], ["down"], ["up"]) == ["CallsScreen", "CallsScreen"]


def test_who_went_back_to_the_list_of_runs_stays_there() -> None:
    assert fronts(["6", "enter", "down"], ["escape"])[0] == "SessionsScreen"


def test_who_types_a_filter_goes_on_typing() -> None:
    assert fronts(["2"], ["slash"])[0] == "CallsScreen"
