"""The sessions screen: the list, and one run's calls along time."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from hypothesis import given, strategies as st
from rich.text import Text
from textual.pilot import Pilot

from profiler.analysis.nesting import Step
from profiler.display import duration
from profiler.domain.calls import Call
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.screens.call_detail import CallDetailScreen
from profiler.tui.screens.sessions import SessionsScreen
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.stretch import AFTER, BEFORE, FIRST, GENERATING, WAITING, Stretch
from profiler.tui.widgets.waterfall import Waterfall, span_name
from tests.support.snapshots import NOW_US, a_call, a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import Act, drive, screen_text, until

CALLS = [a_call(number, workflow=f"flow-{number % 2}") for number in range(120)]
SECOND = 1_000_000


def watched(act: Act, calls: Sequence[Call] = CALLS, size: tuple[int, int] = (120, 40)) -> None:
    async def go(pilot: Pilot[None]) -> None:
        await pilot.press("6")
        await settle(pilot)
        await act(pilot)

    drive(an_app(GivenSource(a_snapshot(), calls)), go, size)


def app_of(pilot: Pilot[None]) -> ProfilerApp:
    return cast("ProfilerApp", pilot.app)


def test_the_list_goes_round_sessions_workflows_and_agents() -> None:
    async def act(pilot: Pilot[None]) -> None:
        assert "Sessions, the latest first" in screen_text(app_of(pilot))
        assert "the latest 3" in screen_text(app_of(pilot))
        for title in ("Sessions, the dearest", "Workflows, the dearest", "Agents, the dearest"):
            await pilot.press("b")
            await settle(pilot)
            assert title in screen_text(app_of(pilot))
        assert "names an agent" in screen_text(app_of(pilot))

    watched(act)


def test_enter_opens_the_calls_of_one_then_the_call_and_escape_goes_back() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("down", "enter")
        await settle(pilot)
        text = screen_text(app_of(pilot))
        assert "─ run-1 ─" in text
        assert "spend along time" in text
        assert "40 calls" in text
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CallDetailScreen))
        await pilot.press("escape", "escape")
        await settle(pilot)
        assert "Sessions, the latest first" in screen_text(app_of(pilot))
        grid = pilot.app.screen.query_one("#runs", Grid)
        assert (grid.cursor, grid.has_focus) == (1, True)

    watched(act)


def test_a_bar_stands_where_its_call_does_with_the_first_token_marked() -> None:
    calls = [
        a_call(
            number,
            id=f"{NOW_US - (40 - start) * SECOND:014x}{number:016x}",
            started_at_us=NOW_US - (40 - start) * SECOND,
            latency_us=10 * SECOND,
            first_chunk_us=5 * SECOND,
            session="s",
            parent=parent,
        )
        for number, start, parent in ((1, 0, ""), (2, 10, f"{1:016x}"), (3, 30, ""))
    ]

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await settle(pilot)
        lines = screen_text(app_of(pilot)).splitlines()
        bars = [line for line in lines if f"{WAITING}{FIRST}{GENERATING}" in line]
        assert len(bars) == len(calls)
        starts = [bar.index(WAITING) for bar in bars]
        width = bars[0].rindex(GENERATING) - starts[0] + 1
        assert starts[1] - starts[0] in {width - 1, width}
        assert starts[2] - starts[0] in {3 * width - 3, 3 * width - 2, 3 * width - 1, 3 * width}
        names = [bar.index(calls[number].model) for number, bar in enumerate(bars)]
        assert names[1] == names[0] + 2
        [times] = [line for line in lines if " 40.0 s " in line and "So far" in line]
        assert times.index(" 0 ") < times.index("20.0 s") < times.index("40.0 s")

    watched(act, calls)


def test_a_span_opens_the_calls_that_were_made_in_it() -> None:
    calls = [
        a_call(number, parent="ab" * 8 if number in {3, 6, 9} else "", agent="critic")
        for number in range(20)
    ]

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await settle(pilot)
        waterfall = pilot.app.screen.query_one(Waterfall)
        waterfall.cursor = next(
            row for row in range(waterfall.row_count) if waterfall.cells(row)[0] == Text("╷")
        )
        assert "agent critic · 3 calls" in screen_text(app_of(pilot))
        made_in = [call.id for call in waterfall.made_in]
        assert len(made_in) == 3
        await pilot.press("enter")
        await until(pilot, lambda: app_of(pilot).current_mode == "calls")
        assert getattr(pilot.app.screen, "within", "") == f"id:{','.join(made_in)}"

    watched(act, calls)


def test_a_span_of_unlike_calls_goes_by_its_id() -> None:
    alike, other = (a_call(n, feature="", workflow="w", agent=f"{n}") for n in (1, 2))
    assert span_name(Step(0, None, "ab", (alike, other))) == "workflow w"
    assert span_name(Step(0, None, "ab", (alike, replace(other, workflow="")))) == "span ab"


@given(st.integers(1, 10**12), st.integers(1, 200))
def test_times_over_the_bars_take_no_more_than_their_width(length_us: int, width: int) -> None:
    end, times = duration(length_us), Stretch(7, length_us).axis(7, width)
    assert len(times) <= max(width, len(end))
    assert times.endswith(end)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**9))
def test_what_is_looked_at_closely_is_seen_whole(start: int, length: int, after: int) -> None:
    whole = Stretch(0, start + length + after)
    near = whole.around(start, start + length)
    assert 0 <= near.start_us <= start
    assert start + length <= near.end_us + 1 <= whole.end_us + 1


def test_a_close_up_spans_the_call_and_points_to_the_others() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("j", "j", "f")
        text = screen_text(app_of(pilot))
        assert BEFORE in text
        assert AFTER in text
        assert "Close up" in text.splitlines()[-1]
        await pilot.press("f")
        assert AFTER not in screen_text(app_of(pilot))

    watched(act)


def test_one_goes_back_only_from_what_is_opened() -> None:
    async def act(pilot: Pilot[None]) -> None:
        footer = screen_text(app_of(pilot)).splitlines()[-1]
        assert "Back" not in footer
        await pilot.press("enter")
        await settle(pilot)
        await until(pilot, lambda: "Back" in screen_text(app_of(pilot)).splitlines()[-1])

    watched(act)


def test_spend_so_far_rises_to_the_whole() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await settle(pilot)
        waterfall = pilot.app.screen.query_one(Waterfall)
        made = sorted((call for call in CALLS if call.session == "run-0"), key=lambda c: c.cursor)
        assert waterfall.row_count == len(made) + 1
        assert waterfall.current == made[0]
        await pilot.press("end")
        assert waterfall.current == made[-1]
        await pilot.press("home")
        assert waterfall.current is None

    watched(act)


def test_another_list_closes_what_is_open() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("b")
        await settle(pilot)
        screen = cast("SessionsScreen", pilot.app.screen)
        assert (screen.picked, screen.by) == ("", "dearest")
        assert not screen.has_class("-opened")

    watched(act)


def test_another_range_is_listed_from_its_first_page() -> None:
    source = GivenSource(a_snapshot(), [a_call(n, session=f"s-{n}") for n in range(130)])
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        for keys, range_id in ((["6", "n"], "today"), (["n", "1"], "30d")):
            for key in keys:
                await pilot.press(key)
                await settle(pilot)
            app.action_choose_range(range_id)
            await pilot.press("6")
            await settle(pilot)
            assert "the latest 1 to 100" in screen_text(app)

    drive(app, act, (120, 40))
    second = [asked.wanted.span for asked in source.questions if asked.page]
    assert len(set(second)) == 2  # each range's own, asked for in it


def test_no_page_is_turned_to_before_it_is_known_to_be_there() -> None:
    source = GivenSource(a_snapshot(), [a_call(n, session=f"s-{n}") for n in range(130)])
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("6")
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        screen.action_turn(1)
        screen.action_turn(1)
        await settle(pilot)
        assert screen.page == 1
        assert "101 to 130" in screen_text(app)

    drive(app, act, (120, 40))


def test_a_list_that_has_become_shorter_is_shown_from_its_first_page() -> None:
    source = GivenSource(a_snapshot(), [a_call(n, session=f"s-{n}") for n in range(130)])
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        for key in "6n":
            await pilot.press(key)
            await settle(pilot)
        assert "N Before" in screen_text(app)
        source.calls = source.calls[:7]
        app.feed.stir()
        await until(pilot, lambda: "the latest 7" in screen_text(app))

    drive(app, act, (120, 40))


def test_an_opened_session_that_made_no_call_in_range_says_so() -> None:
    source = GivenSource(a_snapshot(), CALLS)
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        for key in ("6", "enter"):
            await pilot.press(key)
            await settle(pilot)
        source.calls = [call for call in source.calls if call.session != "run-0"]
        app.action_choose_range("today")
        await settle(pilot)
        assert "No call of this session is in range" in screen_text(app)
        assert "0 ms" not in screen_text(app)

    drive(app, act, (120, 40))
