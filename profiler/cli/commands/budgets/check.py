"""`profiler budget check`: what would happen to a call now, and whether the files make sense."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler import display
from profiler.cli.home import now_us, read_home
from profiler.config import home_folder
from profiler.errors import BudgetExceeded, UsageError

if TYPE_CHECKING:
    from profiler.budgets.verdict import Verdict
    from profiler.workspace import Workspace


@click.command(
    epilog="""\b
Examples:
  profiler budget check
  profiler budget check --model gpt-5.1 --input-tokens 2000 --max-output 500 user:ada
  profiler budget check --model claude-sonnet-4-5 --input-tokens 900 tag:team=blue --json

The exit code is 0 where the call would pass, 7 where a budget would refuse it, and 2 where a
file makes no sense.
"""
)
@click.argument("labels", nargs=-1, metavar="[LABEL:VALUE]...")
@click.option("--model", help="The model that the call would ask for.")
@click.option("--provider", default="", help="Who bills. Default: whoever lists the model.")
@click.option("--input-tokens", type=click.IntRange(min=0), default=0, help="What it would send.")
@click.option("--max-output", type=click.IntRange(min=0), help="Its maximum of output tokens.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_obj
def check(home: Path | None, /, model: str | None, **options: object) -> int:
    """Say whether a call would pass the budgets now, which would refuse it, and what is left.

    Without --model it checks the files that define budgets: every line, and that the models they
    name are any that rates are known for. Nothing is held, and nothing is sent.
    """
    labels = options["labels"]
    if model is None:
        if labels or options["max_output"] or options["input_tokens"]:
            raise UsageError("say which model the call would ask for: --model gpt-5.1")
        return _check_files(home)
    from profiler.budgets.verdict import Wish

    most = options["max_output"]
    wish = Wish(
        model,
        int(str(options["input_tokens"])),
        None if most is None else int(str(most)),
        str(options["provider"]),
        tuple(labels) if isinstance(labels, tuple) else (),
    )
    with read_home(home) as workspace:
        found = workspace.check(wish, now_us())
    if options["as_json"]:
        from profiler.report.structured import encoded

        sys.stdout.write(encoded(found.document()))
    else:
        _tell(found)
    return 0 if found.refused is None else BudgetExceeded.exit_code


def _tell(found: "Verdict") -> None:
    cost = display.UNPRICED if found.most_pusd is None else display.money(found.most_pusd)
    if found.sent_to != found.model:
        click.echo(display.plain(f"sent to   {found.sent_to}, as a budget's rules say"))
    click.echo(f"at most   {cost}")
    verdict = "would pass" if found.refused is None else f"would be refused: {found.refused}"
    click.echo(display.plain(f"verdict   {verdict}"))
    for one in found.remaining:
        whose = f" for {one.value}" if one.value else ""
        kind = "refuses beyond" if one.is_hard else "tells beyond"
        left = found.amount(one.left, one.measure)
        click.echo(
            display.plain(
                f"budget    {one.budget}{whose}: {left} left of "
                f"{found.amount(one.limit, one.measure)}, {kind}"
            )
        )
    if not found.remaining:
        click.echo("budget    none counts such a call")


def _check_files(home: Path | None) -> int:
    from profiler.budgets.models import misfits
    from profiler.ledger.sources import budgets_of
    from profiler.options import places
    from profiler.options.keys import KNOWN
    from profiler.options.read import read_files
    from profiler.pricing.installed import card_in

    files = read_files(home_folder(home), places.here())
    faults: list[UsageError] = [fault for file in files for fault in file.faults(KNOWN)]
    with read_home(home) as workspace:
        zone = workspace.settings.zone.key
        card = card_in(home_folder(home))
        for file in files if not faults else ():
            try:
                faults += misfits(file, budgets_of(file, zone), card)
            except UsageError as error:
                faults.append(error)
        said = _unmatched(workspace)
    for fault in faults:
        click.echo(f"profiler: {display.plain(str(fault))}", err=True)
    for words in said:
        click.echo(f"profiler: {display.plain(words)}", err=True)
    if not faults and not said:
        count = sum(len(budgets_of(file, zone)) for file in files)
        click.echo(f"profiler: {display.count(count)} budgets in files make sense", err=True)
    return UsageError.exit_code if faults or said else 0


def _unmatched(workspace: "Workspace") -> list[str]:
    """Budgets set by command that name models nobody knows."""
    from profiler.budgets.models import unknown_models
    from profiler.ledger.definitions import COMMAND

    return [
        f"budget {one.budget.name!r} names {pattern!r}, which matches no model that has rates; "
        "`profiler prices find` lists them"
        for one in workspace.registry.defined()
        if one.source == COMMAND
        for _, pattern in unknown_models(one.budget, workspace.card)
    ]
