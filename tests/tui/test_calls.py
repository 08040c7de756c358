import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from profiler.analysis.results.snapshot import CallDetail
from profiler.domain.calls import Outcome
from profiler.domain.scopes import Dimension, Filter, Match
from profiler.log.captured import CallText, Speech
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.screens.call_detail import CallDetailScreen
from profiler.tui.widgets.call_list import CallList
from profiler.tui.widgets.paged_calls import KEPT
from profiler.tui.widgets.query import QuerySuggester
from tests.support.snapshots import NOW_US, a_call, a_snapshot, an_empty_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import Act, drive, screen_text, until

CALLS = tuple(a_call(number) for number in range(900))


def in_calls(act: Act, size: tuple[int, int] = (80, 24)) -> tuple[ProfilerApp, GivenSource]:
    """Do something on the calls screen over more calls than are held at once."""
    source = GivenSource(a_snapshot(), CALLS)
    app = an_app(source)

    async def there(pilot: Pilot[None]) -> None:
        await pilot.press("2")
        await settle(pilot)
        await act(pilot)

    drive(app, there, size)
    return app, source


async def type_filter(pilot: Pilot[None], text: str) -> None:
    await pilot.press("slash")
    pilot.app.screen.query_one(Input).value = text
    await pilot.pause()
    await pilot.press("enter")


def calls_of(pilot: Pilot[None]) -> CallList:
    return pilot.app.screen.query_one(CallList)


def current_id(pilot: Pilot[None]) -> str:
    call = calls_of(pilot).current
    return call.id if call else ""


def test_end_and_home_reach_both_ends_of_the_history_at_once() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("end")
        await until(pilot, lambda: current_id(pilot) == CALLS[-1].id)
        await pilot.press("home")
        await until(pilot, lambda: current_id(pilot) == CALLS[0].id)

    _, source = in_calls(act)
    assert len(source.asked) < 6


def test_walking_down_sees_every_call_once_and_holds_only_a_few_pages() -> None:
    async def act(pilot: Pilot[None]) -> None:
        seen = [current_id(pilot)]
        while seen[-1] != CALLS[-1].id:
            before = seen[-1]
            for _ in range(60):
                calls_of(pilot).action_move(1)
                if current_id(pilot) != seen[-1]:
                    seen.append(current_id(pilot))
            await until(pilot, lambda: not calls_of(pilot).is_asking)
            assert seen[-1] != before
            rows = calls_of(pilot)
            top = rows.scroll_offset.y
            assert top <= rows.cursor < top + rows.visible_rows
        assert seen == [call.id for call in CALLS]
        assert calls_of(pilot).row_count <= KEPT

    in_calls(act)


def test_walking_back_up_sees_them_all_again() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("end")
        await until(pilot, lambda: current_id(pilot) == CALLS[-1].id)
        seen = [current_id(pilot)]
        while seen[-1] != CALLS[0].id:
            for _ in range(60):
                calls_of(pilot).action_move(-1)
                if current_id(pilot) != seen[-1]:
                    seen.append(current_id(pilot))
            await until(pilot, lambda: not calls_of(pilot).is_asking)
        assert seen == [call.id for call in reversed(CALLS)]

    in_calls(act)


def rows_app(pilot: Pilot[None]) -> ProfilerApp:
    assert isinstance(pilot.app, ProfilerApp)
    return pilot.app


def test_a_filter_is_read_and_asked_of_the_store() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await type_filter(pilot, "status:error feature:search")
        await settle(pilot)
        assert "match" in screen_text(rows_app(pilot))

    _, source = in_calls(act)
    wanted = source.asked[-1][0]
    assert wanted.outcome is Outcome.ERROR
    assert wanted.matches == (Match(Dimension.FEATURE, "search"),)


@pytest.mark.parametrize("start", ["overview", "calls"])
def test_a_filter_typed_faster_than_the_screen_is_typed_whole(start: str) -> None:
    source = GivenSource(a_snapshot(), CALLS)
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        app.action_show(start)
        await settle(pilot)
        for key in ("slash", *"red", "slash"):
            app.post_message(Key(key, "/" if key == "slash" else key))
        await until(pilot, lambda: [field.value for field in app.screen.query(Input)] == ["red/"])

    drive(app, act, (80, 24))


def test_a_filter_that_cannot_be_read_says_so_while_it_is_typed() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("slash")
        pilot.app.screen.query_one(Input).value = "colour:red"
        await pilot.pause()
        assert "✖ 'colour' cannot be filtered by" in screen_text(rows_app(pilot))
        await pilot.press("enter")
        assert pilot.app.screen.query_one(Input).has_focus

    _, source = in_calls(act)
    assert all(wanted.matches == () for wanted, _, _ in source.asked)


def test_escape_leaves_the_filter_and_then_clears_it() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await type_filter(pilot, "gpt")
        await settle(pilot)
        assert calls_of(pilot).has_focus
        # letters that are keys elsewhere are text here
        await pilot.press("slash", *"q1", "escape")
        assert pilot.app.screen.query_one(Input).value == "gpt"
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.screen.query_one(Input).value == ""

    _, source = in_calls(act)
    asked = source.asked[-1][0]
    assert asked == Filter(asked.span)


def test_a_filter_that_nothing_matches_says_how_to_clear_it() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await type_filter(pilot, "model:none")
        await until(pilot, lambda: "No call matches" in screen_text(rows_app(pilot)))

    in_calls(act)


def test_enter_opens_the_call_with_its_price_lines() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CallDetailScreen))
        text = screen_text(rows_app(pilot))
        assert "gpt-5.1" in text
        assert "1,201 ×  $1.25/M =" in text
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, CallDetailScreen)

    _, source = in_calls(act)
    assert source.priced_at_us == NOW_US


def test_a_wide_screen_shows_the_highlighted_call_beside_the_list() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("down", "down")
        await settle(pilot)
        text = screen_text(rows_app(pilot))
        assert "google · chat streamed" in text
        assert "rag/answer.py:41 answer" in text

    in_calls(act, (120, 40))


def test_an_unpriced_call_is_never_shown_as_free() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press(*["down"] * 6, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CallDetailScreen))
        text = screen_text(rows_app(pilot))
        assert "unpriced" in text
        assert "no rate is known for this model" in text
        assert "$0.00" not in text

    in_calls(act)


def test_new_calls_come_in_on_top_only_while_the_newest_is_in_sight() -> None:
    newer = a_call(-1)

    async def act(pilot: Pilot[None]) -> None:
        source = the_source[0]
        await pilot.press("down")
        held = current_id(pilot)
        source.calls.insert(0, newer)
        source.given = a_snapshot(recent=(newer, *CALLS[:49]))
        source.news = 1
        source.wake()
        await until(pilot, lambda: "▲ newer: Home" in screen_text(rows_app(pilot)))
        assert current_id(pilot) == held
        await pilot.press("home")
        await until(pilot, lambda: current_id(pilot) == newer.id)

    source = GivenSource(a_snapshot(recent=CALLS[:50]), CALLS)
    the_source = [source]
    app = an_app(source)

    async def there(pilot: Pilot[None]) -> None:
        await pilot.press("2")
        await settle(pilot)
        await act(pilot)

    drive(app, there)


LABELS = {"search", "summaries", "my feature", "\x1b[2Jx"}


async def labels(dimension: Dimension, prefix: str) -> Sequence[str]:
    assert dimension is Dimension.FEATURE
    return sorted(label for label in LABELS if label.startswith(prefix))


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("mod", "model:"),
        ("status:er", "status:error"),
        ("status:error fea", "status:error feature:"),
        ("feature:se", "feature:search"),
        ("feature:=se", "feature:=search"),
        ("feature:my", "feature:my\\ feature"),
        ("feature:my\\ f", "feature:my\\ feature"),
        ("priced:n", "priced:no"),
        ("since:2", "since:24h"),
        ("feature:\x1b", None),
        ("nonsense:x", None),
        ("", None),
    ],
)
def test_the_last_word_of_a_filter_is_completed(typed: str, completed: str | None) -> None:
    assert asyncio.run(QuerySuggester(labels).get_suggestion(typed)) == completed


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("!feature:se", "!feature:search"),
        ("-sta", "-status:"),
        ("latency", "latency>"),
        ("latency>5", "latency>5s"),
        ("tokens>1", "tokens>10000"),
        ("tag", "tag:"),
        ("!", None),
    ],
)
def test_bounds_and_what_is_left_out_are_completed_too(typed: str, completed: str | None) -> None:
    assert asyncio.run(QuerySuggester(labels).get_suggestion(typed)) == completed


def test_what_was_said_comes_into_sight_when_it_is_opened() -> None:
    said = CallText((Speech("user", "hello"),), (Speech("assistant", "hi"),), is_cut=False)

    class Spoken(GivenSource):
        def detail(self, call_id: str, now_us: int) -> CallDetail:
            return replace(super().detail(call_id, now_us), text=said)

    app = an_app(Spoken(a_snapshot(), [a_call(number) for number in range(5)]))

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("2")
        await settle(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, CallDetailScreen))
        await pilot.press("v")
        await until(pilot, lambda: "answered, assistant" in screen_text(app))

    drive(app, act, (80, 24))


def test_keys_go_to_other_screens_from_a_history_of_no_call() -> None:
    app = an_app(GivenSource(an_empty_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        for key, mode in (("2", "calls"), ("3", "models")) * 3:
            await pilot.press(key)
            await settle(pilot)
            assert app.current_mode == mode

    drive(app, act)
