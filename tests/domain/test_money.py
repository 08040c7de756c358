from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given, strategies as st

from profiler.domain.money import MOST_PUSD, PUSD_PER_USD, pusd, rounded, usd
from profiler.errors import UsageError
from tests.support.sizes import OFTEN


@OFTEN
@given(st.integers(-MOST_PUSD - 1, MOST_PUSD))
def test_dollars_and_pico_dollars_convert_without_loss(amount: int) -> None:
    assert pusd(usd(amount)) == amount


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.50", 125 * PUSD_PER_USD // 10),
        ("$1,000", 1000 * PUSD_PER_USD),
        ("1_000", 1000 * PUSD_PER_USD),
        ("12,345.67", 1_234_567 * PUSD_PER_USD // 100),
        (".5", PUSD_PER_USD // 2),
        ("0.000000000001", 1),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, expected: int) -> None:
    assert pusd(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "ten", "nan", "inf", "1e-13", "1.2.3", "--1", ".", "1e99999999", "1." + "0" * 30 + "1"],
)
def test_what_is_no_amount_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match="not an amount"):
        pusd(text)


@pytest.mark.parametrize(
    "text", ["2,50", "1,00", "1,0000", ",5", "1,", "1_0", "1,000_000", "1.000,50", "1,000,00"]
)
def test_a_comma_that_may_stand_for_a_point_is_refused_and_told_how_to_write(text: str) -> None:
    with pytest.raises(UsageError, match=r"write it like 12\.50 or 1,234\.50"):
        pusd(text)


@pytest.mark.parametrize("text", ["9300000", "99999999999", "-9300000", "1e999"])
def test_an_amount_beyond_64_bits_is_refused_and_the_most_is_told(text: str) -> None:
    with pytest.raises(UsageError, match=r"\$9,223,372 is the most"):
        pusd(text)


@OFTEN
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
