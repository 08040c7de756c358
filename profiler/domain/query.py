"""The filter language: `model:gpt-5* feature:search cost>0.01 status:error since:2d`.

One reading for the filter bar and the command line. Words are joined by "and"; a bare
word looks for a model of that name.
"""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from profiler.domain.calls import Outcome
from profiler.domain.money import pusd
from profiler.domain.periods import Span, moment_us
from profiler.domain.scopes import EVERYTHING, Dimension, Filter, Match
from profiler.errors import BadQuery, UsageError


class UnknownKey(BadQuery):
    """What stands before a colon is nothing that calls can be filtered by."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"{key!r} cannot be filtered by; write one of {', '.join(KEYS)}, cost>, cost<"
        )
        self.key = key


KEYS = (*(d.value for d in Dimension), "status", "since", "until", "priced")
"""The words that may stand before a colon, for help and completion."""

_ONCE = ("since:", "until:", "status:", "priced:", "cost>", "cost<")


def parse_filter(text: str, now_us: int, zone: ZoneInfo, base: Filter = EVERYTHING) -> Filter:
    """The filter that `text` describes, narrowing `base`.

    Raises:
        BadQuery: a word that cannot be read; the message names it and what could stand there.

    """
    try:
        words = shlex.split(text)
    except ValueError:
        raise BadQuery(f"the quotes in {text!r} do not close") from None
    _refuse_repeated(words)
    wanted = base
    for word in words:
        wanted = _narrowed(wanted, word, lambda when: moment_us(when, now_us, zone))
    if wanted.span != base.span and wanted.span.is_empty:
        raise BadQuery("no moment lies in that range: it would end before it begins")
    return wanted


def _refuse_repeated(words: Sequence[str]) -> None:
    """Of two bounds of one kind only one could hold; labels may be given twice, both hold."""
    for start in _ONCE:
        if sum(word.startswith(start) for word in words) > 1:
            raise BadQuery(f"{start} is given twice; give it once")


def _narrowed(base: Filter, word: str, when: Callable[[str], int]) -> Filter:
    try:
        if word.startswith(("cost>", "cost<")):
            bound = pusd(word[5:])
            if word[4] == ">":
                return replace(base, cost_above_pusd=bound)
            return replace(base, cost_below_pusd=bound)
        key, colon, value = word.partition(":")
        if not colon:
            pattern = word if "*" in word else f"*{word}*"
            return replace(base, matches=(*base.matches, Match(Dimension.MODEL, pattern)))
        if key in {"since", "until"}:
            return replace(base, span=_cut(base.span, key, when(value)))
        return _labelled(base, key, value)
    except BadQuery:
        raise
    except UsageError as error:
        raise BadQuery(f"in {word!r}: {error}") from None


def _cut(span: Span, key: str, at_us: int) -> Span:
    return replace(span, start_us=at_us) if key == "since" else replace(span, end_us=at_us)


def _labelled(base: Filter, key: str, value: str) -> Filter:
    if key == "status":
        names = {outcome.name.lower(): outcome for outcome in Outcome}
        if value not in names:
            raise BadQuery(f"status:{value} is unknown; write one of {', '.join(names)}")
        return replace(base, outcome=names[value])
    if key == "priced":
        if value not in {"yes", "no"}:
            raise BadQuery(f"priced:{value} is unknown; write priced:yes or priced:no")
        return replace(base, is_priced=value == "yes")
    if key not in set(Dimension):
        raise UnknownKey(key)
    return replace(base, matches=(*base.matches, Match(Dimension(key), value)))
