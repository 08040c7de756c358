"""Which budgets a call falls under, and whose standing it counts on."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from profiler.domain.budgets import TAG, Budget
from profiler.domain.periods import Period
from profiler.domain.scopes import Dimension

_BETWEEN = " / "
"""Between the labels of a budget that holds for each of several."""


class Labels(NamedTuple):
    """What a call is known by before it is made."""

    texts: Mapping[str, str]
    """By dimension; `model` is the name its rates are listed by."""
    tags: Mapping[str, str] = {}

    def of(self, name: str) -> str:
        """One label: a dimension's, or `tag:name`."""
        if name.startswith(TAG):
            return self.tags.get(name.removeprefix(TAG), "")
        return self.texts.get(name, "")


class Scope:
    """A budget's scope, ready to be asked of many calls."""

    __slots__ = ("_conditions", "_each")

    def __init__(self, budget: Budget) -> None:
        labels = [(match.dimension.value, match.pattern) for match in budget.scope]
        tags = [(TAG + tag.name, tag.pattern) for tag in budget.tags]
        self._conditions = [(name, _matcher(pattern)) for name, pattern in (*labels, *tags)]
        self._each = each_of(budget)

    def value_of(self, labels: Labels) -> str | None:
        """Whose standing the call counts on, empty for everybody's; `None`: it does not count."""
        for name, matcher in self._conditions:
            if not matcher.fullmatch(labels.of(name)):
                return None
        return value_of([labels.of(name) for name in self._each])


def each_of(budget: Budget) -> tuple[str, ...]:
    """The labels by whose values the budget's limits hold apart."""
    session = Dimension.SESSION.value
    if budget.period is Period.SESSION and session not in budget.each:
        return (*budget.each, session)
    return budget.each


def value_of(labels: list[str]) -> str:
    """The labels that a standing is for, as one text."""
    return _BETWEEN.join(labels)


def parts_of(value: str, labels: int) -> list[str]:
    """The labels again; what only looks like the text between two of them belongs to the last."""
    return value.split(_BETWEEN, labels - 1)


def readings_of(value: str, labels: int) -> tuple[list[str], list[str]]:
    """As `parts_of`; and with what only looks like the text between two of them in the first."""
    return parts_of(value, labels), value.rsplit(_BETWEEN, labels - 1)


def is_like(pattern: str, text: str) -> bool:
    """Whether `text` is what `pattern` means: `*` stands for any text, case is ignored."""
    return _matcher(pattern).fullmatch(text) is not None


def _matcher(pattern: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in pattern.split("*"))
    return re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL)
