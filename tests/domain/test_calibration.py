"""Estimates: never without a band, never beyond bounds, and ever closer to what was measured."""

import random
from functools import reduce
from operator import add

import pytest
from hypothesis import given, strategies as st

from profiler.domain.calibration import (
    NONE_EXPECTED,
    NOTHING_LEARNED,
    PRIOR_CALLS,
    Learned,
    Ratio,
    add_observed,
    expected,
)

DEFAULT = Ratio(250, 450)


def observed(units: int, tokens: int) -> Learned:
    """What one measured call tells."""
    sums = [0] * 6
    add_observed(sums, units, tokens)
    return Learned(*sums)


sizes = st.integers(1, 10**6)
lessons = st.lists(st.builds(observed, sizes, st.integers(0, 10**6)), max_size=30).map(
    lambda found: reduce(add, found, NOTHING_LEARNED)
)


def taught(per_mille: int, spread: float, calls: int, seed: int = 7) -> Learned:
    """A family whose calls lie around a ratio."""
    dice = random.Random(seed)
    learned = NOTHING_LEARNED
    for _ in range(calls):
        units = dice.randrange(200, 20_000)
        learned += observed(units, round(units * per_mille / 1000 * dice.lognormvariate(0, spread)))
    return learned


@given(lessons, st.builds(Ratio, st.integers(1, 1000), st.integers(0, 2000)), sizes)
def test_an_estimate_lies_in_its_band_and_within_all_bounds(
    learned: Learned, granted: Ratio, units: int
) -> None:
    found = expected(learned, granted, units)
    assert 0 <= found.low <= found.tokens <= found.high <= max(units, learned.most_tokens)
    assert found.tokens >= 1


@given(st.lists(st.tuples(sizes, sizes), max_size=9), st.randoms())
def test_neither_order_nor_batches_change_what_is_learned(
    calls: list[tuple[int, int]], dice: random.Random
) -> None:
    one_by_one = [observed(*call) for call in calls]
    shuffled = one_by_one[:]
    dice.shuffle(shuffled)
    cut = dice.randint(0, len(calls))
    parts = (reduce(add, part, NOTHING_LEARNED) for part in (shuffled[:cut], shuffled[cut:]))
    assert reduce(add, parts) == reduce(add, one_by_one, NOTHING_LEARNED)


def test_what_nobody_measured_is_the_default() -> None:
    found = expected(NOTHING_LEARNED, DEFAULT, 4_000)
    assert found.tokens == 1_000
    assert 600 < found.low < 700
    assert 1_450 < found.high < 1_550


@pytest.mark.parametrize("per_mille", [120, 250, 400, 900])
def test_a_family_is_learned_from_its_calls(per_mille: int) -> None:
    off = [
        abs(expected(taught(per_mille, 0.1, calls), DEFAULT, 100_000).tokens / per_mille / 100 - 1)
        for calls in (1, 20, 1_000)
    ]
    assert off[2] < 0.02
    assert off[2] <= off[1] + 0.01
    assert off[1] < 0.4


@pytest.mark.parametrize("spread", [0.05, 0.2, 0.6])
def test_eight_of_ten_calls_lie_in_the_band(spread: float) -> None:
    band = expected(taught(250, spread, 2_000), DEFAULT, 10**6)
    dice = random.Random(11)
    calls = [10**6 * 0.25 * dice.lognormvariate(0, spread) for _ in range(4_000)]
    share = sum(band.low <= tokens <= band.high for tokens in calls) / len(calls)
    assert 0.77 < share < 0.84


def test_a_steady_family_gets_a_narrow_band() -> None:
    few, many = (expected(taught(300, 0.01, calls), DEFAULT, 10_000) for calls in (2, 500))
    assert many.high - many.low < (few.high - few.low) / 4
    assert many.high - many.low < 400


def test_a_few_odd_calls_do_not_carry_an_estimate_beyond_what_was_ever_measured() -> None:
    odd = reduce(add, (observed(1, 50_000) for _ in range(PRIOR_CALLS)))
    assert expected(odd, DEFAULT, 1_000).high <= 50_000


def test_where_nothing_is_taken_for_granted_nothing_is_expected_before_a_lesson() -> None:
    assert expected(NOTHING_LEARNED, Ratio(0, 0), 1) == NONE_EXPECTED
    assert expected(reduce(add, [observed(1, 640)] * 9), Ratio(0, 0), 1).tokens == 640
    assert expected(observed(9, 9), DEFAULT, 0) == NONE_EXPECTED
