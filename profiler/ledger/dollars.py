"""Amounts of money as programs read them."""

from decimal import Decimal

_PICO = -12


class Pusd(int):
    """An exact amount, in pico-dollars."""

    @property
    def usd(self) -> Decimal:
        """The same in dollars, exact."""
        return Decimal(self).scaleb(_PICO)
