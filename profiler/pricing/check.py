"""Whether prices can be meant: rates that exist, amounts that are plausible, names that lead on."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import NamedTuple

from profiler.options.keys import is_rate
from profiler.options.shapes import Misfit
from profiler.pricing.card import Card
from profiler.pricing.overrides import Alias, Override, Overrides, is_like
from profiler.pricing.sheet import Entry, Sheet, Usd

FAR = 100
"""A rate that many times another, or that small a part of it, is a slip more often than meant."""


class Leap(NamedTuple):
    """A rate far from the one it replaces."""

    provider: str
    model: str
    key: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.provider}/{self.model} {self.key}: {self.old} → {self.new}"


def is_far(old: str, new: str) -> bool:
    """Whether one is at least `FAR` times the other; to and from nothing is far too."""
    low, high = sorted((Fraction(old), Fraction(new)))
    return low != high and high >= FAR * low


def misfits(said: Overrides, card: Card) -> Iterator[Misfit]:
    """What in the user's words makes no sense beside the card of the sheet alone."""
    for place, override in enumerate(said.rates):
        yield from _of_override(override, place, card)
    for place, alias in enumerate(said.aliases):
        if not _leads_on(alias, said, card):
            says = (
                f'is "{alias.provider}/{alias.model}", which has no rates; '
                f"`profiler prices find {alias.model}` lists what has"
            )
            yield Misfit(("pricing", "alias", place, "means"), says)


def leaps(old: Mapping[str, Usd], new: Mapping[str, Usd]) -> Iterator[tuple[str, str, str]]:
    """Rates that both have and that are far apart: key, old and new dollars."""
    for key in old.keys() & new.keys():
        before, after = base(old[key]), base(new[key])
        if is_far(before, after):
            yield key, before, after


def leaps_of(one: Override, card: Card) -> Iterator[tuple[str, str, str, str]]:
    """Where an override is far from what is listed: model, key, old and new dollars.

    Amounts that are none are passed over: they are told of elsewhere.
    """
    usd = {key: dollars for key, dollars in one.usd.items() if is_rate(dollars)}
    for model, listed in _listed(one, card):
        for leap in leaps(listed, usd):
            yield (model, *leap)


def leaps_between(old: Sheet, new: Sheet) -> Iterator[Leap]:
    """Rates of models in both sheets whose latest differ that much."""
    before = dict(_latest(old))
    for name, entry in _latest(new):
        if name in before:
            for key, was, now in leaps(before[name].usd, entry.usd):
                yield Leap(*name, key, was, now)


def base(usd: Usd) -> str:
    """The rate of a small call."""
    return usd if isinstance(usd, str) else usd.base


def _latest(sheet: Sheet) -> Iterator[tuple[tuple[str, str], Entry]]:
    for provider in sheet.providers:
        for model in provider.models:
            yield (provider.id, model.id), model.rates[-1]


def _of_override(one: Override, place: int, card: Card) -> Iterator[Misfit]:
    path = ("pricing", "override", place)
    for key in one.usd.keys() - card.units.keys():
        near = get_close_matches(key, card.units, n=1)
        fix = f"did you mean {near[0]}?" if near else f"known are {', '.join(_COMMON)} and others"
        yield Misfit((*path, "usd", key), f"is no rate that is known; {fix}")
    listed = [*_listed(one, card)]
    if not listed and not one.is_whole:
        says = (
            f"is of {one.provider}/{one.model}, which has no rates without it: "
            "write both input_mtok and output_mtok, and no tier; 0 is free"
        )
        yield Misfit((*path, "usd"), says)
    if not one.is_sure:
        for model, key, old, new in leaps_of(one, card):
            says = (
                f"is {new} where {model} is listed at {old}, {FAR} times apart or more; "
                "if it is meant, write sure = true beside it"
            )
            yield Misfit((*path, "usd", key), says)


def _listed(one: Override, card: Card) -> Iterable[tuple[str, Mapping[str, Usd]]]:
    """What the sheet lists under the names an override is for."""
    found = card.found(one.provider, one.model) if "*" not in one.model else None
    if found:
        yield found.model.id, found.model.rates[-1].usd
        return
    for provider in card.providers:
        if provider.id == one.provider.lower():
            for model in provider.models:
                if is_like(one.model, model.id):
                    yield model.id, model.rates[-1].usd


def _leads_on(alias: Alias, said: Overrides, card: Card) -> bool:
    listed = card.found(alias.provider, alias.model)
    return said.amended(alias.provider, alias.model, listed) is not None


_COMMON = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok")
