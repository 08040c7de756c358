"""The least that a usage can cost by each of many models, without getting their rates ready.

Whoever looks for the cheapest of thousands makes exact terms only for the few that may be it.
"""

from collections.abc import Iterable, Sequence
from operator import mul
from typing import NamedTuple

from profiler.domain.money import PUSD_PER_USD
from profiler.domain.usage import Usage, as_billed_units
from profiler.errors import Unpriceable
from profiler.pricing.match import Found
from profiler.pricing.sheet import Entry, Usd
from profiler.pricing.units import Counts, Term, UnitTree, leaves

_INEXACT = 1e-9
"""Far more than floats are off by."""


class Floor(NamedTuple):
    """A model that may cost something."""

    pusd: float
    """It costs no less."""
    place: int
    """Of the model among those asked about."""


class _Spread(NamedTuple):
    """The rates of one entry, pico-dollars for one of each unit, whatever the input's length."""

    kind: int
    """The place of its set of units among all sets."""
    low: Sequence[float]
    high: Sequence[float]


class Floors:
    """The rates of many models, ready to be compared. Safe to use from several threads."""

    def __init__(self, tree: UnitTree, models: Iterable[Found | None]) -> None:
        self._tree = tree
        self._kinds: dict[frozenset[str], int] = {}
        self._terms: list[tuple[Term, ...]] = []
        self._last: tuple[Usage | None, Sequence[Floor]] = (None, ())
        self._models = [
            (place, self._spreads(found)) for place, found in enumerate(models) if found
        ]

    def of(self, usage: Usage) -> Sequence[Floor]:
        """What calls at any time cost at least, cheapest first, at standard tier and speed.

        Models are left out by which `usage` costs nothing, or contradicts itself.
        """
        asked, floors = self._last
        if asked != usage:
            floors = self._found(usage)
            # one assignment: a thread that asks about another usage must not mix into ours
            self._last = usage, floors
        return floors

    def _found(self, usage: Usage) -> list[Floor]:
        if not _is_sound(usage):
            return []
        counts = as_billed_units(usage)
        billed = [_billed(terms, counts) for terms in self._terms]
        return sorted(
            Floor(pusd, place)
            for place, spreads in self._models
            if (pusd := _least(spreads, billed)) is not None
        )

    def _spreads(self, found: Found) -> list[_Spread]:
        """By entry; empty where rates alone do not tell what a call costs at least."""
        is_plain = not found.model.least_seconds and all(v.when for v in found.model.variants)
        return [self._spread(entry) for entry in found.model.rates] if is_plain else []

    def _spread(self, entry: Entry) -> _Spread:
        keys = frozenset(entry.usd)
        if keys not in self._kinds:
            self._kinds[keys] = len(self._terms)
            self._terms.append(self._tree.terms(keys))
        kind = self._kinds[keys]
        rates = [(_dollars(entry.usd[t.key]), PUSD_PER_USD / t.unit.per) for t in self._terms[kind]]
        low = [min(dollars) * pusd for dollars, pusd in rates]
        high = [max(dollars) * pusd for dollars, pusd in rates]
        return _Spread(kind, low, high)


def _is_sound(usage: Usage) -> bool:
    """Whether there are rates by which it can be priced: none takes what contradicts itself."""
    if usage.input is None or usage.output is None:
        return False
    counts = (usage.input, usage.cache_read, usage.cache_write, usage.cache_write_5m)
    return (
        min(*counts, usage.cache_write_1h, usage.reasoning, *usage.more.values()) >= 0
        and usage.output >= usage.reasoning
    )


def _billed(terms: Sequence[Term], counts: Counts) -> list[int] | None:
    try:
        return leaves(terms, counts)
    except Unpriceable:
        return None


def _least(spreads: Sequence[_Spread], billed: Sequence[list[int] | None]) -> float | None:
    if not spreads:
        return 0.0
    least = None
    for kind, low, high in spreads:
        counts = billed[kind]
        if counts is None or not sum(map(mul, counts, high)):
            continue
        pusd = sum(map(mul, counts, low))
        least = pusd if least is None else min(least, pusd)
    # half a pico-dollar may have been rounded away
    return None if least is None else least * (1 - _INEXACT) - 1


def _dollars(usd: Usd) -> tuple[float, ...]:
    """A rate at every length of input."""
    if isinstance(usd, str):
        return (float(usd),)
    return (float(usd.base), *map(float, usd.above.values()))
