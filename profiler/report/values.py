"""One value as an export writes it: exact, and never in a form meant for the eye."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from profiler.display import plain
from profiler.domain.periods import EPOCH
from profiler.report.columns import Column, Kind, Row

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_KEPT = frozenset("\t\r\n")
_SPECIAL = re.compile('[,"\r\n]')
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def as_object(row: Row, columns: tuple[Column[Row], ...]) -> dict[str, object]:
    """`row` for JSON: money as a decimal string, so that no reader makes a float of it."""
    found: dict[str, object] = {}
    for column in columns:
        value = column.value(row)
        write = _AS_JSON.get(column.kind)
        found[column.name] = write(value) if write and value is not None else value
    return found


def text_writer(kind: Kind, safe: Callable[[str], str]) -> Callable[[Any], str]:
    """What writes known values of that kind into a CSV cell; `safe` guards text alone."""
    if kind is Kind.TEXT:
        return safe
    if kind is Kind.KEY:
        return str
    if kind in {Kind.WORDS, Kind.LIST, Kind.COUNTS}:
        return lambda words: safe(json.dumps(words, separators=(",", ":"))) if words else ""
    return _AS_TEXT.get(kind, str)


def json_writer(kind: Kind) -> Callable[[Any], str]:
    """What writes known values of that kind as JSON, as `as_object` has them."""
    if kind in {Kind.COUNT, Kind.SHARE}:
        return repr
    if kind is Kind.MOMENT or kind is Kind.MONEY:
        write = _AS_TEXT[kind]
        return lambda value: f'"{write(value)}"'
    return _encode


def quoted(cell: str) -> str:
    """A cell as RFC 4180 has it: in quotes where it holds what sets cells and rows apart."""
    if _SPECIAL.search(cell) is None:
        return cell
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'


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
    digits = f"{pusd:013d}" if pusd >= 0 else f"{pusd:014d}"
    return f"{digits[:-12]}.{digits[-12:]}"


def timestamp(at_us: int) -> str:
    """A moment in RFC 3339, UTC, to the microsecond."""
    moment = EPOCH + timedelta(microseconds=at_us)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _flag(is_so: bool) -> str:
    return "true" if is_so else "false"


_AS_JSON: dict[Kind, Callable[[Any], object]] = {
    Kind.MONEY: dollars,
    Kind.MOMENT: timestamp,
    Kind.WORDS: dict,
    Kind.LIST: list,
    Kind.COUNTS: dict,
}
_AS_TEXT: dict[Kind, Callable[[Any], str]] = {
    Kind.MONEY: dollars,
    Kind.MOMENT: timestamp,
    Kind.FLAG: _flag,
}
