"""What a call cost, line by line, and what it would cost otherwise."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from rich.text import Text

from profiler import display
from profiler.analysis.results.snapshot import CallDetail, PriceLine
from profiler.domain.calls import Basis, Cost
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.amounts import lined_up
from profiler.tui.widgets.columns import spread
from profiler.tui.widgets.pairs import INDENT, pair, said

BASES = {
    Basis.MEASURED: "from the provider's own counts",
    Basis.ESTIMATED: "estimated: the stream ended early",
    Basis.DERIVED: "derived: stated, or follows from what was sent",
    Basis.NOT_BILLED: "not billed: refused before a model ran",
    Basis.NO_RATE: "no rate is known for this model",
    Basis.NO_USAGE: "the provider gave no usable counts",
}
_PER = {1_000_000: "/M", 1_000: "/K", 1: ""}
_AIR = (
    (INDENT, "  ", " × ", " ="),
    (INDENT, " ", " × ", ""),
    ("", " ", " × ", ""),
    ("", " ", "×", ""),
)
"""What stands before, within and behind the product of a price line: less where room is short.

Where even the least is too much, the name has a line of its own.
"""


def cost_lines(detail: CallDetail, zone: ZoneInfo, width: int, ink: Palette) -> Iterator[Text]:
    """Each count times its rate, what they come to, and where the rates are from."""
    cost = detail.call.cost
    style = f"bold {ink.ink}" if cost.pusd is not None else f"bold {ink.watch}"
    told = [Text(display.exact_money(line.pusd), style=ink.ink) for line in detail.lines]
    *amounts, total = lined_up([*told, Text(display.full_cost(cost), style=style)], width)
    yield from _products(detail.lines, amounts, width, ink)
    yield pair("total", total, width, ink)
    basis = BASES[cost.basis], display.band(cost), display.lessons(cost)
    for words in (*basis, _rate(detail, zone)):
        yield from said(words, width, ink)
    if cost.reported_pusd is not None:
        reported = Text(display.exact_money(cost.reported_pusd), style=ink.ink)
        yield pair("said by provider", reported, width, ink)


def _rate(detail: CallDetail, zone: ZoneInfo) -> str:
    day = display.clock(detail.call.started_at_us, zone)[:10]
    return f"at {detail.call.cost.rate}, as it was on {day}" if detail.call.cost.rate else ""


def _products(
    lines: Sequence[PriceLine], amounts: Sequence[Text], width: int, ink: Palette
) -> Iterator[Text]:
    """`input  1,200 × $3.00/M = $0.0036`, one under the other; closer where room is short."""
    names = [display.plain(line.unit) for line in lines]
    counts = [display.count(line.count) for line in lines]
    rates = [_rate_text(line) for line in lines]
    name, count, rate, amount = (
        max(map(len, texts), default=0) for texts in (names, counts, rates, amounts)
    )
    room = width - name - count - rate - amount - 1
    air = next((air for air in _AIR if sum(map(len, air)) <= room), None)
    before, gap, by, equals = air or (INDENT, "", " × ", " =")
    for own, times, per, sum_ in zip(names, counts, rates, amounts, strict=True):
        if air is None:
            yield Text(f"{before}{own}", style=ink.muted)
        named = f"{own:<{name}}" if air else INDENT
        left = f"{before}{named}{gap}{times:>{count}}{by}{per:>{rate}}{equals}"
        yield spread(Text(left, style=ink.muted), sum_, width)


def _rate_text(line: PriceLine) -> str:
    """The rate as the card has it, in cents at least."""
    whole, _, cents = display.plain(line.rate_usd).partition(".")
    return f"${whole}.{cents:0<2}{_PER.get(line.per, f'/{line.per:,}')}"


def other_costs(detail: CallDetail, width: int, ink: Palette) -> Iterator[Text]:
    """What the same usage would cost in other circumstances; what nobody knows stays out."""
    cost = detail.call.cost
    if cost.pusd is None:
        return
    found = [*_otherwise(detail, cost), *_elsewhere(detail, width)]
    amounts = lined_up([Text(display.money(pusd), style=ink.ink) for _, pusd in found], width)
    for (name, pusd), amount in zip(found, amounts, strict=True):
        yield pair(name, Text.assemble(amount, _far(pusd, cost.pusd, ink)), width, ink)


def _otherwise(detail: CallDetail, cost: Cost) -> Iterator[tuple[str, int | None]]:
    paid = cost.pusd or 0
    if detail.cost_now.pusd not in {None, paid}:
        yield "at today's rates", detail.cost_now.pusd
    if detail.all_cached_pusd not in {None, paid}:
        yield "prompt all cached", detail.all_cached_pusd
    if cost.cache_saved_pusd or cost.cache_premium_pusd:
        yield "without its cache", paid + cost.cache_saved_pusd - cost.cache_premium_pusd


def _elsewhere(detail: CallDetail, width: int) -> Iterator[tuple[str, int | None]]:
    """On other models; their providers go unsaid where there is no room for all of both."""
    models = [display.model_name(one.model) for one in detail.elsewhere]
    named = [
        f"{display.label(one.provider)}/{model}"
        for one, model in zip(detail.elsewhere, models, strict=True)
    ]
    has_room = max(map(cell_len, named), default=0) + _BESIDE <= width
    costs = [one.pusd for one in detail.elsewhere]
    return zip(named if has_room else models, costs, strict=True)


_BESIDE = 21
"""Cells of an amount and how far it is from what was paid."""


def _far(pusd: int | None, paid: int, ink: Palette) -> Text:
    """How far another price is from what was paid."""
    if pusd is None or not paid:
        return Text("")
    change = (pusd - paid) / paid
    sign, colour = ("−", ink.ok) if change < 0 else ("+", ink.high)
    far = f"{sign}{abs(change):.0%}" if abs(change) < 10 else f"×{pusd / paid:,.0f}"
    if far in {"−0%", "+0%"}:
        far, colour = "same", ink.muted
    return Text(f"{far:>7}", style=colour)
