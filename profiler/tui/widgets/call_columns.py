"""What a list of calls can show: every column, and which of them stand there unless chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from rich.text import Text

from profiler import display
from profiler.domain.calls import Call, Outcome
from profiler.domain.periods import SECOND_US, to_moment
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.amounts import MOST_DIGITS, at_point
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.recent import (
    COST_CELLS,
    cost_text,
    model_cell,
    model_of,
    outcome_sign,
    site_cell,
)


@dataclass(frozen=True, slots=True)
class Eye:
    """Who looks: what cells depend on besides the call."""

    now_us: int
    zone: ZoneInfo
    ink: Palette


_Draw = Callable[[Call, Eye], Cell]


@dataclass(frozen=True, slots=True)
class CallColumn:
    """A column of calls, under the name it is remembered by."""

    name: str
    column: Column
    draw: _Draw
    is_usual: bool = True
    """Whether it stands there until somebody chooses."""


def _label(field: str) -> _Draw:
    return lambda call, eye: Text(display.label(str(getattr(call, field))), style=eye.ink.muted)


def _figure(text: Callable[[Call], str]) -> _Draw:
    return lambda call, eye: Text(text(call), style=eye.ink.muted)


def _count(told: int | None, count: int) -> str:
    return display.UNKNOWN if told is None else display.short_count(count)


def _time(call: Call, eye: Eye) -> Text:
    now = to_moment(eye.now_us, eye.zone)
    return Text(display.short_clock(call.started_at_us, eye.zone, now), style=eye.ink.muted)


def _site(call: Call, eye: Eye) -> Cell:
    return partial(site_cell, display.label(call.site), eye.ink)


def _cost(call: Call, eye: Eye) -> Cell:
    return partial(at_point, cost_text(call, eye.ink), MOST_DIGITS)


def outcome_text(call: Call, ink: Palette) -> Text:
    """How the call ended, in a word."""
    if call.outcome is Outcome.ERROR:
        return Text(display.plain(call.error) or "error", style=ink.high)
    if call.outcome is Outcome.ABORTED:
        return Text("aborted", style=ink.watch)
    return Text("ok", style=ink.muted)


def tokens_per_second(call: Call) -> float | None:
    """How fast it was written, once the first token was there; `None` where nobody can say."""
    output = call.usage.output
    if not output or not call.latency_us:
        return None
    wrote_us = call.latency_us - (call.first_chunk_us or 0)
    return output * SECOND_US / wrote_us if wrote_us > 0 else None


def _speed(call: Call) -> str:
    speed = tokens_per_second(call)
    return display.UNKNOWN if speed is None else f"{speed:,.0f}/s"


def _tags(call: Call) -> str:
    return display.plain(" ".join(f"{name}={value}" for name, value in call.tags.items()))


def _wide(title: str, width: int, rank: int, most: int = 24) -> Column:
    return Column(title, width, grow=1, rank=rank, most=most)


def _right(title: str, width: int, rank: int) -> Column:
    return Column(title, width, "right", rank=rank)


COLUMNS = (
    CallColumn("time", Column("Time", 12), _time),
    CallColumn("provider", _wide("Provider", 9, 6), _label("provider"), is_usual=False),
    CallColumn(
        "model",
        Column("Model", 17, grow=6, most=44),
        lambda call, eye: model_cell(model_of(call), eye.ink),
    ),
    CallColumn("operation", _wide("Operation", 9, 8), _label("operation"), is_usual=False),
    CallColumn("feature", _wide("Feature", 8, 3), _label("feature")),
    CallColumn("user", _wide("User", 8, 7, 20), _label("user")),
    CallColumn("session", _wide("Session", 10, 7), _label("session"), is_usual=False),
    CallColumn("agent", _wide("Agent", 8, 7), _label("agent"), is_usual=False),
    CallColumn("workflow", _wide("Workflow", 9, 7), _label("workflow"), is_usual=False),
    CallColumn("project", _wide("Project", 8, 7), _label("project"), is_usual=False),
    CallColumn("site", Column("Site", 16, grow=2, rank=9, most=60), _site),
    CallColumn("tags", _wide("Tags", 10, 9, 40), _figure(_tags), is_usual=False),
    CallColumn(
        "input",
        _right("In", 6, 4),
        _figure(lambda call: _count(call.usage.input, call.usage.total_input)),
    ),
    CallColumn(
        "cached",
        _right("Cached", 6, 8),
        _figure(lambda call: display.short_count(call.usage.cache_read)),
    ),
    CallColumn(
        "output",
        _right("Out", 6, 4),
        _figure(lambda call: _count(call.usage.output, call.usage.output or 0)),
    ),
    CallColumn(
        "first",
        _right("First", 8, 5),
        _figure(lambda call: display.duration(call.first_chunk_us)),
        is_usual=False,
    ),
    CallColumn(
        "took", _right("Took", 8, 2), _figure(lambda call: display.duration(call.latency_us))
    ),
    CallColumn("speed", _right("Speed", 7, 6), _figure(_speed), is_usual=False),
    CallColumn(
        "attempts", _right("Tries", 5, 6), _figure(lambda call: str(call.attempts)), is_usual=False
    ),
    CallColumn("finish", _wide("Finish", 8, 8), _label("finish"), is_usual=False),
    CallColumn(
        "outcome",
        Column("Outcome", 10, rank=5, grow=1, most=18),
        lambda call, eye: outcome_text(call, eye.ink),
    ),
    CallColumn("cost", Column("Cost", COST_CELLS, "right"), _cost),
)
USUAL = tuple(one.name for one in COLUMNS if one.is_usual)


def chosen_columns(names: Sequence[str]) -> tuple[CallColumn, ...]:
    """The columns of those names, in their own order; the usual ones where none is known."""
    found = tuple(one for one in COLUMNS if one.name in set(names))
    return found or tuple(one for one in COLUMNS if one.is_usual)


def sign_cell(call: Call, eye: Eye, *, is_marked: bool) -> Text:
    """How the call ended, and whether it is marked."""
    return Text.assemble(("◆", eye.ink.accent) if is_marked else " ", outcome_sign(call, eye.ink))
