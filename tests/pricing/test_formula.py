"""A compiled formula says what counting by the tree of units says, term by term."""

import random
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from profiler.domain.money import rounded
from profiler.domain.usage import Usage, as_billed_units
from profiler.errors import Unpriceable
from profiler.pricing.file import packaged
from profiler.pricing.offer import Offer
from profiler.pricing.price import Plan
from profiler.pricing.sheet import Unit
from profiler.pricing.units import UnitTree, leaves
from tests.pricing.support import at_us, both_sheets, some_usage
from tests.support.sizes import sized

SHEET = packaged()[0]
TREE = UnitTree(SHEET.units)
UNITS = [unit for unit in SHEET.units.values() if unit.usage != "requests"]
PLANS = [Offer("s", TREE, f, {}).at(at_us("2026-11-22T05:00")).plan for f, _, _ in both_sheets()]


def is_cache(unit: Unit, kind: str) -> bool:
    return unit.dimensions.get("token_type") == kind


def exact(plan: Plan, counts: Mapping[str, int]) -> Fraction:
    terms, whole = plan._rates.terms, counts.get("input_tokens", 0)
    bands = plan._rates.bands
    rates = next((b for b in bands if whole > b.above), bands[-1]).by_term
    scaled = sum(map(int.__mul__, leaves(terms, plan._lengthened(counts)), rates))
    return Fraction(scaled, plan._rates.scale)


def all_read(counts: Mapping[str, int]) -> dict[str, int]:
    """Every token that was not written to a cache, as if read from one."""
    by_dimensions: dict[frozenset[tuple[str, str]], str] = {
        frozenset(unit.dimensions.items()): unit.usage for unit in UNITS
    }
    best = dict(counts)
    for unit in UNITS:
        rest = {k: v for k, v in unit.dimensions.items() if k != "token_type"}
        whole = by_dimensions.get(frozenset(rest.items()))
        if not is_cache(unit, "cache_read") or whole is None or whole not in counts:
            continue
        rivals = [
            other.usage
            for other in UNITS
            if other is not unit
            and other.dimensions.get("token_type") not in {None, "cache_read"}
            and {k: v for k, v in other.dimensions.items() if k != "token_type"} == rest
        ]
        best[unit.usage] = max(0, counts[whole] - sum(counts.get(rival, 0) for rival in rivals))
    return best


def without(counts: Mapping[str, int], kind: str) -> dict[str, int]:
    gone = {unit.usage for unit in UNITS if is_cache(unit, kind)}
    return {usage: count for usage, count in counts.items() if usage not in gone}


def amounts(plan: Plan, usage: Usage) -> tuple[int, ...] | None:
    """Cost, saved, premium and missed as differences of whole prices."""
    counts = as_billed_units(usage)
    spoken = (usage.output or 0) - usage.reasoning
    if (
        None in (usage.input, usage.output)
        or min(spoken, *usage.buckets[1:5], *counts.values()) < 0
    ):
        return None
    try:
        total = exact(plan, counts)
    except Unpriceable:
        return None
    saved = exact(plan, without(counts, "cache_read")) - total if usage.cache_read else 0
    premium = total - exact(plan, without(counts, "cache_write")) if usage.cache_writes else 0
    missed: Fraction | int = 0
    if any(term.unit.usage == "cache_read_tokens" for term in plan._rates.terms):
        try:
            missed = total - exact(plan, all_read(counts))
        except Unpriceable:
            missed = 0
    return tuple(
        rounded(*Fraction(one).as_integer_ratio()) for one in (total, saved, premium, missed)
    )


def by_formula(plan: Plan, usage: Usage) -> tuple[int, ...] | None:
    try:
        return plan.amounts(usage)
    except Unpriceable:
        return None


def test_every_models_formula_agrees_with_counting_term_by_term() -> None:
    rng = random.Random(4)
    priced = 0
    for plan in PLANS:
        usage = some_usage(rng)
        expected = amounts(plan, usage)
        assert by_formula(plan, usage) == expected, usage
        priced += expected is not None
    assert priced > 1_000


counts = st.integers(0, 3_000)


@settings(max_examples=sized(800, 5_000), deadline=None)
@given(
    st.sampled_from([plan for plan in PLANS if len(plan._rates.terms) > 2]),
    st.builds(
        Usage,
        input=counts,
        cache_read=counts,
        cache_write=counts,
        cache_write_5m=counts,
        output=st.integers(2_000, 3_000),
        reasoning=counts,
        more=st.dictionaries(st.sampled_from([unit.usage for unit in UNITS]), counts, max_size=5),
    ),
)
def test_any_mix_of_units_agrees_with_counting_term_by_term(plan: Plan, usage: Usage) -> None:
    assert by_formula(plan, usage) == amounts(plan, usage)


def test_units_that_no_rate_knows_are_passed_over() -> None:
    plain = Usage(input=10, output=5)
    odd = Usage(input=10, output=5, more={"hats": 3, "gloves": 0})
    assert PLANS[0].amounts(odd) == PLANS[0].amounts(plain)


def test_a_negative_count_of_an_unknown_unit_is_a_contradiction() -> None:
    with pytest.raises(Unpriceable):
        PLANS[0].amounts(Usage(input=10, output=5, more={"hats": -1}))


def test_ever_new_mixes_of_units_do_not_fill_the_memory() -> None:
    rng, plan = random.Random(5), PLANS[0]
    names = [unit.usage for unit in UNITS]
    for _ in range(600):
        by_formula(plan, Usage(9, output=9, more=dict.fromkeys(rng.sample(names, 3), 0)))
    assert 0 < len(plan._shapes) <= 256
