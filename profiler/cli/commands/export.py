"""`profiler export`: rows for machines."""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler.cli.filters import Query, filtered
from profiler.cli.home import now_us, read_home
from profiler.cli.output import STDOUT, format_for
from profiler.cli.progress import Meter
from profiler.errors import UsageError

if TYPE_CHECKING:
    from profiler.store.batches import Batch

FORMATS = ("csv", "jsonl", "parquet")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def export() -> None:
    """Write rows to a file, for spreadsheets, notebooks and databases."""


@export.command(
    "calls",
    epilog="""\b
Examples:
  profiler export calls -o calls.parquet
  profiler export calls --since month feature:search -o search.csv
  profiler export calls --format jsonl -o - | jq .cost_usd
""",
)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="Default: as the file is named, else csv."
)
@click.option(
    "-o", "--output", required=True, metavar="FILE", help="The file; - is standard output."
)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@click.option(
    "--raw",
    is_flag=True,
    help="CSV: write text as it is, even where a spreadsheet would run it as a formula.",
)
@filtered
@click.pass_obj
def export_calls(
    home: Path | None, form: str | None, output: str, *, force: bool, raw: bool, query: Query
) -> None:
    """Write one row per call, oldest first, in bounded memory.

    Money is exact: cost_pusd counts pico-dollars (1e-12 USD), cost_usd is a decimal.
    """
    chosen = form or format_for(output, FORMATS, "csv")
    if raw and chosen != "csv":
        raise UsageError("--raw is for csv alone; the other formats are never run by a spreadsheet")
    if chosen == "parquet" and output == STDOUT:
        raise UsageError("parquet cannot go to standard output; name a file with -o")
    with read_home(home) as workspace:
        wanted = query.read(now_us(), workspace.settings.zone)
        from profiler.store import reads
        from profiler.store.batches import batches

        totals = reads.totals(workspace.store, wanted)
        with Meter("calls", totals.calls) as meter:
            found = _counted(batches(workspace.store, wanted), meter)
            written = write_calls(found, chosen, output, force=force, raw=raw)
    if output != STDOUT:
        from profiler import display

        rests_on = f"{display.spend(totals)}, {display.basis(totals)}" if totals.calls else "$0.00"
        click.echo(f"profiler: wrote {written:,} calls to {output}: {rests_on}", err=True)


def _counted(found: "Iterator[Batch]", meter: Meter) -> "Iterator[Batch]":
    done = 0
    for batch in found:
        yield batch
        done += len(batch)
        meter.show(done)


def write_calls(found: "Iterator[Batch]", form: str, output: str, *, force: bool, raw: bool) -> int:
    """Write the calls to `output`, and return how many they were."""
    # an export makes millions of values and no cycles; looking for some takes a quarter of it
    gc.disable()
    from profiler.report import exporting

    if output == STDOUT:
        return exporting.write_calls_text(found, form, sys.stdout, is_raw=raw)
    from profiler.report.output import output_file

    with output_file(Path(output), may_replace=force) as file:
        return exporting.write_calls(found, form, file, is_raw=raw)
