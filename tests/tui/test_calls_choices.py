"""What can be chosen about the history: order, place, columns, marks, kept filters."""

import json
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from profiler.domain.scopes import Dimension, Match
from profiler.errors import StoreLocked
from profiler.tui.actions.commands import commands
from profiler.tui.app import ProfilerApp
from profiler.tui.asking.ranges import custom
from profiler.tui.asking.saved import SavedFilters
from profiler.tui.looks.picture import settle
from profiler.tui.memory import Memory
from profiler.tui.opening.start import Start
from profiler.tui.screens.call_dialogs import ColumnsScreen, FiltersScreen, GoToScreen
from profiler.tui.widgets.call_list import CallList
from tests.support.snapshots import NOW_US, ZONE, a_call, a_snapshot
from tests.support.sources import GivenSource
from tests.tui.conftest import Act, drive, screen_text, until

CALLS = tuple(a_call(number) for number in range(900))
PRICED = [call for call in CALLS if call.cost.pusd is not None]
UNPRICED = [call for call in CALLS if call.cost.pusd is None]


def in_calls(act: Act, size: tuple[int, int] = (120, 40), kept: Path | None = None) -> GivenSource:
    source = GivenSource(a_snapshot(), CALLS)
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US, Start(memory=Memory(kept)))

    async def there(pilot: Pilot[None]) -> None:
        app.action_show("calls")
        await settle(pilot)
        await act(pilot)

    drive(app, there, size)
    return source


def app_of(pilot: Pilot[None]) -> ProfilerApp:
    assert isinstance(pilot.app, ProfilerApp)
    return pilot.app


def calls_of(pilot: Pilot[None]) -> CallList:
    return pilot.app.screen_stack[0].query_one(CallList)


def current_id(pilot: Pilot[None]) -> str:
    call = calls_of(pilot).current
    return call.id if call else ""


def test_only_a_filter_in_force_is_offered_a_name() -> None:
    async def act(pilot: Pilot[None]) -> None:
        app = app_of(pilot)
        await pilot.press("f")
        assert "Tab name" not in screen_text(app)
        assert not app.screen.query_one(Input).display
        await pilot.press("escape", "slash", *"gpt", "enter", "f", *"mine", "enter")
        await until(pilot, lambda: "Enter use · Del forget · Tab name" in screen_text(app))
        await pilot.press("escape", "escape", "f")
        assert "Tab name" not in screen_text(app)
        assert "Enter use · Del forget" in screen_text(app)

    in_calls(act)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(
    ("since", "until_", "query", "told"),
    [
        ("2027-01-01", "", "model:nope", "No calls in this range: r chooses another range."),
        ("2026-11-01", "", "model:nope", "No call matches: Esc clears the filter."),
        (
            "2020-01-01",
            "2020-01-02",
            "model:nope",
            "No calls: Esc clears the filter, r chooses another range.",
        ),
    ],
)
def test_an_empty_list_says_what_is_at_fault(
    since: str, until_: str, query: str, told: str, size: tuple[int, int]
) -> None:
    async def act(pilot: Pilot[None]) -> None:
        app = app_of(pilot)
        app.choose_range(custom(since, until_, NOW_US, ZONE))
        app.action_narrow(query)
        await until(pilot, lambda: told in screen_text(app))

    in_calls(act, size)


def test_by_cost_the_dearest_come_first_and_the_unpriced_last() -> None:
    dearest = max(PRICED, key=lambda call: (call.cost.pusd or 0, *call.cursor))

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("s")
        await until(pilot, lambda: current_id(pilot) == dearest.id)
        assert "▾ Cost" in screen_text(app_of(pilot))
        assert "dearest first" in screen_text(app_of(pilot))
        await pilot.press("G")
        await until(pilot, lambda: current_id(pilot) == UNPRICED[-1].id)
        await pilot.press("s")
        await until(pilot, lambda: current_id(pilot) == CALLS[0].id)

    in_calls(act)


def test_a_click_on_a_title_sorts() -> None:
    async def act(pilot: Pilot[None]) -> None:
        x = calls_of(pilot).render_line(0).text.index("Cost")
        await pilot.click(CallList, offset=(x, 0))
        await until(pilot, lambda: calls_of(pilot).is_by_cost)

    in_calls(act)


def test_walking_down_by_cost_sees_every_call_once() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("s")
        await until(pilot, lambda: calls_of(pilot).is_by_cost and not calls_of(pilot).is_asking)
        seen = [current_id(pilot)]
        while seen[-1] != UNPRICED[-1].id:
            for _ in range(90):
                calls_of(pilot).action_move(1)
                if current_id(pilot) != seen[-1]:
                    seen.append(current_id(pilot))
            await until(pilot, lambda: not calls_of(pilot).is_asking)
        assert sorted(seen) == sorted(call.id for call in CALLS)

    in_calls(act)


def test_inside_tmux_nobody_knows_whether_a_copy_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("y")
        await until(pilot, lambda: "tmux needs set-clipboard on" in said(pilot))
        assert "Copied" not in said(pilot)
        monkeypatch.delenv("TMUX")
        await pilot.press("y")
        await until(pilot, lambda: "Copied the id of 1 call." in said(pilot))

    def said(pilot: Pilot[None]) -> str:
        return " ".join(one.message for one in pilot.app._notifications)

    monkeypatch.setenv("TMUX", "default,1,0")
    in_calls(act)


def test_a_day_is_gone_to_at_once() -> None:
    noon = NOW_US - NOW_US % (12 * 3_600_000_000)
    first = min(call.cursor for call in CALLS if call.started_at_us >= noon)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("g")
        assert isinstance(pilot.app.screen, GoToScreen)
        pilot.app.screen.query_one(Input).value = "2026-11-22T12:00"
        await pilot.press("enter")
        await until(pilot, lambda: not calls_of(pilot).is_asking)
        call = calls_of(pilot).current
        assert call is not None
        assert call.cursor == first
        await pilot.press("g", "g")
        await until(pilot, lambda: current_id(pilot) == CALLS[0].id)

    in_calls(act)


def test_where_nobody_can_go_is_told() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("g")
        pilot.app.screen.query_one(Input).value = "someday"
        await pilot.press("enter")
        assert "✖" in screen_text(app_of(pilot))
        await pilot.press("escape")

    in_calls(act)


def test_marks_are_summed_and_copied() -> None:
    known = [CALLS[0], CALLS[1]]

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("space", "space")
        await until(pilot, lambda: "◆ 2 marked: $" in screen_text(app_of(pilot)))
        marks = calls_of(pilot).marks
        assert marks.spend_pusd == sum(call.cost.pusd or 0 for call in known)
        await pilot.press("y")
        assert pilot.app.clipboard == "\n".join(call.id for call in known)
        await pilot.press("Y")
        rows = [json.loads(line) for line in pilot.app.clipboard.splitlines()]
        assert [row["id"] for row in rows] == [call.id for call in known]
        await pilot.press("escape")
        assert not calls_of(pilot).marked

    in_calls(act)


@pytest.mark.parametrize("mode", ["calls", "models"])
def test_marks_are_not_taken_along_to_other_calls(mode: str) -> None:
    start = Start(memory=Memory(), open_demo=lambda: GivenSource(a_snapshot()))
    app = ProfilerApp(lambda: GivenSource(a_snapshot(), CALLS), ZONE, lambda: NOW_US, start)

    async def act(pilot: Pilot[None]) -> None:
        app.action_show(mode)
        await settle(pilot)
        await pilot.press("space")
        await until(pilot, lambda: "◆ 1 marked" in screen_text(app))
        await pilot.press("i")
        await until(pilot, lambda: app.view.question.is_demo and app.view.snapshot is not None)
        await settle(pilot)
        assert "marked" not in screen_text(app)

    drive(app, act, (120, 40))


def test_unpriced_marks_never_sum_to_nothing() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press(*["down"] * 6, "space")
        await until(pilot, lambda: "◆ 1 marked: unpriced" in screen_text(app_of(pilot)))

    in_calls(act)


def test_columns_are_chosen_and_remembered(tmp_path: Path) -> None:
    kept = tmp_path / "tui.json"

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("c")
        assert isinstance(pilot.app.screen, ColumnsScreen)
        await pilot.press("j", "space", "enter")
        await until(pilot, lambda: "Provider" in screen_text(app_of(pilot)))

    async def again(pilot: Pilot[None]) -> None:
        assert "Provider" in screen_text(app_of(pilot))
        await pilot.press("c", "u", "enter")
        await until(pilot, lambda: "Provider" not in screen_text(app_of(pilot)))

    in_calls(act, (200, 50), kept)
    in_calls(again, (200, 50), kept)


def test_a_filter_is_kept_under_a_name_and_used_again(tmp_path: Path) -> None:
    kept = tmp_path / "tui.json"

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("slash")
        pilot.app.screen.query_one(Input).value = "feature:search"
        await pilot.pause()
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("f")
        assert isinstance(pilot.app.screen, FiltersScreen)
        await pilot.press(*"mine", "enter", "escape", "x")
        await settle(pilot)
        await pilot.press("f", "enter")
        await until(pilot, lambda: app_of(pilot).view.question.query == "feature:search")

    source = in_calls(act, kept=kept)
    assert source.asked[-1][0].matches == (Match(Dimension.FEATURE, "search"),)
    saved = SavedFilters(Memory(kept))
    assert saved.all() == {"mine": "feature:search"}
    assert "Filter: mine" in {one.name for one in commands(filters=saved.all())}
    saved.forget("mine")
    assert SavedFilters(Memory(kept)).all() == {}


def test_a_locked_store_keeps_what_is_there_and_says_so() -> None:
    async def act(pilot: Pilot[None]) -> None:
        source.failure = StoreLocked("the database is locked")
        await pilot.press("end")
        await until(pilot, lambda: "✖ The store is busy" in screen_text(app_of(pilot)))
        assert current_id(pilot) == CALLS[0].id
        source.failure = None
        await pilot.press("end")
        await until(pilot, lambda: current_id(pilot) == CALLS[-1].id)
        assert "busy; this is" not in screen_text(app_of(pilot))

    source = GivenSource(a_snapshot(), CALLS)
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US)

    async def there(pilot: Pilot[None]) -> None:
        app.action_show("calls")
        await settle(pilot)
        await act(pilot)

    drive(app, there, (120, 40))


def test_a_call_that_was_let_go_of_is_said_to_be_gone() -> None:
    source = GivenSource(a_snapshot(), CALLS)
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US)

    async def there(pilot: Pilot[None]) -> None:
        app.action_show("calls")
        await settle(pilot)
        del source.calls[0]
        await pilot.press("enter")
        await until(pilot, lambda: current_id(pilot) == CALLS[1].id)
        assert "not there any more" in "".join(note.title for note in app._notifications)

    drive(app, there)


def test_a_column_is_ticked_by_more_than_a_colour() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("c")
        await until(pilot, lambda: " Project " in screen_text(app_of(pilot)))
        rows = screen_text(app_of(pilot)).splitlines()
        (ticked,) = (row for row in rows if " Outcome " in row)
        (other,) = (row for row in rows if " Project " in row)
        assert ticked.split(" Outcome")[0].endswith("▐✓▌")
        assert other.split(" Project")[0].endswith("▐ ▌")

    in_calls(act)
