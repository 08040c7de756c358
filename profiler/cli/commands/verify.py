"""`profiler verify`: whether the database can be trusted."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from profiler import display
from profiler.cli.home import read_home
from profiler.cli.progress import Meter

EXIT_DAMAGED = 5


@click.command(
    epilog="""\b
Examples:
  profiler verify
  profiler verify --json
"""
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def verify(ctx: click.Context, *, as_json: bool) -> None:
    """Compare the database with what was written into it, and with the log that is retained.

    Every row, sum and label is looked at; nothing is changed. The exit code is 5 when something
    is not as it was written; `profiler rebuild` then makes it anew.
    """
    from profiler.keeping.verify import verify as look
    from profiler.store import reads

    home: Path | None = ctx.obj
    with read_home(home, purges=False) as workspace:
        with Meter("calls") as meter:
            found = look(workspace, meter.show)
        calls = reads.calls_ever(workspace.store)
    if as_json:
        document = {"is_sound": found.is_sound, **asdict(found)}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        for damage in found.damages:
            click.echo(f"{display.plain(damage.what)}: {display.plain(damage.says)}")
        log = f"{display.calls(found.calls)} in {display.count(found.segments)} segments of the log"
        if found.is_sound:
            click.echo(f"{display.calls(calls)} are as they were written; {log} agree")
        else:
            click.echo("profiler: run profiler rebuild to make the database anew", err=True)
    ctx.exit(0 if found.is_sound else EXIT_DAMAGED)
