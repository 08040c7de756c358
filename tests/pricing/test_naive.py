"""Two ways of pricing that share nothing but the file agree to the pico-dollar."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings, strategies as st

from profiler.domain.periods import to_us
from profiler.domain.usage import Usage
from profiler.pricing.card import Card
from tests.pricing import naive
from tests.pricing.support import CONTEXTS, at_us
from tests.support.sizes import sized

CARD = Card.load()
BARE: Mapping[str, str] = {}
PLAIN = [(provider, model) for provider, model in naive.models() if naive.is_plain(model)]


def ours(
    provider: str,
    name: str,
    moment: datetime,
    context: Mapping[str, str],
    count: Mapping[str, int],
) -> int | None:
    usage = Usage(
        input=count["fresh"],
        cache_read=count["read"],
        cache_write=count["write"],
        cache_write_5m=count["brief"],
        cache_write_1h=count["long"],
        output=count["output"],
        reasoning=count["reasoning"],
        more={"web_searches": count["searches"]} if count["searches"] else {},
    )
    return CARD.cost(provider, (name,), usage, to_us(moment), context).pusd


def moment_of(us: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)


def counts(rng: random.Random) -> dict[str, int]:
    sizes = (0, 700, 40_000, 300_000)
    output = rng.randrange(1 + rng.choice(sizes))
    found = {kind: rng.randrange(1 + rng.choice(sizes)) for kind in ("fresh", "read")}
    found |= {kind: rng.choice((0, 0, 901, 20_000)) for kind in ("write", "brief", "long")}
    return {
        **found,
        "output": output,
        "reasoning": rng.randrange(1 + output),
        "searches": rng.choice((0, 0, 3)),
    }


def is_found_by_its_name(provider: str, name: str) -> bool:
    """Of two models that match a name the first is billed; here each must be itself."""
    listed = CARD.find(provider, name)
    return listed is not None and listed.model == name


def test_most_models_can_be_priced_on_paper() -> None:
    assert len(PLAIN) > 1_900


def test_every_plain_model_costs_what_paper_says_at_every_edge_of_its_rates() -> None:
    rng, cases = random.Random(22), 0
    for provider, model in PLAIN:
        if not is_found_by_its_name(provider, model["id"]):
            continue
        own = [variant["when"] for variant in model.get("variants", ())]
        for moment in naive.moments(model):
            for context in ({}, *own, rng.choice(CONTEXTS) or {}):
                count = counts(rng)
                expected = naive.pusd(model, moment, context, count)
                found = ours(provider, model["id"], moment, context, count)
                assert found == expected, (provider, model["id"], moment, context, count)
                cases += 1
    assert cases > 5_000


@settings(max_examples=sized(400, 5_000), deadline=None)
@given(
    st.sampled_from(PLAIN),
    st.integers(at_us("2024-01-01"), at_us("2028-01-01")).map(moment_of),
    st.sampled_from(CONTEXTS),
    st.randoms(use_true_random=False),
)
def test_any_call_costs_what_paper_says(
    listed: tuple[str, Mapping[str, object]],
    moment: datetime,
    context: Mapping[str, str] | None,
    rng: random.Random,
) -> None:
    provider, model = listed
    name, count = str(model["id"]), counts(rng)
    if is_found_by_its_name(provider, name):
        expected = naive.pusd(model, moment, context or BARE, count)
        assert ours(provider, name, moment, context or BARE, count) == expected
