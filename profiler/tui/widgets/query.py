"""Completion in the filter bar: keys, then the values that occur."""

import re
from collections.abc import Awaitable, Callable, Sequence

from textual.suggester import Suggester

from profiler import display
from profiler.domain.calls import Outcome
from profiler.domain.query import BASES, BOUNDED, KEYS
from profiler.domain.scopes import EXACTLY, Dimension, one_of

Labels = Callable[[Dimension, str], Awaitable[Sequence[str]]]
"""Values of a label that begin with some text."""

FIXED = {
    "status": tuple(outcome.name.lower() for outcome in Outcome),
    "priced": ("yes", "no"),
    "basis": tuple(BASES),
    "since": ("today", "yesterday", "week", "month", "24h", "7d", "30d"),
    "until": ("today", "yesterday", "now"),
}
STARTS = (*(f"{key}:" for key in KEYS), *BOUNDED)
AMOUNTS = {
    "cost": ("0.01", "0.10", "1"),
    "latency": ("5s", "1s", "500ms"),
    "first": ("1s", "500ms"),
    "attempts": ("1",),
    "tokens": ("10000", "100000"),
    "input": ("10000", "100000"),
    "output": ("1000", "10000"),
}
"""How bounds are written, by what they bound."""


class QuerySuggester(Suggester):
    """Completes the last word of a filter."""

    def __init__(self, labels: Labels) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._labels = labels

    async def get_suggestion(self, value: str) -> str | None:
        """The whole filter with its last word completed; `None` where nothing fits."""
        head, word = split_last(value)
        if word[:1] in {"!", "-"}:
            head, word = head + word[0], word[1:]
        if not word:
            return None
        key, colon, part = word.partition(":")
        if not colon:
            bounds = [f"{name}{s}{x}" for name, said in AMOUNTS.items() for s in "><" for x in said]
            return _completed(head, word, (*STARTS, *bounds))
        # of several values, each is completed in its turn
        part = re.split(r"(?<!\\),", part.removeprefix(EXACTLY))[-1]
        before = word.removesuffix(part)
        if key in FIXED:
            return _completed(head, word, [before + name for name in FIXED[key]])
        if key not in set(Dimension):
            return None
        found = await self._labels(Dimension(key), re.sub(r"\\(.)", r"\1", part))
        drawable = [name for name in found if display.plain(name) == name]
        return _completed(head, word, [before + quoted(one_of(name)) for name in drawable])


def split_last(value: str) -> tuple[str, str]:
    """What stands before the last word, and the word; a space after a backslash belongs to it."""
    match = re.search(r"(?:\\.|[^\s\\])*\\?$", value)
    start = match.start() if match else len(value)
    return value[:start], value[start:]


def quoted(name: str) -> str:
    """A value as one word of a filter."""
    return re.sub(r"([\s'\"\\])", r"\\\1", name)


def _completed(head: str, word: str, choices: Sequence[str]) -> str | None:
    return next((head + one for one in choices if one.startswith(word) and one != word), None)
