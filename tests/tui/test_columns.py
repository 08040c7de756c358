from collections.abc import Sequence

from hypothesis import given, strategies as st
from rich.cells import cell_len
from rich.text import Text

from profiler.display import plain
from profiler.tui.widgets.amounts import points_in_line
from profiler.tui.widgets.columns import GAP, Column, fit, line, placed, spread

COLUMNS = st.lists(
    st.builds(
        Column,
        st.just("title"),
        st.integers(1, 20),
        st.sampled_from(["left", "right"]),
        st.integers(0, 3),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=8,
)
WORDS = (
    Column("Model", 10, grow=1),
    Column("Calls", 5, "right", rank=2),
    Column("Spend", 8, "right", rank=1),
)


def used(widths: Sequence[tuple[int, int]]) -> int:
    return sum(width for _, width in widths) + GAP * (len(widths) - 1)


@given(COLUMNS, st.integers(0, 200))
def test_columns_keep_their_order_and_at_least_one_stays(columns: list[Column], width: int) -> None:
    indexes = [index for index, _ in fit(columns, width)]
    assert indexes == sorted(indexes)
    assert indexes


@given(COLUMNS, st.integers(0, 200))
def test_columns_fit_whenever_those_that_must_stay_do(columns: list[Column], width: int) -> None:
    widths = fit(columns, width)
    must = [column for column in columns if column.rank == 0]
    needed = sum(column.width for column in must) + GAP * (len(must) - 1)
    if must and needed <= width:
        assert used(widths) <= width


def test_the_highest_rank_leaves_first() -> None:
    assert [index for index, _ in fit(WORDS, 27)] == [0, 1, 2]
    assert [index for index, _ in fit(WORDS, 26)] == [0, 2]
    assert [index for index, _ in fit(WORDS, 19)] == [0]


def test_spare_room_goes_to_the_column_that_grows() -> None:
    assert fit(WORDS, 60) == [(0, 43), (1, 5), (2, 8)]


@given(st.text(max_size=60), st.integers(0, 30), st.sampled_from(["left", "right"]))
def test_text_takes_exactly_its_width_whatever_it_is(text: str, width: int, align: str) -> None:
    drawn = placed(Text(plain(text)), width, "right" if align == "right" else "left")
    assert cell_len(drawn.plain) == width


@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, 60))
def test_two_texts_on_a_line_take_exactly_its_width(left: str, right: str, width: int) -> None:
    assert cell_len(spread(Text(plain(left)), Text(plain(right)), width).plain) == width


def test_numbers_stand_at_the_right_edge_of_their_column() -> None:
    cells = [Text("gpt"), Text("12"), Text("$3.00")]
    assert line(WORDS, fit(WORDS, 27), cells).plain == "gpt            12     $3.00"


def test_amounts_of_a_column_have_their_points_in_one_line_whatever_stands_before() -> None:
    rows = [[Text("a"), Text(one), Text("1")] for one in ("▼ -$4.33", "▲ +$0.2312", "unpriced")]
    lined = points_in_line(WORDS, rows, {"Calls"})
    texts = [row[1](10).plain.rjust(10) for row in lined if callable(row[1])]
    assert texts == ["▼ -$4.33  ", "▲ +$0.2312", "  unpriced"]
