"""What cheaper models saved: each call that was sent to another model than it asked for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from profiler.budgets.registry import Registry
from profiler.domain.calls import Call
from profiler.domain.scopes import EVERYTHING, Filter, TagMatch
from profiler.pricing.card import Card
from profiler.pricing.context import price_context
from profiler.store.engine import Store
from profiler.store.reads import each

ASKED, BUDGET = "profiler.asked", "profiler.budget"
"""The tags that such a call's event carries: the model asked for, and the budget that decided."""


@dataclass(frozen=True, slots=True)
class Saved:
    """Calls that one budget sent from one model to another."""

    budget: str
    asked: str
    sent: str
    calls: int = 0
    unpriced_calls: int = 0
    """Those where nobody can say what either model costs; they are not in the sums."""
    spent_pusd: int = 0
    asked_pusd: int = 0
    """What the same usage would have cost by the model asked for, at the rates of that time."""

    @property
    def saved_pusd(self) -> int:
        """Negative where the model sent to was dearer."""
        return self.asked_pusd - self.spent_pusd

    @classmethod
    def together(cls, several: Iterable[Self]) -> Self:
        """All of them in one, of no budget and no model in particular."""
        found = cls("", "", "")
        for one in several:
            found = replace(
                found,
                calls=found.calls + one.calls,
                unpriced_calls=found.unpriced_calls + one.unpriced_calls,
                spent_pusd=found.spent_pusd + one.spent_pusd,
                asked_pusd=found.asked_pusd + one.asked_pusd,
            )
        return found


def savings_by_rules(
    registry: Registry, store: Store, card: Card, wanted: Filter = EVERYTHING, budget: str = "*"
) -> tuple[Saved, ...]:
    """What downgrades saved, the most first; nothing is looked at where no budget has rules."""
    if not any(one.budget.rules for one in registry.defined()):
        return ()
    return savings(store, card, wanted, budget)


def savings(
    store: Store, card: Card, wanted: Filter = EVERYTHING, budget: str = "*"
) -> tuple[Saved, ...]:
    """What downgrades among the calls that are wanted saved, the most first."""
    tags = (*wanted.tags, TagMatch(BUDGET, budget), TagMatch(ASKED, "", is_excluded=True))
    found: defaultdict[tuple[str, str, str], list[tuple[int | None, int | None]]]
    found = defaultdict(list)
    for call in each(store, replace(wanted, tags=tags)):
        key = (call.tags.get(BUDGET, ""), call.tags.get(ASKED, ""), call.model)
        found[key].append((call.cost.pusd, _as_asked(card, call)))
    return tuple(sorted((_summed(key, costs) for key, costs in found.items()), key=_order))


def _as_asked(card: Card, call: Call) -> int | None:
    context = price_context(call.provider, call.tier, call.speed)
    asked = (call.tags.get(ASKED, ""),)
    return card.cost(call.provider, asked, call.usage, call.started_at_us, context).pusd


def _summed(key: tuple[str, str, str], costs: list[tuple[int | None, int | None]]) -> Saved:
    known = [(sent, asked) for sent, asked in costs if sent is not None and asked is not None]
    return Saved(
        *key,
        calls=len(costs),
        unpriced_calls=len(costs) - len(known),
        spent_pusd=sum(sent for sent, _ in known),
        asked_pusd=sum(asked for _, asked in known),
    )


def _order(saved: Saved) -> tuple[int, str, str, str]:
    return -saved.saved_pusd, saved.budget, saved.asked, saved.sent
