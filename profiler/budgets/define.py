"""A budget from what the user typed."""

import re
import shlex
from zoneinfo import ZoneInfo

from profiler.domain.budgets import Budget
from profiler.domain.money import pusd
from profiler.domain.periods import Period
from profiler.domain.query import UnknownKey, parse_filter
from profiler.domain.scopes import Dimension, Filter, Match
from profiler.errors import BadBudget, UsageError

MAX_NAME_CHARS = 60

_PLAIN = re.compile(r"[\w.:*@%+=,/-]+")
"""Words that need no quotes."""


def define(name: str, limit: str, period: str, scope: str, zone: ZoneInfo) -> Budget:
    """The budget these words describe.

    Args:
        name: what it is called; a budget of the same name is replaced by it.
        limit: dollars, more than nothing.
        period: `daily`, `weekly`, `monthly` or `total`.
        scope: filter words such as `feature:search model:gpt-5*`; empty means every call.
        zone: the zone its days begin in.

    Raises:
        BadBudget: one of them makes no sense; the message says which, and what would.
    """
    title = name.strip()
    if not title or len(title) > MAX_NAME_CHARS or not title.isprintable():
        raise BadBudget(f"a budget's name is 1 to {MAX_NAME_CHARS} printable characters")
    try:
        limit_pusd = pusd(limit)
    except UsageError as error:
        raise BadBudget(f"limit: {error}") from None
    if limit_pusd <= 0:
        raise BadBudget(f"limit: {limit} leaves nothing to spend; write more than 0")
    if period not in set(Period):
        raise BadBudget(f"period: {period!r} is none of {', '.join(Period)}")
    return Budget(
        name=title,
        limit_pusd=limit_pusd,
        period=Period(period),
        zone=zone.key,
        scope=_scope(scope, zone).matches,
    )


def _scope(words: str, zone: ZoneInfo) -> Filter:
    try:
        wanted = parse_filter(words, 0, zone)
    except UnknownKey as error:
        raise BadBudget(
            f"scope: {error.key!r} is no label; write one of {', '.join(Dimension)}, "
            "such as feature:search"
        ) from None
    except UsageError as error:
        raise BadBudget(f"scope: {error}") from None
    if Filter(matches=wanted.matches) != wanted:
        raise BadBudget("scope: only labels can limit a budget, such as feature:search or user:ada")
    return wanted


def scope_words(budget: Budget) -> str:
    """The scope as it could be typed; `everything` when it is not limited."""
    words = " ".join(_typed(m) for m in budget.scope)
    return words or "everything"


def _typed(match: Match) -> str:
    word = f"{match.dimension}:{match.pattern}"
    return word if _PLAIN.fullmatch(word) else shlex.quote(word)
