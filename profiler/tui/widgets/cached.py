"""Rows about caches: what a model's saved, and which prompts it fails for."""

from collections.abc import Callable

from rich.text import Text

from profiler import display
from profiler.analysis.caching import Cached, PromptPlace
from profiler.tui.theme import Palette
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.origin import split_bar

PROMPT_COLUMNS = (
    Column("Model", 14, grow=1, most=30),
    Column("Feature", 10, grow=1, most=20, rank=5),
    Column("Site", 14, grow=2, most=44, rank=4),
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
        Column(by.replace("_", " ").capitalize(), 16, grow=3, most=48),
        Column("Hit rate", 8, "right"),
        Column("", 10, grow=2, rank=7, most=40),
        Column("Read", 6, "right", rank=5),
        Column("Written", 7, "right", rank=6),
        Column("Saved", 10, "right", rank=2),
        Column("Premium", 9, "right", rank=4),
        Column("Net", 10, "right"),
        Column("Break-even", 14, "right", rank=1),
        Column("Missed", 9, "right", rank=3),
    )


def cache_cells(row: Cached, ink: Palette) -> list[Cell]:
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
        _name(row, ink),
        Text(display.percent(totals.hit_rate), style=ink.ink),
        lambda width: split_bar(totals, width, ink),
        Text(display.short_count(totals.cache_read_tokens), style=ink.muted),
        Text(display.short_count(totals.cache_write_tokens), style=ink.muted),
        saved,
        premium,
        net,
        lambda width: standing_text(row, ink, width),
        missed,
    ]


def _name(row: Cached, ink: Palette) -> Callable[[int], Text]:
    if len(row.labels) == 1:
        return lambda _: Text(display.plain(row.labels[0]) or "(none)", style=ink.ink)
    provider, model = row.labels
    billed_by = f" {display.plain(provider)}"
    return lambda width: Text.assemble(
        (display.model_name(model, width - len(billed_by)), ink.ink), (billed_by, ink.muted)
    )


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
        Text(display.plain(place.feature) or "(none)", style=ink.muted),
        Text(display.plain(place.site) or "(none)", style=ink.muted),
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
