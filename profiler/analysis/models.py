"""Models side by side: what each costs, how fast it answers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from profiler.analysis.asked import EACH, Asked
from profiler.analysis.results.compared import Compared, ModelsPart, Spread
from profiler.analysis.results.snapshot import ModelRow
from profiler.analysis.spread import MODEL, spreads
from profiler.analysis.whatif import ranked, targets, whatif
from profiler.domain.scopes import Among, Dimension, Filter
from profiler.domain.totals import Totals
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store

MOST_ROWS = 500
"""Rows that are compared; whoever has more users sees the dearest."""


def part(store: Store, card: Card, asked: Asked, now_us: int) -> ModelsPart:
    """What the screen compares, and what moving to the model picked would change."""
    by = asked.by or Dimension.MODEL
    dimensions = MODEL if by == Dimension.MODEL else (Dimension(by),)
    found = reads.dearest(store, dimensions, asked.wanted, MOST_ROWS)
    shown = among(asked.wanted, dimensions, found) if found.left_out else asked.wanted
    spread, sampled = spreads(store, dimensions, shown)
    wanted, target = asked.wanted, "" if asked.picked == EACH else asked.picked
    return ModelsPart(
        by=by,
        rows=tuple(
            Compared(labels, totals, spread.get(labels, Spread())) for labels, totals in found.rows
        ),
        totals=sum((totals for _, totals in found.rows), found.others),
        left_out=found.left_out,
        sampled_calls=sampled,
        targets=targets(card),
        whatif=whatif(store, card, target, wanted, now_us) if target else None,
        ranked=ranked(store, card, wanted, now_us) if asked.picked == EACH else (),
    )


def among(wanted: Filter, by: Sequence[Dimension], found: reads.Dearest) -> Filter:
    """Of the wanted calls those that the rows are of."""
    named = [
        Among(one, tuple({labels[place] for labels, _ in found.rows}))
        for place, one in enumerate(by)
    ]
    return replace(wanted, among=(*wanted.among, *named))


class Models(NamedTuple):
    """Models, the dearest first."""

    rows: tuple[ModelRow, ...]
    others: Totals
    """What all further ones add up to."""
    left_out: int
    """How many those are."""


def models(store: Store, card: Card, wanted: Filter) -> Models:
    """One row per provider and model, the dearest first, as many as anybody looks at."""
    found = reads.dearest(store, MODEL, wanted, MOST_ROWS)
    rows = [
        ModelRow(
            provider,
            model,
            totals,
            has_rate=bool(totals.unpriced_calls)
            and card.terms(provider, "", model, "", "") is not None,
        )
        for (provider, model), totals in found.rows
    ]
    rows.sort(key=lambda r: (-r.totals.spend_pusd, -r.totals.calls, r.name))
    return Models(tuple(rows), found.others, found.left_out)
