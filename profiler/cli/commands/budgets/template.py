"""`profiler budget template`: budgets for common cases."""

from pathlib import Path

import click

from profiler.cli.completing import template_names
from profiler.cli.home import read_home
from profiler.cli.output import say
from profiler.config import read_settings


@click.command(
    epilog="""\b
Examples:
  profiler budget template
  profiler budget template cost-guard >> profiler.toml
  profiler budget template saas-tiers --apply
"""
)
@click.argument("name", required=False, shell_complete=template_names)
@click.option(
    "--apply", "is_applied", is_flag=True, help="Set the budgets instead of printing them."
)
@click.option("--force", is_flag=True, help="Replace budgets of the same names.")
@click.option("--who", metavar="NAME", help="For the audit trail. Default: your login name.")
@click.pass_obj
def template(
    home: Path | None, name: str | None, who: str | None, *, is_applied: bool, force: bool
) -> None:
    """Print budgets for a common case as they stand in profiler.toml, or set them.

    Without NAME the templates are listed.
    """
    from profiler.budgets.templates import TEMPLATES, template as named
    from profiler.budgets.written import toml_of

    if name is None:
        for one in TEMPLATES:
            say(f"{one.name:<12}{one.about}", indent=12)
        return
    chosen = named(name)
    if is_applied:
        _apply(home, chosen.name, who, force=force)
    else:
        zone = read_settings(home).zone
        click.echo(
            f"# {chosen.name}: {chosen.about}\n{toml_of(chosen.budgets(zone), zone.key)}", nl=False
        )


def _apply(home: Path | None, name: str, who: str | None, *, force: bool) -> None:
    from profiler.budgets.changes import SaveAll
    from profiler.budgets.sentence import sentence
    from profiler.budgets.templates import template as named

    with read_home(home, may_make=True) as workspace:
        budgets = tuple(named(name).budgets(workspace.settings.zone))
        workspace.change_budget(SaveAll(budgets, replaces=force), who or "")
    for budget in budgets:
        say(f"profiler: {budget.name}: {sentence(budget)}", is_talk=True)
