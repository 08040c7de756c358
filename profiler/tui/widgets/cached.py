"""Rows about caches: what a model's saved, and which prompts it fails for."""

from collections import Counter
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from rich.text import Text

from profiler import display
from profiler.analysis.results.caching import Cached, InputTrend, PromptPlace
from profiler.domain.periods import to_moment
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.bars import TIMES, merged
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.origin import split_bar

BREAK_EVEN_CELLS = 14
PROMPT_COLUMNS = (
    Column("Model", 17, grow=2, most=30),
    Column("Feature", 10, grow=1, most=24, rank=5),
    Column("Site", 15, grow=3, most=60, rank=4),
    Column("Calls", 6, "right", rank=6),
    Column("Breaks", 6, "right"),
    Column("At most", 9, "right", rank=1),
    Column("Unread", 8, "right", rank=2),
    Column("Tokens", 6, "right", rank=7),
    Column("Wasted", 9, "right", rank=3),
)


def cache_columns(by: str) -> tuple[Column, ...]:
    """The columns where rows are told apart so."""
    return (
        Column(by.replace("_", " ").capitalize(), 22, grow=6, most=48),
        Column("Hit rate", 8, "right"),
        Column("", 10, grow=1, rank=7, most=60),
        Column("Read", 6, "right", rank=5),
        Column("Written", 7, "right", rank=6),
        Column("Saved", 10, "right", rank=2),
        Column("Premium", 9, "right", rank=4),
        Column("Net", 10, "right"),
        Column("Break-even", BREAK_EVEN_CELLS, "right", rank=1),
        Column("Missed", 9, "right", rank=3),
    )


def cache_rows(rows: Sequence[Cached], ink: Palette) -> list[list[Cell]]:
    """A row each; who bills is left out where there is no room, if the model's name tells all."""
    named = Counter(row.labels[-1] for row in rows)
    return [cache_cells(row, ink, is_alone=named[row.labels[-1]] == 1) for row in rows]


def cache_cells(row: Cached, ink: Palette, *, is_alone: bool = False) -> list[Cell]:
    """One row."""
    totals = row.totals
    if totals.has_no_known_cost:
        # tokens are known, their worth is not
        unknown = Text(display.UNKNOWN, style=ink.muted)
        saved, premium, net, missed = (unknown, unknown, unknown, unknown)
    else:
        saved = Text(display.money(totals.cache_saved_pusd), style=ink.ink)
        premium = Text(display.money(totals.cache_premium_pusd), style=ink.muted)
        net = net_text(totals.cache_net_pusd, ink)
        missed = Text(display.money(totals.cache_missed_pusd), style=ink.muted)
    return [
        _name(row, ink, is_alone=is_alone),
        Text(display.percent(totals.hit_rate), style=ink.ink),
        lambda width: split_bar(totals, width, ink),
        Text(display.short_count(totals.cache_read_tokens), style=ink.muted),
        Text(display.short_count(totals.cache_write_tokens), style=ink.muted),
        saved,
        premium,
        net,
        standing_text(row, ink, BREAK_EVEN_CELLS),
        missed,
    ]


def _name(row: Cached, ink: Palette, *, is_alone: bool) -> Callable[[int], Text]:
    if len(row.labels) == 1:
        return lambda _: Text(display.label(row.labels[0]) or "(none)", style=ink.ink)
    provider, model = row.labels
    billed_by = f" {display.label(provider)}"

    def name(width: int) -> Text:
        short = Text(display.model_name(model, width - len(billed_by)), style=ink.ink)
        if is_alone and short.cell_len + len(billed_by) > width:
            return Text(display.model_name(model, width), style=ink.ink)
        return Text.assemble(short, (billed_by, ink.muted))

    return name


def net_text(pusd: int, ink: Palette) -> Text:
    """Saved less premium: green with a plus where it paid, red where it did not."""
    if pusd == 0:
        return Text(display.money(0), style=ink.muted)
    return Text(display.difference(pusd, is_short=True), style=ink.ok if pusd > 0 else ink.high)


def standing_text(row: Cached, ink: Palette, width: int = 40) -> Text:
    """How often what was written is read, against how often pays, in words as far as they fit."""
    stands, pays = row.reads_per_write, row.break_even
    if stands is None:
        return Text("no writes", style=ink.muted)
    if pays is None:
        return Text(f"{_times(stands)} of ?", style=ink.muted)
    mark, sign, colour = ("✓", "≥", ink.ok) if stands >= pays else ("✖", "<", ink.high)
    read, needed = _times(stands), _times(pays)
    forms = (
        f"{mark} read {read} times, pays from {needed}",
        f"{mark} {read}× (from {needed}×)",
    )
    short = f"{mark} {read} {sign} {needed}"
    return Text(next((form for form in forms if len(form) <= width), short), style=colour)


def _times(number: float) -> str:
    if number >= 100:
        return display.short_count(round(number))
    return f"{number:.2g}" if number < 10 else f"{number:.0f}"


def place_cells(place: PromptPlace, ink: Palette) -> list[Cell]:
    """One place that sends prompts."""
    unread = f"{place.unread}/{place.writes}" if place.writes else display.UNKNOWN
    return [
        lambda width: Text(display.model_name(place.model, width), style=ink.ink),
        Text(display.label(place.feature) or "(none)", style=ink.muted),
        Text(display.label(place.site) or "(none)", style=ink.muted),
        Text(display.count(place.calls), style=ink.muted),
        Text(display.count(place.breaks), style=ink.high if place.breaks else ink.muted),
        _amount(place.break_pusd, place.breaks, place.break_unpriced, ink),
        Text(unread, style=ink.watch if place.unread else ink.muted),
        Text(display.short_count(place.unread_tokens), style=ink.muted),
        _amount(place.unread_pusd, place.unread, place.unread_unpriced, ink),
    ]


def _amount(pusd: int, calls: int, unpriced: int, ink: Palette) -> Text:
    """What some calls cost; unpriced where that is known of none."""
    if not calls:
        return Text(display.UNKNOWN, style=ink.muted)
    if calls == unpriced:
        return Text(display.UNPRICED, style=ink.watch)
    return Text(display.at_least(pusd, unpriced), style=ink.ink)


SPARKS = " ▁▂▃▄▅▆▇█"
_LEAST_SPARKS = 4


def inputs_line(trend: InputTrend, zone: ZoneInfo, width: int, ink: Palette) -> Text:
    """Where input tokens came from over time, in one line: for screens with no room for a chart."""
    parts = (("read", trend.read), ("written", trend.written), ("fresh", trend.fresh))
    colours = (ink.series[1], ink.series[3], ink.series[5])
    if not trend.starts_us or not any(any(values) for _, values in parts):
        return Text("")
    first, last = (
        to_moment(at, zone).strftime(TIMES[trend.step])
        for at in (trend.starts_us[0], trend.starts_us[-1])
    )
    told = f"{first} to {last}" if first != last else first
    room = (width - len(told) - sum(len(name) + 3 for name, _ in parts)) // len(parts)
    step = -(-len(trend.starts_us) // max(_LEAST_SPARKS, room))
    shown = [merged(values, step) for _, values in parts]
    most = max(map(max, shown))
    made = Text(no_wrap=True, end="")
    for (name, _), values, colour in zip(parts, shown, colours, strict=True):
        sparks = "".join(SPARKS[-(-value * (len(SPARKS) - 1) // most)] for value in values)
        made.append(f"{name} ", ink.muted).append(sparks, colour).append("  ")
    return made.append(told, ink.muted)
