"""The frames of a tree as a table: each under what led to it, with itself and all within it."""

from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len
from rich.text import Text

from profiler import display
from profiler.analysis.flame import Path
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.amounts import at_point
from profiler.tui.widgets.cell_grid import CellGrid
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.frames import Drawn, Row, change_text, colour_of, label, rows
from profiler.tui.widgets.gauge import bar
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.spending import spend_text

COLUMNS = (
    Column("Frame", 28, grow=6, most=120),
    Column("Total", 10, "right"),
    Column("Itself", 10, "right", rank=2),
    Column("Share", 6, "right", rank=4),
    Column("", 6, grow=1, rank=7, most=48),
    Column("Calls", 7, "right", rank=3),
    Column("Tokens", 7, "right", rank=5),
    Column("Errors", 6, "right", rank=8),
)
COMPARED = (
    COLUMNS[0],
    Column("Total", 10, "right"),
    Column("Before", 10, "right", rank=2),
    Column("Change", 13, "right"),
    Column("Share", 6, "right", rank=4),
    Column("Calls", 7, "right", rank=3),
    Column("Tokens", 7, "right", rank=6),
)
AMOUNTS = frozenset({"Total", "Itself", "Before"})
_NAME_CELLS = 34
"""Names are told by file, line and function within so many, before another column has room."""
_INDENT = 2
_ITSELF = 2
"""The place of what a frame came to itself."""
_MEASURED = 500
"""Rows whose names say how wide names are."""


class FrameTable(CellGrid):
    """Only the rows on the screen are made into text."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self._tree: Drawn | None = None
        self._frames: Sequence[Row] = ()
        self._depth = 0
        self._is_flat = False
        self._behind = 0
        self._noun = COLUMNS[0].title

    def draw(self, tree: Drawn, zoom: Path, noun: str = "Frame") -> None:
        """Draw the frames below the one that is zoomed to, under what they are called."""
        self._tree = tree
        self._noun = noun
        frame = tree.at(zoom)
        self._frames = [] if frame is None else list(rows(frame, zoom))
        if frame is not None and not self._frames:
            self._frames = [Row(zoom, frame)]
        self._depth = len(zoom)
        self._is_flat = not any(row.frame.inner for row in self._frames)
        self.columns = self._columns(tree)
        self.name_rows([row.path for row in self._frames], zoom)
        self.count_changed()

    def _columns(self, tree: Drawn) -> list[Column]:
        """No name takes more than it needs; where nothing is within a frame, it is all itself."""
        first, *others = COLUMNS if tree.before is None else COMPARED
        measured = self._frames[:_MEASURED]
        names = (cell_len(_told(tree, row, self._depth, first.most)) for row in measured)
        most = max([first.width, len(self._noun), *names])
        brief = (cell_len(_told(tree, row, self._depth, _NAME_CELLS)) for row in measured)
        least = min(most, _NAME_CELLS, max([first.width, *brief]))
        spent = [display.spend(row.frame.whole) for row in measured]
        told = [words.rpartition(".") for words in spent]
        self._behind = max((len(fraction) for _, point, fraction in told if point), default=0)
        before = max((len(whole) for whole, point, _ in told if point), default=0)
        titles = map(len, AMOUNTS)
        width = max([*titles, before + 1 + self._behind, *map(len, spent)])
        first = replace(first, title=self._noun, width=least, most=most)
        if self._is_flat:
            others = [one for one in others if one.title != "Itself"]
        return [
            first,
            *(replace(one, width=width) if one.title in AMOUNTS else one for one in others),
        ]

    @property
    def names_a_frame(self) -> bool:
        """Whether one stands on a frame as a whole, not on a figure of it."""
        return self.title in {"", self._noun}

    @property
    def row_count(self) -> int:
        """How many frames there are."""
        return len(self._frames)

    def path_at(self, row: int) -> Path | None:
        """Which frame stands in a row."""
        return self._frames[row].path if row < len(self._frames) else None

    def point(self, path: Path) -> None:
        """Put the cursor on a frame, if it is in the table."""
        for number, row in enumerate(self._frames):
            if row.path == path:
                self.cursor = number
                # pointed at from elsewhere it was chosen there, first row or not
                self._is_led = self._is_led or not self.has_focus

    def cells(self, row: int) -> Sequence[Cell]:
        """One frame's row."""
        if self._tree is None:
            return ()
        found, ink = self._frames[row], palette_of(self)
        if self._tree.before is None:
            cells = frame_cells(self._tree, found, self._depth, ink)
            cells = [*cells[:_ITSELF], *cells[_ITSELF + self._is_flat :]]
        else:
            cells = compared_cells(self._tree, found, self._depth, ink)
        return [self._lined_up(*one) for one in zip(self.columns, cells, strict=True)]

    def _lined_up(self, column: Column, cell: Cell) -> Cell:
        if column.title in AMOUNTS and isinstance(cell, Text):
            return at_point(cell, self._behind, column.width)
        return cell


def _told(tree: Drawn, row: Row, depth: int, width: int) -> str:
    indent = " " * _INDENT * max(0, len(row.path) - depth - 1)
    return indent + label(tree.name(row.path), width - len(indent))


def _name(tree: Drawn, row: Row, depth: int, ink: Palette) -> Cell:
    style = ink.ink if row.frame.own.calls else ink.muted
    return lambda width: Text(_told(tree, row, depth, width), style=style)


def frame_cells(tree: Drawn, row: Row, depth: int, ink: Palette) -> list[Cell]:
    """What a frame came to, and what of it its own calls did."""
    frame, share = row.frame, tree.share(row.frame)
    colour = colour_of(tree, row.path, frame, ink)
    errors = frame.whole.errors
    return [
        _name(tree, row, depth, ink),
        spend_text(frame.whole, ink),
        spend_text(frame.own, ink) if frame.own.calls else Text("", style=ink.muted),
        Text(display.percent(share), style=ink.muted),
        lambda width: bar(share or 0.0, width, colour, ink.track),
        Text(display.count(frame.whole.calls), style=ink.ink),
        Text(display.short_count(frame.whole.tokens), style=ink.muted),
        Text(display.count(errors), style=ink.high if errors else ink.muted),
    ]


def compared_cells(tree: Drawn, row: Row, depth: int, ink: Palette) -> list[Cell]:
    """What a frame comes to against what it came to in the other range."""
    frame = row.frame
    change = tree.change_pusd(row.path, frame)
    before = (tree.before or {}).get(row.path)
    return [
        _name(tree, row, depth, ink),
        spend_text(frame.whole, ink) if frame.whole.calls else Text("–", style=ink.muted),
        spend_text(before, ink) if before and before.calls else Text("–", style=ink.muted),
        change_text(change, ink),
        Text(display.percent(tree.share(frame)), style=ink.muted),
        Text(display.count(frame.whole.calls), style=ink.ink),
        Text(display.short_count(frame.whole.tokens), style=ink.muted),
    ]
