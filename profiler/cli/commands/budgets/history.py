"""`profiler budget history`: what was allowed and what was used, and the audit trail."""

import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

import click

from profiler import display
from profiler.cli.completing import budget_names
from profiler.cli.counts import ROWS
from profiler.cli.home import now_us, read_home
from profiler.cli.output import format_for, write_document
from profiler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from profiler.budgets.detail import Past
    from profiler.ledger.audit import Entry
    from profiler.workspace import Workspace

FORMATS = ("text", "csv", "jsonl")
MOST_VALUES = 10


@click.command(
    epilog="""\b
Examples:
  profiler budget history team --days 90
  profiler budget history users --value ada --json
  profiler budget history --audit --days 7
  profiler budget history team --audit -o team.csv
"""
)
@click.argument("name", required=False, shell_complete=budget_names)
@click.option(
    "--days",
    type=click.IntRange(1, 365),
    default=30,
    show_default=True,
    help="How far back, today included.",
)
@click.option("--value", help="One value alone, where the budget holds for each.")
@click.option(
    "--top",
    type=ROWS,
    default=MOST_VALUES,
    show_default=True,
    help="How many values of each window are shown; JSON has all.",
)
@click.option("--audit", is_flag=True, help="The audit trail instead: who changed what, and when.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Of the audit trail.")
@click.option("-o", "--output", metavar="FILE", help="Write the audit trail to a file.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_obj
def history(home: Path | None, /, name: str | None, **options: object) -> None:
    """Limit, actual and variance of a budget's windows, oldest first; without NAME of every one.

    Windows are cut exactly where the budget's time zone cuts its days. Each is held against the
    limit as it was then, with the overrides that were in force.
    """
    if not options["audit"] and (options["form"] or options["output"]):
        raise UsageError(
            "--format and --output are of the audit trail; add --audit, or take --json"
        )
    with read_home(home) as workspace:
        if options["audit"]:
            _trail(workspace, name, options)
        else:
            _windows(workspace, name, options)


def _windows(workspace: "Workspace", name: str | None, options: dict[str, object]) -> None:
    from profiler.budgets.past import past
    from profiler.domain.periods import Period
    from profiler.report import budgets as paper, structured
    from profiler.report.terminal import draw

    value = None if options["value"] is None else str(options["value"])
    registry = workspace.registry
    chosen = (
        [registry.find(name)]
        if name
        else [one for one in registry.defined() if one.budget.period is not Period.CALL]
    )
    at_us, days = now_us(), int(str(options["days"]))
    found = [past(workspace.store, registry, one, days, at_us, value) for one in chosen]
    if options["as_json"]:
        rows = [paper.of_past(one) for each in found for one in each]
        sys.stdout.write(structured.encoded({"days": days, "windows": rows}))
        return
    for one, windows in zip(chosen, found, strict=True):
        top = int(str(options["top"]))
        shown = fullest(windows, top)
        draw(paper.sheet_of_past(shown, one.budget), sys.stdout)
        if len(shown) < len(windows):
            click.echo(f"Of each window the {top} that used most; --top shows more, --json all.")
        click.echo()
    if not chosen:
        click.echo("profiler: no budget with a history; `profiler budget set` sets one", err=True)


def fullest(windows: "Sequence[Past]", top: int) -> "list[Past]":
    """Of each window the first values, which used most."""
    seen: dict[tuple[object, str], dict[str, None]] = {}
    shown = []
    for one in windows:
        values = seen.setdefault((one.window.start_us, one.limit.measure), {})
        if len(values) < top:
            values[one.value] = None
            shown.append(one)
    return shown


def _trail(workspace: "Workspace", name: str | None, options: dict[str, object]) -> None:
    from profiler.domain.periods import first_midnight_us
    from profiler.report import budgets as paper

    target = None if options["output"] is None else str(options["output"])
    zone = workspace.settings.zone
    since_us = first_midnight_us(int(str(options["days"])), now_us(), zone)
    entries = workspace.registry.trail(name, since_us)
    form = str(options["form"] or format_for(target, FORMATS, "csv" if target else "text"))
    if options["as_json"]:
        form = "jsonl"

    def write(out: TextIO) -> None:
        if form == "csv":
            paper.write_trail_csv(entries, out)
        elif form == "jsonl":
            paper.write_trail_jsonl(entries, out)
        else:
            _tell(entries, zone, out)

    write_document(write, target, force=bool(options["force"]))


def _tell(entries: "Iterable[Entry]", zone: ZoneInfo, out: TextIO) -> None:
    """A line for each, what it says besides below it where there is no room."""
    from profiler.budgets import told

    width = shutil.get_terminal_size().columns if out.isatty() else None
    is_empty = True
    for entry in entries:
        is_empty = False
        whose = f" · {display.shortened(entry.value)}" if entry.value else ""
        when = display.clock(entry.at_us, zone)[:16]
        words = f"{when}  {entry.kind.value:<9}  {display.shortened(entry.budget)}{whose}"
        by = f" ({display.shortened(entry.who)})" if entry.who else ""
        line = display.plain(f"{words}{by}: {told.entry_words(entry)}".rstrip(": "))
        if width:
            line = textwrap.fill(line, width, subsequent_indent=" " * 29)
        out.write(f"{line}\n")
    if is_empty:
        click.echo("profiler: nothing was written down in that time", err=True)
