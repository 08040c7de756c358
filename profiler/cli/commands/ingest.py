"""`profiler ingest`: the log into the database, without a screen."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler import display
from profiler.cli.home import drain_showing, say_notices
from profiler.config import read_settings
from profiler.errors import SchemaMismatch, StoreCorrupt, StoreError

if TYPE_CHECKING:
    from profiler.ingest.drain import Drained
    from profiler.keeping.kept import Kept

POLL_S = 0.5


@click.command(
    epilog="""\b
Examples:
  profiler ingest
  profiler ingest --follow
  profiler ingest --json
"""
)
@click.option("--follow", "-f", is_flag=True, help="Go on as the log grows, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object per pass.")
@click.pass_obj
def ingest(home: Path | None, *, follow: bool, as_json: bool) -> None:
    """Load recorded calls into the database and price them.

    The TUI and the reports do this by themselves; any number of programs may do it at once.
    """
    from profiler.keeping.kept import Kept

    with Kept.open(read_settings(home)) as workspace:
        _tell(drain_showing(workspace), as_json=as_json)
        trouble = ""
        while follow:
            trouble = _follow(workspace, trouble, as_json=as_json)


def _follow(workspace: "Kept", trouble: str, *, as_json: bool) -> str:
    """Read on once; what keeps that from being done, told where it is not the `trouble` before.

    A database that is locked, full or read-only may not be for long, and the log waits.
    """
    workspace.wait(POLL_S)
    try:
        drained = workspace.drain()
    except (StoreCorrupt, SchemaMismatch):
        raise
    except StoreError as error:
        if str(error) != trouble:
            click.echo(f"profiler: {error}; waiting", err=True)
        return str(error)
    if drained.events or drained.rejections:
        _tell(drained, as_json=as_json)
    else:
        say_notices(drained)
    return ""


def _tell(drained: "Drained", *, as_json: bool) -> None:
    if as_json:
        line = json.dumps(asdict(drained))
    else:
        line = (
            f"{_of(drained.events, 'call')} read, {display.count(drained.duplicates)} known "
            f"already, {_of(drained.rejections, 'rejection')}; "
            f"{_of(drained.bytes_read, 'byte')} of log, {display.count(drained.pending_bytes)} "
            "unfinished"
        )
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    say_notices(drained)


def _of(number: int, noun: str) -> str:
    return f"{display.count(number)} {noun}{'' if number == 1 else 's'}"
