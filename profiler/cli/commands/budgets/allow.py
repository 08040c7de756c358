"""`profiler budget override`, `request`, `approve`, `deny`, `revoke`, `reset` and `rm`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from profiler import display
from profiler.cli.completing import budget_names
from profiler.cli.counts import NUMBER
from profiler.cli.home import now_us, read_home
from profiler.errors import UsageError

if TYPE_CHECKING:
    from profiler.budgets.changes import Change
    from profiler.workspace import Workspace

R = TypeVar("R")

_HOW = "`profiler budget approve {number}` grants it"

_WHO = click.option("--who", metavar="NAME", help="For the audit trail. Default: your login name.")
_MORE = (
    click.argument("name", shell_complete=budget_names),
    click.argument("amount", default=""),
    click.option("--reason", required=True, help="Why, for those who read the audit trail."),
    click.option(
        "--for", "--until", "until", metavar="WHEN", help="How long: 30m, 2h, 3d, a date."
    ),
    click.option("--value", help="For one value alone, where the budget holds for each: ada."),
    click.option(
        "--alert", type=NUMBER, metavar="NUMBER", help="For the value that this alert tells of."
    ),
    click.option("--reserve", is_flag=True, help="Open the budget's emergency reserve."),
    _WHO,
)


def _asking(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command what says how much more, why and for how long."""
    for option in reversed(_MORE):
        command = option(command)
    return command


@click.command(
    epilog="""\b
AMOUNT is of dollars, or says what of: 50, 2.50, '10k tokens', '200 calls'.

\b
Examples:
  profiler budget override team 50 --reason 'launch week' --for 3d
  profiler budget override users '100k tokens' --value ada --reason demo --until 2026-12-01
  profiler budget override team --reserve --reason incident --for 2h
"""
)
@_asking
@click.pass_obj
def override(home: Path | None, /, **options: object) -> None:
    """Allow more of a budget at once, for a reason and for a time.

    Without --for it lasts as long as the budget does; `profiler budget revoke` ends it.
    """
    _allow(home, options, is_asked=False)


@click.command(
    epilog="""\b
Examples:
  profiler budget request team 50 --reason 'launch week' --for 3d
  profiler budget approve 7
"""
)
@_asking
@click.pass_obj
def request(home: Path | None, /, **options: object) -> None:
    """Ask for more of a budget; nothing changes until somebody approves."""
    _allow(home, options, is_asked=True)


@click.command(epilog="\b\nExamples:\n  profiler budget approve 7 --who grace\n")
@click.argument("number", type=NUMBER)
@_WHO
@click.pass_obj
def approve(home: Path | None, number: int, who: str | None) -> None:
    """Grant the request of that NUMBER; `profiler budget show NAME` lists them."""
    from profiler.budgets.changes import Decide

    _make(home, lambda _: Decide(number, is_granted=True), who)


@click.command(epilog="\b\nExamples:\n  profiler budget deny 7\n")
@click.argument("number", type=NUMBER)
@_WHO
@click.pass_obj
def deny(home: Path | None, number: int, who: str | None) -> None:
    """Refuse the request of that NUMBER; nothing changes."""
    from profiler.budgets.changes import Decide

    _make(home, lambda _: Decide(number, is_granted=False), who)


@click.command(epilog="\b\nExamples:\n  profiler budget revoke 7\n")
@click.argument("number", type=NUMBER)
@_WHO
@click.pass_obj
def revoke(home: Path | None, number: int, who: str | None) -> None:
    """End the override of that NUMBER before its time."""
    from profiler.budgets.changes import Revoke

    _make(home, lambda _: Revoke(number), who)


@click.command(
    epilog="""\b
Examples:
  profiler budget reset team --reason 'test run gone wrong'
  profiler budget reset users --value ada
"""
)
@click.argument("name", shell_complete=budget_names)
@click.option("--value", help="One value alone, where the budget holds for each; else all.")
@click.option("--reason", default="", help="Why, for those who read the audit trail.")
@_WHO
@click.pass_obj
def reset(home: Path | None, name: str, value: str | None, reason: str, who: str | None) -> None:
    """Start the present window afresh: what was used of it is forgiven, not forgotten.

    Reports still show every call; only the budget counts from nothing again.
    """
    from profiler.budgets.changes import Reset

    _make(home, lambda _: Reset(name, value, reason), who)


@click.command(epilog="\b\nExamples:\n  profiler doctor\n  profiler budget recount\n")
@_WHO
@click.pass_obj
def recount(home: Path | None, who: str | None) -> None:
    """Sum the ledger's counters anew from their calls, where `profiler doctor` says they differ."""
    from profiler.budgets.changes import Recount

    _make(home, lambda _: Recount(), who)


@click.command("rm", epilog="\b\nExamples:\n  profiler budget rm team\n")
@click.argument("name", shell_complete=budget_names)
@_WHO
@click.pass_obj
def remove(home: Path | None, name: str, who: str | None) -> None:
    """Remove a budget; the calls it counted stay, and so does its audit trail."""
    from profiler.budgets.changes import Remove

    _make(home, lambda _: Remove(name), who)


def _allow(home: Path | None, options: dict[str, object], *, is_asked: bool) -> None:
    from profiler.budgets.changes import Allow, value_of_alert
    from profiler.budgets.define import extra_of
    from profiler.domain.periods import coming_us
    from profiler.ledger.overrides import Wanted

    name, alert = str(options["name"]), options["alert"]
    amount, until, value = str(options["amount"]), options["until"], options["value"]
    if alert is not None and value is not None:
        raise UsageError("an alert tells of one value; write --alert or --value")
    if not amount.strip() and not options["reserve"]:
        raise UsageError("say how much more, such as 50 or '10k tokens', or give --reserve")

    def wanted(workspace: "Workspace") -> "Change":
        zone = workspace.settings.zone
        until_us = coming_us(str(until), now_us(), zone) if until else None
        whose = None if value is None else str(value)
        if isinstance(alert, int):
            whose = value_of_alert(workspace.registry, name, alert)
        more = Wanted(
            extra_of(amount), str(options["reason"]), until_us, whose, bool(options["reserve"])
        )
        return Allow(name, more, is_asked, _HOW)

    who = options["who"]
    _make(home, wanted, None if who is None else str(who))


def _make(home: Path | None, change: "Callable[[Workspace], Change]", who: str | None) -> None:
    with read_home(home, may_make=True) as workspace:
        done = workspace.change_budget(change(workspace), who or "")
    click.echo(f"profiler: {display.plain(done)}", err=True)
