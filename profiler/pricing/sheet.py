"""The rate sheet: what is listed of whose models, exactly as it stands."""

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Unit(NamedTuple):
    """What a rate is for."""

    usage: str
    """The usage it multiplies: `input_tokens`."""
    per: int
    """How many of them the rate buys: a million tokens, a thousand searches, 3,600 seconds."""
    dimensions: Mapping[str, str]
    """A unit whose dimensions include another's is a part of it."""


class Tiered(NamedTuple):
    """A rate that depends on the call's whole input."""

    base: str
    above: Mapping[int, str]
    """The rate of *every* token once the call's input exceeds this many tokens."""


Clause = Mapping[str, object] | None
"""Which names are meant: `{"starts_with": "gpt-5"}`, `{"or": [...]}`; `None`: nobody says."""

Usd = str | Tiered
"""Dollars as decimal text, so that nothing is lost before it becomes an integer."""


class Entry(NamedTuple):
    """Rates, and when they hold: always, from a date on, or in a part of every day."""

    usd: Mapping[str, Usd]
    """By rate key: `input_mtok`."""
    start: str = ""
    """A UTC date."""
    daily: tuple[str, str] | None = None
    """Times of day in UTC, [from, until); over midnight where the first is the later."""
    when: Mapping[str, str] = {}
    """The context a variant asks for."""


class Model(NamedTuple):
    """One model of a provider."""

    id: str
    match: Mapping[str, object]
    """The names it goes by, as a clause."""
    rates: list[Entry]
    """The last that holds is in force; where none holds, the first."""
    variants: list[Entry]
    """Override single rates; per rate key the first that holds wins."""
    window: int | None = None
    """Context window in tokens."""
    least_seconds: int = 0
    """Shorter audio is billed as this much."""


class Provider:
    """Who bills, and for what; its models are read when they are first asked for.

    There are thousands, and a program calls a few.
    """

    __slots__ = ("_models", "_read", "fallback", "has", "id", "named")

    def __init__(
        self,
        id: str,  # noqa: A002  # what the sheet calls it
        read: Callable[[], list[Model]] = list,
        *,
        named: Clause = None,
        has: Clause = None,
        fallback: tuple[str, ...] = (),
    ) -> None:
        self.id = id
        self.named = named
        """Other names of the provider."""
        self.has = has
        """Models that betray it where no provider is named."""
        self.fallback = fallback
        """Providers whose models it serves too, at their rates."""
        self._read = read
        self._models: list[Model] | None = None

    @property
    def models(self) -> list[Model]:
        """In the order in which they are tried."""
        # two threads that come at once read the same
        if self._models is None:
            self._models = self._read()
        return self._models


class Sheet(NamedTuple):
    """All rates."""

    source: str
    units: Mapping[str, Unit]
    """By rate key."""
    providers: list[Provider]


Context = Mapping[str, str]
"""What a variant may ask for: `{"service_tier": "flex"}`."""
