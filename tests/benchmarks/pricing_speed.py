"""Microseconds per priced call, ours beside genai-prices', in one run.

python -m tests.benchmarks.pricing_speed [--quick]
"""

import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from timeit import repeat

from genai_prices import Usage as TheirUsage, calc_price

from profiler.domain.money import PUSD_PER_USD
from profiler.domain.periods import EPOCH
from profiler.domain.usage import Usage, as_billed_units
from profiler.pricing.card import Card

AT_US = 1_795_348_800_000_000
CASES: list[tuple[str, str, Usage, Mapping[str, str]]] = [
    ("openai", "gpt-5.1", Usage(input=1_100, cache_read=1_024, output=210, reasoning=90), {}),
    ("openai", "gpt-5.4", Usage(input=280_000, output=900), {"service_tier": "flex"}),
    ("anthropic", "claude-opus-4-5", Usage(300, 1_024, 0, 500, 300, output=210), {}),
    ("deepseek", "deepseek-v4-pro", Usage(input=5_000, cache_read=800, output=400), {}),
    ("google", "gemini-2.5-flash", Usage(900, output=80, more={"input_text_tokens": 900}), {}),
    ("google", "gemini-2.5-flash", Usage(900, output=80, more={"input_audio_tokens": 700}), {}),
]


def us_per_call(call: Callable[[], object], times: int) -> float:
    """The best of five runs: the machine's other work only ever adds."""
    return min(repeat(call, number=times, repeat=5)) / times * 1e6


def main() -> int:
    times = 200 if "--quick" in sys.argv else 4_000
    card = Card.load()
    moment = EPOCH + timedelta(microseconds=AT_US)
    print(f"{'model':<18} {'ours us':>9} {'theirs us':>10} {'times faster':>13}")
    for provider, model, usage, context in CASES:
        ours = partial(card.cost, provider, (model, model), usage, AT_US, context)
        theirs = partial(
            calc_price,
            TheirUsage(**as_billed_units(usage)),
            model,
            provider_id=provider,
            genai_request_timestamp=moment,
            price_context=context,
        )
        assert ours().pusd == theirs().total_price * PUSD_PER_USD
        mine, other = us_per_call(ours, times), us_per_call(theirs, max(times // 10, 50))
        print(f"{model:<18} {mine:>9.2f} {other:>10.1f} {other / mine:>13.0f}")
    names = iter(range(10**9))
    unseen = us_per_call(lambda: card.find("openai", f"unheard-of-{next(names)}"), 200)
    print(f"{'a name never seen':<18} {unseen:>9.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
