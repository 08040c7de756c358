"""What the store has counted for a budget, per value it holds for."""

from collections import defaultdict

from profiler.domain.budgets import Budget
from profiler.domain.calls import Basis, Call
from profiler.domain.periods import Period, Span
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import NOTHING, Totals
from profiler.ledger.scoping import Labels, Scope, each_of, value_of
from profiler.store.engine import Store
from profiler.store.reads import each, grouped, totals

_TAG = "tag:"


def counted(store: Store, budget: Budget, window: Span) -> dict[str, Totals]:
    """What calls in the window add up to, by value; by the empty value where there is but one.

    A budget on single calls has counted nothing: each call has the limit to itself.
    """
    if budget.period is Period.CALL:
        return {"": NOTHING}
    wanted = Filter(span=window, matches=budget.scope)
    labels = each_of(budget)
    if budget.tags or any(name.startswith(_TAG) for name in labels):
        return _one_by_one(store, budget, wanted)
    if not labels:
        return {"": totals(store, wanted)}
    found = grouped(store, [Dimension(name) for name in labels], wanted)
    return {value_of(list(values)): total for values, total in found}


def _one_by_one(store: Store, budget: Budget, wanted: Filter) -> dict[str, Totals]:
    """The same where tags decide, by which the store keeps no sums."""
    scope = Scope(budget)
    found: defaultdict[str, Totals] = defaultdict(Totals)
    for call in each(store, wanted):
        texts = {one.value: str(getattr(call, one.value)) for one in Dimension}
        value = scope.value_of(Labels(texts, call.tags))
        if value is not None:
            found[value] += _alone(call)
    return dict(found) if each_of(budget) else {"": found[""]}


def _alone(call: Call) -> Totals:
    pusd, usage = call.cost.pusd, call.usage
    is_estimated = call.cost.basis is Basis.ESTIMATED
    return Totals(
        calls=1,
        unpriced_calls=pusd is None,
        estimated_calls=is_estimated,
        input_tokens=usage.input or 0,
        cache_read_tokens=usage.cache_read,
        cache_write_tokens=usage.cache_writes,
        output_tokens=usage.output or 0,
        reasoning_tokens=usage.reasoning,
        spend_pusd=pusd or 0,
        estimated_pusd=(pusd or 0) if is_estimated else 0,
    )
