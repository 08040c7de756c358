"""Rows for machines as CSV, written as they are read."""

import csv
from collections.abc import Iterable
from typing import TextIO

from profiler.report.columns import Column, Row
from profiler.report.values import safe_cell, text_writer


def write_csv(
    rows: Iterable[Row], columns: tuple[Column[Row], ...], out: TextIO, *, is_raw: bool = False
) -> int:
    """Write `rows` as RFC 4180 has it, and return how many they were.

    Cells of text that a spreadsheet would run as a formula get a leading apostrophe, and
    characters that steer a terminal are replaced; `is_raw` writes them as they are.
    """
    safe = str if is_raw else safe_cell
    cells = [(column.value, text_writer(column.kind, safe)) for column in columns]
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    written = 0
    for row in rows:
        writer.writerow(
            ["" if (found := value(row)) is None else write(found) for value, write in cells]
        )
        written += 1
    return written
