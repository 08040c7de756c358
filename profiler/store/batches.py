"""Many calls at once, field by field: what an export is written from.

A call as an object costs more to make than to write. Here a field of many calls is one sequence;
and where it comes from what calls were made in, one value for each of those combinations.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from profiler.domain.calls import Band
from profiler.domain.scopes import Filter
from profiler.store import dialect
from profiler.store.circumstances import Circumstance, circumstances_of
from profiler.store.dictionary import list_of, texts
from profiler.store.engine import Store
from profiler.store.layout import CIRCUMSTANCES, LISTS
from profiler.store.narrow import narrow
from profiler.store.pages import Cursor, next_rows
from profiler.store.rows import AT, Row

SIZE = 10_000
"""Calls of one batch."""


class Coded(NamedTuple):
    """A field with few different values: which of them each call has."""

    codes: Sequence[int]
    values: Mapping[int, Any]


class Constant(NamedTuple):
    """A field that is the same for all."""

    value: Any


Field = Coded | Constant | Sequence[Any]
"""A field of every call of a batch, in their order."""


def batches(store: Store, wanted: Filter) -> Iterator["Batch"]:
    """Every wanted call, oldest first, a batch in memory at a time."""
    cursor: Cursor | None = None
    while True:
        with store.reading() as connection:
            rows = next_rows(connection, narrow(connection, wanted), SIZE, cursor, is_back=False)
            if not rows:
                return
            batch = Batch(store, connection, rows)
        yield batch
        cursor = rows[-1][:2]


class Batch:
    """Some calls, in the order they were made."""

    def __init__(self, store: Store, connection: Connection, rows: Sequence[Row]) -> None:
        self._columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True))
        self.circumstances: Sequence[int] = self._columns[AT["circumstance_id"]]
        """What each call was made in: two with the same number share all fields that come of it."""
        self._made_in = circumstances_of(connection, set(self.circumstances), store.circumstances)
        ids = {i for one in self._made_in.values() for i in one.label_ids}
        ids.update(self._columns[AT["user_id"]], self._columns[AT["session_id"]])
        self._text = texts(connection, ids, store.label_texts)
        self._further = _further(connection, rows[0][:2], rows[-1][:2])

    def __len__(self) -> int:
        return len(self.circumstances)

    def field(self, path: str) -> Field:
        """One field of every call, by its path in a `Call`, such as `usage.input`."""
        if path in _COLUMN_OF:
            return self._columns[_COLUMN_OF[path]]
        if path in _OF_CIRCUMSTANCE:
            read = _OF_CIRCUMSTANCE[path]
            values = {i: read(one, self._text) for i, one in self._made_in.items()}
            return Coded(self.circumstances, values)
        if path in {"user", "session"}:
            codes = self._columns[AT[f"{path}_id"]]
            return Coded(codes, {code: self._text[code] for code in set(codes)})
        if path in _EXTRA:
            return self._extra(*_EXTRA[path])
        return _COMPUTED[path](self)

    def _extra(self, name: str, make: Callable[[Any], Any], missing: Any) -> Field:
        if not self._further:
            return Constant(missing)
        found = map(self._further.get, zip(self._columns[0], self._columns[1], strict=True))
        return [make(one[name]) if one and name in one else missing for one in found]


def _further(connection: Connection, first: Cursor, last: Cursor) -> dict[Cursor, dict[str, Any]]:
    """What calls between these two have beyond their rows."""
    text = "SELECT * FROM extras WHERE (at_us, tail) >= (?, ?) AND (at_us, tail) <= (?, ?)"
    found = dialect.plain_rows(connection, text, (*first, *last))
    return {(at_us, tail): json.loads(fields) for at_us, tail, fields in found}


def _id(batch: Batch) -> Field:
    keys = zip(batch.field("started_at_us"), batch.field("tail"), strict=True)
    return ["%014x%016x" % key for key in keys]  # noqa: UP031  half the time of an f-string


def _total_input(batch: Batch) -> Field:
    names = ("input", "cache_read", "cache_write", "cache_write_5m", "cache_write_1h")
    parts = [batch.field(f"usage.{name}") for name in names]
    if None not in parts[0]:
        there = [parts[0], *(part for part in parts[1:] if any(part))]
        return list(map(sum, zip(*there, strict=True)))
    every = zip(*parts, strict=True)
    return [None if part[0] is None else sum(part) for part in every]


def _banded(read: Callable[[int, Band], int]) -> Callable[[Batch], Field]:
    def field(batch: Batch) -> Field:
        bands = batch.field("cost.band")
        if isinstance(bands, Constant):
            return bands
        costs = zip(bands, batch.field("cost.pusd"), strict=True)
        return [None if band is None or pusd is None else read(pusd, band) for band, pusd in costs]

    return field


_COLUMN_OF = {
    "started_at_us": AT["at_us"],
    **{name: AT[name] for name in ("tail", "attempts", "latency_us", "first_chunk_us")},
    **{
        f"usage.{name}": AT[name]
        for name in (
            "input",
            "cache_read",
            "cache_write",
            "cache_write_5m",
            "cache_write_1h",
            "output",
            "reasoning",
        )
    },
    "cost.pusd": AT["cost_pusd"],
    **{
        f"cost.cache_{name}_pusd": AT[f"cache_{name}_pusd"]
        for name in ("saved", "premium", "missed")
    },
}
"""Fields that are columns of `calls`."""


_Read = Callable[[Circumstance, Mapping[int, str]], Any]


def _label(place: int, make: Callable[[str], Any]) -> _Read:
    return lambda one, text: make(text[one.label_ids[place]])


_OF_CIRCUMSTANCE: dict[str, _Read] = {
    **{
        "cost.rate" if kind == "rate" else kind: _label(place, list_of if kind in LISTS else str)
        for place, kind in enumerate(CIRCUMSTANCES)
    },
    "outcome": lambda one, _: one.outcome,
    "cost.basis": lambda one, _: one.basis,
    "is_streamed": lambda one, _: one.is_streamed,
    "status": lambda one, _: one.status,
}

_EXTRA: dict[str, tuple[str, Callable[[Any], Any], Any]] = {
    "tags": ("tags", dict, {}),
    "tools_called": ("tools_called", tuple, ()),
    "failures": ("failures", tuple, ()),
    "retry_wait_us": ("retry_wait_us", int, None),
    "cost.reported_pusd": ("reported_pusd", int, None),
    "cost.band": ("band", lambda parts: Band(*parts), None),
    "usage.more": ("more", dict, {}),
    "trace": ("trace", str, ""),
    "parent": ("parent", str, ""),
    "fingerprint": ("fingerprint", str, ""),
    "prefixes": ("prefixes", tuple, ()),
}
"""Fields that few calls have: under which name, made how, and what the others have."""

_COMPUTED: dict[str, Callable[[Batch], Field]] = {
    "id": _id,
    "usage.known_total_input": _total_input,
    "cost.low_pusd": _banded(lambda pusd, band: pusd * band.low_per_mille // 1000),
    "cost.high_pusd": _banded(lambda pusd, band: pusd * band.high_per_mille // 1000),
    "cost.learned_calls": _banded(lambda _, band: band.learned_calls),
}
