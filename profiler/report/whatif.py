"""What moving to another model changes, for people and for programs."""

from collections.abc import Sequence
from dataclasses import asdict

from profiler import display
from profiler.analysis.results.compared import LeftOut, Moved, WhatIf, Why
from profiler.report.sheet import Heading, Line, Sheet
from profiler.report.structured import Document
from profiler.report.values import dollars

WHYS: dict[Why, str] = {
    "tiers": "long inputs have other rates, and sums do not tell how long each was",
    "lifetimes": "caches kept for an hour cost more to write than for five minutes",
    "hours": "its rates change with the time of day",
}

IN_USE = "in use"
"""What stands behind a model that some of the calls ran on."""


def sheet_of_whatif(whatif: WhatIf, subtitle: str) -> Sheet:
    """By model moved from, the dearest first."""
    return Sheet(
        title=f"What if: all on {display.plain(whatif.target)}",
        subtitle=subtitle,
        headings=(
            Heading("Moved from"),
            Heading("Calls", is_number=True, spare=2),
            Heading("Cost", is_number=True),
            Heading("Would cost", is_number=True),
            Heading("Difference", is_number=True),
        ),
        lines=tuple(_line(f"{row.provider}/{row.model}", row) for row in whatif.rows),
        total=_line("All", whatif.total),
        notes=tuple(f"{note[0].upper()}{note[1:]}." for note in notes_of(whatif)),
    )


def sheet_of_ranked(ranked: Sequence[WhatIf], subtitle: str) -> Sheet:
    """The same calls on each model, the cheapest first."""
    return Sheet(
        title="What if: the same calls on each model, the cheapest first",
        subtitle=subtitle,
        headings=(
            Heading("Model"),
            Heading("Calls", is_number=True, spare=2),
            Heading("Cost", is_number=True, spare=1),
            Heading("Would cost", is_number=True),
            Heading("Difference", is_number=True),
            Heading("", is_number=True),
            Heading("", is_whole=True),
        ),
        lines=tuple(
            Line((*_line(one.target, one.total).cells, change(one.total), IN_USE * one.is_used))
            for one in ranked
        ),
        total=None,
        notes=tuple(f"{note[0].upper()}{note[1:]}." for note in notes_of_ranked(ranked)),
    )


def notes_of_ranked(ranked: Sequence[WhatIf]) -> list[str]:
    """What all those figures rest on: a sentence each."""
    if not ranked:
        return []
    lefts = {_left(left): None for one in ranked for left in one.left_out}
    whys = {why: None for one in ranked for why in one.bounded_by}
    return [
        *(f"not in it: {left}" for left in lefts),
        *(f"from … to: {WHYS[why]}" for why in whys),
        "the same tokens at the rates of today, of models in use and current ones of their makers",
        "searches and audio are not in it, nor that models cut text differently, or answer as well",
    ]


def of_ranked(ranked: Sequence[WhatIf]) -> Document:
    """The same, for programs."""
    return {
        "ranked": [
            {
                "target": one.target,
                "is_used": one.is_used,
                "rate": one.rate,
                "is_exact": one.is_exact,
                **_amounts(one.total),
                "left_out": [asdict(left) for left in one.left_out],
            }
            for one in ranked
        ]
    }


def change(row: Moved) -> str:
    """The difference in per cent, `-80%`, or the least and the most of it; empty of nothing."""
    if not row.spend_pusd:
        return ""
    ends = dict.fromkeys(
        f"{amount / row.spend_pusd * 100:+.0f}%"
        for amount in (row.low_difference_pusd, row.high_difference_pusd)
    )
    return " to ".join(ends)


def of_whatif(whatif: WhatIf) -> Document:
    """The same, for programs."""
    return {
        "target": whatif.target,
        "rate": whatif.rate,
        "is_exact": whatif.is_exact,
        "bounded_by": list(whatif.bounded_by),
        "total": _amounts(whatif.total),
        "models": [
            {"provider": row.provider, "model": row.model, **_amounts(row)} for row in whatif.rows
        ],
        "left_out": [asdict(one) for one in whatif.left_out],
    }


def notes_of(whatif: WhatIf) -> list[str]:
    """What the figures rest on, and what they leave out: a sentence each."""
    notes = [f"not in it: {_left(one)}" for one in whatif.left_out]
    notes += [f"from … to: {WHYS[why]}" for why in whatif.bounded_by]
    if whatif.rate:
        notes.append(f"the same tokens at the rates of today: {display.plain(whatif.rate)}")
        notes.append("searches and audio are not in it, nor that models cut text differently")
    return notes


def _left(one: LeftOut) -> str:
    worth = f" for {display.money(one.spend_pusd)}" if one.spend_pusd else ""
    return f"{display.calls(one.calls)}{worth}, {one.why}"


def _line(name: str, row: Moved) -> Line:
    low, high = row.low_difference_pusd, row.high_difference_pusd
    return Line(
        (
            display.plain(name),
            display.count(row.calls),
            display.money(row.spend_pusd),
            display.between(row.low_pusd, row.high_pusd),
            display.between(low, high, is_signed=True),
        )
    )


def _amounts(row: Moved) -> Document:
    amounts = {
        "spend": row.spend_pusd,
        "low": row.low_pusd,
        "high": row.high_pusd,
        "low_difference": row.low_difference_pusd,
        "high_difference": row.high_difference_pusd,
    }
    found: Document = {"calls": row.calls}
    for name, pusd in amounts.items():
        found |= {f"{name}_pusd": pusd, f"{name}_usd": dollars(pusd)}
    return found
