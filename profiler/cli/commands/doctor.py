"""`profiler doctor`: whether everything is in order, and what to do where it is not."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler import display

if TYPE_CHECKING:
    from profiler.cli.checks import Check

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command(
    epilog="""\b
Examples:
  profiler doctor
  profiler doctor --json
""",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Check the home, the log, the database, the prices and the installed SDKs.

    Loads and repairs nothing. The exit code is 1 when a check fails.
    """
    from profiler.cli.checks import State, all_checks
    from profiler.config import read_settings

    home: Path | None = ctx.obj
    checks = all_checks(read_settings(home))
    if as_json:
        document = {"checks": [asdict(check) for check in checks]}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        width = max(len(check.name) for check in checks)
        for check in checks:
            _print(check, width)
    ctx.exit(1 if any(check.state is State.FAIL for check in checks) else 0)


def _print(check: "Check", width: int) -> None:
    state = click.style(f"{check.state.value:<4}", fg=_COLOURS[check.state.value])
    click.echo(f"{state}  {check.name:<{width}}  {display.plain(check.found)}")
    if check.next_step:
        click.echo(f"      {'':<{width}}  → {display.plain(check.next_step)}")
