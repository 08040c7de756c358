"""Filter words and flags: one query, however it was typed."""

import functools
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import click

from profiler.domain.calls import Outcome
from profiler.domain.query import parse_filter
from profiler.domain.scopes import Dimension, Filter
from profiler.errors import BadQuery

P = ParamSpec("P")
R = TypeVar("R")

_OUTCOMES = [outcome.name.lower() for outcome in Outcome]
_BOUNDS = {"cost_above": "cost>", "cost_below": "cost<"}


@dataclass(frozen=True, slots=True)
class Query:
    """Which calls the user asked for."""

    words: tuple[str, ...] = ()
    """Filter words as the filter bar takes them, flags among them."""
    times: tuple[str, ...] = ()
    """The words of --since and --until."""

    @property
    def narrowed_by(self) -> str:
        """The filter in words, times apart."""
        return " ".join(self.words)

    def read(self, now_us: int, zone: ZoneInfo) -> Filter:
        """The filter that was asked for.

        Raises:
            BadQuery: a word that cannot be read; the message names it.

        """
        return parse_filter(shlex.join((*self.words, *self.times)), now_us, zone)


def filtered(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command filter words and flags; it gets them as one `query: Query`."""

    @functools.wraps(command)
    def with_query(*args: object, **options: object) -> R:
        return command(*args, query=_query(options), **options)

    decorated: Callable[..., R] = with_query
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


_OPTIONS = (
    click.argument("words", nargs=-1, metavar="[FILTER]..."),
    click.option(
        "--since",
        metavar="WHEN",
        help="From here on: 30m, 24h; 7d, 2w (whole days, today among them); today, yesterday, "
        "week, month, 2026-11-22.",
    ),
    click.option("--until", metavar="WHEN", help="Up to here, not included; written likewise."),
    *(
        click.option(
            f"--{dimension.value.replace('_', '-')}",
            metavar="PATTERN",
            help=f"Only this {dimension.value.replace('_', ' ')}; * is any text.",
        )
        for dimension in Dimension
    ),
    click.option("--status", type=click.Choice(_OUTCOMES), help="Only calls that ended so."),
    click.option(
        "--priced", type=click.Choice(["yes", "no"]), help="Only calls with a cost, or without."
    ),
    click.option("--cost-above", metavar="USD", help="Only calls dearer than this."),
    click.option("--cost-below", metavar="USD", help="Only calls cheaper than this."),
)


def _query(options: dict[str, object]) -> Query:
    """The query in a command's options, which lose it."""
    typed = options.pop("words")
    words = (
        [part for word in typed for part in _unquoted(str(word))]
        if isinstance(typed, tuple)
        else []
    )
    times = [f"{key}:{value}" for key in ("since", "until") if (value := options.pop(key))]
    for key in (*(dimension.value for dimension in Dimension), "status", "priced"):
        value = options.pop(key)
        if value is not None:
            words.append(f"{key}:{value}")
    for key, operator in _BOUNDS.items():
        value = options.pop(key)
        if value is not None:
            words.append(f"{operator}{value}")
    return Query(tuple(words), tuple(times))


def _unquoted(word: str) -> list[str]:
    """A word as the filter bar reads it: quotes that the shell left in it hold a label together."""
    if not set(word) & {"'", '"'}:
        return [word]
    try:
        return shlex.split(word)
    except ValueError:
        raise BadQuery(f"the quotes in {word!r} do not close") from None
