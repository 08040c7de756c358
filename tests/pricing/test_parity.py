"""Our prices are genai-prices' prices, to the last digit, for every model it lists."""

import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

from hypothesis import given, settings, strategies as st

from profiler.domain.calls import Cost
from profiler.domain.money import PUSD_PER_USD, rounded
from profiler.domain.usage import Usage
from profiler.errors import Unpriceable
from profiler.pricing.card import Card
from profiler.pricing.file import packaged
from profiler.pricing.match import Found
from profiler.pricing.offer import Offer
from profiler.pricing.units import UnitTree
from tests.pricing.support import (
    CONTEXTS,
    at_us,
    both_sheets,
    calculated_usd,
    exact_pusd,
    is_same,
    some_usage,
    their_usd,
)
from tests.support.sizes import sized

SHEET = packaged()[0]
TREE = UnitTree(SHEET.units)
FURTHER = sorted({unit.usage for unit in SHEET.units.values()} - {"requests"})
NAMES = [("deepseek", "deepseek-v4-pro"), ("openai", "gpt-5.1"), ("deepseek", "deepseek-chat")]
PAIRS = list(both_sheets())


def offer(found: Found, context: Mapping[str, str] | None) -> Offer:
    return Offer(SHEET.source, TREE, found, context or {})


def our_usd(offered: Offer, usage: Usage, when: int) -> Fraction | None:
    plan = offered.at(when).plan
    try:
        exact = exact_pusd(plan, usage)
        assert plan.amounts(usage).pusd == rounded(exact.numerator, exact.denominator)
        assert sum(line.pusd for line in plan.lines(usage)) == plan.amounts(usage).pusd
    except Unpriceable:
        return None
    return exact / PUSD_PER_USD


def moments(found: Found) -> Iterator[int]:
    """Before and at each edge of the model's rates, and some time in between."""
    yield from (at_us("2024-05-01T12:00:00.000001"), at_us("2026-11-22T05:30:00"))
    for entry in (*found.model.rates, *found.model.variants):
        edges = [at_us(entry.start)] if entry.start else []
        edges += [at_us(f"2026-11-22T{edge}") for edge in entry.daily or ()]
        for edge in edges:
            yield from (edge - 1, edge)


def contexts(found: Found) -> list[Mapping[str, str] | None]:
    own: list[Mapping[str, str] | None] = [v.when for v in found.model.variants]
    return [None, {"nonsense": "x", "service_tier": "scale"}, *own, *(CONTEXTS if own else ())]


def test_every_model_costs_what_the_library_says_at_every_edge_of_its_rates() -> None:
    rng = random.Random(20261122)
    cases = 0
    for found, provider, model in PAIRS:
        offers = [(context, offer(found, context)) for context in contexts(found)]
        for when in rng.sample(edges := [*moments(found)], len(edges)):
            for context, offered in rng.sample(offers, sized(2, len(offers))):
                usage = some_usage(rng)
                theirs = their_usd(model, provider, usage, when, context)
                ours = our_usd(offered, usage, when)
                where = f"{found.owner.id}/{found.model.id} {when} {context} {usage}"
                assert is_same(ours, theirs), f"{where}: {ours} is not {theirs}"
                cases += 1
    assert cases > 4 * len(PAIRS) > 9_000


def test_the_card_agrees_with_calc_price_for_every_listed_name() -> None:
    rng = random.Random(20261123)
    card = Card.load()
    priced = 0
    for provider, model, _ in card.models():
        usage, when = some_usage(rng), rng.choice((at_us("2025-07-01"), at_us("2026-11-22T02:00")))
        context = rng.choice(CONTEXTS)
        cost = card.cost(provider, (model,), usage, when, context)
        theirs = calculated_usd(provider, model, usage, when, context)
        expected = None if theirs is None else theirs * PUSD_PER_USD
        where = (provider, model, usage, when, context)
        assert cost.pusd == (expected and round(expected)), where
        lines = card.lines(provider, [model], usage, when, context)
        assert sum(line.pusd for line in lines) == (cost.pusd or 0), where
        priced += cost.pusd is not None
    assert priced > 1_500


def test_threads_may_share_a_card() -> None:
    cases = [(p, (m,), at_us(f"2026-11-22T{h:02}:00")) for p, m in NAMES for h in (2, 5, 7, 20)]
    usage = Usage(input=1_000, cache_read=77, output=10)

    def costs(card: Card, seed: int) -> dict[object, Cost]:
        mixed = random.Random(seed).sample(cases * 20, len(cases) * 20)
        return {case: card.cost(case[0], case[1], usage, case[2]) for case in mixed}

    shared, alone = Card.load(), costs(Card.load(), 0)
    with ThreadPoolExecutor(4) as pool:
        assert all(found == alone for found in pool.map(lambda n: costs(shared, n), range(8)))


counts = st.integers(0, 2_000_000)


@settings(max_examples=sized(500, 5_000), deadline=None)
@given(
    place=st.integers(0, len(PAIRS) - 1),
    when=st.integers(at_us("2024-01-01"), at_us("2028-01-01")),
    context=st.sampled_from(CONTEXTS),
    usage=st.builds(
        Usage,
        input=counts,
        cache_read=counts,
        cache_write=counts,
        cache_write_5m=counts,
        cache_write_1h=counts,
        output=st.integers(1_000_000, 2_000_000),
        reasoning=st.integers(0, 1_000_000),
        more=st.dictionaries(st.sampled_from(FURTHER), counts),
    ),
)
def test_any_usage_costs_what_the_library_says(
    place: int, when: int, context: Mapping[str, str] | None, usage: Usage
) -> None:
    found, provider, model = PAIRS[place]
    theirs = their_usd(model, provider, usage, when, context)
    assert is_same(our_usd(offer(found, context), usage, when), theirs)
