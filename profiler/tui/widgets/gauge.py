"""Gauges: how full a budget is, by length, colour, sign and word."""

from rich.text import Text

from profiler import display
from profiler.budgets.sentence import PER
from profiler.domain.budgets import Level, Measure, Standing
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.columns import spread

SIGNS = {Level.OK: "✓", Level.WATCH: "◆", Level.HIGH: "▲", Level.OVER: "✖"}
"""Beside the colour, for those who see none."""


def bar(share: float, width: int, colour: str, track: str) -> Text:
    """A bar filled to `share`, to half a cell; anything above nothing shows."""
    halves = round(max(0.0, min(1.0, share)) * width * 2)
    if share > 0:
        halves = max(1, halves)
    if share < 1:
        halves = min(halves, width * 2 - 1)
    full, half = divmod(max(0, halves), 2)
    rest = width - full - half
    return Text.assemble(
        ("━" * full, colour), ("╸" if half else "", colour), ("─" * rest, track), end=""
    )


def level_text(standing: Standing, palette: Palette) -> Text:
    """Percentage, sign and word in the level's colour."""
    colour = palette.level(standing.level)
    share = display.percent(standing.used)
    return Text(f"{share} {SIGNS[standing.level]} {standing.level.value}", style=colour)


def amount_text(standing: Standing) -> str:
    """What is used; `at least` is said by a plus where calls are unpriced."""
    measure = standing.tightest.measure
    plus = "+" if standing.unpriced_calls and measure is Measure.COST else ""
    return display.amount(standing.amount, measure) + plus


def brief_text(standing: Standing) -> str:
    """The same for a column."""
    words = display.amount(standing.amount, standing.tightest.measure)
    brief = display.brief(standing.amount, standing.tightest.measure)
    return amount_text(standing).replace(words, brief)


def spent_text(standing: Standing, palette: Palette) -> Text:
    """What is spent, of what."""
    limit = standing.tightest
    return Text.assemble(
        (amount_text(standing), f"bold {palette.ink}"),
        (f" of {display.amount(limit.amount, limit.measure)}", palette.muted),
    )


NARROW = 36
"""In fewer cells the name stands beside the level, which is shorter than the money."""


def gauge(
    standing: Standing, width: int, palette: Palette, *, is_titled: bool = True
) -> list[Text]:
    """Two lines: name and money, then the bar with its level; changed about in few cells."""
    period = standing.budget.period
    name = Text.assemble(
        (display.plain(standing.title), palette.ink), (f" {PER[period]}", palette.muted)
    )
    if not is_titled:
        name = Text(period.value.capitalize(), style=palette.muted)
    level, spent = level_text(standing, palette), spent_text(standing, palette)
    above, beside = (level, spent) if width < NARROW else (spent, level)
    room = max(4, width - max(16, beside.cell_len + 2))
    drawn = bar(standing.used, room, palette.level(standing.level), palette.track)
    return [spread(name, above, width), spread(drawn, beside, width)]
