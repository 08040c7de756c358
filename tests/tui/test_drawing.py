from dataclasses import replace

import pytest
from hypothesis import given, strategies as st
from rich.text import Text
from textual.color import Color
from textual.theme import Theme

from profiler.analysis.results.compared import Compared
from profiler.domain.budgets import Level
from profiler.domain.totals import Totals
from profiler.tui.looks.theme import DARK, FALLBACK, THEMES, Palette, palette
from profiler.tui.widgets.bars import merged, nice_top
from profiler.tui.widgets.columns import stacked
from profiler.tui.widgets.facts import knowledge
from profiler.tui.widgets.gauge import SIGNS, bar, gauge
from profiler.tui.widgets.model_rows import model_cells
from profiler.tui.widgets.origin import split_bar
from profiler.tui.widgets.scatter import Axis, points
from profiler.tui.widgets.spending import change, spend_text
from profiler.tui.widgets.trend import tick_money
from tests.support.screen_parts import compared
from tests.support.snapshots import a_snapshot, a_standing, model_rows


def ink_of(theme: Theme) -> Palette:
    return palette({**theme.to_color_system().generate(), **FALLBACK, **theme.variables})


INK = ink_of(DARK)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""

    def luminance(colour: str) -> float:
        parts = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in Color.parse(colour).normalized
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_text_colour_can_be_read_on_every_ground(theme: Theme) -> None:
    ink = ink_of(theme)
    colours = (ink.ink, ink.muted, ink.accent, ink.ok, ink.watch, ink.high, *ink.series)
    for ground in (ink.ground, ink.cursor, str(theme.background)):
        for colour in colours:
            assert contrast(colour, ground) >= 4.5


@given(st.floats(0, 3), st.integers(1, 60))
def test_a_bar_takes_exactly_its_width(share: float, width: int) -> None:
    assert bar(share, width, "red", "grey").cell_len == width


def test_a_bar_is_full_only_when_all_is_used_and_empty_only_when_nothing_is() -> None:
    assert bar(0.999, 10, "red", "grey").plain == "━━━━━━━━━╸"
    assert bar(1.0, 10, "red", "grey").plain == "━━━━━━━━━━"
    assert bar(0.0001, 10, "red", "grey").plain == "╸─────────"
    assert bar(0.0, 10, "red", "grey").plain == "──────────"


@pytest.mark.parametrize(
    ("spent", "level"),
    [(59.99, "ok"), (60, "watch"), (79.99, "watch"), (80, "high"), (99.99, "high"), (100, "over")],
)
def test_a_gauge_says_its_level_in_colour_sign_and_word(spent: float, level: str) -> None:
    drawn = stacked(gauge(a_standing("team", spent, 100), 40, INK))
    assert f"{SIGNS[Level(level)]} {level}" in drawn.plain
    expected = {"ok": INK.ok, "watch": INK.watch}.get(level, INK.high)
    assert expected in {str(span.style) for span in drawn.spans}


def test_a_gauge_says_that_unpriced_calls_come_on_top() -> None:
    drawn = stacked(gauge(a_standing("team", 1, 10, unpriced_calls=3), 40, INK))
    assert "$1.00+ of $10.00" in drawn.plain


def test_a_spend_of_unpriced_calls_alone_is_not_zero() -> None:
    assert spend_text(Totals(calls=3, unpriced_calls=3), INK).plain == "unpriced"
    assert spend_text(Totals(calls=3, unpriced_calls=1, spend_pusd=10**12), INK).plain == "$1.00+"
    assert spend_text(Totals(), INK).plain == "$0.00"


def test_a_model_whose_priced_calls_were_not_billed_has_no_known_cost() -> None:
    totals = Totals(calls=9, errors=2, unpriced_calls=7)
    row = Compared(("acme", "m"), totals)
    drawn = [cell.plain for cell in model_cells(1, row, 10**12, INK) if isinstance(cell, Text)]
    assert "unpriced" in drawn
    assert not any("$0" in text for text in drawn)
    assert drawn[2] == "–"


def test_a_total_without_any_known_cost_says_so() -> None:
    unpriced = replace(a_snapshot(), totals=Totals(calls=7, unpriced_calls=7))
    parts = [part.plain for part in knowledge(unpriced, INK)]
    assert parts[0] == "no cost is known: 7 of 7 calls unpriced"


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [(3, 2, "▲ 50% "), (1, 2, "▼ 50% "), (5, 0, ""), (100, 1, "▲ 100× ")],
)
def test_a_comparison_says_which_way_and_how_far(now: int, before: int, text: str) -> None:
    assert change(now, before, INK).plain == text


@given(st.lists(st.integers(0, 10**15), max_size=200), st.integers(1, 50))
def test_merging_buckets_loses_no_money(values: list[int], step: int) -> None:
    assert sum(merged(tuple(values), step)) == sum(values)


@given(st.floats(1e-9, 1e9))
def test_the_chart_ends_at_a_round_number_just_above_the_highest_bar(value: float) -> None:
    top = nice_top(value)
    assert value <= top * 1.000001
    assert top <= value * 2.000001


@given(st.floats(1e-9, 1e9))
def test_money_beside_the_axis_has_room(value: float) -> None:
    assert len(tick_money(nice_top(value)).strip()) <= 12


def test_models_without_price_or_latency_are_left_out_of_the_scatter() -> None:
    rows = [compared(row) for row in model_rows()]
    assert {point.number for point in points(rows)} == set(range(1, len(rows)))


@given(st.lists(st.floats(1e-9, 1e9), min_size=1, max_size=20))
def test_every_point_lies_within_its_axis(values: list[float]) -> None:
    axis = Axis(values)
    low, high = axis.limits
    assert all(low <= axis.place(value) <= high for value in values)
    places, labels = axis.ticks(str)
    assert len(places) == len(labels)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 80))
def test_the_parts_of_the_input_fill_the_bar(
    read: int, written: int, fresh: int, width: int
) -> None:
    totals = Totals(input_tokens=fresh, cache_read_tokens=read, cache_write_tokens=written)
    assert split_bar(totals, width, INK).cell_len == width


@pytest.mark.parametrize(
    ("lost", "told"), [(1, "1 call not logged"), (1_200, "1,200 calls not logged")]
)
def test_calls_that_could_not_be_logged_stand_in_the_status_line(lost: int, told: str) -> None:
    snapshot = a_snapshot()
    lossy = replace(snapshot, freshness=replace(snapshot.freshness, lost_calls=lost))
    assert told in [part.plain for part in knowledge(lossy, INK)]


def test_faults_of_our_own_stand_in_the_status_line() -> None:
    snapshot = a_snapshot()
    faulty = replace(snapshot, freshness=replace(snapshot.freshness, swallowed_faults=2))
    told = "2 faults of ours were swallowed, see doctor"
    assert told in [part.plain for part in knowledge(faulty, INK)]
    assert not any("logged" in part.plain for part in knowledge(snapshot, INK))
