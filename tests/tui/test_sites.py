"""The sites screen: boxes and rows of the same frames, zoomed, compared, opened."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from profiler.analysis.flame import Measure, grow
from profiler.domain.calls import Call
from profiler.domain.totals import Totals
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.screens.sites import SitesScreen, calls_at
from profiler.tui.widgets.frame_table import FrameTable
from profiler.tui.widgets.frames import boxes, drawn, label
from profiler.tui.widgets.icicle import Icicle
from tests.support.snapshots import a_call, a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import Act, drive, screen_text, until

CALLS = [a_call(number) for number in range(120)]


def watched(act: Act, calls: Sequence[Call] = CALLS, size: tuple[int, int] = (120, 40)) -> None:
    async def go(pilot: Pilot[None]) -> None:
        await pilot.press("5")
        await settle(pilot)
        await act(pilot)

    drive(an_app(GivenSource(a_snapshot(), calls)), go, size)


def app_of(pilot: Pilot[None]) -> ProfilerApp:
    return cast("ProfilerApp", pilot.app)


def screen_of(pilot: Pilot[None]) -> SitesScreen:
    return cast("SitesScreen", pilot.app.screen)


def current(pilot: Pilot[None]) -> tuple[str, ...]:
    return pilot.app.screen.query_one(Icicle).current


def test_arrows_move_among_the_boxes_and_the_table_follows() -> None:
    async def act(pilot: Pilot[None]) -> None:
        assert current(pilot) == ()
        await pilot.press("down", "down")
        first = current(pilot)
        assert len(first) == 2
        await pilot.press("right")
        second = current(pilot)
        assert second[0] == first[0]
        assert second != first
        table = screen_of(pilot).query_one(FrameTable)
        assert table.path_at(table.cursor) == second
        await pilot.press("left", "up")
        assert current(pilot) == first[:1]
        await pilot.press("j", "l", "h", "k")
        assert current(pilot) == first[:1]

    watched(act)


def test_enter_zooms_in_and_escape_out() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("down", "down", "enter")
        zoomed = screen_of(pilot).zoom
        assert len(zoomed) == 2
        [whole, *_] = screen_of(pilot).query_one(Icicle).drawn
        assert whole.path == zoomed
        await pilot.press("escape")
        assert screen_of(pilot).zoom == zoomed[:1]
        await pilot.press("backspace")
        assert screen_of(pilot).zoom == ()

    watched(act)


def test_boxes_leave_the_rows_what_they_do_not_fill() -> None:
    async def act(pilot: Pilot[None]) -> None:
        icicle, table = screen_of(pilot).query_one(Icicle), screen_of(pilot).query_one(FrameTable)
        tall, rows = icicle.size.height, table.visible_rows
        assert tall == max(box.row for box in icicle.drawn) + 1
        await pilot.press("down", "enter")
        await until(pilot, lambda: icicle.size.height < tall)
        assert table.visible_rows > rows

    watched(act)


def test_a_click_zooms_in_and_a_click_on_the_top_out() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.click(Icicle, offset=(5, 2))
        await pilot.pause()
        assert len(screen_of(pilot).zoom) == 2
        await pilot.click(Icicle, offset=(5, 0))
        await pilot.pause()
        assert len(screen_of(pilot).zoom) == 1

    watched(act)


def test_the_table_moves_the_boxes_and_opens_calls() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "down", "down")
        assert len(current(pilot)) == 3
        site = current(pilot)[-1]
        await pilot.press("enter")
        await until(pilot, lambda: app_of(pilot).current_mode == "calls")
        await settle(pilot)
        await pilot.press("enter", "end")
        await until(pilot, lambda: site[:12] in screen_text(app_of(pilot)))

    watched(act)


def test_what_is_marked_in_the_table_is_what_keys_are_about() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("tab")
        await settle(pilot)
        table = app_of(pilot).screen.query_one(FrameTable)
        assert current(pilot) == table.path_at(table.cursor) != ()

    watched(act)


def test_the_grouping_and_the_measure_go_round() -> None:
    async def act(pilot: Pilot[None]) -> None:
        seen = []
        for _ in range(3):
            await pilot.press("b")
            await settle(pilot)
            seen.append(screen_of(pilot).query_one("#icicle").border_title)
        assert seen == ["By feature › agent › model", "By session", "By call stack"]
        await pilot.press("m")
        assert "as wide as calls" in screen_text(app_of(pilot))
        assert "120 calls" in screen_text(app_of(pilot))
        await pilot.press("m")
        assert "as wide as tokens" in screen_text(app_of(pilot))

    watched(act)


def test_sessions_have_no_column_that_says_the_same_twice() -> None:
    async def act(pilot: Pilot[None]) -> None:
        assert "Itself" in screen_text(app_of(pilot))
        await pilot.press("b", "b")
        await settle(pilot)
        [titles] = [line for line in screen_text(app_of(pilot)).splitlines() if " Total " in line]
        assert "Itself" not in titles
        assert "Session " in titles

    watched(act)


def test_shares_are_of_what_widths_stand_for() -> None:
    dear, cheap = Totals(calls=1, spend_pusd=9), Totals(calls=3, spend_pusd=1)
    root = grow([(("dear",), dear), (("cheap",), cheap)])
    shares = {
        measure: [drawn(root, None, measure).share(frame) for frame in root.inner]
        for measure in (Measure.COST, Measure.CALLS)
    }
    assert shares == {Measure.COST: [0.9, 0.1], Measure.CALLS: [0.25, 0.75]}


def test_a_frame_loses_its_folders_before_its_file() -> None:
    assert label("rag/answer.py:41 answer", 23) == "rag/answer.py:41 answer"
    assert label("rag/answer.py:41 answer", 22) == "answer.py:41 answer"
    assert label("rag/answer.py:41 answer", 18) == "answer"
    assert label("", 18) == "all calls"


def test_a_box_too_narrow_for_its_change_still_shows_the_sign() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("d")
        await settle(pilot)
        icicle = screen_of(pilot).query_one(Icicle)
        told = [icicle.render_line(box.row).text[box.left :][: box.width] for box in icicle.drawn]
        assert all({"▲", "▼", "="} & set(one) for one in told if len(one) > 3)

    watched(act, size=(80, 24))


def test_changes_have_signs_and_colours() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("d")
        await settle(pilot)
        text = screen_text(app_of(pilot))
        assert "against the range before" in text
        assert "Before" in text
        assert "▲ +$" in text
        await pilot.press("d")
        await settle(pilot)
        assert "against" not in screen_text(app_of(pilot))
        await pilot.press("D")
        await pilot.press(*"2026-11-01", "enter")
        await settle(pilot)
        assert "against 2026-11-01.." in screen_text(app_of(pilot))

    watched(act)


def test_a_missing_file_is_told_and_nothing_is_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(os.environ, "EDITOR", "false")

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("o")
        await pilot.pause()
        assert "app.py is not there" in screen_text(app_of(pilot))

    watched(act)


def test_a_line_that_made_no_call_itself_leads_to_those_made_through_it() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("down", "c")
        await until(pilot, lambda: app_of(pilot).current_mode == "calls")
        assert "Calls · stack:" in screen_text(app_of(pilot))

    watched(act)


def test_boxes_tile_their_parent_and_what_is_too_narrow_is_left_out() -> None:
    root = grow(
        [
            (("a", "b"), Totals(calls=1, spend_pusd=50)),
            (("a", "c"), Totals(calls=1, spend_pusd=30)),
            (("d",), Totals(calls=1, spend_pusd=20)),
            (("tiny",), Totals(calls=1, spend_pusd=0)),
        ]
    )
    found = {box.path: (box.left, box.width) for box in boxes(root, (), 10, 5, Measure.COST)}
    assert found == {
        (): (0, 10),
        ("a",): (0, 8),
        ("d",): (8, 2),
        ("a", "b"): (0, 5),
        ("a", "c"): (5, 3),
    }


def test_calls_without_a_feature_stand_apart_from_a_feature_called_so() -> None:
    calls = [a_call(0, feature=""), a_call(1, feature="(no feature)")]

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("b")
        await settle(pilot)
        table = screen_of(pilot).query_one(FrameTable)
        found = [table.path_at(row) or () for row in range(table.row_count)]
        assert {path for path in found if len(path) == 1} == {("",), ("(no feature)",)}
        for path in found:
            table.focus()
            screen_of(pilot).stand(path)
            await pilot.pause()
            shown = table.render_line(1 + table.cursor).text
            assert (path[-1] or ("(no feature)", "(no agent)")[len(path) - 1]) in shown

    watched(act, calls)


def test_what_cost_nothing_goes_by_calls() -> None:
    root = grow([(("a",), Totals(calls=2, unpriced_calls=2))])
    tree = drawn(root, None, Measure.COST)
    assert tree.measure is Measure.CALLS
    assert [box.path for box in boxes(tree.root, (), 10, 5, tree.measure)] == [(), ("a",)]


def test_frames_of_either_range_are_compared() -> None:
    now = grow([(("a",), Totals(calls=1, spend_pusd=5))])
    before = grow([(("b",), Totals(calls=1, spend_pusd=7))])
    tree = drawn(now, before, Measure.COST)
    changes = {frame.name: tree.change_pusd((frame.name,), frame) for frame in tree.root.inner}
    assert changes == {"a": 5, "b": -7}
    assert tree.change_pusd((), tree.root) == -2


@pytest.mark.parametrize(
    ("by", "path", "query"),
    [
        ("stack", ("main", "rag.py:4 answer"), r"stack:=main\ >\ rag.py:4\ answer"),
        ("stack", ("(no call site)",), "stack:"),
        ("labels", ("search", "", "m 1"), r"feature:=search agent: model:=m\ 1"),
        ("labels", ("",), "feature:"),
        ("labels", ("(no feature)",), r"feature:=(no\ feature)"),
        ("session", ("run-1",), "session:=run-1"),
        ("session", ("(all others)",), None),
        ("stack", (), ""),
    ],
)
def test_a_frame_means_a_filter(by: str, path: tuple[str, ...], query: str | None) -> None:
    assert calls_at(by, path) == query


def test_at_80_columns_the_innermost_frame_names_its_line() -> None:
    stack = ("tools/ci.py:40 main", "tools/review.py:63 review", "tools/review.py:120 review_file")
    leaf = "tools/review.py:167 review_patch"
    call = replace(a_call(1), stack=(*stack, leaf), site=leaf)

    async def act(pilot: Pilot[None]) -> None:
        table = screen_of(pilot).query_one(FrameTable)
        lines = [table.render_line(y).text for y in range(1, 6)]
        assert any("review.py:167 review_patch" in line for line in lines)
        assert "Calls" in table.render_line(0).text

    watched(act, [call], (80, 24))


def test_all_time_is_compared_with_nothing() -> None:
    async def act(pilot: Pilot[None]) -> None:
        app = app_of(pilot)
        await pilot.press("d")
        await settle(pilot)
        assert "against the range before" in screen_text(app)
        app.action_choose_range("all")
        await until(pilot, lambda: "all time" in screen_text(app) and app.view.is_answered)
        await settle(pilot)
        assert "against" not in screen_text(app)
        await pilot.press("d")
        await until(pilot, lambda: "Nothing comes before all time" in screen_text(app))

    watched(act)
