from pathlib import Path

import pytest

from profiler.analysis import models
from profiler.analysis.asked import Asked
from profiler.analysis.results.compared import ModelsPart
from profiler.analysis.spread import SAMPLED
from profiler.domain.calls import Basis, Call, Cost
from profiler.domain.periods import DAY_US, HOUR_US, Span
from profiler.domain.scopes import EVERYTHING, Dimension, Filter, Match
from profiler.domain.usage import Usage
from profiler.pricing.card import Card
from tests.support.stored import START_US, a_call, a_store

CARD = Card.load()
DAY = START_US // DAY_US * DAY_US + DAY_US
"""A midnight, so that the day after it has histograms."""


def timed(number: int, seconds: float, **changes: object) -> Call:
    latency = round(seconds * 1e6)
    cost = Cost(number * 10**9, Basis.MEASURED)
    return a_call(DAY + number * 1000, number, latency_us=latency, cost=cost, **changes)


def part(path: Path, calls: list[Call], by: str = "", wanted: Filter = EVERYTHING) -> ModelsPart:
    with a_store(path / "p.db", calls) as store:
        return models.part(store, CARD, Asked(wanted, screen="models", by=by), DAY)


@pytest.mark.parametrize("span", [Span(), Span(DAY, DAY + HOUR_US)], ids=["days", "an edge"])
def test_quantiles_are_near_the_exact_ones(tmp_path: Path, span: Span) -> None:
    calls = [timed(number, number / 10, first_chunk_us=number * 1000) for number in range(1, 101)]
    [row] = part(tmp_path, calls, wanted=Filter(span=span)).rows
    assert row.spread.latency.p50 == pytest.approx(5e6, rel=0.05)
    assert row.spread.latency.p95 == pytest.approx(9.5e6, rel=0.05)
    assert row.spread.first_chunk.p99 == pytest.approx(99_000, rel=0.05)
    assert row.spread.cost.p50 == pytest.approx(50e9, rel=0.05)


@pytest.mark.parametrize("by", ["feature", "user", "session", "site", "provider", "prompt_version"])
def test_any_dimension_compares_the_same_way(tmp_path: Path, by: str) -> None:
    calls = [
        timed(number, 1 if number % 2 else 3, finish="length" if number % 2 else "stop",
              **{by: "odd" if number % 2 else "even"})
        for number in range(1, 41)
    ]  # fmt: skip
    found = {row.name: row for row in part(tmp_path, calls, by).rows}
    assert found["odd"].totals.calls == found["even"].totals.calls == 20
    assert found["odd"].spread.truncated == 1
    assert found["even"].spread.truncated == 0
    assert found["odd"].spread.latency.p95 == pytest.approx(1e6, rel=0.05)
    assert found["even"].spread.latency.p50 == pytest.approx(3e6, rel=0.05)


def test_many_calls_are_told_of_by_the_newest(tmp_path: Path) -> None:
    old = [timed(number, 9, feature="a") for number in range(1, 11)]
    new = [timed(number, 1, feature="a") for number in range(11, SAMPLED + 11)]
    found = part(tmp_path, [*old, *new], "feature")
    assert found.sampled_calls == SAMPLED
    assert found.rows[0].totals.calls == SAMPLED + 10
    assert found.rows[0].spread.latency.p99 == pytest.approx(1e6, rel=0.05)


def test_a_filter_beyond_models_narrows_the_spread_too(tmp_path: Path) -> None:
    calls = [timed(1, 9, user="ada"), timed(2, 1, user="bob")]
    wanted = Filter(matches=(Match(Dimension.USER, "ada"),))
    [row] = part(tmp_path, calls, wanted=wanted).rows
    assert row.spread.latency.p50 == pytest.approx(9e6, rel=0.05)


def test_refused_and_cut_off_answers_are_shares(tmp_path: Path) -> None:
    calls = [
        timed(1, 1, finish="MAX_TOKENS"),
        timed(2, 1, finish="SAFETY", error="content_filter"),
        timed(3, 1, finish="STOP"),
        timed(4, 1, finish="STOP"),
    ]
    [row] = part(tmp_path, calls).rows
    assert (row.spread.truncated, row.spread.refused) == (0.25, 0.25)


def test_output_comes_at_the_pace_after_the_first_chunk(tmp_path: Path) -> None:
    streamed = timed(1, 3, first_chunk_us=1_000_000, usage=Usage(1, output=100))
    [row] = part(tmp_path, [streamed]).rows
    assert row.tokens_per_s == 50


def test_what_nobody_measured_is_unknown(tmp_path: Path) -> None:
    call = a_call(DAY, 1, latency_us=None, cost=Cost(None, Basis.NO_RATE), usage=Usage())
    [row] = part(tmp_path, [call]).rows
    known = (row.spread.latency.p50, row.spread.cost.p50, row.spread.first_chunk.p50)
    assert known == (None, None, None)
    assert row.tokens_per_s is None


def test_the_dearest_comes_first(tmp_path: Path) -> None:
    calls = [timed(1, 1, model="cheap"), timed(2, 1, model="dear")]
    assert [row.name for row in part(tmp_path, calls).rows] == ["dear", "cheap"]
