"""`profiler config`: what `profiler.toml` says, and whether it makes sense."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler import display
from profiler.config import home_folder, options_of, read_settings

if TYPE_CHECKING:
    from profiler.options.read import Option


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  profiler config show
  profiler config check
  profiler config path
  profiler config schema > profiler.schema.json

The environment wins over the project's file (the nearest upwards), which wins over the user's
(in the home folder), which wins over the defaults.
""",
)
def config() -> None:
    """Show and check what profiler.toml says."""


@config.command("show")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_obj
def show_config(home: Path | None, *, as_json: bool) -> None:
    """Show every setting in force, and who says so."""
    options = [*options_of(home).each()]
    if as_json:
        rows = [
            {"key": one.name, "value": one.value, "origin": one.origin or "default"}
            for one in options
        ]
        sys.stdout.write(json.dumps({"settings": rows}, indent=2) + "\n")
        return
    shown = [(one.name, _shown(one), display.plain(one.origin or "default")) for one in options]
    name_width, value_width, _ = (max(map(len, column)) for column in zip(*shown, strict=True))
    for name, value, origin in shown:
        click.echo(f"{name:<{name_width}}  {value:<{value_width}}  {origin}")


@config.command("check")
@click.pass_obj
def check_config(home: Path | None) -> None:
    """Check every line of the files in force; the exit code is 2 where one makes no sense."""
    from profiler.alerts.targets import plan_of
    from profiler.budgets.models import misfits
    from profiler.ledger.sources import budgets_of
    from profiler.options import places
    from profiler.options.keys import KNOWN
    from profiler.options.read import read_files
    from profiler.pricing.installed import card_in

    files = read_files(home_folder(home), places.here())
    faults = [fault for file in files for fault in file.faults(KNOWN)]
    for fault in faults[:-1]:
        click.echo(f"profiler: {display.plain(str(fault))}", err=True)
    if faults:
        raise faults[-1]
    settings = read_settings(home)
    card = card_in(home_folder(home))
    for file in files:
        plan_of(file)
        for fault in misfits(file, budgets_of(file, settings.zone.key), card):
            raise fault
    if not files:
        click.echo("profiler: there is no profiler.toml; the defaults are in force", err=True)
    for file in files:
        click.echo(f"profiler: {display.plain(str(file.path))} makes sense", err=True)


@config.command("path")
@click.pass_obj
def config_path(home: Path | None) -> None:
    """Print where the files in force are, the one that wins first; else where one may be."""
    from profiler.options import places

    folder = str(home_folder(home))
    for path in places.in_force(folder, places.here()) or [places.of_user(folder)]:
        click.echo(path)


@config.command("schema")
def config_schema() -> None:
    """Print the JSON schema, by which editors complete and check the file.

    Editors that use taplo find it by the file's first line: #:schema ./profiler.schema.json
    """
    from profiler.options.schema import schema

    sys.stdout.write(json.dumps(schema(), indent=2) + "\n")


def _shown(option: "Option") -> str:
    from profiler.options.shapes import shown

    return "-" if option.value is None else display.plain(shown(option.value))
