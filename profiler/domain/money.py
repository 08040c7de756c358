"""Money: an integer count of pico-dollars (1e-12 USD), called `pusd`.

Tokens times micro-dollars-per-million-tokens is already pico-dollars, so sums are exact
and no float is ever near money.
"""

from decimal import Decimal, InvalidOperation

from profiler.errors import UsageError

PUSD_PER_USD = 10**12


def usd(pusd: int) -> Decimal:
    """`pusd` in dollars, exact."""
    return Decimal(pusd).scaleb(-12)


def pusd(dollars: str | Decimal) -> int:
    """`dollars` in pico-dollars.

    Raises:
        UsageError: not a finite number, or finer than a pico-dollar.

    """
    text = str(dollars).strip().removeprefix("$").replace(",", "").replace("_", "")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise UsageError(f"{dollars!r} is not an amount of dollars; write it like 12.50") from None
    scaled = amount.scaleb(12) if amount.is_finite() else None
    if scaled is None or scaled != scaled.to_integral_value():
        raise UsageError(f"{dollars!r} is not an amount of dollars down to 1e-12")
    return int(scaled)


def rounded(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest integer, halves to even, without floats."""
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2):
        return quotient + 1
    return quotient
