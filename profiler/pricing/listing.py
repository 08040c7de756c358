"""Rates as rows that people read and compare: when they hold, for what, how much."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from profiler.pricing.card import Card
from profiler.pricing.match import Found
from profiler.pricing.sheet import Entry, Model, Provider, Sheet, Unit, Usd


class Row(NamedTuple):
    """One rate."""

    holds: str
    """`always`, `from 2026-10-12`, `flex from 2026-10-12`, `daily 01:00:00-04:00:00 UTC`."""
    above: int | None
    """Only calls whose whole input exceeds this many tokens; `None` for all others."""
    key: str
    """The rate's name: `input_mtok`."""
    usd: str
    """Dollars."""
    per: int
    """For that many."""
    usage: str
    """Of these: `input_tokens`."""


class Change(NamedTuple):
    """A rate that is not what it was."""

    provider: str
    model: str
    holds: str
    key: str
    old: str
    """Empty where it is new."""
    new: str
    """Empty where it is gone."""


def rows(found: Found, units: Mapping[str, Unit]) -> Iterator[Row]:
    """Every rate of a model: standard ones in the order in which they take over, then tiers'."""
    for entry in (*found.model.rates, *(found.model.variants if found.is_own else ())):
        for key, usd in entry.usd.items():
            unit = units[key]
            for above, dollars in _bands(usd):
                yield Row(_holds(entry), above, key, dollars, unit.per, unit.usage)


def changes(old: Sheet, new: Sheet) -> Iterator[Change]:
    """What differs between two sheets, provider by provider."""
    before, after = dict(_models(old.providers)), dict(_models(new.providers))
    for name in sorted(before.keys() | after.keys()):
        yield from _changed(name, before.get(name), after.get(name))


def overridden(card: Card) -> Iterator[Change]:
    """What the user's own rates change of listed ones, and what they add."""
    for name, model in _models(card.providers):
        found = card.found(*name)
        if found and found.amended:
            yield from _changed(name, model, found.model)
    for one in card.overrides.rates:
        if one.is_whole and "*" not in one.model and not card.is_listed(one.provider, one.model):
            found = card.found(one.provider, one.model)
            yield from _changed((one.provider, one.model), None, found and found.model)


def _models(providers: Iterable[Provider]) -> Iterator[tuple[tuple[str, str], Model]]:
    for provider in providers:
        for model in provider.models:
            yield (provider.id, model.id), model


def _changed(name: tuple[str, str], old: Model | None, new: Model | None) -> Iterator[Change]:
    before, after = _flat(old), _flat(new)
    for place in [*before, *(place for place in after if place not in before)]:
        was, now = before.get(place, ""), after.get(place, "")
        if was != now:
            yield Change(*name, *place, was, now)


def _flat(model: Model | None) -> dict[tuple[str, str], str]:
    """Dollars by when they hold and what for."""
    if model is None:
        return {}
    return {
        (_holds(entry), key if above is None else f"{key} above {above:,}"): dollars
        for entry in (*model.rates, *model.variants)
        for key, usd in entry.usd.items()
        for above, dollars in _bands(usd)
    }


def _bands(usd: Usd) -> list[tuple[int | None, str]]:
    return [(None, usd)] if isinstance(usd, str) else [(None, usd.base), *sorted(usd.above.items())]


def _holds(entry: Entry) -> str:
    words = [*sorted(entry.when.values())]
    if entry.start:
        words += ["from", entry.start]
    if entry.daily:
        words += ["daily", "-".join(entry.daily), "UTC"]
    return " ".join(words) or "always"
