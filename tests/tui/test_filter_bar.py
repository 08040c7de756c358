"""The filter bar shows the filter that is in force, but for what is being typed."""

from textual.events import AppBlur, AppFocus
from textual.pilot import Pilot

from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.widgets.call_list import CallList
from profiler.tui.widgets.filter_bar import FilterBar
from tests.support.snapshots import a_call, a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import Act, drive, until

CALLS = [a_call(number) for number in range(30)]


def typing(act: Act) -> ProfilerApp:
    """Do something once a filter is typed, but not entered."""
    app = an_app(GivenSource(a_snapshot(), CALLS))

    async def there(pilot: Pilot[None]) -> None:
        await pilot.press("2")
        await settle(pilot)
        await pilot.press("slash", *"status:error")
        await act(pilot)

    drive(app, there, (120, 40))
    return app


def typed(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(FilterBar).field.value


def test_a_filter_that_was_left_is_not_shown() -> None:
    async def act(pilot: Pilot[None]) -> None:
        hint = pilot.app.screen.query_one("#hint")
        assert hint.display
        await pilot.click(CallList, offset=(10, 3))
        await until(pilot, lambda: not typed(pilot))
        await until(pilot, lambda: not hint.display)

    assert not typing(act).view.question.query


def test_a_filter_that_cannot_be_read_leaves_no_complaint_behind() -> None:
    async def act(pilot: Pilot[None]) -> None:
        bar = pilot.app.screen.query_one(FilterBar)
        await pilot.press(*"nonsense:")
        await until(pilot, lambda: bar.has_class("-complaining"))
        await pilot.click(CallList, offset=(10, 3))
        await until(pilot, lambda: not bar.has_class("-complaining"))
        assert not typed(pilot)

    typing(act)


def test_a_filter_that_was_entered_stays() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await settle(pilot)
        assert typed(pilot) == "status:error"
        await pilot.press("slash", *" cost>1", "escape")
        await until(pilot, lambda: typed(pilot) == "status:error")

    assert typing(act).view.question.query == "status:error"


def test_who_looks_into_another_window_types_on() -> None:
    async def act(pilot: Pilot[None]) -> None:
        pilot.app.post_message(AppBlur())
        await until(pilot, lambda: pilot.app.screen.focused is None)
        pilot.app.post_message(AppFocus())
        await until(pilot, lambda: pilot.app.screen.query_one(FilterBar).is_typing)
        assert typed(pilot) == "status:error"

    typing(act)
