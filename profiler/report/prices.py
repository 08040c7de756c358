"""Rates for people and for programs."""

from collections.abc import Sequence

from profiler import display
from profiler.pricing.listing import Change, Row
from profiler.report.sheet import Heading, Line, Sheet
from profiler.report.structured import Document


def sheet_of_rates(title: str, subtitle: str, rows: Sequence[Row]) -> Sheet:
    """One model's rates, one a line."""
    return Sheet(
        title=display.plain(title),
        subtitle=display.plain(subtitle),
        headings=(
            Heading("Rate", is_whole=True),
            Heading("Holds"),
            Heading("Input above", is_number=True, spare=1),
            Heading("Dollars", is_number=True),
            Heading("Per", is_number=True),
            Heading("Of", spare=2),
        ),
        lines=tuple(
            Line(
                (
                    row.key,
                    display.plain(row.holds),
                    "" if row.above is None else f"{row.above:,}",
                    row.usd,
                    f"{row.per:,}",
                    row.usage.replace("_", " "),
                )
            )
            for row in rows
        ),
        total=None,
        notes=("A call beyond a threshold is billed whole at the rate above it.",)
        if any(row.above is not None for row in rows)
        else (),
    )


def of_rates(rows: Sequence[Row]) -> list[Document]:
    """The same, for programs."""
    return [dict(row._asdict()) for row in rows]


def sheet_of_models(models: Sequence[tuple[str, str, str, str]]) -> Sheet:
    """Models that were found: provider, model, and dollars per million of input and output."""
    return Sheet(
        title="Models",
        subtitle="dollars per million tokens, for small calls of today",
        headings=(
            Heading("Provider"),
            Heading("Model"),
            Heading("Input", is_number=True),
            Heading("Output", is_number=True),
        ),
        lines=tuple(Line(tuple(map(display.plain, model))) for model in models),
        total=None,
        notes=(),
    )


def sheet_of_changes(title: str, changes: Sequence[Change]) -> Sheet:
    """What differs between two lists of prices."""
    return Sheet(
        title=display.plain(title),
        subtitle="dollars; a dash is no rate",
        headings=(
            Heading("Model"),
            Heading("Holds", spare=1),
            Heading("Rate", is_whole=True),
            Heading("Old", is_number=True),
            Heading("New", is_number=True),
        ),
        lines=tuple(
            Line(
                (
                    display.plain(f"{change.provider}/{change.model}"),
                    display.plain(change.holds),
                    change.key,
                    change.old or "–",
                    change.new or "–",
                )
            )
            for change in changes
        ),
        total=None,
        notes=(),
    )


def of_changes(changes: Sequence[Change]) -> list[Document]:
    """The same, for programs."""
    return [dict(change._asdict()) for change in changes]
