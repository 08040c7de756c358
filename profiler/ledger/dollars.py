"""Amounts of money as programs read them."""

from decimal import Decimal

from profiler.domain.money import usd


class Pusd(int):
    """An exact amount, in pico-dollars."""

    @property
    def usd(self) -> Decimal:
        """The same in dollars, exact."""
        return usd(self)
