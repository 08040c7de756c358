"""The rate card: what any call cost, from the rates that ship with the package."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from profiler.domain.calls import Basis, Cost
from profiler.domain.usage import Usage
from profiler.errors import Unpriceable
from profiler.pricing.local import FREE, is_free
from profiler.pricing.match import Directory
from profiler.pricing.offer import Offer
from profiler.pricing.price import Line
from profiler.pricing.sheet import Sheet, packaged
from profiler.pricing.units import UnitTree

_MAX_REMEMBERED = 4096
"""Names come from outside; whoever sends ever new ones must not fill our memory."""

_MAX_NAME = 256
"""Longer names are looked up each time."""

_NO_RATE = Cost(None, Basis.NO_RATE)
_NO_USAGE = Cost(None, Basis.NO_USAGE)

_Key = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]


class Listed(NamedTuple):
    """A model that has rates."""

    provider: str
    model: str
    context_window: int | None
    """In tokens; `None` where the sheet does not say."""


class Card:
    """Prices calls. Safe to use from several threads."""

    def __init__(self, sheet: Sheet, sha256: str) -> None:
        self.source = sheet.source
        """Where the rates come from: `genai-prices@0.2.3`."""
        self.sha256 = sha256
        """Of the sheet's bytes, in hex."""
        self._providers = sheet.providers
        self._directory = Directory(sheet.providers)
        self._tree = UnitTree(sheet.units)
        self._remembered: dict[_Key, Offer | None] = {}
        self._offers: dict[tuple[str, str, bool, tuple[tuple[str, str], ...]], Offer] = {}

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
        if is_free(provider, models):
            return FREE
        offer = self._offer(provider, models, context)
        if offer is None:
            return _NO_RATE
        identity, plan = offer.at(at_us)
        try:
            amounts = plan.amounts(usage)
        except Unpriceable:
            return _NO_USAGE
        basis = Basis.ESTIMATED if is_estimated else Basis.MEASURED
        pusd, saved, premium, missed = amounts
        return Cost(pusd, basis, identity, saved, premium, missed)

    def lines(
        self,
        provider: str,
        models: Sequence[str],
        usage: Usage,
        at_us: int,
        context: Mapping[str, str] | None = None,
    ) -> tuple[Line, ...]:
        """The bill behind `cost`, adding up to it; empty where the call is unpriced."""
        offer = self._offer(provider, models, context)
        if offer is None:
            return ()
        try:
            return offer.at(at_us).plan.lines(usage)
        except Unpriceable:
            return ()

    def models(self) -> Iterator[Listed]:
        """Every model that has rates, by provider, in the sheet's order."""
        for provider in self._providers:
            for model in provider.models:
                yield Listed(provider.id, model.id, model.window)

    def find(self, provider: str, model: str) -> Listed | None:
        """The listed model that would be billed; `None` where there is no rate."""
        found = self._directory.find(provider, model)
        return Listed(found.owner.id, found.model.id, found.model.window) if found else None

    def family(self, provider: str, models: Sequence[str]) -> str:
        """The name that the first of `models` with rates is listed by; empty without rates.

        `gpt-5-mini` for `gpt-5-mini-2025-08-07`: so that a model has one name, whether a snapshot
        of it answered or it failed before one could.
        """
        offer = self._offer(provider, models, None)
        return offer.model if offer else ""

    def _offer(
        self, provider: str, models: Sequence[str], context: Mapping[str, str] | None
    ) -> Offer | None:
        key = (provider, tuple(models), tuple(sorted(context.items())) if context else ())
        try:
            return self._remembered[key]
        except KeyError:
            return self._looked_up(key)

    def _looked_up(self, key: _Key) -> Offer | None:
        provider, models, context = key
        tries = (self._offered(provider, model, dict(context)) for model in models)
        offer = next((offer for offer in tries if offer), None)
        if all(len(name) <= _MAX_NAME for name in (provider, *models, *sum(context, ()))):
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = offer
        return offer

    def _offered(self, provider: str, model: str, context: Mapping[str, str]) -> Offer | None:
        """One offer per listed model and context that matters, however many names lead to it."""
        found = self._directory.find(provider, model)
        if found is None:
            return None
        asked = {pair for variant in found.model.variants for pair in variant.when.items()}
        heard = tuple(sorted(asked & context.items())) if found.is_own else ()
        key = (found.owner.id, found.model.id, found.is_own, heard)
        if key not in self._offers:
            self._offers[key] = Offer(self.source, self._tree, found, dict(heard))
        return self._offers[key]
