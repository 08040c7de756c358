"""A field of cells that signs are put into, what comes later upon what was there."""

from collections.abc import Sequence
from itertools import groupby

from rich.style import Style
from rich.text import Text

Cell = tuple[str, str, str]
"""A sign, its colour and its ground."""


class Cells:
    """Rows are counted from the bottom, as amounts are."""

    def __init__(self, width: int, rows: int, ground: str) -> None:
        self.width, self.rows = width, rows
        self._ground = ground
        self._cells: list[list[Cell]] = [[(" ", ground, ground)] * width for _ in range(rows)]

    def put(self, x: int, row: int, sign: str, colour: str, ground: str | None = None) -> None:
        """One sign; where none is named, on the ground that is there. Beyond the edges: nothing."""
        if 0 <= x < self.width and 0 <= row < self.rows:
            there = self._cells[row][x][2] if ground is None else ground
            self._cells[row][x] = sign, colour, there

    def write(self, x: int, row: int, text: str, colour: str) -> None:
        """A few characters, a cell each, side by side."""
        for place, sign in enumerate(text):
            self.put(x + place, row, sign, colour)

    def is_free(self, x: int, row: int, width: int) -> bool:
        """Whether nothing stands in so many cells, all of which there are."""
        if not (0 <= row < self.rows and 0 <= x <= self.width - width):
            return False
        return all(cell[0] == " " for cell in self._cells[row][x : x + width])

    def lines(self) -> list[Text]:
        """The rows from the top down."""
        return [_joined(row) for row in reversed(self._cells)]


def _joined(row: Sequence[Cell]) -> Text:
    made = Text(no_wrap=True, end="")
    for (colour, ground), cells in groupby(row, key=lambda cell: cell[1:]):
        made.append("".join(cell[0] for cell in cells), Style(color=colour, bgcolor=ground))
    return made
