"""What stands on the terminal, so that only what differs is written to it."""

from collections.abc import Iterator

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate


class Changes(CompositorUpdate):
    """Pieces of lines that stand there differently by now."""

    def __init__(self, pieces: list[str]) -> None:
        self._pieces = pieces

    @property
    def is_none(self) -> bool:
        """Whether all stands there as it is."""
        return not self._pieces

    def render_segments(self, console: Console) -> str:
        """Them, with where they go."""
        del console  # they are rendered
        return "".join(self._pieces)


class Written:
    """The pieces of lines that were written last.

    A widget that is drawn anew mostly looks as before. To write that again is slow over a slow
    line, and flickers in some terminals.
    """

    def __init__(self) -> None:
        self._rows: dict[int, dict[tuple[int, int], str]] = {}

    def forget(self) -> None:
        """Anything may stand there now."""
        self._rows.clear()

    def changes(self, update: ChopsUpdate | LayoutUpdate, console: Console) -> Changes:
        """What differs from what stands there."""
        if isinstance(update, LayoutUpdate):
            pieces = _all_pieces(update, console)
        else:
            pieces = _pieces(update, console)
        found = [
            Control.move_to(x, y).segment.text + text
            for x, y, after, text in pieces
            if self._is_new(y, (x, after), text)
        ]
        return Changes(found)

    def _is_new(self, y: int, place: tuple[int, int], text: str) -> bool:
        row = self._rows.setdefault(y, {})
        if row.get(place) == text:
            return False
        for other in [other for other in row if other[0] < place[1] and place[0] < other[1]]:
            del row[other]
        row[place] = text
        return True


_Piece = tuple[int, int, int, str]
"""Column, line, the column behind it, and text."""


def _all_pieces(update: LayoutUpdate, console: Console) -> Iterator[_Piece]:
    for y, line in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in line:
            yield x, y, x + strip.cell_length, strip.render(console)
            x += strip.cell_length


def _pieces(update: ChopsUpdate, console: Console) -> Iterator[_Piece]:
    """Those of the lines that were drawn, as Textual would write them."""
    for y, first, after in update.spans:
        ends = update.chop_ends[y]
        for end, (x, strip) in zip(ends, update.chops[y].items(), strict=False):
            if strip is None or x >= after or end <= first:
                continue
            if end > after:
                strip = strip.crop(0, after - x)  # noqa: PLW2901  a part of it
            yield x, y, min(end, after), strip.render(console)
