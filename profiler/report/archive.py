"""Calls as an archive: every field of theirs in a Parquet file, and back again, exactly.

An export is for other programs and shows figures as people want them; an archive is for us, so
its columns are the fields of a call by their own names. What a later version adds is read from
an older archive as what it is by default.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import IntEnum
from functools import cache
from operator import attrgetter
from pathlib import Path
from types import UnionType
from typing import Any, BinaryIO, get_args, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq

from profiler.domain.calls import Call
from profiler.errors import StoreError
from profiler.report.columns import Column, Kind
from profiler.report.parquet import BATCH_ROWS, write_parquet

SUFFIX = ".parquet"

_KINDS: dict[Any, Kind] = {
    str: Kind.TEXT,
    int: Kind.COUNT,
    bool: Kind.FLAG,
    tuple[str, ...]: Kind.LIST,
    Mapping[str, str]: Kind.WORDS,
    Mapping[str, int]: Kind.COUNTS,
}
_MADE_BY: dict[Kind, Any] = {Kind.LIST: tuple, Kind.WORDS: dict, Kind.COUNTS: dict}
"""What makes a field's value of what Parquet gives back, where that is another."""


def write_archive(calls: Iterator[Call], out: BinaryIO) -> int:
    """Write `calls` to `out`, a batch at a time, and return how many they were."""
    return write_parquet(calls, archive_columns(), out)


def archived_calls(path: Path) -> Iterator[Call]:
    """The calls of the archive at `path`, as they were when they were archived.

    Raises:
        StoreError: it cannot be read, or is no archive of calls.

    """
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(BATCH_ROWS):
                yield from (_made(Call, row, "") for row in batch.to_pylist())
    except (OSError, pa.ArrowInvalid, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{path} is no archive of calls: {error}; move it away") from error


def archive_columns() -> tuple[Column[Call], ...]:
    """One column per field, `usage.input` for a field of a field."""
    return tuple(Column(name, _kind_of(kind), _reading(name)) for name, kind in _leaves(Call, ""))


def _reading(name: str) -> Callable[[Call], object]:
    """What reads the field of that name; `None` too where what it is a field of is."""
    whole, dot, part = name.rpartition(".")
    if not dot:
        return attrgetter(name)
    outer = _reading(whole)
    return lambda call: getattr(outer(call), part, None)


def _leaves(kind: Any, above: str) -> Iterator[tuple[str, Any]]:
    for field in fields(kind):
        name, inner = above + field.name, _without_none(_types_of(kind)[field.name])
        if is_dataclass(inner):
            yield from _leaves(inner, f"{name}.")
        else:
            yield name, inner


def _kind_of(hint: Any) -> Kind:
    return Kind.COUNT if _is_code(hint) else _KINDS[hint]


def _made(kind: Any, row: Mapping[str, Any], above: str) -> Any:
    given = {
        field.name: _value(field, _types_of(kind)[field.name], row, above) for field in fields(kind)
    }
    return kind(**given)


def _value(field: "Field[Any]", hint: Any, row: Mapping[str, Any], above: str) -> Any:
    name, given = above + field.name, _without_none(hint)
    if is_dataclass(given):
        parts = [row.get(part) for part, _ in _leaves(given, f"{name}.")]
        is_there = given is hint or any(part is not None for part in parts)
        return _made(given, row, f"{name}.") if is_there else None
    if name not in row:
        return _default(field)
    value = row[name]
    if value is None:
        return None
    make = given if _is_code(given) else _MADE_BY.get(_KINDS[given])
    return value if make is None else make(value)


def _default(field: "Field[Any]") -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    if field.default is not MISSING:
        return field.default
    raise KeyError(field.name)


def _is_code(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, IntEnum)


def _without_none(hint: Any) -> Any:
    if isinstance(hint, UnionType):
        [given] = [one for one in get_args(hint) if one is not type(None)]
        return given
    return hint


@cache
def _types_of(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
