"""Cheaper models for dearer ones, while little of a budget remains."""

import sqlite3
from collections.abc import Callable, Iterable
from typing import NamedTuple

from profiler.domain.budgets import Limit, ModelRule
from profiler.ledger.allowance import allowed
from profiler.ledger.counters import find
from profiler.ledger.defined import Defined
from profiler.ledger.rules import rule_for
from profiler.ledger.scoping import Labels
from profiler.ledger.terms import Terms

_MOST_STEPS = 8


class Step(NamedTuple):
    """One rule that was applied."""

    defined: Defined
    value: str
    model: str
    """Asked for."""
    to: str
    remains_percent: int
    """Of the budget, when the rule was applied."""


def steps(
    connection: sqlite3.Connection,
    terms: Terms,
    labels_of: Callable[[str], Labels],
    model: str,
    now_us: int,
    *,
    is_asked: bool,
) -> list[Step]:
    """The rules that lead from `model` to the one to send, in order; none where it may stay.

    Unless it `is_asked` for, only rules count that are applied by themselves.
    """
    found: list[Step] = []
    tried = {model}
    while len(found) < _MOST_STEPS:
        wanted = [
            (one, value, rules)
            for one, value in terms.applying(labels_of(model))
            if (rules := one.budget.rules if is_asked else one.rules)
        ]
        step = _step(connection, terms, wanted, model, now_us, is_asked=not found)
        if step is None or step.to in tried:
            break
        found.append(step)
        tried.add(step.to)
        model = step.to
    return found


def _step(
    connection: sqlite3.Connection,
    terms: Terms,
    wanted: Iterable[tuple[Defined, str, tuple[ModelRule, ...]]],
    model: str,
    now_us: int,
    *,
    is_asked: bool,
) -> Step | None:
    for one, value, rules in wanted:
        remains = _remains(connection, terms, one, value, now_us)
        rule = rule_for(rules, model, remains, is_asked=is_asked)
        if rule is not None:
            return Step(one, value, model, rule.to, remains)
    return None


def _remains(
    connection: sqlite3.Connection, terms: Terms, one: Defined, value: str, now_us: int
) -> int:
    """The share of the tightest limit that is neither used nor held, in percent, rounded up."""
    counter = find(connection, one.id, value, terms.window(one, now_us))
    if counter is None:
        return 100
    more = terms.granted(one, value, now_us)
    taken = counter.used.plus(counter.held)
    limits = (Limit(m, max(1, allowed(one.budget, Limit(m, n), more))) for m, n in one.limits)
    return min(-((taken.of(m) - amount) * 100 // amount) for m, amount in limits)
