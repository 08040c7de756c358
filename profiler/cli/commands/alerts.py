"""`profiler alerts`: what budgets had to tell, who was told, and whether telling works."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler import display
from profiler.cli.counts import NUMBER, ROWS
from profiler.cli.lazy import DefaultGroup
from profiler.cli.output import say
from profiler.config import read_settings

if TYPE_CHECKING:
    from profiler.domain.alerts import Alert, Delivery
    from profiler.workspace import Workspace

_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@click.group(
    cls=DefaultGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  profiler alerts
  profiler alerts ack 12
  profiler alerts test
  profiler alerts log --json

\b
Who is told stands in profiler.toml of the home folder; addresses are kept elsewhere:
  [alerts.targets.team]
  url_env = "ALERTS_URL"
""",
)
def alerts() -> None:
    """Show what budgets had to tell, acknowledge it, and test who is told."""


@alerts.command("list")
@_JSON
@click.pass_obj
def list_alerts(home: Path | None, *, as_json: bool) -> None:
    """List what nobody acknowledged yet, the latest first, with what can be done."""
    from profiler.alerts.wording import line_of, suggestions
    from profiler.cli.home import now_us, read_home

    with read_home(home) as workspace:
        zone = workspace.settings.zone
        found = workspace.registry.open_alerts(now_us())
    if as_json:
        _write({"alerts": [_document(one) for one in found]})
        return
    if not found:
        click.echo("profiler: nothing is open; `profiler alerts log` shows what was", err=True)
    for one in found:
        say(f"{one.id}  {line_of(one, zone)}", indent=4)
        for command in suggestions(one):
            click.echo(f"    {command}")


@alerts.command("ack")
@click.argument("ids", type=NUMBER, nargs=-1, metavar="ID...")
@click.option("--all", "is_all", is_flag=True, help="All that are open.")
@click.pass_obj
def acknowledge(home: Path | None, ids: tuple[int, ...], *, is_all: bool) -> None:
    """Say that these alerts were seen: nobody else is told of them."""
    from profiler.budgets.changes import Acknowledge
    from profiler.cli.home import read_home
    from profiler.errors import NotFound, UsageError

    if bool(ids) == is_all:
        raise UsageError("name alerts by their numbers, or write --all; `profiler alerts list`")
    with read_home(home) as workspace:
        if not workspace.registry.is_open:
            raise NotFound("there are no alerts: no budget was ever set")
        click.echo(f"profiler: {workspace.change_budget(Acknowledge(ids))}", err=True)


@alerts.command("log")
@click.option("--limit", type=ROWS, default=50, show_default=True)
@_JSON
@click.pass_obj
def show_log(home: Path | None, limit: int, *, as_json: bool) -> None:
    """Show every alert, the latest first: who was told when, and what went wrong."""
    from profiler.alerts.wording import line_of, told_words
    from profiler.cli.home import read_home

    with read_home(home) as workspace:
        zone = workspace.settings.zone
        rows = _logged(workspace, limit)
    if as_json:
        _write({"alerts": [_document(one, told) for one, told in rows]})
        return
    if not rows:
        click.echo("profiler: no budget had anything to tell yet", err=True)
    for one, told in rows:
        say(f"{one.id}  {display.clock(one.at_us, zone)[:16]}  {line_of(one, zone)}", indent=4)
        for words in told_words(one, told, lambda at_us: display.clock(at_us, zone)[:16]):
            click.echo(f"    {display.plain(words)}")


@alerts.command("test")
@click.argument("names", nargs=-1, metavar="[TARGET]...")
@click.pass_obj
def test_targets(home: Path | None, names: tuple[str, ...]) -> int:
    """Send a message to every target, or to those named, and say what became of it.

    The exit code is 1 where one could not be told.
    """
    from profiler.alerts.targets import plan_in
    from profiler.alerts.trying import tried
    from profiler.errors import NotFound

    plan = plan_in(read_settings(home).home)
    if not plan.targets:
        click.echo(
            "profiler: nobody is told yet; write [alerts.targets.NAME] into profiler.toml "
            "(`profiler alerts --help`)",
            err=True,
        )
        return 1
    known = {one.name: one for one in plan.targets}
    for name in names:
        if name not in known:
            raise NotFound(f"there is no target {name!r}; there are {', '.join(known)}")
    has_arrived = True
    for name in names or known:
        words, is_told = tried(known[name])
        click.echo(words)
        has_arrived = has_arrived and is_told
    return 0 if has_arrived else 1


def _logged(workspace: "Workspace", limit: int) -> "list[tuple[Alert, list[Delivery]]]":
    from profiler.alerts.record import all_alerts, deliveries

    if not workspace.registry.is_open:
        return []
    with workspace.registry.ledger.reading() as (connection, _, _now_us):
        found = all_alerts(connection, limit)
        told = deliveries(connection, [one.id for one in found])
    return [(one, [each for each in told if each.alert == one.id]) for one in found]


def _document(alert: "Alert", told: "Iterable[Delivery] | None" = None) -> dict[str, object]:
    from dataclasses import asdict

    from profiler.alerts.wording import line_of

    found = {**asdict(alert), "words": line_of(alert)}
    if told is not None:
        found["deliveries"] = [asdict(one) for one in told]
    return found


def _write(document: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
