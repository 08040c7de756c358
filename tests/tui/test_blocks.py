"""Bars of solid blocks, and what their colours mean."""

import pytest
from rich.cells import cell_len
from rich.style import Style

from profiler.analysis.results.snapshot import Trend
from profiler.domain.money import PUSD_PER_USD
from profiler.tui.widgets.bars import levels
from profiler.tui.widgets.blocks import (
    ALL,
    NONE,
    Paint,
    cell,
    parts_of,
    places,
    reaches,
    rule_at,
    times_line,
)
from profiler.tui.widgets.trend import legend, tick_money
from tests.tui.conftest import INK

PAINT = Paint(("#0000ff", "#00ff00", "#ff0000"), "#000000")


def a_trend(*names: str, unpriced: tuple[str, ...] = ()) -> Trend:
    series = tuple((name, (PUSD_PER_USD,)) for name in names)
    return Trend(starts_us=(0,), step="day", series=series, unpriced=unpriced, end_us=1)


@pytest.mark.parametrize(("count", "width"), [(1, 100), (7, 58), (24, 58), (29, 58), (60, 186)])
def test_bars_are_alike_apart_and_within_the_chart(count: int, width: int) -> None:
    found = places(count, width)
    assert len({bar for _, bar in found}) == 1
    ends = [start + bar for start, bar in found]
    assert all(end < start for end, (start, _) in zip(ends, found[1:], strict=False))
    assert found[0][0] >= 0
    assert ends[-1] <= width


def test_a_colour_ends_within_a_cell_upon_the_next() -> None:
    reach = reaches([1.0, 1.5], 2.0, 2)
    assert reach == [8, 12]
    assert cell(parts_of(reach, 0), PAINT) == ("█", Style(color="#0000ff", bgcolor="#000000"))
    assert cell(parts_of(reach, 1), PAINT) == ("▄", Style(color="#00ff00", bgcolor="#000000"))
    both = cell(parts_of([3, 8], 0), PAINT)
    assert both == ("▃", Style(color="#0000ff", bgcolor="#00ff00"))


def test_of_three_colours_in_a_cell_the_widest_two_are_seen() -> None:
    assert cell(parts_of([3, 4, 8], 0), PAINT)[1] == Style(color="#0000ff", bgcolor="#ff0000")


def test_what_is_spent_shows_however_little() -> None:
    assert reaches([0, 0.0001], 100, 10) == [0, 1]
    assert reaches([0, 0], 100, 10) == [0, 0]


def test_what_one_does_not_stand_on_steps_back() -> None:
    parts = parts_of([8], 0)
    assert cell(parts, PAINT, ALL) == cell(parts, PAINT, 0) == cell(parts, PAINT)
    assert cell(parts, PAINT, NONE)[1] != cell(parts, PAINT)[1]


def test_patterns_tell_layers_apart_where_no_colours_do() -> None:
    plain = Paint(PAINT.colours, PAINT.ground, is_plain=True)
    assert [cell(parts_of([8, 16, 24], row), plain)[0] for row in range(3)] == ["█", "▒", "▓"]
    drawn = legend(a_trend("a", "b", "c"), 40, INK, is_plain=True)
    assert drawn.plain == "█ a  ▒ b  ▓ c"


@pytest.mark.parametrize(
    ("top", "rows", "found"),
    [
        (2.0, 3, [0, 2]),
        (2.0, 4, [0, 1, 2]),
        (2.0, 12, [0, 0.5, 1, 1.5, 2]),
        (30.0, 9, [0, 10, 20, 30]),
    ],
)
def test_figures_beside_the_axis_are_round_and_never_crowded(
    top: float, rows: int, found: list[float]
) -> None:
    assert levels(top, rows) == found
    assert [rule_at(level, top, rows)[0] for level in (found[0], found[-1])] == [0, rows - 1]


def test_half_a_token_is_no_figure() -> None:
    assert levels(1.0, 20, is_whole=True) == [0, 1]


def test_ten_cents_are_cents() -> None:
    assert [tick_money(one).strip() for one in (0.5, 1.5, 2)] == ["$0.50", "$1.50", "$2"]


def test_times_stand_below_their_bars_and_apart() -> None:
    assert times_line([(0, "16 Nov"), (1, "17 Nov")], [(1, 6), (10, 6)], 16) == " 16 Nov   17 Nov"
    assert times_line([(0, "16 Nov"), (1, "17 Nov")], [(0, 2), (3, 2)], 16) == "16 Nov"


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (60, "□ acme unpriced  ■ claude-sonnet-4-5  ■ gpt-5.1"),
        (40, "□ acme unpriced  ■ claude-sonnet-4-5  +1"),
        (39, "□ 1 unpriced  ■ claude-sonnet-4-5  +1"),
        (24, "□ 1 unpriced  ■ claude-…"),
    ],
)
def test_a_legend_names_what_it_has_room_for_and_counts_the_rest(width: int, told: str) -> None:
    drawn = legend(a_trend("acme", "claude-sonnet-4-5", "gpt-5.1", unpriced=("acme",)), width, INK)
    assert drawn.plain == told
    assert cell_len(drawn.plain) <= width
