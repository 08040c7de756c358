"""Amounts under each other, and panels that list."""

from functools import partial

import pytest
from rich.cells import cell_len
from rich.text import Text
from textual.geometry import Size

from profiler.tui.widgets.amounts import at_point, lined_up
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.recent import site_cell
from profiler.tui.widgets.rows import ROOMY, table
from tests.tui.conftest import INK

COLUMNS = (Column("Model", 10, grow=1), Column("Spend", 9, "right"))


def test_points_stand_in_one_line() -> None:
    told = ["$12.34+", "$0.000036", "~$0.0155", "<$0.000001", "≈ $0.0123", "unpriced"]
    drawn = [one.plain.rjust(12) for one in lined_up([Text(one) for one in told], 12)]
    assert {one.index(".") for one in drawn[:-1]} == {5}
    assert drawn[-1].endswith("unpriced")


@pytest.mark.parametrize("told", ["unpriced", "–", "gpt-5.1", ""])
def test_what_is_no_amount_stays_as_it_is(told: str) -> None:
    assert at_point(Text(told), 6, 20).plain == told


def test_an_amount_is_never_pushed_out_of_its_column() -> None:
    assert at_point(Text("$1,234,567.89"), 6, 11).plain == "$1,234,567.89"
    assert at_point(Text("$123.45"), 6, 9).plain == "$123.45  "


@pytest.mark.parametrize("height", [2, ROOMY])
def test_no_figure_of_a_panel_is_cut(height: int) -> None:
    rows = [[Text("claude-sonnet-4-5"), Text("$1,234,567.89+")], [Text("b"), Text("$1.00")]]
    drawn = [line.plain for line in table(COLUMNS, rows, Size(28, height), INK)]
    assert drawn[-2:] == ["claude-sonn…  $1,234,567.89+", "b                      $1.00"]
    assert (drawn[0].split() == ["Model", "Spend"]) is (height == ROOMY)


@pytest.mark.parametrize(("width", "told"), [(30, "rag/答え.py:41 answer"), (12, "…y:41 answer")])
def test_a_site_that_is_cut_keeps_its_line(width: int, told: str) -> None:
    drawn = site_cell("rag/答え.py:41 answer", INK, width)
    assert drawn.plain == told
    assert cell_len(drawn.plain) <= width


def test_what_is_cut_gets_the_room_that_others_do_not_need() -> None:
    columns = (Column("Model", 10, grow=2, most=30), Column("Site", 8, grow=1, most=60))
    site = "rag/answers.py:132 answer"
    rows: list[list[Cell]] = [[Text("gpt-5.1"), partial(site_cell, site, INK)]]
    (drawn,) = table(columns, rows, Size(10 + 2 + len(site), 1), INK)
    assert drawn.plain == f"gpt-5.1     {site}"


def test_rows_end_at_the_right_edge_whatever_is_spare() -> None:
    rows = [[Text("b"), Text("$1.00")]]
    (drawn,) = table(COLUMNS, rows, Size(60, 1), INK)
    assert len(drawn.plain) == 60
    assert drawn.plain.endswith("$1.00")
