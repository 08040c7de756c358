"""Pages of the history by every key of the filter language: which of them are the slowest.

Each filter is asked for in ranges of several lengths, by time and by cost: from either end, the
page after, and from a date. Common labels, rare ones, such as nobody has, and pairs that never
occur together.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from time import thread_time
from typing import NamedTuple

from profiler.analysis.asked import UTC
from profiler.analysis.history import Order, page
from profiler.analysis.results.snapshot import Page
from profiler.domain.periods import Span
from profiler.domain.places import Place, place_of
from profiler.domain.query import parse_filter
from profiler.domain.scopes import EVERYTHING, Filter
from profiler.errors import StoreError
from profiler.store.engine import Store
from profiler.store.pages import Towards
from tests.benchmarks.filled import ends_us
from tests.benchmarks.traffic import DAY_US

SIZE = 200
"""Calls of a page, as the app asks for them."""
MOST_S = 2.0
"""What takes longer is given up."""

FILTERS = (
    "", "gpt", "nonesuch",
    "model:gpt-5*", "model:gpt-5-mini", "!model:gpt-5*", "model:none", "provider:google",
    "!provider:google", "provider:none", "feature:search", "!feature:search", "feature:",
    "feature:none", "user:user-17", "user:user-499", "user:user-*", "!user:user-1", "user:none",
    "session:run-00000100", "!session:run-00000100", "session:none", "session:", "agent:",
    "agent:none", "workflow:", "project:shop", "project:none", "site:*search*",
    "site:app/search.py:1*", "!site:app/search.py:1*", "site:none", "operation:chat",
    "operation:none", "error:server_error", "!error:server_error", "error:", "user_tier:none",
    "environment:none", "prompt_version:none", "finish:stop", "!finish:stop", "finish:none",
    "tag:release=7", "tag:release", "!tag:release", "status:error", "status:ok", "!status:ok",
    "status:aborted", "!status:error", "status:error,aborted", "priced:yes", "priced:no",
    "basis:measured", "basis:estimated", "basis:unpriced", "!basis:measured", "stack:*search*",
    "stack:none", "!stack:*search*", f"id:{'0' * 30}", "cost>0.01", "cost>0.03", "cost>100",
    "cost<0.0001", "tokens>6900", "tokens<230", "latency>19.99s", "first<101ms", "attempts>1",
    "user:user-17 status:error", "user:user-499 model:gpt-5*", "user:user-499 session:run-00000100",
    "model:gemini-2.5-pro feature:search", "site:app/search.py:1* feature:chat",
    "status:error cost>0.01", "status:error cost<0.001", "status:error tokens>6800",
    "status:error model:gemini-2.5-pro feature:search", "priced:no status:error",
    "tag:release=7 status:error", "!model:gpt-5* !feature:search user:user-17",
)  # fmt: skip


class Fetch(NamedTuple):
    """One page, fetched."""

    took_ms: float
    """Time of the processor: others may run beside."""
    what: str


def fetches(store: Store, *, is_quick: bool = False) -> Iterator[Fetch]:
    """Every page, timed; quickly, those of one range alone."""
    first_us, last_us = ends_us(store)
    now_us = last_us + 1
    third_us = (now_us - first_us) // 3
    ranges = {
        "24 h": Span(now_us - DAY_US),
        "30 d": Span(now_us - 30 * DAY_US),
        "all": Span(),
        "custom": Span(first_us + third_us, now_us - third_us),
    }
    if is_quick:
        ranges = {"custom": ranges["custom"]}
    for text in FILTERS:
        for name, span in ranges.items():
            wanted = parse_filter(text, now_us, UTC, replace(EVERYTHING, span=span))
            for order in ("time", "cost"):
                walk = _Walk(store, wanted, order, f"{text or 'everything'}, {name}, by {order}")
                yield from walk.ends()
                if order == "time":
                    yield from walk.dates((first_us + third_us // 2, now_us - third_us // 2))


class _Walk:
    """The pages of one filter in one order."""

    def __init__(self, store: Store, wanted: Filter, order: Order, what: str) -> None:
        self._store = store
        self._read = partial(page, store, wanted, limit=SIZE, order=order)
        self._is_by_cost = order == "cost"
        self._what = what

    def ends(self) -> Iterator[Fetch]:
        """From either end, and the page after."""
        steps: tuple[tuple[str, Towards, int], ...] = (("first", "older", -1), ("last", "newer", 0))
        for name, towards, at in steps:
            found, took_ms = self._timed(None, towards)
            yield Fetch(took_ms, f"{self._what}, {name}")
            if found and len(found.calls) == SIZE:
                place = place_of(found.calls[at], by_cost=self._is_by_cost)
                yield Fetch(self._timed(place, towards)[1], f"{self._what}, beside the {name}")

    def dates(self, moments_us: tuple[int, ...]) -> Iterator[Fetch]:
        """From those moments on; they may lie outside the range."""
        for at_us in moments_us:
            yield Fetch(self._timed((at_us, -1), "newer")[1], f"{self._what}, from a date")

    def _timed(self, place: Place | None, towards: Towards) -> tuple[Page | None, float]:
        began = thread_time()
        found = None
        # what is given up tells by how long it took
        with suppress(StoreError), self._store.until(_later(began + MOST_S)):
            found = self._read(place=place, towards=towards)
        return found, (thread_time() - began) * 1e3


def _later(at_s: float) -> Callable[[], bool]:
    return lambda: thread_time() > at_s
