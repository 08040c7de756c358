"""`profiler backup`: a copy of the database, made while it is in use."""

import time
from pathlib import Path

import click

from profiler import display
from profiler.cli.home import read_home
from profiler.cli.progress import Meter


@click.command(
    epilog="""\b
Examples:
  profiler backup
  profiler backup /mnt/usb/profiler-november.db

To go back to one: profiler rebuild --from FILE
"""
)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def backup(home: Path | None, file: Path | None) -> None:
    """Copy the database to FILE: one whole state, checked, readable by you alone.

    What budgets have counted and who changed them, their ledger, is copied beside it.
    Without FILE, into the folder `backups` in the home folder. Programs may go on recording and
    reading meanwhile. A file that is there already is never replaced.
    """
    from profiler.errors import StoreError
    from profiler.keeping.places import dated, ledger_beside, private_folder
    from profiler.ledger.book import path_in
    from profiler.store import reads
    from profiler.store.copying import copy_file, copy_to

    with read_home(home, purges=False) as workspace:
        folder = workspace.settings.home / "backups"
        target = file or dated(private_folder(folder), "profiler", ".db", time.time())
        with Meter("pages") as meter:
            copy_to(workspace.store, target, meter.show)
        if path_in(str(workspace.settings.home)).exists():
            try:
                copy_file(path_in(str(workspace.settings.home)), ledger_beside(target))
            except StoreError:
                words = "the ledger of budgets cannot be read, and is not copied"
                click.echo(f"profiler: {words}; `profiler doctor` tells what to do", err=True)
        calls = reads.calls_ever(workspace.store)
    size = target.stat().st_size
    click.echo(
        f"profiler: {display.count(calls)} calls, {display.count(size)} bytes, in "
        f"{display.plain(str(target))}",
        err=True,
    )
