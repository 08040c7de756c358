"""How fast the screens' questions are answered, and whether that depends on how many calls there
are.

    python -m tests.benchmarks.read_questions [--calls N] [--store FILE] [--quick]

The store is filled with N calls, thirty thousand a day, or FILE is used again where it holds as
many. Spans end at the last call, and begin at midnight in UTC or in a zone five hours off. Then
pages of the history by every key of the filter language, and the slowest of them.
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from profiler.analysis import parts
from profiler.analysis.asked import Asked
from profiler.analysis.prompts import prompts
from profiler.analysis.whatif import whatif
from profiler.domain.periods import HOUR_US, Span
from profiler.domain.scopes import Dimension, Filter, Match
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store
from tests.benchmarks.filled import ends_us, filled
from tests.benchmarks.filtered_pages import fetches
from tests.benchmarks.page_fetch import timed_ms
from tests.benchmarks.traffic import DAY_US

CARD = Card.load()
TARGET = "anthropic/claude-haiku-4-5"
SCREENS = {
    "overview": ("model", "feature", "user"),
    "sites": ("stack", "labels", "session"),
    "sessions": ("latest", "dearest", "workflow", "agent"),
}
"""What else screens tell calls apart by."""
SLOWEST = 10
PROVIDER_MODEL = (Dimension.PROVIDER, Dimension.MODEL)


def questions(store: Store, span: Span, days: list[int]) -> dict[str, Callable[[], object]]:
    """What the screens ask about `span`, whose days begin at `days`."""
    wanted = Filter(span=span)
    now_us = reads.last_call_at_us(store) or 0

    def screen(name: str, by: str = "") -> Callable[[], object]:
        return partial(parts.part, store, CARD, Asked(wanted, screen=name, by=by), now_us)

    search = Filter(span=span, matches=(Match(Dimension.FEATURE, "search"),))
    return {
        "overview: totals": partial(reads.totals, store, wanted),
        "overview: by model and day": partial(reads.series, store, Dimension.MODEL, days, wanted),
        "models": partial(reads.grouped, store, PROVIDER_MODEL, wanted),
        "models: latencies": partial(reads.latencies, store, wanted),
        "cache: one feature's models": partial(reads.grouped, store, PROVIDER_MODEL, search),
        "models: compared": screen("models"),
        "models: any feature compared": screen("models", by="feature"),
        "models: what if": partial(whatif, store, CARD, TARGET, wanted, now_us),
        "cache: by model": screen("cache"),
        "cache: by feature": screen("cache", by="feature"),
        "cache: prompts": partial(prompts, store, wanted, now_us),
        "users": partial(reads.grouped, store, (Dimension.USER,), wanted),
        "sites": partial(reads.grouped, store, (Dimension.SITE,), wanted),
        "sites and models": partial(
            reads.grouped, store, (Dimension.SITE, Dimension.MODEL), wanted
        ),
        **{
            f"{name}, by {by}": screen(name, by=by) for name, ways in SCREENS.items() for by in ways
        },
        "sites that failed": partial(
            reads.grouped, store, (Dimension.SITE, Dimension.ERROR), wanted
        ),
    }


def main() -> None:
    """Fill a store, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path, help="keep the store in this file")
    parser.add_argument("--quick", action="store_true", help="5,000 calls: a smoke test")
    chosen = parser.parse_args()
    calls, rounds = (5_000, 3) if chosen.quick else (chosen.calls, 15)
    with filled(calls, chosen.store) as store:
        store.settle()
        size = store.path.stat().st_size
        print(f"{calls:,} calls, {size / calls:.0f} bytes a call; milliseconds: median, p95")
        measure(store, rounds)
        measure_pages(store, is_quick=chosen.quick)


def measure_pages(store: Store, *, is_quick: bool) -> None:
    """Print how long pages take by every filter, and which take the longest."""
    found = sorted(fetches(store, is_quick=is_quick), reverse=True)
    median, p95, slow = (found[len(found) // part].took_ms for part in (2, 20, 100))
    print(f"{len(found):,} pages, ms: median {median:.1f}, p95 {p95:.1f}, p99 {slow:.1f}")
    for fetch in found[:SLOWEST]:
        print(f"{fetch.what:<72}{fetch.took_ms:9.1f}")


def measure(store: Store, rounds: int) -> None:
    """Print a line per question and span."""
    first, end = ends_us(store)
    today = end // DAY_US * DAY_US
    month = today - 29 * DAY_US
    spans = {
        "30 days": (Span(month, None), list(range(month, end + DAY_US, DAY_US))),
        "30 days of a zone": (
            Span(month + 5 * HOUR_US, None),
            list(range(month + 5 * HOUR_US, end + DAY_US, DAY_US)),
        ),
        "all time": (Span(), list(range(first // DAY_US * DAY_US, end, 30 * DAY_US))),
    }
    for name, (span, days) in spans.items():
        for question, ask in questions(store, span, days).items():
            median, p95 = timed_ms(ask, rounds)
            print(f"{question + ', ' + name:<48}{median:9.2f}{p95:9.2f}")
    hours = list(range(end - 3 * DAY_US + HOUR_US // 2, end, HOUR_US))
    median, p95 = timed_ms(
        partial(reads.series, store, Dimension.MODEL, hours, Filter()), min(rounds, 5)
    )
    print(f"{'half past to half past, three days':<48}{median:9.2f}{p95:9.2f}")


if __name__ == "__main__":
    main()
