"""`profiler top`: the dearest groups, printed again as calls come in."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TextIO

import click

from profiler import display
from profiler.cli.counts import ROWS
from profiler.cli.filters import Query, filtered
from profiler.cli.home import now_us, read_home
from profiler.domain.scopes import Dimension
from profiler.errors import StoreLocked

if TYPE_CHECKING:
    from profiler.analysis.results.snapshot import Grouped
    from profiler.workspace import Workspace

_HOME_AND_BELOW = "\x1b[H\x1b[J"
_TODAY = "today"


@click.command(
    epilog="""\b
Examples:
  profiler top
  profiler top --by feature --by model --every 5
  profiler top --once --since 1h environment:ci
"""
)
@click.option(
    "--by",
    type=click.Choice([dimension.value for dimension in Dimension]),
    multiple=True,
    default=("model",),
    show_default=True,
    help="What to group by; may be given several times.",
)
@click.option(
    "--every",
    "every_s",
    type=click.FloatRange(min=0.2, max=86_400),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="How often the table is printed.",
)
@click.option(
    "--times",
    type=click.IntRange(min=1),
    metavar="N",
    help="Stop after that many tables. Default: until Ctrl-C.",
)
@click.option("--once", "times", flag_value=1, help="The same as --times 1.")
@click.option(
    "--limit",
    type=ROWS,
    default=15,
    show_default=True,
    metavar="N",
    help="How many rows; the rest is summed in one.",
)
@filtered
@click.pass_obj
def top(
    home: Path | None,
    by: tuple[str, ...],
    every_s: float,
    times: int | None,
    limit: int,
    query: Query,
) -> None:
    """Print the dearest models, features, users… of today, again and again.

    In a terminal each table takes the place of the one before; into a file or a CI log they
    follow one another as plain text. --since widens or narrows the time.
    """
    if not any(word.startswith("since:") for word in query.times):
        query = replace(query, times=(f"since:{_TODAY}", *query.times))
    dimensions = [Dimension(name) for name in dict.fromkeys(by)]
    with read_home(home) as workspace:
        for is_first in _rounds(workspace, every_s, times):
            now = now_us()
            wanted = query.read(now, workspace.settings.zone)
            grouped = workspace.grouped(dimensions, wanted, limit)
            _print(grouped, workspace, query.narrowed_by, now, is_first=is_first)


def _rounds(workspace: "Workspace", every_s: float, times: int | None) -> Iterator[bool]:
    """Each time a table is due; whether it is the first. The log is read in between."""
    for number in islice(count(), times):
        if number:
            _follow(workspace, monotonic() + every_s)
        yield number == 0


def _follow(workspace: "Workspace", until: float) -> None:
    while (left_s := until - monotonic()) > 0:
        workspace.wait(left_s)
        try:
            workspace.drain()
        except StoreLocked as error:
            click.echo(f"profiler: {error}; waiting", err=True)


def _print(
    grouped: "Grouped", workspace: "Workspace", narrowed_by: str, now: int, *, is_first: bool
) -> None:
    from profiler.report.sheet import sheet_of_groups
    from profiler.report.terminal import draw

    zone = workspace.settings.zone
    sheet = sheet_of_groups(grouped, zone, narrowed_by)
    out: TextIO = sys.stdout
    if out.isatty():
        out.write(_HOME_AND_BELOW)
    elif not is_first:
        out.write("\n")
    draw(replace(sheet, title=f"{sheet.title} · {display.clock(now, zone)}"), out)
    out.flush()
