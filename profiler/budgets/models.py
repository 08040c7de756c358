"""Whether the models that budgets name are any that rates are known for."""

from collections.abc import Iterable, Iterator

from profiler.domain.budgets import Budget
from profiler.domain.scopes import Dimension
from profiler.errors import UsageError
from profiler.ledger.scoping import is_like
from profiler.options.file import File
from profiler.pricing.card import Card
from profiler.pricing.local import PROVIDERS

_USUAL = ("openai", "anthropic", "google")


def misfits(file: File, budgets: Iterable[Budget], card: Card) -> Iterator[UsageError]:
    """What in a file's budgets names a model that matches nothing."""
    for place, budget in enumerate(budgets):
        for key, pattern in unknown_models(budget, card):
            yield file.wrong(
                ("budget", place, key),
                f"names {pattern!r}, which matches no model that has rates; "
                "`profiler prices find` lists them, `profiler prices override` adds one",
            )


def unknown_models(budget: Budget, card: Card) -> Iterator[tuple[str, str]]:
    """The patterns of a budget that match no model, behind the key they stand under.

    A budget of a provider whose models have no rates, being free, may name any.
    """
    providers = [m.pattern for m in budget.scope if m.dimension is Dimension.PROVIDER]
    if any(is_unbilled(provider, card) for provider in providers):
        return
    named = [("scope", m.pattern) for m in budget.scope if m.dimension is Dimension.MODEL]
    named += [("rules", name) for rule in budget.rules for name in (rule.model, rule.to)]
    for key, pattern in named:
        if pattern.strip("*") and not _is_known(pattern, card):
            yield key, pattern


def is_unbilled(provider: str, card: Card) -> bool:
    """Whether nobody bills for calls of that provider, whatever the model."""
    return provider.lower() in PROVIDERS or provider.lower() in card.overrides.plans


def _is_known(pattern: str, card: Card) -> bool:
    if "*" not in pattern:
        return any(card.find(provider, pattern) for provider in _providers(card))
    own = (one.model for one in card.overrides.rates)
    aliases = (one.name for one in card.overrides.aliases)
    listed = (one.model for one in card.models())
    return any(is_like(pattern, name) for name in (*own, *aliases, *listed))


def _providers(card: Card) -> Iterator[str]:
    """Those that most calls go to first: what others list is read when it is asked for."""
    yield from _USUAL
    yield from (one.provider for one in card.overrides.rates)
    yield from (one.id for one in card.providers)
