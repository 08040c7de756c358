"""Exports, whoever asks for them: calls row by row, and reports."""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, TextIO

from profiler import display
from profiler.analysis.results import Grouped
from profiler.domain.scopes import Dimension
from profiler.report.batched import write_calls_csv, write_calls_jsonl
from profiler.report.columns import call_columns
from profiler.report.document import alone
from profiler.report.forms import Order
from profiler.report.markdown import as_markdown
from profiler.report.output import output_file
from profiler.report.page import as_page
from profiler.report.sheet import sheet_of_groups
from profiler.report.structured import encoded, of_groups
from profiler.store import reads
from profiler.store.batches import Batch, batches
from profiler.workspace import Workspace

Tell = Callable[[int, int], None]
"""Is told how many calls are written, and of how many; whatever it raises ends the export."""


def export(workspace: Workspace, order: Order, tell: Tell) -> str:
    """Write the file; what was written, in words. Nothing is left behind where it fails.

    Raises:
        ExportError: the file cannot be written, or is there already and may not be replaced.

    """
    if not order.form.is_of_calls:
        return _export_report(workspace, order)
    totals = reads.totals(workspace.store, order.wanted)
    found = _told(batches(workspace.store, order.wanted), totals.calls, tell)
    with output_file(order.path, may_replace=order.may_replace) as file:
        written = write_calls(found, order.form.id, file)
    rests_on = f": {display.spend(totals)}, {display.basis(totals)}" if totals.calls else ""
    return f"Wrote {display.calls(written)} to {order.path}{rests_on}"


def write_calls(found: Iterable[Batch], form: str, file: BinaryIO, *, is_raw: bool = False) -> int:
    """Write calls into an open file, and return how many they were."""
    if form == "parquet":
        # pyarrow takes long to import
        from profiler.report.parquet import spare_memory, write_calls_parquet  # noqa: PLC0415

        spare_memory()
        return write_calls_parquet(found, call_columns(), file)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", errors="replace")
    written = write_calls_text(found, form, text, is_raw=is_raw)
    text.flush()
    text.detach()
    return written


def write_calls_text(
    found: Iterable[Batch], form: str, out: TextIO, *, is_raw: bool = False
) -> int:
    """The same as text, for the forms that are."""
    if form == "csv":
        return write_calls_csv(found, call_columns(), out, is_raw=is_raw)
    return write_calls_jsonl(found, call_columns(), out)


def _told(found: Iterator[Batch], total: int, tell: Tell) -> Iterator[Batch]:
    done = 0
    for batch in found:
        tell(done, total)
        yield batch
        done += len(batch)
    tell(done, total)


def _export_report(workspace: Workspace, order: Order) -> str:
    grouped = workspace.grouped([Dimension.PROVIDER, Dimension.MODEL], order.wanted)
    with output_file(order.path, may_replace=order.may_replace) as file:
        file.write(_report_text(grouped, order).encode("utf-8", "replace"))
    return f"Wrote the report to {order.path}: {display.spend(grouped.totals)}"


def _report_text(grouped: Grouped, order: Order) -> str:
    if order.form.id == "json":
        return encoded(of_groups(grouped))
    document = alone(sheet_of_groups(grouped, order.zone, order.narrowed_by))
    return as_page(document) if order.form.id == "html" else as_markdown(document)
