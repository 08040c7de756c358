"""`profiler budget set` and `edit`: what a budget says."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import click

from profiler.cli.completing import budget_names
from profiler.cli.home import now_us, read_home
from profiler.cli.output import say
from profiler.domain.budgets import Mode
from profiler.domain.periods import Period
from profiler.errors import BadBudget
from profiler.options.choices import WEEKDAYS

R = TypeVar("R")

_PERIOD = click.Choice([period.value for period in Period])
_OPTIONS = (
    click.option("--limit", metavar="USD", help="Dollars, such as 50 or 2.50."),
    click.option("--tokens", type=int, help="Tokens, in and out."),
    click.option("--calls", type=int, help="Calls."),
    click.option(
        "--scope",
        multiple=True,
        metavar="FILTER",
        help="What counts, such as feature:search; several narrow it. Default: everything.",
    ),
    click.option(
        "--each",
        multiple=True,
        metavar="LABEL",
        help="Hold apart for every value of it: user, session, tag:team…",
    ),
    click.option(
        "--hard/--soft", default=None, help="Refuse calls that would go beyond the limit, or not."
    ),
    click.option(
        "--at",
        "thresholds",
        multiple=True,
        metavar="PERCENT=ACTION",
        help="What happens as it fills: note, warn, notify, downgrade or block, such as 80=warn.",
    ),
    click.option("--grace", metavar="AMOUNT", help="How far beyond a soft limit calls still pass."),
    click.option("--grace-minutes", type=int, help="How long after a soft limit they do."),
    click.option(
        "--mode",
        type=click.Choice([mode.value for mode in Mode]),
        help="Hold the most a call can use (strict), or what it is expected to.",
    ),
    click.option("--reserve", type=int, metavar="PERCENT", help="Kept back for emergencies."),
    click.option(
        "--rule",
        "rules",
        multiple=True,
        metavar="BELOW:FROM=TO",
        help="A cheaper model while less than so many percent remain: 40:gpt-5=gpt-5-mini; "
        "40?:… only where a program asks choose_model.",
    ),
    click.option("--zone", help="The time zone its days begin in."),
    click.option("--week-starts", type=click.Choice(WEEKDAYS), help="The day its weeks begin on."),
    click.option("--who", metavar="NAME", help="For the audit trail. Default: your login name."),
)
_PARTS = ("limit", "tokens", "calls", "scope", "each", "at", "grace", "reserve", "rule")
"""What a budget may go without."""
_KEYS = {"at": ("thresholds",), "grace": ("grace", "grace_minutes"), "rule": ("rules",)}


def _described(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command the options that say what a budget is."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command(
    "set",
    epilog="""\b
Examples:
  profiler budget set team --limit 500 --period monthly
  profiler budget set search --limit 2.50 --period daily --scope feature:search
  profiler budget set free --tokens 500000 --period monthly --scope user_tier:free --each user
  profiler budget set agents --limit 5 --period session --hard --rule 40:gpt-5=gpt-5-mini
""",
)
@click.argument("name")
@click.option(
    "--period",
    type=_PERIOD,
    required=True,
    help="How often it starts afresh; `call` limits each call alone.",
)
@_described
@click.pass_obj
def set_budget(home: Path | None, /, name: str, who: str | None, **options: object) -> None:
    """Set a limit; one of the same name is replaced.

    Soft limits are told of as they fill; with --hard calls that would go beyond are refused
    before they are sent.
    """
    words = {**words_of_options(options), "name": name}
    _save(home, words, who)


@click.command(
    "edit",
    epilog="""\b
Examples:
  profiler budget edit team --limit 800
  profiler budget edit team --hard --at 80=warn --rule 20:gpt-5=gpt-5-mini
  profiler budget edit team --rename platform --without grace
""",
)
@click.argument("name", shell_complete=budget_names)
@click.option("--period", type=_PERIOD, help="How often it starts afresh.")
@click.option("--rename", metavar="NAME", help="Call it something else; what it counted stays.")
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(_PARTS),
    help="Take this part of it away.",
)
@_described
@click.pass_obj
def edit_budget(
    home: Path | None,
    /,
    name: str,
    rename: str | None,
    without: tuple[str, ...],
    who: str | None,
    **options: object,
) -> None:
    """Change parts of a budget; what is not named stays as it is, and so does what it counted."""
    from profiler.domain.remedy import about
    from profiler.ledger.words import words_of

    given = words_of_options(options)
    if not given and not without and not rename:
        raise BadBudget(
            f"say what to change, such as `{about('edit', name, options='--limit 20')}`; "
            "--help lists everything"
        )
    with read_home(home) as workspace:
        words = words_of(workspace.registry.find(name).budget)
    for part in without:
        for key in _KEYS.get(part, (part,)):
            words.pop(key, None)
    if "hard" in given and "thresholds" not in given:
        words.pop("thresholds", None)
    words.update(given)
    if rename:
        words["name"] = rename
    _save(home, words, who, before=name)


def _save(
    home: Path | None, words: Mapping[str, object], who: str | None, before: str = ""
) -> None:
    from profiler import display
    from profiler.budgets.changes import Save
    from profiler.budgets.sentence import sentence
    from profiler.ledger.words import budget_of

    with read_home(home, may_make=True) as workspace:
        defined = budget_of(words, workspace.settings.zone.key)
        workspace.change_budget(Save(defined, before), who or "")
        used = [s.used for s in workspace.standings(now_us()) if s.budget.name == defined.name]
    name, full = defined.name, display.percent(max(used, default=0.0))
    say(f"profiler: {name}: {sentence(defined)}; {full} used so far", is_talk=True)


def words_of_options(options: Mapping[str, object]) -> dict[str, object]:
    """The options given, under the keys of `[[budget]]`."""
    from profiler.budgets.define import rule_of, threshold_of

    words = {name: value for name, value in options.items() if value not in (None, ())}
    if "scope" in words:
        words["scope"] = " ".join(_texts(words["scope"]))
    if "thresholds" in words:
        words["thresholds"] = [threshold_of(str(one)) for one in _texts(words["thresholds"])]
    if "rules" in words:
        words["rules"] = [rule_of(str(one)) for one in _texts(words["rules"])]
    return words


def _texts(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()
