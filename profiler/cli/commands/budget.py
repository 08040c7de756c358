"""`profiler budget`: limits on spend."""

import sys
from pathlib import Path

import click

from profiler.cli.home import now_us, read_home
from profiler.domain.periods import Period


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  profiler budget set team --limit 500 --period monthly
  profiler budget set search --limit 2.50 --period daily --scope feature:search
  profiler budget list --json
""",
)
def budget() -> None:
    """Set, list and remove limits on spend."""


@budget.command("set")
@click.argument("name")
@click.option("--limit", required=True, metavar="USD", help="Dollars, such as 50 or 2.50.")
@click.option(
    "--period",
    type=click.Choice([period.value for period in Period]),
    required=True,
    help="How often it starts afresh; weeks start on Monday.",
)
@click.option(
    "--scope",
    multiple=True,
    metavar="FILTER",
    help="What counts, such as feature:search; several narrow it. Default: everything.",
)
@click.pass_obj
def set_budget(
    home: Path | None, name: str, limit: str, period: str, scope: tuple[str, ...]
) -> None:
    """Set a limit; one of the same name is replaced."""
    from profiler.budgets.define import define, scope_words

    with read_home(home) as workspace:
        defined = define(name, limit, period, " ".join(scope), workspace.settings.zone)
        workspace.save_budget(defined)
        standing = next(s for s in workspace.standings(now_us()) if s.budget.name == defined.name)
    from profiler import display

    click.echo(
        f"profiler: {display.plain(defined.name)}: {display.money(defined.limit_pusd)} "
        f"{defined.period.value} for {display.plain(scope_words(defined))}; "
        f"{display.percent(standing.used)} used so far",
        err=True,
    )


@budget.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_obj
def list_budgets(home: Path | None, *, as_json: bool) -> None:
    """List the budgets, the fullest first: green below 60 %, yellow below 80 %, red from there."""
    from profiler.budgets.define import scope_words

    with read_home(home) as workspace:
        standings = workspace.standings(now_us())
    scopes = [scope_words(standing.budget) for standing in standings]
    if as_json:
        from profiler.report import structured

        rows = [
            structured.of_standing(s, scope) for s, scope in zip(standings, scopes, strict=True)
        ]
        sys.stdout.write(structured.encoded({"budgets": rows}))
    elif standings:
        from profiler.report.sheet import sheet_of_budgets
        from profiler.report.terminal import draw

        draw(sheet_of_budgets(standings, scopes), sys.stdout)
    else:
        click.echo(
            "profiler: no budgets yet; try `profiler budget set team --limit 100 --period monthly`",
            err=True,
        )


@budget.command("rm")
@click.argument("name")
@click.pass_obj
def remove_budget(home: Path | None, name: str) -> None:
    """Remove a budget; the calls it counted stay."""
    with read_home(home) as workspace:
        workspace.remove_budget(name)
    from profiler import display

    click.echo(f"profiler: removed {display.plain(name)}", err=True)
