from dataclasses import astuple

from hypothesis import given, strategies as st

from profiler.domain.budgets import Budget, Level, Standing
from profiler.domain.calls import Basis, Call, Cost, Outcome, call_id
from profiler.domain.latency import bucket_of, middle_us, quantile_us
from profiler.domain.periods import EVER, Period
from profiler.domain.totals import NOTHING, Totals
from profiler.domain.usage import Usage, as_billed_units

BUDGET = Budget("b", 1_000, Period.TOTAL, "UTC")


def level(spent: int) -> Level:
    return Standing(BUDGET, EVER, Totals(spend_pusd=spent)).level


def test_levels_change_exactly_at_their_thresholds() -> None:
    found = [level(spent) for spent in (0, 599, 600, 799, 800, 999, 1_000, 5_000)]
    assert found == [
        Level.OK,
        Level.OK,
        Level.WATCH,
        Level.WATCH,
        Level.HIGH,
        Level.HIGH,
        Level.OVER,
        Level.OVER,
    ]


def test_billed_units_contain_their_parts() -> None:
    usage = Usage(
        input=100, cache_read=20, cache_write_5m=3, cache_write_1h=4, output=9, reasoning=5
    )
    assert as_billed_units(usage) == {
        "input_tokens": 127,
        "cache_read_tokens": 20,
        "cache_write_tokens": 7,
        "cache_write_5m_tokens": 3,
        "cache_write_1h_tokens": 4,
        "output_tokens": 9,
        "output_reasoning_tokens": 5,
    }


def test_usage_is_known_only_when_both_sides_are() -> None:
    assert not Usage(input=1).is_known
    assert not Usage(output=1).is_known
    assert Usage(input=0, output=0).is_known


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=200))
def test_quantiles_are_within_a_bucket_of_the_exact_one(latencies: list[int]) -> None:
    histogram: dict[int, int] = {}
    for latency in latencies:
        histogram[bucket_of(latency)] = histogram.get(bucket_of(latency), 0) + 1
    exact = sorted(latencies)[max(0, -(-len(latencies) * 95 // 100) - 1)]
    assert quantile_us(histogram, 0.95) == middle_us(bucket_of(exact))
    assert exact <= 1 or abs(middle_us(bucket_of(exact)) / exact - 1) < 0.0906


def test_there_is_no_quantile_of_nothing() -> None:
    assert quantile_us({}, 0.5) is None


numbers = st.integers(0, 10**12)
totals = st.builds(Totals, *(numbers for _ in astuple(NOTHING)))


@given(totals, totals)
def test_totals_add_field_by_field(a: Totals, b: Totals) -> None:
    assert astuple(a + b) == tuple(x + y for x, y in zip(astuple(a), astuple(b), strict=True))
    assert a + NOTHING == a


def test_rates_of_nothing_are_unknown_not_zero() -> None:
    assert NOTHING.hit_rate is None
    assert Totals(calls=2, unpriced_calls=2).mean_pusd is None


def test_a_calls_id_gives_back_where_it_stands() -> None:
    call = Call(
        id=call_id(1_790_000_000_000_000, 2**62 + 5),
        started_at_us=1_790_000_000_000_000,
        provider="openai",
        requested_model="m",
        model="m",
        operation="chat",
        outcome=Outcome.OK,
        usage=Usage(),
        cost=Cost(None, Basis.NO_USAGE),
    )
    assert call.cursor == (1_790_000_000_000_000, 2**62 + 5)


def test_only_a_known_cost_counts_as_priced() -> None:
    assert [b for b in Basis if not b.is_priced] == [Basis.NO_RATE, Basis.NO_USAGE]
