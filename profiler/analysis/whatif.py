"""What the same work would cost on another model: its tokens at the other's rates.

The rates are those in force now, for calls served as most are. Tokens are taken as they were
counted: another model may cut the same text into more or fewer, and answer at another length.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from typing import get_args

from profiler.analysis.results.compared import LeftOut, Moved, WhatIf, Why
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import Totals
from profiler.pricing.card import Card, Listed, Terms
from profiler.pricing.formula import Buckets
from profiler.pricing.makers import current, listed_as
from profiler.pricing.offer import Offer
from profiler.pricing.summed import Bounds, Tokens, bounds, of_each, writes_text
from profiler.store import reads
from profiler.store.engine import Store

ONE_BY_ONE = 2_000
MOST_RANKED = 12
MODEL = (Dimension.PROVIDER, Dimension.MODEL)
UNPRICED = "their cost is unknown: nothing to compare with"
EMBEDDINGS = "they wrote nothing (embeddings, failures): no work for a model that writes"
WRITERS = "they wrote text, and the other model only reads"
NO_RATE = "no rate is known for the other model"
NO_TOKENS = "no tokens were counted"


@dataclass(slots=True)
class _Moving:
    """What is gathered model by model."""

    rows: list[Moved] = field(default_factory=list)
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    whys: set[Why] = field(default_factory=set)

    def leave(self, why: str, calls: int, spend_pusd: int = 0) -> None:
        there = self.left_out.get(why, LeftOut(0, why))
        self.left_out[why] = LeftOut(there.calls + calls, why, there.spend_pusd + spend_pusd)

    def move(self, provider: str, model: str, totals: Totals, found: Bounds) -> None:
        flags = (found.by_tiers, found.by_lifetimes, found.by_hours)
        self.whys.update(why for why, holds in zip(get_args(Why), flags, strict=True) if holds)
        low, high = found.low_pusd, found.high_pusd
        self.rows.append(Moved(provider, model, totals.calls, totals.spend_pusd, low, high))


@dataclass(frozen=True, slots=True)
class _Used:
    """What is read of the wanted calls, once for however many targets."""

    rows: tuple[tuple[str, str, Totals], ...]
    """Of priced calls, per provider and model."""
    unpriced: int
    each: Mapping[tuple[str, ...], Sequence[Buckets]] | None
    """One by one, by provider and model; `None` where they are too many."""


def whatif(
    store: Store,
    card: Card,
    target: str,
    wanted: Filter,
    now_us: int,
    *,
    one_by_one: int = ONE_BY_ONE,
) -> WhatIf:
    """The wanted calls at the rates of `target`, a model with its provider: `openai/gpt-5-mini`.

    What cannot be priced so is counted apart, never as nothing. As long as there are no more
    than `one_by_one` calls, each is repriced by itself; else their sums are.
    """
    return _moved(card, target, _used(store, wanted, one_by_one), now_us)


def ranked(
    store: Store,
    card: Card,
    wanted: Filter,
    now_us: int,
    *,
    most: int = MOST_RANKED,
    one_by_one: int = ONE_BY_ONE,
) -> tuple[WhatIf, ...]:
    """The wanted calls on each sensible model, cheapest first, at most `most` of them.

    Those are the dearest that the calls ran on, and the cheapest current ones of the same makers.
    The calls are read once for all.
    """
    used = _used(store, wanted, one_by_one)
    does_write = any(totals.output_tokens for *_, totals in used.rows)
    there = dict.fromkeys(
        name
        for provider, model, _ in sorted(used.rows, key=lambda row: -row[2].spend_pusd)
        if (name := _name(card.find(provider, model))) and _writes(card, name, now_us) == does_write
    )
    found = [replace(_moved(card, name, used, now_us), is_used=True) for name in [*there][:most]]
    others: list[list[WhatIf]] = []
    for names in _current(card, there).values():
        fitting = [name for name in names if _writes(card, name, now_us) == does_write]
        others.append(_cheapest([_moved(card, name, used, now_us) for name in fitting]))
    # each maker's cheapest, then each one's next
    in_turn = (one for turn in zip_longest(*others) for one in turn if one and one.total.calls)
    found += islice(in_turn, max(0, most - len(found)))
    return tuple(_cheapest(found))


def targets(card: Card) -> tuple[str, ...]:
    """Everything that has rates, as it is asked for."""
    return tuple(f"{one.provider}/{one.model}" for one in card.models())


def candidates(card: Card, there: Iterable[str]) -> frozenset[str]:
    """What calls of those models, `provider/model`, are compared with: each, and their makers'."""
    there = tuple(there)
    return frozenset(
        (*there, *(name for names in _current(card, there).values() for name in names))
    )


def _current(card: Card, there: Iterable[str]) -> dict[str, list[str]]:
    """By provider, what is current there and not among those."""
    used: dict[str, list[str]] = {}
    for name in there:
        provider, _, model = name.partition("/")
        used.setdefault(provider, []).append(model)
    listed = {
        one.id: [model.id for model in one.models] for one in card.providers if one.id in used
    }
    return {
        provider: [
            name
            for model in current(listed[provider], models)
            if (name := f"{provider}/{model}") not in there
        ]
        for provider, models in used.items()
        if provider in listed
    }


def _cheapest(found: Iterable[WhatIf]) -> list[WhatIf]:
    def place(one: WhatIf) -> tuple[int, str]:
        return one.total.low_difference_pusd + one.total.high_difference_pusd, one.target

    return sorted(found, key=place)


def _writes(card: Card, name: str, now_us: int) -> bool:
    provider, _, model = name.partition("/")
    terms = card.terms(provider, model, "", "", "")
    return not isinstance(terms, Offer) or writes_text(terms, now_us)


def _name(listed: Listed | None) -> str:
    return f"{listed.provider}/{listed.model}" if listed else ""


def _moved(card: Card, target: str, used: _Used, now_us: int) -> WhatIf:
    listed = listed_as(card, target)
    terms = card.terms(listed.provider, listed.model, "", "", "") if listed else None
    moving = _Moving()
    if used.unpriced:
        moving.leave(UNPRICED, used.unpriced)
    for provider, model, totals in used.rows:
        why = _obstacle(terms, totals, now_us)
        if why or terms is None:
            moving.leave(why or NO_RATE, totals.calls, totals.spend_pusd)
        else:
            each = used.each.get((provider, model), ()) if used.each is not None else None
            moving.move(provider, model, totals, _cost(terms, totals, each, now_us))
    rows = sorted(moving.rows, key=lambda row: (-row.spend_pusd, -row.calls, row.model))
    return WhatIf(
        target=_name(listed) or target,
        rate=_rate(terms, now_us),
        rows=tuple(rows),
        total=_total(rows),
        left_out=tuple(moving.left_out.values()),
        bounded_by=tuple(why for why in get_args(Why) if why in moving.whys),
    )


def _used(store: Store, wanted: Filter, one_by_one: int) -> _Used:
    each = reads.usages(store, wanted, one_by_one)
    unpriced = reads.totals(store, wanted).unpriced_calls
    rows: Sequence[tuple[tuple[str, ...], Totals]] = ()
    if not unpriced:
        rows = reads.grouped(store, MODEL, wanted)
    elif wanted.is_priced is not False:
        # the tokens of the unpriced stand in the sums of all as well
        rows = reads.grouped(store, MODEL, replace(wanted, is_priced=True))
    return _Used(tuple((who, model, totals) for (who, model), totals in rows), unpriced, each)


def _obstacle(terms: Terms | None, totals: Totals, now_us: int) -> str:
    if terms is None:
        return NO_RATE
    if not totals.tokens:
        return NO_TOKENS
    if not isinstance(terms, Offer):
        return ""
    if writes_text(terms, now_us):
        return "" if totals.output_tokens else EMBEDDINGS
    return WRITERS if totals.output_tokens else ""


def _cost(terms: Terms, totals: Totals, used: Sequence[Buckets] | None, now_us: int) -> Bounds:
    if not isinstance(terms, Offer):
        return Bounds(0, 0)
    # of calls that were purged only sums are left
    if used is not None and len(used) == totals.calls:
        return of_each(terms, used, now_us)
    tokens = Tokens(
        totals.calls,
        totals.input_tokens,
        totals.cache_read_tokens,
        totals.cache_write_tokens,
        totals.output_tokens,
        totals.reasoning_tokens,
    )
    return bounds(terms, tokens, now_us)


def _rate(terms: Terms | None, now_us: int) -> str:
    if terms is None:
        return ""
    if isinstance(terms, Offer):
        return terms.at(now_us).identity
    return terms.charge(now_us, None)[4]


def _total(rows: Sequence[Moved]) -> Moved:
    return Moved(
        "",
        "",
        sum(row.calls for row in rows),
        sum(row.spend_pusd for row in rows),
        sum(row.low_pusd for row in rows),
        sum(row.high_pusd for row in rows),
    )
