"""Cost against latency: one numbered point per model."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from profiler import display
from profiler.analysis.compared import Compared
from profiler.domain.money import PUSD_PER_USD
from profiler.tui.widgets.plot import Canvas
from profiler.tui.widgets.trend import tick_money

WIDE = 20.0
"""From this ratio of largest to smallest on, an axis grows by powers of ten."""
AIR = 0.12
"""Room beyond the outermost points, as a share of the axis."""


@dataclass(frozen=True, slots=True)
class Point:
    """One model."""

    number: int
    """Its row in the table above."""
    dollars: float
    """Mean cost of a call; always positive."""
    seconds: float
    """Median latency; always positive."""


def points(rows: Sequence[Compared]) -> tuple[Point, ...]:
    """The models that can be drawn: priced, not free, and timed."""
    return tuple(
        Point(number, row.totals.mean_pusd / PUSD_PER_USD, row.spread.latency.p50 / 1e6)
        for number, row in enumerate(rows, 1)
        if row.totals.mean_pusd and row.spread.latency.p50
    )


def paint(drawn: Sequence[Point], canvas: Canvas) -> None:
    """Cost to the right, latency upwards."""
    across = Axis([point.dollars for point in drawn])
    upwards = Axis([point.seconds for point in drawn])
    for point in drawn:
        colour = canvas.ink.series[min(point.number, len(canvas.ink.series)) - 1]
        where = across.place(point.dollars), upwards.place(point.seconds)
        canvas.text(*where, f"●{point.number}", colour)
    canvas.scale("x", across.limits, *across.ticks(lambda v: tick_money(v).strip()))
    canvas.scale("y", upwards.limits, *upwards.ticks(_seconds))
    canvas.grid("y")


def number_at(drawn: str, x: int, y: int) -> int | None:
    """The number of the point that stands at a cell of the chart; `None` where none does."""
    lines = drawn.splitlines()
    line = lines[y] if 0 <= y < len(lines) else ""
    found = (one for one in re.finditer(r"●(\d+)", line) if one.start() <= x < one.end())
    return next((int(one[1]) for one in found), None)


def _seconds(value: float) -> str:
    return f"{display.duration(value * 1e6):>7} "


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

    def ticks(self, label: Callable[[float], str]) -> tuple[list[float], list[str]]:
        """Round values and how they read."""
        first, last = self.limits
        if self._is_log:
            powers = range(math.ceil(first), math.floor(last) + 1)
            return [float(power) for power in powers], [label(10.0**power) for power in powers]
        step = _round_step(last / 3)
        places = [step * number for number in range(int(last / step) + 1)]
        return places, [label(place) for place in places]


def _round_step(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= least)
