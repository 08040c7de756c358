"""Rows for machines as Parquet, with exact types, a batch at a time."""

import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from types import ModuleType
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from profiler.domain.calls import Call
from profiler.domain.money import usd
from profiler.report.batched import Batch, Columns
from profiler.report.columns import Column, Kind, Row
from profiler.store.batches import Coded, Constant, Field

_ENTRIES = frozenset({Kind.WORDS, Kind.COUNTS})

BATCH_ROWS = 20_000
"""How many rows are held in memory, and make a row group."""


def write_parquet(rows: Iterable[Row], columns: tuple[Column[Row], ...], out: BinaryIO) -> int:
    """Write `rows` to `out`, and return how many they were.

    Money in dollars is decimal128(38, 12), moments are microseconds in UTC, maps are maps.
    """
    types = _types()
    schema = pa.schema([(column.name, types[column.kind]) for column in columns])
    written = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            arrays = [pa.array(_values(batch, c), types[c.kind]) for c in columns]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            written += len(batch)
    return written


def write_calls_parquet(batches: Iterable[Batch], columns: Columns, out: BinaryIO) -> int:
    """Write what `write_parquet` writes of the same calls, a row group per batch."""
    types = _types()
    schema = pa.schema([(column.name, types[column.kind]) for column in columns])
    written = 0
    repeating = [column.name for column in columns if column.kind is Kind.TEXT]
    with (
        pq.ParquetWriter(out, schema, compression="zstd", use_dictionary=repeating) as writer,
        ThreadPoolExecutor(1) as beside,
    ):
        written_before: Future[None] | None = None
        for batch in batches:
            places = _Places(len(batch))
            arrays = [_array(batch.field(c.path), c, types[c.kind], places) for c in columns]
            table = pa.record_batch(arrays, schema=schema)
            if written_before is not None:
                written_before.result()
            # encoding needs no interpreter: the next batch is read meanwhile
            written_before = beside.submit(writer.write_batch, table)
            written += len(batch)
        if written_before is not None:
            written_before.result()
    return written


def spare_memory() -> None:
    """Half of what Arrow would take in this process, for one that does nothing else with it.

    To tell a list from a Series it imports pandas, which is 45 MB and most of a second, unless
    it finds one too old for it; and its own allocator keeps what was freed.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    if "pandas" in sys.modules:
        return
    too_old = ModuleType("pandas")
    vars(too_old)["__version__"] = "0"
    sys.modules["pandas"] = too_old
    try:
        with warnings.catch_warnings(action="ignore"):
            pa.array([0])
    finally:
        del sys.modules["pandas"]


class _Places:
    """Where in a table of few values those of a batch stand; the same codes are looked up once."""

    def __init__(self, number: int) -> None:
        self.of_constant = pa.repeat(0, number)
        self._codes: Sequence[int] = ()
        self._found: Any = None

    def of(self, field: Coded) -> Any:
        """The place of each call's value among the field's, as they are listed."""
        if field.codes is not self._codes:
            found = pc.index_in(pa.array(field.codes), pa.array(list(field.values)))
            self._codes, self._found = field.codes, found
        return self._found


def _array(field: Field, column: Column[Call], kind: Any, places: _Places) -> Any:
    if isinstance(field, Constant):
        return _plain([field.value], column, kind).take(places.of_constant)
    if isinstance(field, Coded):
        return _plain(list(field.values.values()), column, kind).take(places.of(field))
    return _plain(field, column, kind)


def _plain(values: Sequence[Any], column: Column[Call], kind: Any) -> Any:
    shown = column.shown
    if shown is not None:
        values = [None if value is None else shown(value) for value in values]
    if column.kind is Kind.MONEY:
        # the same digits with the point set twelve places to the left
        whole = pa.array(values, pa.int64()).cast(pa.decimal128(38, 0))
        return pa.Array.from_buffers(kind, len(whole), whole.buffers())
    return pa.array(_as_entries(values) if column.kind in _ENTRIES else values, kind)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_ROWS)):
        yield batch


def _values(batch: list[Row], column: Column[Row]) -> list[object]:
    values = [column.value(row) for row in batch]
    if column.kind is Kind.MONEY:
        return [usd(value) if isinstance(value, int) else None for value in values]
    return _as_entries(values) if column.kind in _ENTRIES else values


def _as_entries(values: Sequence[object]) -> list[object]:
    return [list(value.items()) if isinstance(value, Mapping) else None for value in values]


def _types() -> dict[Kind, Any]:
    return {
        Kind.TEXT: pa.string(),
        Kind.KEY: pa.string(),
        Kind.COUNT: pa.int64(),
        Kind.FLAG: pa.bool_(),
        Kind.MOMENT: pa.timestamp("us", tz="UTC"),
        Kind.MONEY: pa.decimal128(38, 12),
        Kind.SHARE: pa.float64(),
        Kind.WORDS: pa.map_(pa.string(), pa.string()),
        Kind.LIST: pa.list_(pa.string()),
        Kind.COUNTS: pa.map_(pa.string(), pa.int64()),
    }
