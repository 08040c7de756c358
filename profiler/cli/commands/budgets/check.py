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
        kind = "refuses beyond" if one.is_hard else "lets calls go on"
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
    from profiler.budgets.sense import misread, sense

    folder = home_folder(home)
    # a file that cannot be read at all would keep the workspace from opening
    faults = misread(folder)
    if not faults:
        with read_home(home) as workspace:
            zone = workspace.settings.zone.key
            faults, count = sense(folder, zone, workspace.registry, workspace.card)
    for words in faults:
        click.echo(f"profiler: {display.plain(words)}", err=True)
    if not faults:
        words = "no file defines a budget"
        if count:
            make = "budget in files makes" if count == 1 else "budgets in files make"
            words = f"{display.count(count)} {make} sense"
        click.echo(f"profiler: {words}", err=True)
    return UsageError.exit_code if faults else 0
