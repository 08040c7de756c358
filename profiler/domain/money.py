"""Money: an integer count of pico-dollars (1e-12 USD), called `pusd`.

Tokens times micro-dollars-per-million-tokens is already pico-dollars, so sums are exact
and no float is ever near money. We run inside programs that may have made anything of their
decimal context, so that nothing here is reckoned in it.
"""

import re
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    Inexact,
    InvalidOperation,
    Overflow,
)

from profiler.errors import UsageError

PUSD_PER_USD = 10**12
MOST_PUSD = 2**63 - 1
"""The most that one amount may be: what a 64-bit integer holds, $9,223,372.04."""

_AMOUNT = re.compile(
    r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:_\d{3})+|\d+|(?=\.\d))(?:\.\d*)?(?:e[+-]?\d{1,4})?",
    re.ASCII | re.IGNORECASE,
)


def _context(*traps: type[DecimalException]) -> Context:
    # all of it is said: what is not would come from a default that programs may change as well
    return Context(
        200, ROUND_HALF_EVEN, -9_999, 9_999, 1, 0, [], [*traps, InvalidOperation, Overflow]
    )


EXACT = _context(Inexact)
"""Reckons to the last digit, or raises `DecimalException`."""
ROUNDING = _context()
"""Rounds half to even where it is told to; 200 digits are left otherwise."""


def usd(pusd: int) -> Decimal:
    """`pusd` in dollars, exact."""
    return EXACT.scaleb(int(pusd), -12)


def pusd(dollars: str | Decimal) -> int:
    """`dollars` in pico-dollars; commas or underscores may stand between thousands.

    Raises:
        UsageError: not an amount, finer than a pico-dollar, or more than `MOST_PUSD`.

    """
    text = str(dollars).strip().removeprefix("$")
    if not _AMOUNT.fullmatch(text):
        raise UsageError(
            f"{dollars!r} is not an amount of dollars; write it like 12.50 or 1,234.50: a point "
            "before the cents, a comma only between thousands"
        )
    amount = Decimal(text.replace(",", "").replace("_", ""))
    if not usd(-MOST_PUSD - 1) <= amount <= usd(MOST_PUSD):
        raise UsageError(
            f"{dollars!r} is not an amount that can be kept; ${MOST_PUSD // PUSD_PER_USD:,} is the "
            "most"
        )
    try:
        scaled = int(EXACT.to_integral_exact(EXACT.scaleb(amount, 12)))
    except DecimalException:
        raise UsageError(f"{dollars!r} is not an amount of dollars down to 1e-12") from None
    return scaled


def rounded(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest integer, halves to even, without floats."""
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2):
        return quotient + 1
    return quotient
