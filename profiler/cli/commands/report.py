"""`profiler report`: where the money goes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from profiler.cli.filters import Query, filtered
from profiler.cli.home import now_us, read_home, say_if_none
from profiler.cli.output import format_for, write_document
from profiler.domain.scopes import Dimension
from profiler.errors import UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from profiler.analysis.results import Grouped
    from profiler.workspace import Workspace

FORMATS = ("table", "md", "csv", "json", "html")
DAY = "day"


@click.command(
    epilog="""\b
Examples:
  profiler report --by feature --since 7d
  profiler report --by day --since month --format md
  profiler report --by model --by user provider:openai -o spend.html
"""
)
@click.option(
    "--by",
    type=click.Choice([*(dimension.value for dimension in Dimension), DAY]),
    multiple=True,
    default=("model",),
    show_default=True,
    help="What to group by; may be given several times.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Default: as the file is named, else table.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("-o", "--output", metavar="FILE", help="Write there instead of standard output.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@filtered
@click.pass_obj
def report(
    home: Path | None,
    by: tuple[str, ...],
    form: str | None,
    output: str | None,
    *,
    force: bool,
    query: Query,
) -> None:
    """Show what was spent, by model or by whatever else calls are labelled with.

    FILTER words are those of the filter bar: feature:search model:gpt-5* status:error cost>0.01.
    """
    with read_home(home) as workspace:
        grouped = _grouped(workspace, by, query)
        say_if_none(workspace, grouped.totals.calls, query)
        chosen = form or format_for(output, FORMATS, "table")
        write = writer_of(grouped, chosen, workspace.settings.zone, query.narrowed_by)
    write_document(write, output, force=force)


def _grouped(workspace: "Workspace", by: tuple[str, ...], query: Query) -> "Grouped":
    now = now_us()
    wanted = query.read(now, workspace.settings.zone)
    names = tuple(dict.fromkeys(by))
    if names == (DAY,):
        return workspace.by_day(wanted, now)
    if DAY in names:
        raise UsageError("--by day stands alone; leave the other --by out")
    return workspace.grouped([Dimension(name) for name in names], wanted)


def writer_of(
    grouped: "Grouped", form: str, zone: "ZoneInfo", narrowed_by: str = ""
) -> Callable[[TextIO], object]:
    """What writes the report in that format."""
    if form == "csv":
        from profiler.report.columns import group_columns
        from profiler.report.tabular import write_csv

        return partial(write_csv, grouped.rows, group_columns(grouped.by))
    if form == "json":
        from profiler.report import structured

        return _text(structured.encoded(structured.of_groups(grouped)))
    from profiler.report.sheet import sheet_of_groups

    sheet = sheet_of_groups(grouped, zone, narrowed_by)
    if form == "md":
        from profiler.report.markdown import as_markdown

        return _text(as_markdown(sheet))
    if form == "html":
        from profiler.report.page import as_page

        return _text(as_page(sheet))
    from profiler.report.terminal import draw

    return partial(draw, sheet)


def _text(text: str) -> Callable[[TextIO], object]:
    return lambda out: out.write(text)
