"""`profiler demo`: everything at once, on made-up calls."""

import sys
from pathlib import Path

import click

from profiler.cli.app import has_terminal, open_tui
from profiler.cli.demo_home import demo_home
from profiler.cli.home import now_us, read_by
from profiler.config import Settings
from profiler.domain.scopes import EVERYTHING, Dimension


@click.command(
    epilog="""\b
Examples:
  profiler demo
  profiler demo --report
  profiler --home /tmp/demo demo
""",
)
@click.option("--report", "only_report", is_flag=True, help="Print the report even in a terminal.")
@click.pass_obj
def demo(home: Path | None, *, only_report: bool) -> None:
    """Try it all on a month of made-up calls, up to now, without a network.

    Opens the TUI, or prints a report where there is no terminal. The calls go to a temporary
    folder that is gone afterwards; `profiler --home FOLDER demo` keeps them.
    """
    with demo_home(home) as settings:
        if only_report or not has_terminal():
            _print_report(settings)
        else:
            open_tui(settings, is_demo=True)


def _print_report(settings: Settings) -> None:
    from profiler.budgets.define import scope_words
    from profiler.report.sheet import sheet_of_budgets, sheet_of_groups
    from profiler.report.terminal import draw

    with read_by(settings) as workspace:
        standings = workspace.standings(now_us())
        sheets = [
            sheet_of_groups(workspace.grouped([dimension], EVERYTHING), settings.zone)
            for dimension in (Dimension.MODEL, Dimension.FEATURE)
        ]
    sheets.append(sheet_of_budgets(standings, [scope_words(s.budget) for s in standings]))
    for sheet in sheets:
        draw(sheet, sys.stdout)
        sys.stdout.write("\n")
