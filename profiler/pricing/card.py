"""The rate card: what any call cost, from the rates that ship with the package."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from profiler.domain.calls import Basis, Cost
from profiler.domain.usage import Usage
from profiler.errors import Unpriceable
from profiler.pricing import overrides
from profiler.pricing.context import price_context
from profiler.pricing.file import packaged
from profiler.pricing.local import FLAT_RATE, FREE_PROVIDER, OWN_MACHINE, Unbilled, is_free
from profiler.pricing.match import Directory, Found
from profiler.pricing.offer import Offer
from profiler.pricing.overrides import Overrides
from profiler.pricing.price import Line
from profiler.pricing.sheet import Sheet
from profiler.pricing.units import UnitTree

if TYPE_CHECKING:
    from profiler.pricing.floors import Floors

_MAX_REMEMBERED = 4096
"""Names come from outside; whoever sends ever new ones must not fill our memory."""

_MAX_NAME = 256
"""Longer names are looked up each time."""

_NO_RATE = Cost(None, Basis.NO_RATE)
_NO_USAGE = Cost(None, Basis.NO_USAGE)

_MEASURED = Basis.MEASURED

_Key = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]
_Served = tuple[str, str, str, str, str]
"""Provider, the model that answered, the one asked for, tier and speed."""

Terms = Offer | Unbilled
"""What a call is charged by."""


class Listed(NamedTuple):
    """A model that has rates."""

    provider: str
    model: str
    context_window: int | None
    """In tokens; `None` where the sheet does not say."""


class Card:
    """Prices calls. Safe to use from several threads."""

    def __init__(self, sheet: Sheet, sha256: str, said: Overrides = overrides.NONE) -> None:
        self.source = sheet.source
        """Where the rates come from: `genai-prices@0.2.3`."""
        self.sha256 = sha256
        """Of the sheet's bytes, in hex."""
        self.overrides = said
        """What the user says of prices."""
        self.reported_wins = said.reported_wins
        """Whether what a provider says a call cost is its cost, or stands beside ours."""
        self.providers = sheet.providers
        """Everything listed, without the user's own."""
        self.units = sheet.units
        """What rates may be for, by key."""
        self._directory = Directory(sheet.providers)
        self._tree = UnitTree(sheet.units)
        self._remembered: dict[_Key, Terms | None] = {}
        self._served: dict[_Served, Terms | None] = {}
        self._offers: dict[tuple[object, ...], Offer] = {}
        self._compared: tuple[list[Listed], Floors] | None = None

    @classmethod
    def load(cls) -> "Card":
        """The card of the rates this version ships."""
        return cls(*packaged())

    def cost(
        self,
        provider: str,
        models: Sequence[str],
        usage: Usage,
        at_us: int,
        context: Mapping[str, str] | None = None,
        *,
        is_estimated: bool = False,
    ) -> Cost:
        """What a call cost at its own time, or why nobody can say; nothing is raised.

        The first of `models` (answered, then requested) that has a rate is billed. What ran on
        the user's own machine is free, whether or not its usage is known.
        """
        terms = self._terms(provider, models, context)
        if terms is None:
            return _NO_RATE
        charge = terms.charge(at_us, usage.buckets, usage.more)
        if charge is None:
            return _NO_USAGE
        pusd, saved, premium, missed, identity = charge
        basis = Basis.ESTIMATED if is_estimated else _MEASURED
        return Cost(pusd, basis, identity, saved, premium, missed)

    def terms(
        self, provider: str, answered: str, requested: str, tier: str, speed: str
    ) -> Terms | None:
        """What a call so served is charged by; `None` where there is no rate.

        For whoever prices calls by the million: `terms(...).charge(at_us, buckets, more)` is
        `cost` without the objects around it, and `.model` is the `family`.
        """
        served = (provider, answered, requested, tier, speed)
        try:
            return self._served[served]
        except KeyError:
            models = tuple(name for name in (answered, requested) if name)
            context = price_context(provider, tier, speed) if tier or speed else None
            found = self._terms(provider, models, context)
            if _is_short(served):
                if len(self._served) >= _MAX_REMEMBERED:
                    self._served.clear()
                self._served[served] = found
            return found

    def lines(
        self,
        provider: str,
        models: Sequence[str],
        usage: Usage,
        at_us: int,
        context: Mapping[str, str] | None = None,
    ) -> tuple[Line, ...]:
        """The bill behind `cost`, adding up to it; empty where the call is unpriced."""
        terms = self._terms(provider, models, context)
        if not isinstance(terms, Offer):
            return ()
        try:
            return terms.at(at_us).plan.lines(usage)
        except Unpriceable:
            return ()

    def models(self) -> Iterator[Listed]:
        """Every model that has rates, by provider, in the sheet's order."""
        for provider in self.providers:
            for model in provider.models:
                yield Listed(provider.id, model.id, model.window)

    def cheapest(
        self, usage: Usage, at_us: int, is_meant: Callable[[Listed], bool]
    ) -> Iterator[tuple[int, Listed]]:
        """What `usage` would cost by each of `models()` that is meant, pico-dollars.

        Cheapest first, then by name; without those by which it costs nothing or cannot be priced.
        Made one by one: the first few take a small part of what all take.
        """
        listed, floors = self._comparison()
        found: list[tuple[int, str, str, int]] = []
        for floor, place in floors.of(usage):
            while found and found[0][0] < floor:
                pusd, *_, first = heappop(found)
                yield pusd, listed[first]
            model = listed[place]
            terms = self.terms(model.provider, model.model, "", "", "") if is_meant(model) else None
            charge = terms.charge(at_us, usage.buckets, usage.more) if terms else None
            if charge and charge[0]:
                heappush(found, (charge[0], model.provider, model.model, place))
        yield from ((pusd, listed[first]) for pusd, *_, first in sorted(found))

    def _comparison(self) -> "tuple[list[Listed], Floors]":
        if self._compared is None:
            # a program that is limited compares no models
            from profiler.pricing.floors import Floors  # noqa: PLC0415

            listed = list(self.models())
            every = (self.found(one.provider, one.model) for one in listed)
            self._compared = listed, Floors(self._tree, every)
        return self._compared

    def find(self, provider: str, model: str) -> Listed | None:
        """The listed model that would be billed; `None` where there is no rate."""
        found = self.found(provider, model)
        return Listed(found.owner.id, found.model.id, found.model.window) if found else None

    def found(self, provider: str, model: str) -> Found | None:
        """The model with the rates that hold for it, the user's own among them, or `None`."""
        provider, model = self.overrides.meant(provider, model)
        listed = self._directory.find(provider, model) if model else None
        return self.overrides.amended(provider, model, listed) if model else None

    def is_listed(self, provider: str, model: str) -> bool:
        """Whether the sheet has rates for it, whatever the user says."""
        return self._directory.find(provider, model) is not None

    def family(self, provider: str, models: Sequence[str]) -> str:
        """The name that the first of `models` with rates is listed by; empty without rates.

        `gpt-5-mini` for `gpt-5-mini-2025-08-07`: so that a model has one name, whether a snapshot
        of it answered or it failed before one could.
        """
        terms = self._terms(provider, models, None)
        return terms.model if terms else ""

    def _terms(
        self, provider: str, models: Sequence[str], context: Mapping[str, str] | None
    ) -> Terms | None:
        key = (provider, tuple(models), tuple(sorted(context.items())) if context else ())
        try:
            return self._remembered[key]
        except KeyError:
            return self._looked_up(key)

    def _looked_up(self, key: _Key) -> Terms | None:
        provider, models, context = key
        unbilled = self._unbilled(provider, models)
        if unbilled:
            return unbilled
        tries = (self._offered(provider, model, dict(context)) for model in models)
        offer = next((offer for offer in tries if offer), None)
        if _is_short((provider, *models, *sum(context, ()))):
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = offer
        return offer

    def _unbilled(self, provider: str, models: Sequence[str]) -> Unbilled | None:
        plan = self.overrides.plans.get(provider.lower())
        if plan:
            return FREE_PROVIDER if plan == overrides.FREE else FLAT_RATE
        is_priced = any(one.provider.lower() == provider.lower() for one in self.overrides.rates)
        return OWN_MACHINE if is_free(provider, models) and not is_priced else None

    def _offered(self, provider: str, model: str, context: Mapping[str, str]) -> Offer | None:
        """One offer per listed model and context that matters, however many names lead to it."""
        found = self.found(provider, model)
        if found is None:
            return None
        asked = {pair for variant in found.model.variants for pair in variant.when.items()}
        heard = tuple(sorted(asked & context.items())) if found.is_own else ()
        key = (found.owner.id, found.model.id, found.is_own, found.amended, heard)
        if key not in self._offers:
            if len(self._offers) >= _MAX_REMEMBERED:
                self._offers.clear()
            self._offers[key] = Offer(self.source, self._tree, found, dict(heard))
        return self._offers[key]


def _is_short(names: Sequence[str]) -> bool:
    return max(map(len, names)) <= _MAX_NAME
