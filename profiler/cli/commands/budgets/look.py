"""`profiler budget list`, `show` and `status`: what there is, and where it stands."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from profiler import display
from profiler.cli.completing import budget_names
from profiler.cli.counts import ROWS
from profiler.cli.home import now_us, read_home
from profiler.cli.output import say

if TYPE_CHECKING:
    from profiler.budgets.savings import Saved
    from profiler.domain.budgets import Standing
    from profiler.workspace import Workspace

MOST_VALUES = 20
_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
_TOP = click.option(
    "--top",
    type=ROWS,
    default=MOST_VALUES,
    show_default=True,
    help="How many values of a budget are shown that holds for each; JSON has all.",
)


@click.command(
    "list", epilog="\b\nExamples:\n  profiler budget list\n  profiler budget list --removed\n"
)
@click.option("--removed", "is_removed", is_flag=True, help="Those that were removed instead.")
@_TOP
@_JSON
@click.pass_obj
def list_budgets(home: Path | None, top: int, *, is_removed: bool, as_json: bool) -> None:
    """List the budgets, the fullest first: green below 60 %, yellow below 80 %, red from there."""
    with read_home(home) as workspace:
        if is_removed:
            _tell_removed(workspace, as_json=as_json)
            return
        standings = workspace.standings(now_us())
    if as_json:
        _write_json(standings)
    else:
        _draw(standings, top)


@click.command(
    epilog="""\b
Examples:
  profiler budget status
  profiler budget status team --json
  profiler budget status --fail-over 90 || echo 'close to a limit'

The exit code is 1 where a budget is over, 0 where none is.
"""
)
@click.argument("name", required=False, shell_complete=budget_names)
@click.option(
    "--fail-over",
    type=click.IntRange(min=1, max=1000),
    default=100,
    metavar="PERCENT",
    help="Exit with 1 where so much of a limit is used or more. Default: 100.",
)
@click.option(
    "--saved",
    default="month",
    metavar="WHEN",
    help="Since when to tell what cheaper models saved: 7d, month, ever. Default: month.",
)
@_TOP
@_JSON
@click.pass_obj
def status(
    home: Path | None, name: str | None, fail_over: int, saved: str, top: int, *, as_json: bool
) -> int:
    """Where budgets stand now; for scripts and CI, the exit code tells whether one is over."""
    with read_home(home) as workspace:
        if name is not None:
            workspace.registry.find(name)
        standings = [s for s in workspace.standings(now_us()) if name in {None, s.budget.name}]
        waiting = _waiting(workspace, name)
        found = _savings(workspace, name, saved)
    over = [s for s in standings if s.amount * 100 >= s.tightest.amount * fail_over]
    if as_json:
        _write_json(standings, found, waiting, over)
    else:
        _draw(standings, top)
        _tell(found, waiting, over, fail_over)
    return 1 if over else 0


@click.command(
    "show",
    epilog="""\b
Examples:
  profiler budget show team
  profiler budget show team --toml >> profiler.toml
""",
)
@click.argument("name", shell_complete=budget_names)
@click.option(
    "--toml", "as_toml", is_flag=True, help="Write it as it would stand in profiler.toml."
)
@_TOP
@_JSON
@click.pass_obj
def show_budget(home: Path | None, name: str, top: int, *, as_toml: bool, as_json: bool) -> None:
    """Show one budget whole: limits, scope, what happens when, where it is defined, overrides."""
    from profiler.budgets import told
    from profiler.report import budgets as paper, structured

    with read_home(home) as workspace:
        defined = workspace.registry.find(name)
        place = workspace.registry.place_of(defined)
        overrides = workspace.registry.overrides_of(defined)
        standings = [s for s in workspace.standings(now_us()) if s.budget.name == name]
    budget = defined.budget
    if as_toml:
        from profiler.budgets.written import toml_of

        click.echo(toml_of([budget]), nl=False)
    elif as_json:
        document = paper.of_budget(budget, place, standings, overrides)
        sys.stdout.write(structured.encoded(document))
    else:
        from zoneinfo import ZoneInfo

        click.echo(display.plain(budget.name))
        for fact, words in told.facts(budget, place, overrides, ZoneInfo(budget.zone)):
            say(f"  {fact:<10}{words}", indent=12)
        click.echo()
        _draw(standings, top)


def _tell_removed(workspace: "Workspace", *, as_json: bool) -> None:
    from profiler.budgets.sentence import sentence
    from profiler.budgets.written import words_in_file
    from profiler.report import structured
    from profiler.report.values import timestamp

    found = workspace.registry.removed()
    if as_json:
        rows = [
            {**words_in_file(one.budget), "removed_at": timestamp(one.at_us), "removed_by": one.by}
            for one in found
        ]
        sys.stdout.write(structured.encoded({"removed": rows}))
        return
    if not found:
        say("profiler: no budget was ever removed", is_talk=True)
    for one in found:
        when = display.clock(one.at_us, workspace.settings.zone)[:16]
        by = f" by {one.by}" if one.by else ""
        say(f"{when}  {one.budget.name}{by}: {sentence(one.budget)}", indent=18)
    if found:
        click.echo("\n`profiler budget history NAME --audit` tells all that was written of one.")


def _draw(standings: "Sequence[Standing]", top: int) -> None:
    from profiler.budgets.define import scope_words
    from profiler.budgets.outlook import outlooks
    from profiler.report.sheet import sheet_of_budgets
    from profiler.report.terminal import draw

    if not standings:
        say(
            "profiler: no budgets yet; try `profiler budget set team --limit 100 --period monthly`",
            is_talk=True,
        )
        return
    shown, beyond = capped(standings, top)
    draw(sheet_of_budgets(shown, [scope_words(s.budget) for s in shown]), sys.stdout)
    capped_words = [
        f"{name}: the fullest {top} of {display.count(top + count)}; --top shows more, --json all"
        for name, count in beyond.items()
    ]
    if told := [*outlooks(shown), *capped_words]:
        click.echo()
    for words in told:
        say(words)


def capped(standings: "Sequence[Standing]", top: int) -> "tuple[list[Standing], Counter[str]]":
    """The fullest values of each budget, and how many more each has."""
    seen: Counter[str] = Counter()
    beyond: Counter[str] = Counter()
    shown = []
    for one in standings:
        seen[one.budget.name] += 1
        if seen[one.budget.name] <= top:
            shown.append(one)
        else:
            beyond[one.budget.name] += 1
    return shown, beyond


def _write_json(
    standings: "Sequence[Standing]",
    saved: "Sequence[Saved] | None" = None,
    waiting: Sequence[str] = (),
    over: "Sequence[Standing]" = (),
) -> None:
    from profiler.budgets.define import scope_words
    from profiler.report import budgets as paper, structured

    rows = [structured.of_standing(s, scope_words(s.budget)) for s in standings]
    document: dict[str, object] = {"budgets": rows}
    if saved is not None:
        document["over"] = [{"name": s.budget.name, "value": s.value} for s in over]
        document["saved"] = [paper.of_saved(one) for one in saved]
        document["requests"] = list(waiting)
    sys.stdout.write(structured.encoded(document))


def _tell(
    saved: "Sequence[Saved]", waiting: Sequence[str], over: "Sequence[Standing]", limit: int
) -> None:
    from profiler.report.budgets import saved_words

    for one in saved:
        say(saved_words(one))
    for words in waiting:
        say(f"waits for an answer: {words}")
    if over:
        names = ", ".join(dict.fromkeys(display.plain(s.budget.name) for s in over))
        how = "over the limit" if limit == 100 else f"at {limit} % or more"
        click.echo(f"profiler: {how}: {names}", err=True)


def _waiting(workspace: "Workspace", name: str | None) -> list[str]:
    from profiler.budgets.told import override_words
    from profiler.ledger.overrides import ASKED

    zone = workspace.settings.zone
    return [
        f"{one.budget.name}: {override_words(found, zone)}"
        for one in workspace.registry.defined()
        if name in {None, one.budget.name}
        for found in workspace.registry.overrides_of(one)
        if found.state == ASKED
    ]


def _savings(workspace: "Workspace", name: str | None, since: str) -> "Sequence[Saved]":
    from profiler.budgets.savings import savings_by_rules
    from profiler.domain.periods import EVER, Span, moment_us
    from profiler.domain.scopes import Filter

    zone = workspace.settings.zone
    span = EVER if since == "ever" else Span(moment_us(since, now_us(), zone))
    wanted = Filter(span=span)
    return savings_by_rules(
        workspace.registry, workspace.store, workspace.card, wanted, name or "*"
    )
