"""A waterfall: one row per call, each where it stands in time, with the spend along the way."""

from collections.abc import Sequence
from dataclasses import replace

from rich.text import Text
from textual.reactive import var
from textual.strip import Strip

from profiler import display
from profiler.analysis.nesting import Step, steps
from profiler.domain.calls import Call, Outcome
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.amounts import MOST_DIGITS, at_point
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.grid import TITLE_ROWS, Grid
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.recent import COST_CELLS, cost_text, outcome_sign
from profiler.tui.widgets.stretch import FIRST, GENERATING, WAITING, Stretch

_LEVELS = " ▁▂▃▄▅▆▇█"
_INDENT = 2
LEGEND = f"{WAITING}{FIRST} first token {GENERATING} generating"


COLUMNS = (
    Column("", 1),
    Column("Call", 18, grow=3, most=44),
    Column("", 20, grow=1),
    Column("Took", 7, "right", rank=1),
    Column("Cost", COST_CELLS, "right"),
    Column("So far", 10, "right", rank=2),
)
_NAME, _TIME, _TOOK = 1, 2, 3
_MINUTES_US = 100_000_000, 600_000_000
"""From which lengths on a time takes a cell more, and another."""
_MEASURED = 500
"""Rows whose names say how wide names are."""
_SHARED = ("agent", "workflow", "feature")
"""What the calls of a span may have in common, the most telling first."""


class Waterfall(Grid):
    """The first row is the spend along time; the others are calls and what they were made in."""

    is_close = var(False, init=False)
    """Whether the bars span what the highlighted row took, not the whole."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(COLUMNS, id=id)
        self.clear()

    def clear(self) -> None:
        """Draw nothing, until the calls are read."""
        self._calls: Sequence[Call] = ()
        self._steps: Sequence[Step] = ()
        self._whole = self._shown = Stretch()
        self._so_far: dict[str, int] = {}

    def draw(self, calls: Sequence[Call]) -> None:
        """Draw these calls, which are in the order of time."""
        if calls == self._calls:
            self.refresh()
            return
        is_new = not self._calls
        self.clear()
        if calls:
            self._calls, self._steps = calls, steps(calls)
            start_us = calls[0].started_at_us
            self._whole = Stretch(start_us, max(1, max(map(_end, calls)) - start_us))
        spent = 0
        for call in calls:
            spent += call.cost.pusd or 0
            self._so_far[call.id] = spent
        self._lay_out()
        named = (step.call.id if step.call else ("span", step.span) for step in self._steps)
        self.name_rows(["spend", *named])
        self.count_changed()
        if is_new:
            self.cursor = min(1, self.row_count - 1)

    def on_resize(self) -> None:
        """The axis is as long as the bars."""
        super().on_resize()
        self._lay_out()

    def _lay_out(self) -> None:
        """No name takes more than it needs; what is left goes to the bars, with the time above."""
        ink, name = palette_of(self), COLUMNS[_NAME]
        names = (step_name(step, ink).cell_len for step in self._steps[:_MEASURED])
        widest = max(name.width, min(name.most, max(names, default=0)))
        columns = [*COLUMNS]
        columns[_NAME] = replace(name, most=widest)
        longer = sum(self._whole.length_us >= length_us for length_us in _MINUTES_US)
        columns[_TOOK] = replace(COLUMNS[_TOOK], width=COLUMNS[_TOOK].width + longer)
        self.columns = columns
        self._look()

    def _look(self) -> None:
        """The time that the bars span: all of it, or what the highlighted row took."""
        self._shown = self._whole
        if self.is_close and 0 < self.cursor < self.row_count:
            step = self._steps[self.cursor - 1]
            calls = step.calls if step.call is None else (step.call,)
            ends = max(map(_end, calls))
            self._shown = self._whole.around(calls[0].started_at_us, ends)
        self.refresh()

    def watch_is_close(self) -> None:
        """Look closer, or at the whole again."""
        self._look()

    def watch_cursor(self) -> None:
        """What is looked at closely is what one stands on."""
        super().watch_cursor()
        if self.is_close:
            self._look()

    def render_line(self, y: int) -> Strip:
        """One line; the times above the bars are as wide as the bars are now."""
        if y < TITLE_ROWS:
            width = dict(self.widths)[_TIME]
            title = self._shown.axis(self._whole.start_us, width) if self._steps else ""
            self.columns = [*self.columns]
            self.columns[_TIME] = replace(COLUMNS[_TIME], title=title)
        return super().render_line(y)

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._steps) + 1 if self._steps else 0

    @property
    def current(self) -> Call | None:
        """The highlighted call; `None` on what is none."""
        return self._steps[self.cursor - 1].call if 0 < self.cursor < self.row_count else None

    @property
    def made_in(self) -> Sequence[Call]:
        """The calls made in the highlighted span; none where it is a call."""
        return self._steps[self.cursor - 1].calls if 0 < self.cursor < self.row_count else ()

    def cells(self, row: int) -> Sequence[Cell]:
        """One row."""
        ink = palette_of(self)
        if row == 0:
            return self._spend_cells(ink)
        step = self._steps[row - 1]
        return self._span_cells(step, ink) if step.call is None else self._call_cells(step, ink)

    def _spend_cells(self, ink: Palette) -> list[Cell]:
        total = self._so_far[self._calls[-1].id]
        return [
            Text(""),
            Text("spend along time", style=ink.muted),
            lambda width: Text(self._risen(width, total), style=ink.series[0]),
            Text(""),
            Text(""),
            Text(display.money(total), style=ink.ink),
        ]

    def _risen(self, width: int, total: int) -> str:
        """How far the spend had risen by each column."""
        heights, spent, at = [], 0, 0
        for column in range(width):
            until = self._shown.start_us + self._shown.length_us * (column + 1) // width
            while at < len(self._calls) and self._calls[at].started_at_us < until:
                spent += self._calls[at].cost.pusd or 0
                at += 1
            heights.append(_LEVELS[-(-spent * (len(_LEVELS) - 1) // total) if total else 0])
        return "".join(heights)

    def _span_cells(self, step: Step, ink: Palette) -> list[Cell]:
        first, end = step.calls[0].started_at_us, max(map(_end, step.calls))
        spent = sum(call.cost.pusd or 0 for call in step.calls)
        unpriced = sum(call.cost.pusd is None for call in step.calls)
        return [
            Text("╷", style=ink.muted),
            step_name(step, ink),
            lambda width: self._shown.bar(first, None, end, "─", ink.muted, width),
            Text(display.duration(end - first), style=ink.muted),
            at_point(
                Text(display.at_least(spent, unpriced), style=ink.muted), MOST_DIGITS, COST_CELLS
            ),
            Text(""),
        ]

    def _call_cells(self, step: Step, ink: Palette) -> list[Cell]:
        call = step.call
        if call is None:
            return []
        first = None if call.first_chunk_us is None else call.started_at_us + call.first_chunk_us
        colour = ink.high if call.outcome is Outcome.ERROR else ink.series[step.depth % 2]
        return [
            outcome_sign(call, ink),
            step_name(step, ink),
            lambda width: self._shown.bar(
                call.started_at_us, first, _end(call), GENERATING, colour, width
            ),
            Text(display.duration(call.latency_us), style=ink.muted),
            at_point(cost_text(call, ink), MOST_DIGITS, COST_CELLS),
            Text(display.money(self._so_far[call.id]), style=ink.muted),
        ]


def step_name(step: Step, ink: Palette) -> Text:
    """A call's model and what it was for; a span and how much was made in it."""
    if step.call is None:
        return Text(f"{span_name(step)} · {display.calls(len(step.calls))}", ink.muted)
    indent = " " * (_INDENT * step.depth)
    where = display.plain(step.call.feature or step.call.operation)
    name = display.model_name(step.call.model)
    return Text.assemble((f"{indent}{name}", ink.ink), (f" {where}", ink.muted))


def span_name(step: Step) -> str:
    """What the calls made in a span have in common; a span of unlike calls goes by its id."""
    for name in _SHARED:
        labels = {str(getattr(call, name)) for call in step.calls}
        if len(labels) == 1 and (label := labels.pop()):
            return f"{name} {display.label(label)}"
    return f"span {display.plain(step.span)}"


def _end(call: Call) -> int:
    return call.started_at_us + (call.latency_us or 0)
