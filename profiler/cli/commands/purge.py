"""`profiler purge`: old calls go, their sums stay."""

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler import display
from profiler.cli.home import now_us, read_home
from profiler.cli.progress import Meter
from profiler.errors import UsageError
from profiler.options.keys import MOST_DAYS

if TYPE_CHECKING:
    from profiler.keeping.purge import Purge

_AGE = re.compile(r"(\d{1,5})\s*d(?:ays?)?")


@click.command(
    epilog="""\b
Examples:
  profiler purge --older-than 90d --dry-run
  profiler purge --older-than 365d
  profiler purge --older-than 30d --archive /mnt/archive

By itself, once a day: calls = 90 under [retention] in the home's profiler.toml.
"""
)
@click.option(
    "--older-than",
    metavar="AGE",
    help="Days, such as 90d. Default: as [retention] in profiler.toml says.",
)
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@click.option(
    "--archive",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Archive into this folder. Default: `archive` in the home folder.",
)
@click.option("--no-archive", is_flag=True, help="Keep no copy: what goes is gone for good.")
@click.pass_obj
def purge(
    home: Path | None,
    older_than: str | None,
    archive: Path | None,
    *,
    dry_run: bool,
    no_archive: bool,
) -> None:
    """Remove calls that began too long ago, and segments of the log that hold nothing newer.

    They are archived to Parquet first. What they add up to stays: totals do not change.
    """
    from profiler.keeping.purge import due, purge as purge_calls

    if archive is not None and no_archive:
        raise UsageError("--archive and --no-archive contradict each other; give one")
    with read_home(home, purges=False) as workspace:
        settings = workspace.settings
        days = _days(older_than) if older_than else settings.call_days
        if days is None:
            raise UsageError(
                "nothing says how old is too old; add --older-than 90d, or calls = 90 under "
                f"[retention] in {settings.home / 'profiler.toml'}"
            )
        what = due(workspace, days, now_us())
        if dry_run:
            click.echo(
                f"profiler: {_words(what)} would go: about {display.count(what.store_bytes)} bytes "
                f"of the database, {display.count(what.log_bytes)} of the log; nothing was changed",
                err=True,
            )
            return
        folder = None if no_archive else archive or settings.archive
        with Meter("calls") as meter:
            gone = purge_calls(workspace, what, folder, days, meter.show)
    words = f"{_words(what)} removed, and {display.count(gone.segments)} segments of the log"
    if gone.archive:
        words += f"; archived in {display.plain(str(gone.archive))}"
    click.echo(f"profiler: {words}", err=True)
    if gone.days_left:
        click.echo(
            f"profiler: {display.count(gone.days_left)} days got new calls meanwhile and stay; "
            "run it again",
            err=True,
        )


def _days(age: str) -> int:
    found = _AGE.fullmatch(age.strip().lower())
    if found is None or not 0 < int(found[1]) <= MOST_DAYS:
        raise UsageError(f"--older-than {age!r} is no age; write days, such as 90d")
    return int(found[1])


def _words(what: "Purge") -> str:
    calls = f"{display.calls(what.calls)}"
    if not what.days:
        return f"{calls} from before {_day(what.before_us)}"
    return f"{calls} from {_day(what.span.start_us)} to {_day((what.span.end_us or 1) - 1)}"


def _day(at_us: int | None) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime((at_us or 0) // 1_000_000))
