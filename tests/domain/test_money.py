from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given, strategies as st

from profiler.domain.money import PUSD_PER_USD, pusd, rounded, usd
from profiler.errors import UsageError


@given(st.integers(-(10**20), 10**20))
def test_dollars_and_pico_dollars_convert_without_loss(amount: int) -> None:
    assert pusd(usd(amount)) == amount


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12.50", 125 * PUSD_PER_USD // 10), ("$1,000", 1000 * PUSD_PER_USD), ("0.000000000001", 1)],
)
def test_amounts_are_read_as_people_write_them(text: str, expected: int) -> None:
    assert pusd(text) == expected


@pytest.mark.parametrize("text", ["", "ten", "nan", "inf", "1e-13", "1.2.3", "--1"])
def test_what_is_no_amount_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match="not an amount"):
        pusd(text)


@given(st.integers(0, 10**30), st.integers(1, 10**15))
def test_rounding_is_half_to_even(numerator: int, denominator: int) -> None:
    quotient, rest = divmod(numerator, denominator)
    shrunk = Decimal(quotient % 2) + (
        Decimal("0.5")
        if 2 * rest == denominator
        else Decimal("0.25" if 2 * rest < denominator else "0.75")
        if rest
        else 0
    )
    step = int(shrunk.quantize(Decimal(1), ROUND_HALF_EVEN)) - quotient % 2
    assert rounded(numerator, denominator) == quotient + step
