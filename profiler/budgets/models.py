"""Whether the models that budgets name are any that rates are known for."""

from collections.abc import Iterable, Iterator

from profiler.domain.budgets import Budget
from profiler.domain.scopes import Dimension
from profiler.errors import UsageError
from profiler.ledger.scoping import is_like
from profiler.options.file import File
from profiler.pricing.card import Card


def misfits(file: File, budgets: Iterable[Budget], card: Card) -> Iterator[UsageError]:
    """What in a file's budgets names a model that matches nothing."""
    for place, budget in enumerate(budgets):
        for key, pattern in unknown_models(budget, card):
            yield file.wrong(
                ("budget", place, key),
                f"names {pattern!r}, which matches no model that has rates; "
                "`profiler prices find` lists them",
            )


def unknown_models(budget: Budget, card: Card) -> Iterator[tuple[str, str]]:
    """The patterns of a budget that match no model, behind the key they stand under."""
    scoped = [m.pattern for m in budget.scope if m.dimension is Dimension.MODEL]
    named = [("scope", pattern) for pattern in scoped]
    named += [("rules", name) for rule in budget.rules for name in (rule.model, rule.to)]
    return ((key, pattern) for key, pattern in named if pattern and not _is_known(pattern, card))


def _is_known(pattern: str, card: Card) -> bool:
    listed = [(one.provider, one.model) for one in card.models()]
    return any(is_like(pattern, model) for _, model in listed) or (
        "*" not in pattern
        and any(card.find(provider, pattern) for provider in {p for p, _ in listed})
    )
