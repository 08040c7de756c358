"""Rows for machines as Parquet, with exact types, a batch at a time."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from profiler.domain.money import usd
from profiler.report.columns import Column, Kind, Row

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


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_ROWS)):
        yield batch


def _values(batch: list[Row], column: Column[Row]) -> list[object]:
    values = [column.value(row) for row in batch]
    if column.kind is Kind.MONEY:
        return [usd(value) if isinstance(value, int) else None for value in values]
    if column.kind in {Kind.WORDS, Kind.COUNTS}:
        return [list(value.items()) if isinstance(value, Mapping) else None for value in values]
    return values


def _types() -> dict[Kind, Any]:
    return {
        Kind.TEXT: pa.string(),
        Kind.COUNT: pa.int64(),
        Kind.FLAG: pa.bool_(),
        Kind.MOMENT: pa.timestamp("us", tz="UTC"),
        Kind.MONEY: pa.decimal128(38, 12),
        Kind.SHARE: pa.float64(),
        Kind.WORDS: pa.map_(pa.string(), pa.string()),
        Kind.LIST: pa.list_(pa.string()),
        Kind.COUNTS: pa.map_(pa.string(), pa.int64()),
    }
