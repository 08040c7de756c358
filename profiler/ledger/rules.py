"""Rules that lead from one model to a cheaper one."""

from collections.abc import Iterable, Sequence

from profiler.domain.budgets import ModelRule
from profiler.ledger.scoping import is_like

_ANY = "*"


def rule_for(
    rules: Iterable[ModelRule], model: str, remains_percent: int, *, is_asked: bool
) -> ModelRule | None:
    """The rule for calls of `model` while so much remains: of those that hold, the last to begin.

    `None` where the model may stay. A pattern is about what a program asks for, not about what
    other rules have led to.
    """
    holding = (
        rule
        for rule in rules
        if remains_percent < rule.below_percent
        and rule.to != model
        and (is_asked or _ANY not in rule.model)
        and is_like(rule.model, model)
    )
    return min(holding, key=lambda rule: rule.below_percent, default=None)


def circle(rules: Sequence[ModelRule]) -> tuple[str, ...]:
    """Models that lead to each other in a circle, the first of them last again; empty if none."""
    for remains_percent in sorted({rule.below_percent - 1 for rule in rules}):
        for rule in rules:
            passed = [rule.to]
            while step := rule_for(rules, passed[-1], remains_percent, is_asked=False):
                passed.append(step.to)
                if step.to in passed[:-1]:
                    return tuple(passed[passed.index(step.to) :])
    return ()
