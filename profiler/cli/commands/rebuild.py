"""`profiler rebuild`: the database made anew."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler import display
from profiler.cli.progress import Meter
from profiler.config import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiler.keeping.rebuild import Rebuilt


@click.command(
    epilog="""\b
Examples:
  profiler rebuild
  profiler rebuild --from backups/profiler-20261122T120000.db
  profiler rebuild --ledger
"""
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Begin with this backup in place of the database.",
)
@click.option(
    "--ledger",
    "is_of_ledger",
    is_flag=True,
    help="Mend the ledger of budgets instead, if it is damaged.",
)
@click.pass_obj
def rebuild(home: Path | None, source: Path | None, *, is_of_ledger: bool) -> None:
    """Make the database anew, from all of it that is sound, the archives and the log.

    What is sound stays as it is, with what calls cost when they were priced. The old file is set
    aside beside it, and never removed.
    """
    if is_of_ledger:
        if source is not None:
            raise click.UsageError("--ledger and --from do not go together")
        _rebuild_ledger(home)
        return
    from profiler.keeping.rebuild import rebuild as make_anew
    from profiler.pricing.installed import card_in

    settings = read_settings(home)
    with Meter("bytes of log") as meter:
        made = make_anew(
            settings,
            card_in(settings.home),
            source,
            lambda done: meter.show(done.bytes_read, done.bytes_total),
        )
    for words in _told(made):
        click.echo(f"profiler: {display.plain(words)}", err=True)


def _rebuild_ledger(home: Path | None) -> None:
    from profiler.keeping.ledger import rebuild_ledger

    made = rebuild_ledger(read_settings(home))
    if made is None:
        click.echo("profiler: the ledger of budgets is sound; nothing was changed", err=True)
        return
    are = "budget is" if made.budgets == 1 else "budgets are"
    words = [
        made.damage.partition(";")[0],
        f"it is {made.aside} now, with its overrides, its resets and its audit trail",
        f"{display.count(made.budgets)} {are} in force again, with the spend of all calls read",
        *made.notices,
    ]
    for line in words:
        click.echo(f"profiler: {display.plain(line)}", err=True)


def _told(made: "Rebuilt") -> "Iterator[str]":
    yield (
        f"{display.calls(made.salvaged.calls)} kept as they were, "
        f"{display.count(made.archived)} from archives, {display.count(made.logged)} from the log"
    )
    for name in made.salvaged.tables:
        yield f"the table of {name} was damaged; it holds what the log tells, and no more"
    for day, calls in sorted(made.missing.items()):
        date = time.strftime("%Y-%m-%d", time.gmtime(day * 86_400))
        yield f"{display.calls(calls)} of {date} are in the old file alone, and damaged there"
    if made.aside is not None:
        yield f"the old file is {made.aside}"
