"""What the same work would cost on another model: its tokens at the other's rates.

The rates are those in force now, for calls served as most are. Tokens are taken as they were
counted: another model may cut the same text into more or fewer, and answer at another length.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

from profiler.analysis.compared import LeftOut, Moved, WhatIf, Why
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import Totals
from profiler.pricing.card import Card, Listed, Terms
from profiler.pricing.formula import Buckets
from profiler.pricing.offer import Offer
from profiler.pricing.summed import Bounds, Tokens, bounds, of_each, writes_text
from profiler.store import reads
from profiler.store.engine import Store

ONE_BY_ONE = 2_000
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
    listed = found_target(card, target)
    terms = card.terms(listed.provider, listed.model, "", "", "") if listed else None
    moving = _Moving()
    each = reads.usages(store, wanted, one_by_one)
    for provider, model, totals in _priced(store, wanted, moving):
        why = _obstacle(terms, totals, now_us)
        if why or terms is None:
            moving.leave(why or NO_RATE, totals.calls, totals.spend_pusd)
        else:
            used = each.get((provider, model), ()) if each is not None else None
            moving.move(provider, model, totals, _cost(terms, totals, used, now_us))
    rows = sorted(moving.rows, key=lambda row: (-row.spend_pusd, -row.calls, row.model))
    return WhatIf(
        target=f"{listed.provider}/{listed.model}" if listed else target,
        rate=_rate(terms, now_us),
        rows=tuple(rows),
        total=_total(rows),
        left_out=tuple(moving.left_out.values()),
        bounded_by=tuple(why for why in get_args(Why) if why in moving.whys),
    )


def targets(card: Card) -> tuple[str, ...]:
    """Everything that has rates, as it is asked for."""
    return tuple(f"{one.provider}/{one.model}" for one in card.models())


def found_target(card: Card, target: str) -> Listed | None:
    """The listed model that `openai/gpt-5-mini`, or `gpt-5-mini` alone, means, or `None`."""
    provider, _, model = target.partition("/")
    return (card.find(provider, model) if model else None) or card.find("", target)


def _priced(store: Store, wanted: Filter, moving: _Moving) -> Iterator[tuple[str, str, Totals]]:
    """What is priced, per model; the rest is left out."""
    rows = reads.grouped(store, MODEL, wanted)
    unpriced = sum(totals.unpriced_calls for _, totals in rows)
    if unpriced:
        moving.leave(UNPRICED, unpriced)
        # their tokens stand in the sums as well
        is_none = wanted.is_priced is False
        rows = [] if is_none else reads.grouped(store, MODEL, replace(wanted, is_priced=True))
    for (provider, model), totals in rows:
        yield provider, model, totals


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
