"""`profiler reprice`: what calls cost by the rates in force now, said first and then done."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler import display
from profiler.cli.home import now_us, read_home
from profiler.cli.progress import Meter
from profiler.errors import UsageError

if TYPE_CHECKING:
    from profiler.ingest.repricing import Repriced
    from profiler.workspace import Workspace


@click.command(
    epilog="""\b
Examples:
  profiler reprice --dry-run
  profiler reprice --since 2026-11-01
  profiler reprice --past

Nothing else ever changes what a call cost: not new prices, not a new version of profiler.
"""
)
@click.option("--since", default="", metavar="WHEN", help="Only calls from then on: 7d, a date.")
@click.option("--dry-run", is_flag=True, help="Only show what would move, and why.")
@click.option("--past", is_flag=True, help="Only list when that was done before.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_obj
def reprice(home: Path | None, since: str, *, dry_run: bool, past: bool, as_json: bool) -> None:
    """Price calls again, by the rates that hold now for the time each was made.

    Unpriced calls become priced where a price has appeared. Calls whose rate is known no more
    keep the cost they have. What was done is kept in the database: --past tells it.
    """
    from profiler.domain.periods import Span, moment_us
    from profiler.ingest.repricing import reprice as price_again
    from profiler.store import reads

    if past and (since or dry_run):
        raise UsageError("--past lists what was done; it takes neither --since nor --dry-run")
    with read_home(home, purges=False) as workspace:
        zone = workspace.settings.zone
        if past:
            _write_past(workspace, as_json=as_json)
            return
        span = Span(moment_us(since, now_us(), zone) if since else None, None)
        calls = reads.calls_ever(workspace.store)
        with Meter("calls") as meter:
            found = price_again(
                workspace.store,
                workspace.card,
                span,
                is_dry=dry_run,
                on_progress=lambda done: meter.show(done, calls),
            )
        if found.calls and not dry_run:
            _keep(workspace, found)
    _write(found, is_dry=dry_run, as_json=as_json)


def _keep(workspace: "Workspace", found: "Repriced") -> None:
    from profiler.store.restating import Repricing, keep_repricing

    keep_repricing(
        workspace.store,
        Repricing(
            at_us=now_us(),
            source=workspace.card.source,
            sha256=workspace.card.sha256,
            calls=found.calls,
            newly_priced=found.newly_priced,
            difference_pusd=found.difference_pusd,
        ),
    )


def _write_past(workspace: "Workspace", *, as_json: bool) -> None:
    from profiler.report.repriced import of_past, sheet_of_past
    from profiler.store.restating import repricings

    done = repricings(workspace.store)
    if as_json:
        from profiler.report.structured import encoded

        sys.stdout.write(encoded(of_past(done)))
    elif done:
        from profiler.report.terminal import draw

        draw(sheet_of_past(done, workspace.settings.zone), sys.stdout)
    else:
        click.echo("profiler: no call was ever priced again", err=True)


def _write(found: "Repriced", *, is_dry: bool, as_json: bool) -> None:
    from profiler.report.repriced import of_repriced, sheet_of_repriced

    if as_json:
        from profiler.report.structured import encoded

        sys.stdout.write(encoded(of_repriced(found, is_dry=is_dry)))
        return
    if found.calls:
        from profiler.report.terminal import draw

        draw(sheet_of_repriced(found, is_dry=is_dry), sys.stdout)
    words = "would move" if is_dry else "moved"
    click.echo(
        f"profiler: {display.count(found.calls)} of {display.count(found.looked_at)} calls {words}"
        + (f"; {display.count(found.lost)} have no rate now and keep theirs" if found.lost else ""),
        err=True,
    )
