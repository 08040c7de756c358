"""Models side by side: what each costs, how fast it answers."""

from profiler.analysis.asked import EACH, Asked
from profiler.analysis.compared import Compared, ModelsPart, Spread
from profiler.analysis.results import ModelRow
from profiler.analysis.spread import MODEL, spreads
from profiler.analysis.whatif import ranked, targets, whatif
from profiler.domain.scopes import Dimension, Filter
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store

MOST_ROWS = 500
"""Rows that are compared; whoever has more users sees the dearest."""


def part(store: Store, card: Card, asked: Asked, now_us: int) -> ModelsPart:
    """What the screen compares, and what moving to the model picked would change."""
    by = asked.by or Dimension.MODEL
    dimensions = MODEL if by == Dimension.MODEL else (Dimension(by),)
    found = reads.grouped(store, dimensions, asked.wanted)
    found.sort(key=lambda row: (-row[1].spend_pusd, -row[1].calls, row[0]))
    spread, sampled = spreads(store, dimensions, asked.wanted)
    wanted, target = asked.wanted, "" if asked.picked == EACH else asked.picked
    return ModelsPart(
        by=by,
        rows=tuple(
            Compared(labels, totals, spread.get(labels, Spread()))
            for labels, totals in found[:MOST_ROWS]
        ),
        left_out=max(0, len(found) - MOST_ROWS),
        sampled_calls=sampled,
        targets=targets(card),
        whatif=whatif(store, card, target, wanted, now_us) if target else None,
        ranked=ranked(store, card, wanted, now_us) if asked.picked == EACH else (),
    )


def models(store: Store, card: Card, wanted: Filter) -> tuple[ModelRow, ...]:
    """One row per provider and model, the dearest first."""
    rows = [
        ModelRow(
            provider,
            model,
            totals,
            has_rate=bool(totals.unpriced_calls)
            and card.terms(provider, "", model, "", "") is not None,
        )
        for (provider, model), totals in reads.grouped(store, MODEL, wanted)
    ]
    return tuple(sorted(rows, key=lambda r: (-r.totals.spend_pusd, -r.totals.calls, r.name)))
