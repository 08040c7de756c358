"""What the store has counted for a budget, per value it holds for."""

from collections.abc import Collection

from profiler.domain.budgets import TAG, Budget
from profiler.domain.periods import Period, Span
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import NOTHING, Totals
from profiler.ledger.scoping import each_of, is_like, readings_of, value_of
from profiler.store.engine import Store
from profiler.store.lifetimes import lifetimes
from profiler.store.reads import grouped, last_call_at_us, totals
from profiler.store.tags import by_tags


def counted(
    store: Store, budget: Budget, window: Span, named: Collection[str] = ()
) -> dict[str, Totals]:
    """What calls in the window add up to, by value; by the empty value where there is but one.

    A budget on single calls has counted nothing: each call has the limit to itself. Of sessions
    those are counted that were at work lately, and those of the values `named`.
    """
    if budget.period is Period.CALL:
        return {"": NOTHING}
    wanted = Filter(span=window, matches=budget.scope)
    labels = each_of(budget)
    if has_tags(budget):
        return _by_tags(store, budget, wanted)
    if not labels:
        return {"": totals(store, wanted)}
    by = [Dimension(name) for name in labels]
    if budget.period is Period.SESSION:
        place = by.index(Dimension.SESSION)
        sessions = {parts[place] for value in named for parts in readings_of(value, len(by))}
        latest_us = last_call_at_us(store) or 0
        found = lifetimes(store, by, wanted, latest_us, sessions)
    else:
        found = dict(grouped(store, by, wanted))
    sums: dict[str, Totals] = {}
    for values, total in found.items():
        # labels that hold what stands between two of them may come to the same text
        value = value_of(list(values))
        sums[value] = sums.get(value, NOTHING) + total
    return sums


def has_tags(budget: Budget) -> bool:
    """Whether tags decide what it counts, or on whom."""
    return bool(budget.tags) or any(name.startswith(TAG) for name in each_of(budget))


def _by_tags(store: Store, budget: Budget, wanted: Filter) -> dict[str, Totals]:
    """The same where tags decide, by which the store keeps no sums."""
    labels = each_of(budget)
    by = [Dimension(name) for name in labels if not name.startswith(TAG)]
    told = [name.removeprefix(TAG) for name in labels if name.startswith(TAG)]
    names = list(dict.fromkeys([*told, *(tag.name for tag in budget.tags)]))
    found: dict[str, Totals] = {}
    for (texts, values), total in by_tags(store, by, names, wanted).items():
        tags = dict(zip(names, values, strict=True))
        if all(is_like(tag.pattern, tags[tag.name]) for tag in budget.tags):
            known = {one.value: text for one, text in zip(by, texts, strict=True)}
            known |= {TAG + name: value for name, value in tags.items()}
            value = value_of([known[name] for name in labels])
            found[value] = found.get(value, NOTHING) + total
    return found if labels else {"": found.get("", NOTHING)}
