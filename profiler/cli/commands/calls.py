"""`profiler calls`: the history, and one call opened."""

import sys
from pathlib import Path

import click

from profiler.cli.filters import Query, filtered
from profiler.cli.home import now_us, read_home, say_if_none
from profiler.cli.lazy import DefaultGroup

MOST = 1000


@click.group(
    cls=DefaultGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  profiler calls feature:search --since 24h
  profiler calls 'cost>0.50' --limit 100 --json
  profiler calls show 0660b8fd5c95e2
  profiler calls show 0660b8fd5c95e2 --text
""",
)
def calls() -> None:
    """List calls, newest first, or open one.

    `profiler calls FILTER...` is short for `profiler calls list FILTER...`.
    """


@calls.command("list")
@click.option(
    "--limit",
    "-n",
    type=click.IntRange(1, MOST),
    default=20,
    show_default=True,
    help="How many of the newest to list; `profiler export calls` writes them all.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@filtered
@click.pass_obj
def list_calls(home: Path | None, limit: int, *, as_json: bool, query: Query) -> None:
    """List calls, newest first.

    FILTER words are those of the filter bar: feature:search model:gpt-5* status:error cost>0.01.
    """
    from profiler.report import structured
    from profiler.store import reads

    with read_home(home) as workspace:
        zone = workspace.settings.zone
        wanted = query.read(now_us(), zone)
        found = workspace.page(wanted, None, limit).calls
        totals = reads.totals(workspace.store, wanted)
        say_if_none(workspace, totals.calls, query)
    if as_json:
        sys.stdout.write(structured.encoded(structured.of_calls(found, totals, wanted.span)))
        return
    from profiler.report.sheet import sheet_of_calls
    from profiler.report.terminal import draw

    draw(sheet_of_calls(found, totals, wanted.span, zone, query.narrowed_by), sys.stdout)


@calls.command("show")
@click.argument("call_id", metavar="ID")
@click.option(
    "--text",
    "has_text",
    is_flag=True,
    help="Show prompt and answer too, where the program captured them.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_obj
def show(home: Path | None, call_id: str, *, has_text: bool, as_json: bool) -> None:
    """Open one call: what it used, and the lines its price is made of.

    The start of an ID will do, as `profiler calls` lists it.
    """
    from profiler.report import structured

    with read_home(home) as workspace:
        zone = workspace.settings.zone
        detail = workspace.detail(call_id, now_us())
    if as_json:
        sys.stdout.write(structured.encoded(structured.of_detail(detail, has_text=has_text)))
        return
    from profiler.report.opened import draw_detail, draw_text

    draw_detail(detail, zone, sys.stdout)
    if has_text and detail.text is not None:
        draw_text(detail.text, sys.stdout)
    elif has_text:
        click.echo(
            "profiler: no text of this call is kept; PROFILER_CAPTURE_TEXT=1 in the environment "
            "of your program keeps it",
            err=True,
        )
