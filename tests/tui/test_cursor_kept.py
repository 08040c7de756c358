"""A refresh leaves the cursor on what it stood on, wherever that is now."""

from collections.abc import Callable
from dataclasses import replace

from textual.pilot import Pilot

from profiler.analysis.results.caching import CachePart
from profiler.analysis.results.compared import ModelsPart, Moved, WhatIf
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.screens.sessions import SessionsScreen
from profiler.tui.widgets.frame_table import FrameTable
from profiler.tui.widgets.grid import Grid
from tests.support.screen_parts import a_cache_part, a_models_part
from tests.support.snapshots import a_call, a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, until

CALLS = [a_call(number, session=f"run-{number // 6}") for number in range(60)]
SONNET, HAIKU, OPUS = (
    Moved("anthropic", name, 9, 30, 1, 1) for name in ("sonnet", "haiku", "opus")
)
WHATIF = WhatIf("openai/gpt-5", "card", (SONNET, HAIKU), Moved("", "", 18, 60, 2, 2), ())


def refreshing(
    keys: str, table: str, change: Callable[[GivenSource], None], *, was: str, now: str
) -> None:
    """Press `keys`, which lead to a row, then let the source give something else."""
    source = GivenSource(a_snapshot(), CALLS)
    source.parts["models"] = replace(a_models_part(source.given), whatif=None)
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        for key in keys.split():
            await pilot.press(key)
            await settle(pilot)
        grid = app.screen.query_one(table, Grid)
        assert was in under(grid)
        change(source)
        await refreshed(pilot, app)
        assert now in under(grid)

    drive(app, act, (120, 40))


def under(grid: Grid) -> str:
    """The row the cursor stands on."""
    return grid.render_line(1 + grid.cursor - grid.scroll_offset.y).text


async def refreshed(pilot: Pilot[None], app: ProfilerApp) -> None:
    drawn = app.view.snapshot
    app.feed.stir()
    await until(pilot, lambda: app.view.snapshot is not drawn)
    await settle(pilot)


def with_a_new_run(source: GivenSource) -> None:
    source.calls.insert(
        0, replace(a_call(session="brand-new"), started_at_us=CALLS[0].started_at_us + 9)
    )


def with_the_third_dearest(source: GivenSource) -> None:
    part = source.parts["models"]
    assert isinstance(part, ModelsPart)
    first, second, third, *others = part.rows
    dear = replace(third, totals=replace(third.totals, spend_pusd=10**18))
    source.parts["models"] = replace(part, rows=(dear, first, second, *others))


def without_the_second(source: GivenSource) -> None:
    part = source.parts["models"]
    assert isinstance(part, ModelsPart)
    source.parts["models"] = replace(part, rows=(part.rows[0], *part.rows[2:]))


def with_turned_tables(source: GivenSource) -> None:
    part = a_cache_part(source.given)
    assert isinstance(part, CachePart)
    prompts = replace(part.prompts, places=part.prompts.places[::-1])
    source.parts["cache"] = replace(part, rows=part.rows[::-1], prompts=prompts)


def with_other_spend(source: GivenSource) -> None:
    source.calls = [
        replace(call, cost=replace(call.cost, pusd=10**15 if call.feature == "chat" else 1))
        for call in source.calls
    ]


def test_a_run_is_stood_on_when_another_begins() -> None:
    refreshing("6 down down", "#runs", with_a_new_run, was="run-2", now="run-2")


def test_who_never_moved_sees_the_run_that_begins() -> None:
    refreshing("6", "#runs", with_a_new_run, was="run-0", now="brand-new")


def test_a_first_row_that_was_gone_back_to_is_stood_on() -> None:
    refreshing("6 down up", "#runs", with_a_new_run, was="run-0", now="run-0")


def test_a_model_is_stood_on_when_another_becomes_dearer() -> None:
    refreshing("3 down", "#rows", with_the_third_dearest, was=" gpt-5.1 ", now=" gpt-5.1 ")


def test_where_a_row_is_gone_the_cursor_stays_at_its_place() -> None:
    refreshing("3 down", "#rows", without_the_second, was=" gpt-5.1 ", now=" gemini-2.5-pro ")


def test_both_tables_of_the_cache_keep_what_is_stood_on() -> None:
    for keys, table in (("4 down", "#rows"), ("4 tab down", "#prompts")):
        refreshing(keys, table, with_turned_tables, was=" gpt-5.1 ", now=" gpt-5.1 ")


def test_a_model_that_was_moved_is_stood_on_when_a_call_comes_in() -> None:
    def change(source: GivenSource) -> None:
        total = replace(WHATIF.total, calls=19)
        more = replace(WHATIF, rows=(OPUS, SONNET, HAIKU), total=total)
        source.parts["models"] = replace(a_models_part(source.given), whatif=more)

    source = GivenSource(a_snapshot(), CALLS)
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("3")
        await settle(pilot)
        source.parts["models"] = replace(a_models_part(source.given), whatif=WHATIF)
        await refreshed(pilot, app)
        await pilot.press("down", "down")
        grid = app.screen.query_one("#moved-rows", Grid)
        assert " haiku " in under(grid)
        change(source)
        await refreshed(pilot, app)
        assert " haiku " in under(grid)

    drive(app, act, (120, 40))


def test_another_range_leaves_the_cursor_at_its_place() -> None:
    source = GivenSource(a_snapshot(), CALLS)
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("6", "down")
        await settle(pilot)
        assert isinstance(app.screen, SessionsScreen)
        grid = app.screen.query_one("#runs", Grid)
        with_a_new_run(source)
        app.action_choose_range("30d")
        await settle(pilot)
        assert "run-0" in under(grid)

    drive(app, act, (120, 40))


def first_frame_after(*keys: str) -> tuple[bool, bool]:
    """Whether the first row of the frames is another then, and whether it is stood on."""
    source = GivenSource(a_snapshot(), CALLS)
    app = an_app(source)
    told: list[bool] = []

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("5", "b")
        await settle(pilot)
        await pilot.press("tab", *keys)
        table = app.screen.query_one(FrameTable)
        first = table.path_at(0)
        with_other_spend(source)
        await refreshed(pilot, app)
        told.extend([table.path_at(0) != first, table.path_at(table.cursor) == table.path_at(0)])
        assert table.cursor == 0 or table.path_at(table.cursor) == first

    drive(app, act, (120, 40))
    return told[0], told[1]


def test_a_first_frame_is_stood_on_once_the_cursor_was_moved_to_it() -> None:
    assert first_frame_after("down", "up") == (True, False)


def test_a_list_of_frames_that_nobody_moved_in_stays_at_its_top() -> None:
    assert first_frame_after() == (True, True)
