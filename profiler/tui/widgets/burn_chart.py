"""A budget's window as a curve: what is used against its limit, an even pace and the forecast."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from rich.text import Text

from profiler import display
from profiler.budgets.growth import Growth, even
from profiler.budgets.outlook import expected_short
from profiler.domain.budgets import Action, Measure, Standing
from profiler.domain.money import PUSD_PER_USD
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.bars import MARGIN, nice_top
from profiler.tui.widgets.blocks import EIGHTHS, halfway, rule_at
from profiler.tui.widgets.cells import Cells
from profiler.tui.widgets.gauge import amount_text
from profiler.tui.widgets.time_axis import axis_line
from profiler.tui.widgets.trend import tick_money

LIMIT, THRESHOLD, EVEN, FORECAST, BAND, REACHED = "━", "┄", "·", "•", "░", "✖"
EVENS = ".·˙"
"""The even pace in a row of cells: low, in the middle, high."""
PLAIN_BODY = "▒"
_EDGE = 4
"""So many eighths of a cell the edge of what is used is thick at least."""
_AIR = 1.06
"""Room above the highest of what is drawn."""
_MOST_ABOVE = 1.5
"""How far above limit and use the forecast's range may reach before it is cut."""
_ROWS_PER_TICK = 3
_AHEAD = 4
"""A window without an end is drawn on for a part of its length in so many."""
_FAR = 2
_DOES = {
    Action.WARN: "warns",
    Action.NOTIFY: "alerts",
    Action.DOWNGRADE: "cheaper models",
    Action.BLOCK: "blocks",
}


@dataclass(frozen=True)
class Burn:
    """What is drawn."""

    standing: Standing
    growth: Growth
    now_us: int

    @cached_property
    def curve(self) -> tuple[tuple[int, int], ...]:
        """What was used of the tightest limit, moment by moment; ends with the standing."""
        return self.growth.curve(self.standing, self.now_us)

    @cached_property
    def end_us(self) -> int:
        """Where the chart ends: with the window, or a little beyond what can be told."""
        begun_us = self.curve[0][0]
        if self.standing.window.end_us is not None:
            return max(self.standing.window.end_us, self.now_us + 1)
        gone_us = max(_AHEAD, self.now_us - begun_us)
        reached_us = self.reached_us
        if reached_us is not None and reached_us <= self.now_us + _FAR * gone_us:
            return reached_us + gone_us // (2 * _AHEAD)
        return max(self.now_us, begun_us) + gone_us // _AHEAD

    @property
    def reached_us(self) -> int | None:
        """When the limit will be reached, if that is to come."""
        forecast, limit = self.standing.forecast, self.standing.tightest.amount
        if forecast is None or forecast.reaches_at_us is None or self.standing.amount >= limit:
            return None
        is_expected = forecast.mid is None or forecast.mid >= limit
        is_ahead = forecast.reaches_at_us > self.now_us
        return forecast.reaches_at_us if is_expected and is_ahead else None

    @property
    def ahead(self) -> list[tuple[int, int, int, int]]:
        """Moments to come: the least, the expected and the most that will be used by then."""
        forecast, used, limit = self.standing.forecast, self.standing.amount, self.standing.tightest
        if forecast is None:
            return []
        made = [(self.now_us, used, used, used)]
        reached_us = self.reached_us
        if forecast.mid is not None:
            low, high = forecast.low or used, forecast.high or used
            if reached_us is not None and reached_us < self.end_us:
                share = (reached_us - self.now_us) / (self.end_us - self.now_us)
                least, most = (used + round((one - used) * share) for one in (low, high))
                made.append((reached_us, least, limit.amount, max(most, limit.amount)))
            made.append((self.end_us, low, forecast.mid, high))
        elif reached_us is not None:
            made.append((reached_us, limit.amount, limit.amount, limit.amount))
        return made if len(made) > 1 else []

    @property
    def top(self) -> float:
        """The highest amount that is drawn."""
        most = max(self.standing.tightest.amount, *(used for _, used in self.curve))
        ahead = [min(high, most * _MOST_ABOVE) for *_, high in self.ahead]
        return max(most, *ahead, 1) * _AIR if ahead else max(most, 1) * _AIR


class Drawing:
    """One chart in its cells."""

    def __init__(self, burn: Burn, width: int, rows: int, ink: Palette, *, is_plain: bool) -> None:
        self._burn, self._ink, self._is_plain = burn, ink, is_plain
        self._cells = Cells(width, rows, ink.ground)
        self._width, self._rows, self._top = width, rows, burn.top
        self._begun_us, self._end_us = burn.curve[0][0], burn.end_us
        self.now = self.column(burn.now_us)
        self._reach = [self._eighths(used) for used in self._used()]

    def column(self, at_us: int) -> int:
        """Where a moment is."""
        share = (at_us - self._begun_us) / max(1, self._end_us - self._begun_us)
        return max(0, min(self._width - 1, int(share * self._width)))

    def lines(self) -> list[Text]:
        """Everything, one upon the other."""
        self._draw_band()
        self._draw_used()
        self._draw_even()
        self._draw_lines()
        self._draw_forecast()
        self._draw_now()
        return self._cells.lines()

    def _used(self) -> Iterator[int]:
        """What was used by the end of each column until now; then exactly what is used now."""
        curve = self._burn.curve
        for x in range(self.now):
            yield round(_between(curve, self._at_us(x + 1)))
        yield curve[-1][1]

    def _at_us(self, x: float) -> float:
        return self._begun_us + (self._end_us - self._begun_us) * x / self._width

    def _eighths(self, amount: float) -> int:
        found = round(min(1.0, max(0.0, amount) / self._top) * self._rows * 8)
        return max(1, found) if amount > 0 else 0

    def _row(self, amount: float) -> int:
        return min(self._rows - 1, self._eighths(amount) // 8)

    def _draw_used(self) -> None:
        colour, ground = self._ink.level(self._burn.standing.level), self._ink.ground
        body = halfway(colour, ground)
        for x, reach in enumerate(self._reach):
            if not reach:
                continue
            edge, part = (reach - 1) // 8, (reach - 1) % 8 + 1
            for row in range(edge):
                self._fill(x, row, body)
            self._cells.put(x, edge, EIGHTHS[part], colour, ground)
            if edge and part < _EDGE and not self._is_plain:
                # about as thick as where the edge nearly fills a cell of its own
                self._cells.put(x, edge - 1, "▀", colour, body)

    def _fill(self, x: int, row: int, body: str) -> None:
        if self._is_plain:
            self._cells.put(x, row, PLAIN_BODY, body, self._ink.ground)
        else:
            # signs that are put here later stand on its colour
            self._cells.put(x, row, " ", body, body)

    def _draw_even(self) -> None:
        limit, window = self._burn.standing.tightest.amount, self._burn.standing.window
        if window.start_us is None or window.end_us is None:
            return
        for x in range(0, self._width, 2):
            eighths = self._eighths(limit * (x + 0.5) / self._width)
            row = min(self._rows - 1, eighths // 8)
            used = self._reach[x] if x < len(self._reach) else 0
            if row * 8 >= used or row * 8 + 8 + 2 * _EDGE < used:
                sign = EVENS[min(len(EVENS) - 1, eighths % 8 * len(EVENS) // 8)]
                self._cells.put(x, row, sign, self._ink.muted)

    def _draw_lines(self) -> None:
        """The limit, then thresholds as far as they stand apart."""
        standing, ink = self._burn.standing, self._ink
        limit = standing.tightest
        row = self._rule(limit.amount, LIMIT, ink.watch)
        self._cells.write(
            1, row, f" limit {display.brief(limit.amount, limit.measure)} ", ink.watch
        )
        taken = {row - 1, row, row + 1}
        budget = standing.budget
        (own,) = (one.amount for one in budget.limits if one.measure is limit.measure)
        allowed = budget.unreserved(own) + standing.extra.of(limit.measure)
        for percent, action in sorted(budget.thresholds, reverse=True):
            amount = allowed * percent / 100
            row = self._row(amount)
            if action in _DOES and row not in taken and amount < self._top:
                self._rule(amount, THRESHOLD, ink.muted)
                self._cells.write(1, row, f" {percent} % {_DOES[action]} ", ink.muted)
                taken |= {row - 1, row, row + 1}

    def _rule(self, amount: float, sign: str, colour: str) -> int:
        row = self._row(amount)
        for x in range(self._width):
            self._cells.put(x, row, sign, colour)
        return row

    def _draw_band(self) -> None:
        for x, low, _, high in self._ahead():
            for row in range(self._row(low), self._row(high) + 1):
                if self._row(high) > self._row(low):
                    self._cells.put(x, row, BAND, halfway(self._ink.muted, self._ink.ground))

    def _draw_forecast(self) -> None:
        for x, _, mid, _ in self._ahead():
            if x % 2 == 0:
                self._cells.put(x, self._row(mid), FORECAST, self._ink.accent)
        reached_us, limit = self._burn.reached_us, self._burn.standing.tightest.amount
        if reached_us is not None and reached_us < self._end_us:
            self._cells.put(self.column(reached_us), self._row(limit), REACHED, self._ink.high)
        self._tell_expected()

    def _tell_expected(self) -> None:
        forecast, measure = self._burn.standing.forecast, self._burn.standing.tightest.measure
        if forecast is None or forecast.mid is None:
            return
        text = expected_short(forecast, measure).removesuffix(f" {measure.value}")
        x = self._width - len(text)
        if x > self.now + 1:
            self._cells.write(x, self._row(forecast.mid), text, self._ink.accent)

    def _ahead(self) -> Iterator[tuple[int, float, float, float]]:
        """Columns to come, with the least, the expected and the most."""
        points = self._burn.ahead
        if not points:
            return
        sides = [[(at_us, amounts[side]) for at_us, *amounts in points] for side in range(3)]
        for x in range(self.now + 1, self.column(points[-1][0] - 1) + 1):
            low, mid, high = (_between(one, self._at_us(x + 1)) for one in sides)
            yield x, low, mid, high

    def _draw_now(self) -> None:
        edge = -(-self._reach[-1] // 8)
        for row in range(edge, self._rows):
            if self._cells.is_free(self.now, row, 1):
                self._cells.put(self.now, row, "┊", self._ink.muted)
        standing = self._burn.standing
        text = amount_text(standing).removesuffix(f" {standing.tightest.measure.value}")
        x = max(0, self.now - len(text))
        rows = (row for row in (edge, edge + 1) if self._cells.is_free(x, row, len(text)))
        # with lines above it stands beneath the edge
        self._cells.write(x, next(rows, max(0, edge - 3)), text, self._ink.ink)


def _between(points: Sequence[tuple[int, int]], at_us: float) -> float:
    """The amount at a moment, along the line from the point before it to the one after."""
    place = bisect_right(points, at_us, key=lambda point: point[0])
    if place == 0:
        return points[0][1]
    if place == len(points):
        return points[-1][1]
    (before_us, before), (after_us, after) = points[place - 1], points[place]
    return before + (after - before) * (at_us - before_us) / (after_us - before_us)


def lines_of(
    burn: Burn, width: int, height: int, ink: Palette, *, is_plain: bool = False
) -> list[Text]:
    """The chart in so many cells: figures beside the axis, the field, the times below."""
    rows, room = height - 1, width - MARGIN
    drawing = Drawing(burn, room, rows, ink, is_plain=is_plain)
    ticks = _ticks(burn.top, rows, burn.standing.tightest.measure)
    body = [
        Text(ticks.get(row, " " * MARGIN), style=ink.muted, end="").append_text(line)
        for row, line in zip(reversed(range(rows)), drawing.lines(), strict=True)
    ]
    zone = ZoneInfo(burn.standing.budget.zone)
    has_end = burn.standing.window.end_us is not None
    span = burn.curve[0][0], burn.end_us
    now = burn.now_us, "now" if burn.growth.ended_us is None else "last call"
    times = axis_line(span, now, drawing.column, room, zone, has_end=has_end)
    return [*body, Text(" " * MARGIN + times, style=ink.muted, end="")]


def _ticks(top: float, rows: int, measure: Measure) -> dict[int, str]:
    """Round figures beside the axis, with some rows between them."""
    unit = PUSD_PER_USD if measure is Measure.COST else 1
    step = nice_top(top / unit / max(1, rows // _ROWS_PER_TICK))
    if measure is not Measure.COST:
        step = max(1.0, step)
    found = {}
    for number in range(int(top / unit / step) + 1):
        row, _ = rule_at(number * step, top / unit, rows)
        found[row] = _tick(number * step, measure)
    # beside less than a millionth of a dollar there is no room for the figure
    return {row: text for row, text in found.items() if len(text) == MARGIN}


def _tick(value: float, measure: Measure) -> str:
    if measure is Measure.COST:
        return tick_money(value)
    return f"{display.short_count(round(value)):>{MARGIN - 1}} "


def words_of(burn: Burn) -> list[str]:
    """What the chart says in words, the most telling first."""
    standing = burn.standing
    measure = standing.tightest.measure
    found = []
    due = even(standing, burn.now_us)
    if due is not None:
        off = standing.amount - due
        side = "above" if off > 0 else "below"
        found.append(
            f"{display.amount(abs(off), measure)} {side} an even pace" if off else "on an even pace"
        )
    beyond, held = standing.beyond.of(measure), standing.held.of(measure)
    if burn.growth.has_resets:
        found.append("reset in between")
    elif beyond > 0:
        found.append(f"{display.amount(beyond, measure)} told by the ledger alone")
    if held:
        found.append(f"{display.amount(held, measure)} more held for calls in flight")
    return found
