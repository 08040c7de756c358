"""The table all lists are: keys, mouse, and the mark of what it is sorted by."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from rich.text import Text
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from profiler.tui.looks.theme import DARK, FALLBACK
from profiler.tui.widgets.columns import Column
from profiler.tui.widgets.grid import Grid
from tests.tui.conftest import until

ROWS = 100
HEIGHT = 21
"""One row of titles, twenty of the table."""


class _GridApp(App[None]):
    """A table alone."""

    CSS = "Screen { layout: vertical; }"

    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[int] = []
        self.opened: list[int] = []
        self.register_theme(DARK)
        self.theme = DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """As the real app has them."""
        return FALLBACK

    def compose(self) -> ComposeResult:
        """A hundred rows of two columns."""
        grid = Grid((Column("Name", 8), Column("Cost", 6, "right")))
        grid.show([(Text(f"row {n}"), Text(str(n))) for n in range(ROWS)])
        yield grid

    def on_grid_heading_chosen(self, message: Grid.HeadingChosen) -> None:
        """Keep it for the test to see."""
        self.chosen.append(message.column)

    def on_grid_opened(self, message: Grid.Opened) -> None:
        """Keep it for the test to see."""
        self.opened.append(message.row)


def in_grid(act: Callable[[Pilot[None], Grid], Awaitable[None]]) -> _GridApp:
    app = _GridApp()

    async def go() -> None:
        async with app.run_test(size=(40, HEIGHT)) as pilot:
            grid = app.query_one(Grid)
            grid.focus()
            await pilot.pause()
            await act(pilot, grid)

    asyncio.run(go())
    return app


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ("j j j k", 2),
        ("down down up", 1),
        ("G", ROWS - 1),
        ("end", ROWS - 1),
        ("G g", 0),
        ("end home", 0),
        ("pagedown", 19),
        ("ctrl+d", 10),
        ("ctrl+d ctrl+d ctrl+u", 10),
        ("ctrl+f ctrl+b", 0),
        ("k", 0),
    ],
)
def test_arrows_and_vi_keys_move_the_cursor(keys: str, row: int) -> None:
    async def act(pilot: Pilot[None], grid: Grid) -> None:
        await pilot.press(*keys.split())
        assert grid.cursor == row

    in_grid(act)


def test_a_click_highlights_and_a_double_click_opens() -> None:
    async def act(pilot: Pilot[None], grid: Grid) -> None:
        await pilot.click(Grid, offset=(5, 4))
        assert grid.cursor == 3
        await pilot.click(Grid, offset=(5, 6), times=2)
        assert grid.cursor == 5

    assert in_grid(act).opened == [5]


def test_a_click_on_a_title_names_its_column() -> None:
    async def act(pilot: Pilot[None], grid: Grid) -> None:
        for x in (2, 9, 10, 12, 17, 30):
            await pilot.click(Grid, offset=(x, 0))
        assert grid.cursor == 0

    assert in_grid(act).chosen == [0, 0, 1, 1]


def test_the_column_sorted_by_is_marked() -> None:
    async def act(pilot: Pilot[None], grid: Grid) -> None:
        grid.sorted_by = "Cost"
        grid.refresh()
        await pilot.pause()
        assert "▾ Cost" in grid.render_line(0).text

    in_grid(act)


def test_what_comes_before_there_is_room_is_scrolled_to_once_there_is() -> None:
    async def act(pilot: Pilot[None], grid: Grid) -> None:
        for row, top in ((1, 0), (50, 50 - (HEIGHT - 1) + 1)):
            grid.display = False
            await until(pilot, lambda: not grid.size.height)
            grid.cursor = row
            await pilot.pause(0.05)
            grid.display = True
            await until(pilot, lambda: bool(grid.size.height))
            await pilot.pause(0.05)
            assert grid.scroll_offset.y == top

    in_grid(act)
