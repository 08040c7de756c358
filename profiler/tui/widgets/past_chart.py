"""What each window of a budget used, as bars, with a line where the limit is."""

from collections.abc import Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

from rich.text import Text
from textual.widget import Widget

from profiler import display
from profiler.budgets.detail import BudgetDetail, Past
from profiler.domain.budgets import Measure
from profiler.domain.money import PUSD_PER_USD
from profiler.domain.periods import Period, to_moment
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.bars import MARGIN, TIME_GAP, nice_top
from profiler.tui.widgets.blocks import (
    Paint,
    cell,
    halfway,
    parts_of,
    places,
    reaches,
    row_of_bars,
    rule_at,
    times_line,
)
from profiler.tui.widgets.columns import stacked
from profiler.tui.widgets.panel import palette_of

_CELLS_PER_BAR = 3
_LEAST_WIDTH, _LEAST_ROWS = 24, 5
_BESIDE = 2
"""Rows of the heading and of the times."""
_HEADROOM = 1.15
"""Room for the amount above the highest bar."""
_OK, _OVER = 0, 1
_TIMES = {Period.HOURLY: "%H:%M", Period.MONTHLY: "%b %Y"}
_DAY = "%d %b"
_NOUNS = {
    Period.HOURLY: "hour",
    Period.DAILY: "day",
    Period.WEEKLY: "week",
    Period.MONTHLY: "month",
}


class PastChart(Widget):
    """There for more than one window; of several values the fullest of each."""

    DEFAULT_CSS = "PastChart { width: 1fr; height: 1fr; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._found: BudgetDetail | None = None

    def show(self, found: BudgetDetail) -> None:
        """Draw the past of another budget, or of a later moment."""
        self._found = found
        self.set_class(len(_windows(found)) > 1, "-many")
        self.refresh()

    def clear(self) -> None:
        """Draw nothing until the past of another budget is read; the room for it stays."""
        self._found = None
        self.refresh()

    def render(self) -> Text:
        """Heading, bars, times."""
        width, height = self.content_size
        if self._found is None or width < _LEAST_WIDTH or height < _LEAST_ROWS:
            return Text("")
        return stacked(lines_of(self._found, width, height, palette_of(self)))


def _windows(found: BudgetDetail) -> list[Past]:
    """One entry per window: of the value that came closest to its limit, or went furthest over."""
    measure = found.budget.limits[0].measure
    fullest: dict[int | None, Past] = {}
    for one in found.past:
        known = fullest.get(one.window.start_us)
        if one.limit.measure is measure and (known is None or one.used > known.used):
            fullest[one.window.start_us] = one
    return list(fullest.values())


def lines_of(found: BudgetDetail, width: int, height: int, ink: Palette) -> list[Text]:
    """The chart in so many cells."""
    room, rows = width - MARGIN, height - _BESIDE
    past = _windows(found)[-max(1, room // _CELLS_PER_BAR) :]
    limit, at = past[-1].limit, places(len(past), room)
    unit = PUSD_PER_USD if limit.measure is Measure.COST else 1
    top = nice_top(max(limit.amount, *(one.actual for one in past)) * _HEADROOM / unit)
    reach = [reaches([one.actual / unit], top, rows)[0] for one in past]
    paint = Paint((ink.ok, ink.high), ink.ground)
    rule = halfway(ink.edge, ink.ground)
    limit_row, limit_sign = rule_at(limit.amount / unit, top, rows)
    drawn = []
    for row in reversed(range(rows)):
        cells = []
        for (start, bar), one, eighths in zip(at, past, reach, strict=True):
            colour = _OVER if one.variance > 0 else _OK
            if parts := parts_of([eighths], row):
                cells.append((start, bar, cell([(colour, parts[0][1])], paint)))
        is_limit = row == limit_row
        sign, style = (limit_sign, ink.watch) if is_limit else ("▁" if row == 0 else " ", rule)
        drawn.append(row_of_bars(cells, room, (sign, style)))
    _tell_amounts(drawn, past, at, reach, ink)
    margins = [_margin(row, limit_row, limit.amount, limit.measure) for row in range(rows)]
    body = [
        Text(margin, style=ink.muted, end="").append_text(line)
        for margin, line in zip(reversed(margins), drawn, strict=True)
    ]
    times = times_line(_times(found, past, room), at, room)
    heading = _heading(found, past, ink)
    heading.truncate(width, overflow="ellipsis")
    return [heading, *body, Text(" " * MARGIN + times, style=ink.muted)]


def _heading(found: BudgetDetail, past: Sequence[Past], ink: Palette) -> Text:
    noun, limit = _NOUNS.get(found.budget.period, "window"), past[-1].limit
    words = f"Used per {noun}, against {display.amount(limit.amount, limit.measure)}"
    if any(one.value for one in past) and found.value is None:
        words += f"; the fullest of each {noun}"
    return Text(words, style=ink.muted, no_wrap=True)


def _margin(row: int, limit_row: int, amount: int, measure: Measure) -> str:
    if row == limit_row:
        return f"{_short(amount, measure):>{MARGIN - 1}} "
    return f"{_short(0, measure):>{MARGIN - 1}} " if row == 0 else " " * MARGIN


def _short(amount: int, measure: Measure) -> str:
    return "0" if amount == 0 else display.brief(amount, measure)[: MARGIN - 1]


def _tell_amounts(
    rows: list[Text],
    past: Sequence[Past],
    at: Sequence[tuple[int, int]],
    reach: Sequence[int],
    ink: Palette,
) -> None:
    """Put each amount above its bar, where all have room beside one another."""
    texts = [display.brief(one.actual, one.limit.measure) for one in past]
    slots = [after[0] - before[0] for before, after in pairwise(at)]
    if slots and max(map(len, texts)) + 1 > min(slots):
        return
    for (start, bar), text, eighths in zip(at, texts, reach, strict=True):
        row = len(rows) - 1 - -(-eighths // 8)
        left = start + (bar - len(text)) // 2
        if row < 0 or left < 0 or left + len(text) > rows[row].cell_len:
            continue
        before, _, after = rows[row].divide([left, left + len(text)])
        rows[row] = Text.assemble(before, (text, ink.ink), after, no_wrap=True, end="")


def _times(found: BudgetDetail, past: Sequence[Past], room: int) -> list[tuple[int, str]]:
    zone = ZoneInfo(found.budget.zone)
    form = _TIMES.get(found.budget.period, _DAY)
    texts = [
        "ever"
        if one.window.start_us is None
        else to_moment(one.window.start_us, zone).strftime(form)
        for one in past
    ]
    every = max(1, -(-len(texts) * (max(map(len, texts)) + TIME_GAP) // max(1, room)))
    return [(index, texts[index]) for index in range(every // 2, len(texts), every)]
