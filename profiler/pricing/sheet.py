"""The rate sheet: `rates.json` as typed values, exactly as it stands."""

import hashlib
from collections.abc import Mapping
from importlib.resources import files

import msgspec


class Unit(msgspec.Struct, frozen=True, gc=False):
    """What a rate is for."""

    usage: str
    """The usage it multiplies: `input_tokens`."""
    per: int
    """How many of them the rate buys: a million tokens, a thousand searches, 3,600 seconds."""
    dimensions: dict[str, str] = msgspec.field(name="is")
    """A unit whose dimensions include another's is a part of it."""


class Tiered(msgspec.Struct, frozen=True, gc=False):
    """A rate that depends on the call's whole input."""

    base: str
    above: dict[int, str]
    """The rate of *every* token once the call's input exceeds this many tokens."""


Usd = str | Tiered
"""Dollars as decimal text, so that nothing is lost before it becomes an integer."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """Rates, and when they hold: always, from a date on, or in a part of every day."""

    usd: dict[str, Usd]
    """By rate key: `input_mtok`."""
    start: str = msgspec.field(name="from", default="")
    """A UTC date."""
    daily: tuple[str, str] | None = None
    """Times of day in UTC, [from, until); over midnight where the first is the later."""
    when: dict[str, str] = {}
    """The context a variant asks for."""


class Model(msgspec.Struct, frozen=True, gc=False):
    """One model of a provider."""

    id: str
    match: dict[str, object]
    """The names it goes by, as a clause."""
    rates: list[Entry]
    """The last that holds is in force; where none holds, the first."""
    variants: list[Entry] = []
    """Override single rates; per rate key the first that holds wins."""
    window: int | None = None
    """Context window in tokens."""
    least_seconds: int = 0
    """Shorter audio is billed as this much."""


class Provider(msgspec.Struct, frozen=True, gc=False):
    """Who bills."""

    id: str
    models: list[Model]
    """In the order in which they are tried."""
    named: dict[str, object] | None = msgspec.field(name="is", default=None)
    """Other names of the provider, as a clause."""
    has: dict[str, object] | None = None
    """Models that betray it where no provider is named, as a clause."""
    fallback: list[str] = []
    """Providers whose models it serves too, at their rates."""


class Sheet(msgspec.Struct, frozen=True, gc=False):
    """All rates."""

    source: str
    units: dict[str, Unit]
    """By rate key."""
    providers: list[Provider]


def packaged() -> tuple[Sheet, str]:
    """The sheet this version ships, and the SHA-256 of its bytes."""
    content = files("profiler.pricing").joinpath("rates.json").read_bytes()
    return msgspec.json.decode(content, type=Sheet), hashlib.sha256(content).hexdigest()


Context = Mapping[str, str]
"""What a variant may ask for: `{"service_tier": "flex"}`."""
