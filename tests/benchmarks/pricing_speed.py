"""Microseconds per priced call, ours beside genai-prices', in one run.

python -m tests.benchmarks.pricing_speed [--quick]

`hot` is what loading a log does for each call: its terms looked up by the names on its line, its
usage charged by them. `cost` makes the values that the rest of the program handles.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from statistics import median
from time import process_time
from timeit import timeit

from genai_prices import Usage as TheirUsage, calc_price

from profiler.domain.money import PUSD_PER_USD
from profiler.domain.periods import EPOCH
from profiler.domain.usage import Usage, as_billed_units
from profiler.pricing.card import Card
from profiler.pricing.formula import Charge

AT_US = 1_795_348_800_000_000
CASES: list[tuple[str, str, Usage, Mapping[str, str]]] = [
    ("openai", "gpt-5.1", Usage(input=1_100, cache_read=1_024, output=210, reasoning=90), {}),
    ("openai", "gpt-5.4", Usage(input=280_000, output=900), {"service_tier": "flex"}),
    ("anthropic", "claude-opus-4-5", Usage(300, 1_024, 0, 500, 300, output=210), {}),
    ("deepseek", "deepseek-v4-pro", Usage(input=5_000, cache_read=800, output=400), {}),
    ("google", "gemini-2.5-flash", Usage(900, output=80, more={"input_text_tokens": 900}), {}),
    ("google", "gemini-2.5-flash", Usage(900, output=80, more={"input_audio_tokens": 700}), {}),
]
ROUNDS = 9
HEAD = f"{'model':<18} {'hot us':>8} {'cost us':>8} {'theirs us':>10} {'hot faster':>11}"


def hot_path(
    card: Card, provider: str, model: str, tier: str, usage: Usage
) -> Callable[[], Charge | None]:
    buckets, more = usage.buckets, usage.more

    def charge() -> Charge | None:
        terms = card.terms(provider, model, model, tier, "")
        return terms.charge(AT_US, buckets, more) if terms else None

    return charge


def side_by_side(*works: Callable[[], object], times: int) -> list[float]:
    """Median microseconds of processor time of each of `works`, taken in turns."""
    rounds = [
        [timeit(work, number=times, timer=process_time) / times * 1e6 for work in works]
        for _ in range(ROUNDS)
    ]
    return [median(column) for column in zip(*rounds, strict=True)]


def main() -> int:
    times = 50 if "--quick" in sys.argv else 1_000
    card = Card.load()
    moment = EPOCH + timedelta(microseconds=AT_US)
    print(HEAD)
    ratios = []
    for provider, model, usage, context in CASES:
        hot = hot_path(card, provider, model, context.get("service_tier", ""), usage)
        cost = partial(card.cost, provider, (model, model), usage, AT_US, context)
        theirs = partial(
            calc_price,
            TheirUsage(**as_billed_units(usage)),
            model,
            provider_id=provider,
            genai_request_timestamp=moment,
            price_context=context,
        )
        assert (hot() or [None])[0] == cost().pusd == theirs().total_price * PUSD_PER_USD
        ours, whole, other = side_by_side(hot, cost, theirs, times=times)
        ratios.append(other / ours)
        print(f"{model:<18} {ours:>8.2f} {whole:>8.2f} {other:>10.1f} {other / ours:>11.0f}")
    print(f"{'median':<18} {'':>28} {median(ratios):>11.0f}")
    names = iter(range(10**9))
    (unseen,) = side_by_side(lambda: card.find("openai", f"unheard-{next(names)}"), times=times)
    print(f"{'a name never seen':<18} {unseen:>8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
