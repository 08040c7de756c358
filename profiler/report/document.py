"""A document: charts and sheets under one title, before any format draws it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from profiler.report.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked bars over time."""

    title: str
    times: tuple[str, ...]
    """What stands below each bar."""
    series: tuple[tuple[str | None, tuple[int, ...]], ...]
    """(label, an amount per bar), the largest below; `None` is all others."""
    told: Callable[[int], str]
    """An amount in words."""
    table: Sheet
    """The same in figures, for formats that cannot draw."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is written as one page: a title, then charts and sheets in their order."""

    title: str
    subtitle: str
    parts: tuple[Chart | Sheet, ...]
    notes: tuple[str, ...] = ()


def alone(sheet: Sheet) -> Document:
    """A document of one sheet, which lends it its words."""
    return Document(sheet.title, sheet.subtitle, (untitled(sheet),))


def untitled(sheet: Sheet) -> Sheet:
    """The sheet for a document that says its title itself."""
    return replace(sheet, title="", subtitle="")
