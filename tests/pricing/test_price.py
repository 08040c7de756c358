"""The arithmetic of one set of rates, and the names of rates."""

from collections.abc import Mapping
from fractions import Fraction
from functools import partial

from hypothesis import given, strategies as st

from profiler.domain.money import PUSD_PER_USD, rounded
from profiler.domain.usage import Usage
from profiler.pricing.file import packaged
from profiler.pricing.offer import Offer
from profiler.pricing.price import Plan
from profiler.pricing.sheet import Context, Tiered, Usd
from profiler.pricing.units import UnitTree
from tests.pricing.support import at_us, both_sheets, exact_pusd
from tests.support.sizes import OFTEN

TREE = UnitTree(packaged()[0].units)
HALF_A_PUSD = "0.0000005"


def a_plan(usd: Mapping[str, Usd]) -> Plan:
    return Plan(usd, TREE)


def cost_of(usd: Mapping[str, Usd], usage: Usage) -> int:
    return a_plan(usd).amounts(usage).pusd


def test_half_a_pico_dollar_is_rounded_to_even() -> None:
    usd = {"input_mtok": HALF_A_PUSD}
    costs = [cost_of(usd, Usage(input=n, output=0)) for n in (1, 2, 3, 5, 7)]
    assert costs == [0, 1, 2, 2, 4]


def test_every_amount_is_rounded_by_itself() -> None:
    usd = {
        "input_mtok": "0.000003",
        "cache_read_mtok": "0.0000005",
        "cache_write_mtok": "0.0000045",
    }
    amounts = a_plan(usd).amounts(Usage(input=1, cache_read=1, cache_write=1, output=0))
    assert amounts == (8, 2, 2, 2)


def test_a_call_is_billed_for_having_been_made() -> None:
    assert cost_of({"requests_kcount": "5"}, Usage(input=0, output=0)) == 5 * 10**9


def test_reasoning_may_have_its_own_rate() -> None:
    usd = {"output_mtok": "2", "output_reasoning_mtok": "3"}
    assert cost_of(usd, Usage(input=9, output=10, reasoning=4)) == 6 * 2_000_000 + 4 * 3_000_000


def test_tiers_begin_beyond_their_thresholds() -> None:
    usd: dict[str, Usd] = {
        "input_mtok": Tiered("1", {10: "2", 100: "3"}),
        "output_mtok": Tiered("4", {50: "5"}),
    }
    costs = [cost_of(usd, Usage(input=n, output=1)) // 10**6 for n in (0, 10, 11, 50, 51, 100, 101)]
    assert costs == [4, 14, 26, 104, 107, 205, 308]


def test_a_bill_reads_from_input_to_output() -> None:
    usd = {
        "output_mtok": "1",
        "cache_read_mtok": "1",
        "web_searches_kcount": "1",
        "input_mtok": "1",
    }
    usage = Usage(input=1, cache_read=1, output=1, more={"web_searches": 1})
    units = [line.unit for line in a_plan(usd).lines(usage)]
    assert units == ["input_tokens", "cache_read_tokens", "output_tokens", "web_searches"]


counts = st.integers(0, 10**7)
rates = st.decimals(0, 100, places=15).map(str)


@OFTEN
@given(
    st.fixed_dictionaries(
        dict.fromkeys(("input_mtok", "cache_read_mtok", "cache_write_mtok", "output_mtok"), rates)
    ),
    st.builds(Usage, input=counts, cache_read=counts, cache_write=counts, output=counts),
)
def test_lines_add_up_to_the_cost_and_are_off_by_less_than_one(
    usd: dict[str, Usd], usage: Usage
) -> None:
    plan = a_plan(usd)
    lines = plan.lines(usage)
    assert sum(line.pusd for line in lines) == plan.amounts(usage).pusd
    for line in lines:
        exact = line.count * Fraction(line.rate_usd) / line.per * PUSD_PER_USD
        assert abs(line.pusd - exact) < 1


@OFTEN
@given(st.builds(Usage, input=counts, cache_read=counts, cache_write_1h=counts, output=counts))
def test_cache_amounts_are_differences_of_whole_prices(usage: Usage) -> None:
    plan = a_plan({"input_mtok": "1.25", "cache_read_mtok": "0.1234567", "output_mtok": "10"})
    price = partial(exact_pusd, plan)
    whole = usage.total_input
    warm = Usage(cache_read=whole - usage.cache_writes, cache_write_1h=usage.cache_writes, input=0)
    cold = Usage(input=whole - usage.cache_writes, cache_write_1h=usage.cache_writes)
    amounts = plan.amounts(usage)
    fresh = usage.input or 0
    assert amounts.saved_pusd == _rounded(price(cold) - price(_with(usage, output=0)))
    assert amounts.missed_pusd == _rounded(price(_with(usage, output=0)) - price(warm))
    assert amounts.premium_pusd == 0
    assert fresh or amounts.missed_pusd == 0


def _with(usage: Usage, output: int) -> Usage:
    return Usage(usage.input, usage.cache_read, cache_write_1h=usage.cache_write_1h, output=output)


def _rounded(exact: Fraction) -> int:
    return rounded(exact.numerator, exact.denominator)


def test_one_name_stands_for_one_set_of_rates() -> None:
    named: dict[str, Mapping[str, Usd]] = {}
    for found, _, _ in both_sheets():
        contexts: list[Context] = [{}, *(v.when for v in found.model.variants)]
        starts = [e.start for e in (*found.model.rates, *found.model.variants) if e.start]
        moments = [at_us(f"{day}T{hour}") for day in starts for hour in ("02:00", "05:00", "07:00")]
        for context in contexts:
            offer = Offer("s", TREE, found, context)
            for moment in (at_us("2020-01-01T03:00"), at_us("2026-11-22T07:00"), *moments):
                identity, plan = offer.at(moment)
                assert named.setdefault(identity, plan._usd) == plan._usd, identity
    assert len(named) > 2_500
