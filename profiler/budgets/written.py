"""Budgets as they stand in `profiler.toml`."""

import json
from collections.abc import Iterable, Mapping

from profiler.domain.budgets import HARD_THRESHOLDS, SOFT_THRESHOLDS, Budget, Threshold
from profiler.ledger.words import words_of

_DEFAULTS = {"scope": "", "each": [], "week_starts": "monday", "mode": "strict", "reserve": 0}


def toml_of(budgets: Iterable[Budget], zone: str = "") -> str:
    """The text that defines them: a `[[budget]]` each, without what goes without saying.

    `zone` is the one of the file; budgets do not repeat it.
    """
    tables = []
    for budget in budgets:
        words = words_in_file(budget)
        if words["zone"] == zone:
            del words["zone"]
        tables.append(_table(words))
    return "\n".join(tables)


def words_in_file(budget: Budget) -> dict[str, object]:
    """A budget's words as a person would write them down."""
    words = {
        key: value
        for key, value in words_of(budget).items()
        if value != _DEFAULTS.get(key, []) and not (key == "grace_minutes" and not value)
    }
    for key in ("limit", "grace"):
        if isinstance(amount := words.get(key), str):
            words[key] = plain_dollars(amount)
    if words.get("grace") == 0:
        del words["grace"]
    if budget.thresholds in (SOFT_THRESHOLDS, HARD_THRESHOLDS):
        del words["thresholds"]
        if budget.thresholds == HARD_THRESHOLDS:
            words["hard"] = True
    return words


def plain_dollars(amount: str) -> str:
    """Dollars without the zeros that say nothing: `2.50`, `100`, `0.001`."""
    whole, _, fraction = amount.partition(".")
    digits = fraction.rstrip("0")
    return f"{whole}.{digits.ljust(2, '0')}" if digits else whole


def threshold_words(threshold: Threshold) -> str:
    """As it is typed: `80=warn`."""
    return f"{threshold.percent}={threshold.action.value}"


def _table(words: Mapping[str, object]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in words.items()]
    return "\n".join(["[[budget]]", *lines, ""])


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key} = {_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    # a basic string of TOML escapes as JSON does, and so do its numbers and truths
    return json.dumps(value, ensure_ascii=False)
