"""Exports, whoever asks for them: calls row by row, and reports."""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, TextIO

from profiler import display
from profiler.analysis.grouping import MOST_READ
from profiler.domain.scopes import Dimension
from profiler.report.batched import write_calls_csv, write_calls_jsonl
from profiler.report.columns import call_columns
from profiler.report.document import Document, alone
from profiler.report.forms import CALLS, SUMMARY, Order
from profiler.report.grouped import page_of_groups
from profiler.report.markdown import as_markdown
from profiler.report.output import output_file
from profiler.report.page import as_page
from profiler.report.sheet import sheet_of_groups
from profiler.report.structured import Document as Structure, encoded, of_groups
from profiler.report.summed import summed_up
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
    if order.form.kind != CALLS:
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
    laid_out = _summary if order.form.kind == SUMMARY else _report
    document, structure, told = laid_out(workspace, order)
    if order.form.suffix == ".json":
        text = encoded(structure())
    else:
        text = as_page(document) if order.form.suffix == ".html" else as_markdown(document)
    with output_file(order.path, may_replace=order.may_replace) as file:
        file.write(text.encode("utf-8", "replace"))
    return f"Wrote the {order.form.kind} to {order.path}: {told}"


_LaidOut = tuple[Document, Callable[[], Structure], str]
"""For people, for programs, and what was spent."""


def _summary(workspace: Workspace, order: Order) -> _LaidOut:
    document, structure = summed_up(
        workspace, order.wanted, order.zone, order.now_us, order.narrowed_by
    )
    return document, structure, document.title.partition(": ")[2]


def _report(workspace: Workspace, order: Order) -> _LaidOut:
    by = Dimension(order.by)
    names = [Dimension.PROVIDER, by] if by is Dimension.MODEL else [by]
    most = None if order.form.suffix == ".json" else MOST_READ
    grouped = workspace.grouped(names, order.wanted, most)
    sheet = sheet_of_groups(grouped, order.zone, order.narrowed_by)
    spent = display.spend(grouped.totals)
    if order.form.suffix != ".html":
        return alone(sheet), lambda: of_groups(grouped), spent
    page = page_of_groups(workspace.store, grouped, sheet, order.wanted, order.now_us, order.zone)
    return page, lambda: of_groups(grouped), spent
