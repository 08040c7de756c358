from dataclasses import replace
from pathlib import Path

import pytest

from profiler.analysis import cache
from profiler.analysis.asked import Asked
from profiler.analysis.results.caching import CachePart
from profiler.domain.calls import Basis, Call, Cost
from profiler.domain.periods import DAY_US, Span
from profiler.domain.scopes import Filter
from profiler.domain.usage import Usage
from profiler.pricing.card import Card
from tests.support.stored import START_US, a_call, a_store

CARD = Card.load()
SONNET = {"provider": "anthropic", "model": "claude-sonnet-4-5"}


def a_cached(number: int, usage: Usage, **changes: object) -> Call:
    cost = CARD.cost("anthropic", ["claude-sonnet-4-5"], usage, START_US)
    return a_call(START_US + number, number, usage=usage, cost=cost, **{**SONNET, **changes})


def part(path: Path, calls: list[Call], by: str = "", span: Span | None = None) -> CachePart:
    asked = Asked(Filter(span=span or Span()), screen="cache", by=by)
    with a_store(path / "p.db", calls) as store:
        return cache.part(store, CARD, asked, START_US + DAY_US)


def test_a_five_minute_write_pays_at_a_quarter_of_a_read(tmp_path: Path) -> None:
    write, read = Usage(0, cache_write_5m=1000, output=1), Usage(0, cache_read=3000, output=1)
    [row] = part(tmp_path, [a_cached(1, write), a_cached(2, read)]).rows
    assert row.break_even == pytest.approx(0.25 / 0.9)
    assert row.reads_per_write == 3


def test_where_nothing_was_read_yet_rates_tell_what_pays(tmp_path: Path) -> None:
    [row] = part(tmp_path, [a_cached(1, Usage(0, cache_write_5m=1000, output=1))]).rows
    assert row.break_even == pytest.approx(0.25 / 0.9)
    assert row.reads_per_write == 0


def test_an_unknown_model_has_no_break_even(tmp_path: Path) -> None:
    cost = Cost(None, Basis.NO_RATE)
    call = a_cached(1, Usage(5, cache_write_5m=9, output=1), model="own", provider="acme")
    [row] = part(tmp_path, [replace(call, cost=cost)]).rows
    assert row.break_even is None
    assert row.totals.has_no_known_cost


def test_features_are_told_apart_like_models(tmp_path: Path) -> None:
    usage = Usage(10, cache_read=3000, output=1)
    calls = [a_cached(number, usage, feature="chat" if number else "search") for number in range(3)]
    found = part(tmp_path, calls, "feature")
    assert [(row.labels, row.totals.calls) for row in found.rows] == [
        (("chat",), 2),
        (("search",), 1),
    ]
    assert found.whole.totals.calls == 3


def test_input_over_time_adds_up(tmp_path: Path) -> None:
    usage = Usage(10, cache_read=300, cache_write_1h=7, output=1)
    trend = part(tmp_path, [a_cached(number, usage) for number in range(4)]).trend
    assert (sum(trend.read), sum(trend.written), sum(trend.fresh)) == (1200, 28, 40)
    assert len(trend.read) == len(trend.starts_us)
