"""Cost against latency: one point per model, by its name where there is room for it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from profiler import display
from profiler.analysis.results.compared import Compared
from profiler.domain.money import PUSD_PER_USD
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.columns import stacked
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.trend import tick_money

WIDE = 20.0
"""From this ratio of largest to smallest on, an axis grows by powers of ten."""
AIR = 0.12
"""Room beyond the outermost points, as a share of the axis."""
MARGIN = 8
"""Cells the figures beside the axis take."""
LEAST_WIDTH, LEAST_HEIGHT = 24, 4
TICK_CELLS, TICK_ROWS = 14, 3
"""Room for a figure below and beside the axes, and some air."""
NAME_CELLS = 28
"""The longest name beside a point."""
DOT = "●"
LEAST = 0.999e-6
"""The smallest value that is written beside an axis."""


@dataclass(frozen=True, slots=True)
class Point:
    """One model."""

    number: int
    """Its row in the table above."""
    dollars: float
    """Mean cost of a call; always positive."""
    seconds: float
    """Median latency; always positive."""
    name: str = ""
    """As it is drawn."""


def points(rows: Sequence[Compared]) -> tuple[Point, ...]:
    """The models that can be drawn: priced, not free, and timed."""
    return tuple(
        Point(
            number,
            row.totals.mean_pusd / PUSD_PER_USD,
            row.spread.latency.p50 / 1e6,
            display.model_name(row.name, NAME_CELLS) if row.name else "(none)",
        )
        for number, row in enumerate(rows, 1)
        if row.totals.mean_pusd and row.spread.latency.p50
    )


class Axis:
    """Where values stand: straight, or by powers of ten where they lie far apart."""

    def __init__(self, values: Sequence[float]) -> None:
        low, high = min(values), max(values)
        self._is_log = high / low > WIDE
        first, last = self.place(low if self._is_log else 0.0), self.place(high)
        air = (last - first) * AIR or abs(last) or 1.0
        self.limits = (first - (air if self._is_log else 0), last + air)

    def place(self, value: float) -> float:
        """Where a value stands."""
        return math.log10(value) if self._is_log else value

    def cell(self, value: float, cells: int) -> int:
        """The cell where a value stands, of so many along the axis."""
        return self.cell_at(self.place(value), cells)

    def cell_at(self, place: float, cells: int) -> int:
        """The cell of a place on the axis."""
        first, last = self.limits
        return max(0, min(cells - 1, round((place - first) / (last - first) * (cells - 1))))

    def ticks(self, label: Callable[[float], str], most: int = 4) -> tuple[list[float], list[str]]:
        """Round values, about as many as there is room for, and how they read."""
        first, last = self.limits
        if self._is_log:
            values = _round_values(first, last, most)
            return [math.log10(value) for value in values], [label(value) for value in values]
        step = _round_step(last / max(1, most - 1))
        places = [step * number for number in range(int(last / step) + 1)]
        return places, [label(place) for place in places]


def _round_values(first: float, last: float, most: int) -> list[float]:
    """Of 1, 2 and 5 times the powers of ten as many as are wanted, else fewer powers."""
    powers = range(math.floor(first), math.ceil(last) + 1)
    for digits in ((1, 2, 5), (1, 3), (1,)):
        found = [digit * 10.0**power for power in powers for digit in digits]
        # what is less than a millionth of a dollar has no figure of its own
        found = [value for value in found if first <= math.log10(value) <= last and value >= LEAST]
        if len(found) <= most:
            return found
    return found[:: -(-len(found) // max(1, most))]


def _round_step(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= least)


@dataclass(frozen=True, slots=True)
class Mark:
    """A point where it is drawn, with what stands beside it."""

    number: int
    row: int
    left: int
    text: str

    def covers(self, x: int, y: int) -> bool:
        """Whether a cell of the chart is its."""
        return y == self.row and self.left <= x < self.left + cell_len(self.text)


class Field:
    """The cells between the axes, and which of them are taken."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._taken: set[tuple[int, int]] = set()

    def dot(self, column: int, row: int) -> int:
        """The free cell next to where a point belongs, which it takes."""
        for by in (0, 1, -1, 2, -2, 3, -3):
            if 0 <= column + by < self.width and self._is_free(column + by, 1, row):
                column += by
                break
        self._take(column, 1, row)
        return column

    def named(self, point: Point, column: int, row: int) -> Mark:
        """A dot with its name to the right or the left; with its number where neither has room."""
        for name in (point.name, str(point.number)):
            width = cell_len(name)
            # a cell of air on either side keeps names apart
            if self._is_free(column + 1, width + 2, row):
                self._take(column + 1, width + 1, row)
                return Mark(point.number, row, column, f"{DOT} {name}")
            if self._is_free(column - width - 2, width + 2, row):
                self._take(column - width - 1, width + 1, row)
                return Mark(point.number, row, column - width - 1, f"{name} {DOT}")
        return Mark(point.number, row, column, DOT)

    def _is_free(self, left: int, width: int, row: int) -> bool:
        inside = left >= 0 and left + width <= self.width + 1
        return inside and not any((x, row) in self._taken for x in range(left, left + width))

    def _take(self, left: int, width: int, row: int) -> None:
        self._taken.update((x, row) for x in range(left, left + width))


def marks(
    drawn: Sequence[Point], across: Axis, upwards: Axis, width: int, height: int, current: int
) -> list[Mark]:
    """The points in their cells; the current one's name has its room first, then the dearest's."""
    field = Field(width, height)
    ordered = sorted(drawn, key=lambda point: (point.number != current, point.number))
    dots = [
        (
            point,
            field.dot(across.cell(point.dollars, width), row),
            row,
        )
        for point in ordered
        for row in [height - 1 - upwards.cell(point.seconds, height)]
    ]
    return [field.named(*dot) for dot in dots]


class Scatter(Widget):
    """Cost to the right, latency upwards; the point of the table's row stands out."""

    DEFAULT_CSS = "Scatter { width: 1fr; height: 1fr; }"

    shown: reactive[tuple[Point, ...]] = reactive(())
    current = reactive(0)
    """The number of the row one stands on."""

    class Opened(Message):
        """The user clicked on a point."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    @property
    def marks(self) -> list[Mark]:
        """The points as they are drawn, in cells of the field."""
        width, height = self._field
        if not self.shown or width < LEAST_WIDTH or height < LEAST_HEIGHT:
            return []
        return marks(self.shown, *self._axes, width, height, self.current)

    @property
    def _field(self) -> tuple[int, int]:
        return self.content_size.width - MARGIN, self.content_size.height - 1

    @property
    def _axes(self) -> tuple[Axis, Axis]:
        return (
            Axis([point.dollars for point in self.shown]),
            Axis([point.seconds for point in self.shown]),
        )

    def on_click(self, event: events.Click) -> None:
        """A click on a point or its name tells which it is."""
        place = event.get_content_offset(self)
        if place is not None:
            for mark in self.marks:
                if mark.covers(place.x - MARGIN, place.y):
                    self.post_message(self.Opened(mark.number))
                    return

    def render(self) -> Text:
        """The points over faint lines, with figures beside and below."""
        found, (width, height) = self.marks, self._field
        if not found:
            return Text("")
        ink, (across, upwards) = palette_of(self), self._axes
        places, labels = upwards.ticks(_seconds, max(2, height // TICK_ROWS + 1))
        beside = {
            height - 1 - upwards.cell_at(place, height): label
            for place, label in zip(places, labels, strict=True)
        }
        places, below = across.ticks(lambda value: tick_money(value).strip(), width // TICK_CELLS)
        columns = [across.cell_at(place, width) for place in places]
        lines = [
            Text(beside.get(row, "").rjust(MARGIN - 1) + " ", style=ink.muted, end="").append_text(
                self._row(
                    [mark for mark in found if mark.row == row],
                    columns,
                    "┈" if row in beside else " ",
                    width,
                    ink,
                )
            )
            for row in range(height)
        ]
        under = " " * MARGIN + figures_below(columns, below, width)
        return stacked([*lines, Text(under, style=ink.muted)])

    def _row(
        self, here: Sequence[Mark], columns: Sequence[int], rule: str, width: int, ink: Palette
    ) -> Text:
        ground = "".join("┊" if x in columns else rule for x in range(width))
        made, at = Text(end=""), 0
        for mark in sorted(here, key=lambda mark: mark.left):
            made.append(ground[at : mark.left], ink.edge)
            made.append_text(self._mark(mark, ink))
            at = mark.left + cell_len(mark.text)
        return made.append(ground[at:], ink.edge)

    def _mark(self, mark: Mark, ink: Palette) -> Text:
        colour = ink.series[min(mark.number, len(ink.series)) - 1]
        if mark.number == self.current:
            return Text(mark.text, style=f"bold {ink.ink} on {ink.cursor}", end="")
        text = Text(mark.text, style=ink.muted, end="")
        text.highlight_regex(DOT, style=colour)
        return text


def figures_below(columns: Sequence[int], labels: Sequence[str], width: int) -> str:
    """Figures under their lines; one that would touch its neighbour is left out."""
    made = ""
    for column, label in zip(columns, labels, strict=True):
        at = max(0, min(column - len(label) // 2, width - len(label)))
        if not made or at > len(made) + 1:
            made = made.ljust(at) + label
    return made


def _seconds(value: float) -> str:
    return display.duration(value * 1e6).replace(".0 s", " s")
