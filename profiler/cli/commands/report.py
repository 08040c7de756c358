"""`profiler report`: where the money goes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from profiler.cli.filters import Query, filtered
from profiler.cli.home import now_us, read_home, say_if_none
from profiler.cli.output import STDOUT, format_for, write_document
from profiler.domain.scopes import Dimension, Filter
from profiler.errors import UsageError

if TYPE_CHECKING:
    from profiler.analysis.changes import Changed
    from profiler.analysis.results.snapshot import Grouped
    from profiler.report.document import Document
    from profiler.workspace import Workspace

FOR_PROGRAMS = frozenset({"csv", "json", "parquet"})
FORMATS = ("table", "md", "csv", "json", "html", "parquet")
DAY = "day"
PREVIOUS = "previous"

Write = Callable[[TextIO], object]


@click.command(
    epilog="""\b
Examples:
  profiler report --by feature --since 7d
  profiler report --by day --since month --format md
  profiler report --by model --by user provider:openai -o spend.html
  profiler report --since 7d --against previous
  profiler report --summary --since 7d -o week.html
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
    "--against",
    metavar="WHEN",
    help="Compare with another stretch of time: `previous`, or FROM..UNTIL as --since takes them.",
)
@click.option(
    "--summary",
    "is_summary",
    is_flag=True,
    help="One page on a stretch of time, a week if none is named: what was spent, what changed, "
    "where, and the budgets.",
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
    against: str | None,
    form: str | None,
    output: str | None,
    *,
    is_summary: bool,
    force: bool,
    query: Query,
) -> None:
    """Show what was spent, by model or by whatever else calls are labelled with.

    FILTER words are those of the filter bar: feature:search model:gpt-5* status:error cost>0.01.
    """
    chosen = form or format_for(output, FORMATS, "table")
    if is_summary and against:
        raise UsageError("--summary compares by itself; leave --against out")
    with read_home(home) as workspace:
        if is_summary:
            write = _summary(workspace, query, chosen)
        elif against:
            write = _changes(workspace, by, query, against, chosen)
        else:
            grouped = _grouped(workspace, by, query, chosen)
            say_if_none(workspace, grouped.totals.calls, query)
            if chosen == "parquet":
                _write_parquet(grouped, output, force=force)
                return
            write = _groups(workspace, grouped, query, chosen)
    write_document(write, output, force=force)


def _grouped(workspace: "Workspace", by: tuple[str, ...], query: Query, form: str) -> "Grouped":
    now = now_us()
    wanted = query.read(now, workspace.settings.zone)
    names = tuple(dict.fromkeys(by))
    if names == (DAY,):
        from profiler.analysis.grouping import by_day

        return by_day(workspace.store, wanted, now, workspace.settings.zone)
    return workspace.grouped(_dimensions(names), wanted, _most(form))


def _most(form: str) -> int | None:
    """How many rows are told apart; forms for programs have all."""
    from profiler.analysis.grouping import MOST_READ

    return None if form in FOR_PROGRAMS else MOST_READ


def _dimensions(names: tuple[str, ...]) -> list[Dimension]:
    if DAY in names:
        raise UsageError("--by day stands alone; leave the other --by out")
    return [Dimension(name) for name in dict.fromkeys(names)]


def _groups(workspace: "Workspace", grouped: "Grouped", query: Query, form: str) -> Write:
    """A grouped report in that format; its page has a chart of the spend over time, too."""
    if form == "csv":
        from profiler.report.columns import group_columns
        from profiler.report.tabular import write_csv

        return partial(write_csv, grouped.rows, group_columns(grouped.by))
    from dataclasses import replace

    from profiler.report.budgets import of_saved, saved_notes
    from profiler.report.document import alone
    from profiler.report.grouped import page_of_groups
    from profiler.report.sheet import sheet_of_groups
    from profiler.report.structured import of_groups
    from profiler.report.summed import saved_by_downgrades

    zone, now = workspace.settings.zone, now_us()
    wanted = query.read(now, zone)
    sheet = sheet_of_groups(grouped, zone, query.narrowed_by)
    saved = saved_by_downgrades(workspace, wanted)
    sheet = replace(sheet, notes=(*sheet.notes, *saved_notes(saved)))
    if form == "html":
        page = page_of_groups(workspace.store, grouped, sheet, wanted, now, zone)
        return _document(page, form, dict)
    return _document(
        alone(sheet),
        form,
        lambda: {**of_groups(grouped), "saved": [of_saved(one) for one in saved]},
    )


def _changes(
    workspace: "Workspace", by: tuple[str, ...], query: Query, against: str, form: str
) -> Write:
    """The range beside another one, in that format."""
    _refuse(form, "csv", "parquet", what="a comparison")
    from profiler.analysis.changes import changed
    from profiler.report.changes import of_changes, sheet_of_changes
    from profiler.report.document import alone

    wanted = query.read(now_us(), workspace.settings.zone)
    other = _against(workspace, query, wanted, against)
    found: Changed = changed(workspace.store, _dimensions(by), wanted, other, _most(form))
    sheet = sheet_of_changes(found, workspace.settings.zone, query.narrowed_by)
    return _document(alone(sheet), form, lambda: of_changes(found))


def _against(workspace: "Workspace", query: Query, wanted: Filter, against: str) -> Filter:
    """The same filter over the other stretch of time."""
    from dataclasses import replace

    from profiler.domain.usual import before

    now, zone = now_us(), workspace.settings.zone
    if against == PREVIOUS:
        span = before(wanted.span, now, zone)
        if span is None:
            raise UsageError("nothing lies before all time; say since when, like --since 7d")
        return replace(wanted, span=span)
    since, dots, until = against.partition("..")
    if not dots:
        raise UsageError(f"--against {against} names no stretch; write FROM..UNTIL or {PREVIOUS}")
    times = [f"{key}:{word}" for key, word in (("since", since), ("until", until)) if word]
    return Query(query.words, tuple(times)).read(now, zone)


def _summary(workspace: "Workspace", query: Query, form: str) -> Write:
    """A page about the range, a week where none is named."""
    _refuse(form, "csv", "parquet", what="a summary")
    from profiler.report.summed import summed_up

    now, zone = now_us(), workspace.settings.zone
    if not query.times:
        query = Query(query.words, ("since:7d",))
    wanted = query.read(now, zone)
    document, structure = summed_up(workspace, wanted, zone, now, query.narrowed_by)
    return _document(document, form, structure)


def _refuse(form: str, *forms: str, what: str) -> None:
    if form in forms:
        raise UsageError(f"{what} has no {form} form; choose table, md, json or html")


def _document(document: "Document", form: str, structure: Callable[[], dict[str, object]]) -> Write:
    if form == "json":
        from profiler.report.structured import encoded

        return _text(encoded(structure()))
    if form == "md":
        from profiler.report.markdown import as_markdown

        return _text(as_markdown(document))
    if form == "html":
        from profiler.report.page import as_page

        return _text(as_page(document))
    from profiler.report.terminal import draw_document

    return partial(draw_document, document)


def _text(text: str) -> Write:
    return lambda out: out.write(text)


def _write_parquet(grouped: "Grouped", output: str | None, *, force: bool) -> None:
    if output in {None, STDOUT}:
        raise UsageError("parquet cannot go to standard output; name a file with -o")
    from profiler.report.columns import group_columns
    from profiler.report.output import output_file
    from profiler.report.parquet import write_parquet

    with output_file(Path(str(output)), may_replace=force) as file:
        write_parquet(grouped.rows, group_columns(grouped.by), file)
    click.echo(f"profiler: wrote {output}", err=True)
