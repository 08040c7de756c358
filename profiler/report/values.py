"""One value as an export writes it: exact, and never in a form meant for the eye."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import cast

from profiler.display import plain
from profiler.domain.money import PUSD_PER_USD
from profiler.domain.periods import EPOCH
from profiler.report.columns import Column, Kind, Row

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_KEPT = frozenset("\t\r\n")


def as_object(row: Row, columns: tuple[Column[Row], ...]) -> dict[str, object]:
    """`row` for JSON: money as a decimal string, so that no reader makes a float of it."""
    return {column.name: as_json(column.kind, column.value(row)) for column in columns}


def as_json(kind: Kind, value: object) -> object:
    """`value` as JSON holds it; `None` stays null."""
    if value is None:
        return None
    if kind is Kind.MONEY:
        return dollars(cast("int", value))
    if kind is Kind.MOMENT:
        return timestamp(cast("int", value))
    return dict(cast("Mapping[str, object]", value)) if kind in _MAPPINGS else value


def as_text(kind: Kind, value: object, safe: Callable[[str], str]) -> str:
    """`value` as a CSV cell; `safe` guards text, numbers stay as they are; `None` is empty."""
    if value is None:
        return ""
    if kind is Kind.TEXT:
        return safe(cast("str", value))
    if kind is Kind.MONEY:
        return dollars(cast("int", value))
    if kind is Kind.MOMENT:
        return timestamp(cast("int", value))
    if kind is Kind.FLAG:
        return "true" if value else "false"
    if kind in _MAPPINGS:
        return safe(json.dumps(value, separators=(",", ":"))) if value else ""
    return str(value)


def safe_cell(text: str) -> str:
    """`text` for a spreadsheet: not a formula, and nothing that steers a terminal.

    A cell that begins like a formula gets a leading apostrophe; tabs and line ends stay.
    """
    clean = text
    if not (text.isascii() and text.isprintable()):
        clean = "".join(c if c in _KEPT else plain(c) for c in text)
    return f"'{clean}" if clean.startswith(_FORMULA) else clean


def dollars(pusd: int) -> str:
    """Pico-dollars as dollars with all twelve decimals."""
    whole, fraction = divmod(abs(pusd), PUSD_PER_USD)
    return f"{'-' if pusd < 0 else ''}{whole}.{fraction:012d}"


def timestamp(at_us: int) -> str:
    """A moment in RFC 3339, UTC, to the microsecond."""
    moment = EPOCH + timedelta(microseconds=at_us)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


_MAPPINGS = frozenset({Kind.WORDS, Kind.COUNTS})
