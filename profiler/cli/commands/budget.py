"""`profiler budget`: limits on spend."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from profiler.cli.home import now_us, read_home
from profiler.domain.budgets import Mode
from profiler.domain.periods import Period
from profiler.errors import BadBudget
from profiler.options.budget_keys import WEEKDAYS


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  profiler budget set team --limit 500 --period monthly
  profiler budget set search --limit 2.50 --period daily --scope feature:search
  profiler budget set free --tokens 500000 --period monthly --scope user_tier:free --each user
  profiler budget set agents --limit 5 --period session --hard --rule 40:gpt-5=gpt-5-mini
  profiler budget list --json
""",
)
def budget() -> None:
    """Set, list and remove limits on spend."""


@budget.command("set")
@click.argument("name")
@click.option("--limit", default="", metavar="USD", help="Dollars, such as 50 or 2.50.")
@click.option("--tokens", type=int, help="Tokens, in and out.")
@click.option("--calls", type=int, help="Calls.")
@click.option(
    "--period",
    type=click.Choice([period.value for period in Period]),
    required=True,
    help="How often it starts afresh; `call` limits each call alone.",
)
@click.option(
    "--scope",
    multiple=True,
    metavar="FILTER",
    help="What counts, such as feature:search; several narrow it. Default: everything.",
)
@click.option(
    "--each",
    multiple=True,
    metavar="LABEL",
    help="Hold apart for every value of it: user, session, tag:team…",
)
@click.option("--hard", is_flag=True, help="Refuse calls that would go beyond the limit.")
@click.option(
    "--at",
    "thresholds",
    multiple=True,
    metavar="PERCENT=ACTION",
    help="What happens as it fills: note, warn, notify, downgrade or block, such as 80=warn.",
)
@click.option("--grace", metavar="AMOUNT", help="How far beyond a soft limit calls still pass.")
@click.option("--grace-minutes", type=int, help="How long after a soft limit they do.")
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    help="Hold the most a call can use (strict), or what it is expected to.",
)
@click.option("--reserve", type=int, metavar="PERCENT", help="Kept back for emergencies.")
@click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="BELOW:FROM=TO",
    help="A cheaper model while less than so many percent remain: 40:gpt-5=gpt-5-mini.",
)
@click.option("--zone", help="The time zone its days begin in.")
@click.option("--week-starts", type=click.Choice(WEEKDAYS), help="The day its weeks begin on.")
@click.pass_obj
def set_budget(
    home: Path | None,
    /,
    name: str,
    limit: str,
    period: str,
    scope: tuple[str, ...],
    **options: object,
) -> None:
    """Set a limit; one of the same name is replaced."""
    from profiler.budgets.define import define, scope_words

    more = words_of_options(options)
    with read_home(home) as workspace:
        defined = define(name, limit, period, " ".join(scope), workspace.settings.zone, more)
        workspace.save_budget(defined)
        used = [s.used for s in workspace.standings(now_us()) if s.budget.name == defined.name]
    from profiler import display

    limits = " and ".join(display.amount(amount, measure) for measure, amount in defined.limits)
    click.echo(
        f"profiler: {display.plain(defined.name)}: {limits} "
        f"{defined.period.value} for {display.plain(scope_words(defined))}; "
        f"{display.percent(max(used, default=0.0))} used so far",
        err=True,
    )


def words_of_options(options: Mapping[str, object]) -> dict[str, object]:
    """The options given, under the keys of `[[budget]]`."""
    given = {name: value for name, value in options.items() if value not in (None, ())}
    words = {name: value for name, value in given.items() if value is not False}
    if "thresholds" in words:
        words["thresholds"] = [_threshold(str(one)) for one in _texts(words["thresholds"])]
    if "rules" in words:
        words["rules"] = [_rule(str(one)) for one in _texts(words["rules"])]
    return words


def _texts(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _threshold(text: str) -> dict[str, object]:
    percent, _, action = text.partition("=")
    if not percent.isdecimal() or not action:
        raise BadBudget(f"--at {text}: write a percentage and what happens then, such as 80=warn")
    return {"at": int(percent), "action": action}


def _rule(text: str) -> dict[str, object]:
    below, _, models = text.partition(":")
    model, _, to = models.rpartition("=")
    if not below.isdecimal() or not model or not to:
        raise BadBudget(f"--rule {text}: write it like 40:gpt-5=gpt-5-mini")
    return {"below": int(below), "from": model, "to": to}


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
