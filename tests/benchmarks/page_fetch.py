"""How fast a page of 50 calls comes, anywhere in the history.

    python -m tests.benchmarks.page_fetch [--calls N] [--store FILE] [--quick]

Pages are fetched as the screens fetch them (labels resolved, frozen values built), and, for
scale, the same place is read with OFFSET.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from profiler.analysis.history import COUNTED
from profiler.domain.calls import Outcome
from profiler.domain.places import place_of
from profiler.domain.scopes import (
    EVERYTHING,
    Bound,
    Dimension,
    Filter,
    Match,
    Quantity,
    TagMatch,
)
from profiler.store import looking, reads
from profiler.store.engine import Store
from tests.benchmarks.filled import ends_us, filled

PAGE = 50
DEEP = 5_000
"""So far down the dearest calls a page is timed, too."""


def matching(dimension: Dimension, pattern: str) -> Filter:
    """Calls whose label matches."""
    return Filter(matches=(Match(dimension, pattern),))


FILTERS = {
    "model": matching(Dimension.MODEL, "gpt-5-mini*"),
    "any of three models": matching(Dimension.MODEL, "*m*ni*"),
    "user": matching(Dimension.USER, "user-17"),
    "feature": matching(Dimension.FEATURE, "triage"),
    "no feature": matching(Dimension.FEATURE, ""),
    "session": matching(Dimension.SESSION, "run-00000100"),
    "any of many sessions": matching(Dimension.SESSION, "run-*7"),
    "failed": Filter(outcome=Outcome.ERROR),
    "over 3 cents": Filter(cost_above_pusd=3 * 10**10),
    "over $100 (none)": Filter(cost_above_pusd=10**14),
    "unpriced (none)": Filter(is_priced=False),
    "user, model and failed": Filter(
        matches=(Match(Dimension.USER, "user-1"), Match(Dimension.MODEL, "gpt-5*")),
        outcome=Outcome.ERROR,
    ),
}

SEARCHED = {
    "latency over 20 s": Filter(bounds=(Bound(Quantity.LATENCY, above=20_000_000),)),
    "over 10,000 tokens": Filter(bounds=(Bound(Quantity.TOKENS, above=10_000),)),
    "tag (none has it)": Filter(tags=(TagMatch("release", "7"),)),
    "not a model": Filter(matches=(Match(Dimension.MODEL, "gpt-5*", is_excluded=True),)),
    "not ok": Filter(excluded=(Outcome.OK,)),
}
"""What only calls themselves tell is searched in steps; a step is what is timed."""

RANKED = {
    "everything": EVERYTHING,
    "model": FILTERS["model"],
    "user": FILTERS["user"],
    "failed": FILTERS["failed"],
}


def timed_ms(fetch: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median and 95th percentile."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        fetch()
        took.append((time.perf_counter() - began) * 1e3)
    took.sort()
    return statistics.median(took), took[int(len(took) * 0.95)]


def skipping(store: Store, rows: int) -> list[tuple[object, ...]]:
    """A page by OFFSET."""
    text = f"SELECT * FROM calls ORDER BY at_us DESC, tail DESC LIMIT {PAGE} OFFSET {rows}"  # noqa: S608
    with store.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(text)]


def main() -> None:
    """Fill a store, fetch, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path, help="keep the store in this file")
    parser.add_argument("--quick", action="store_true", help="5,000 calls: a smoke test")
    chosen = parser.parse_args()
    calls, rounds = (5_000, 5) if chosen.quick else (chosen.calls, 60)
    with filled(calls, chosen.store) as store:
        print(f"{calls:,} calls; milliseconds: median, 95th percentile")
        measure(store, calls, rounds)


def measure(store: Store, calls: int, rounds: int) -> None:
    """Print a line per place and filter."""

    def show(name: str, fetch: Callable[[], object]) -> None:
        median, p95 = timed_ms(fetch, rounds)
        print(f"{name:<34}{median:8.2f}{p95:9.2f}")

    first, last = ends_us(store)
    middle, oldest = ((first + (last - first) // part, 0) for part in (2, 1000))
    places = {"newest": None, "middle": middle, "oldest": oldest}
    for name, cursor in places.items():
        show(name, partial(reads.page, store, EVERYTHING, cursor, PAGE))
    for name, rows in {"middle": calls // 2, "oldest": calls - PAGE}.items():
        show(f"{name}, by OFFSET", partial(skipping, store, rows))
    for name, wanted in FILTERS.items():
        show(name, partial(reads.page, store, wanted, None, PAGE))
        show(f"{name}, from the middle", partial(reads.page, store, wanted, middle, PAGE))
    for name, wanted in SEARCHED.items():
        show(name, partial(looking.look, store, wanted, None, PAGE))
        show(f"{name}, from the middle", partial(looking.look, store, wanted, middle, PAGE))
    for name, wanted in RANKED.items():
        show(f"dearest, {name}", partial(looking.look_by_cost, store, wanted, None, PAGE))
        later = looking.look_by_cost(store, wanted, None, DEEP).calls
        place = place_of(later[-1], by_cost=True)
        show(
            f"after {len(later):,} dearest",
            partial(looking.look_by_cost, store, wanted, place, PAGE),
        )
    for name, wanted in {**FILTERS, **SEARCHED}.items():
        show(f"how many: {name}", partial(looking.matching, store, wanted, COUNTED))


if __name__ == "__main__":
    main()
