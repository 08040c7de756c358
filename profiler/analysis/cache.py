"""What prompt caches saved, what that cost, and where they fail."""

from collections.abc import Sequence

from profiler.analysis.asked import Asked
from profiler.analysis.prompts import prompts
from profiler.analysis.results.caching import Cached, CachePart, InputTrend
from profiler.analysis.spread import MODEL
from profiler.analysis.trend import edges, usual_step
from profiler.domain.scopes import Dimension
from profiler.domain.totals import NOTHING, Totals
from profiler.pricing.card import Card
from profiler.pricing.offer import Offer
from profiler.store import reads
from profiler.store.engine import Store

MOST_ROWS = 500
_TOKENS = 100_000
"""So many are priced to tell rates apart."""


def part(store: Store, card: Card, asked: Asked, now_us: int) -> CachePart:
    """Everything the screen draws, by what it groups by."""
    by = asked.by or Dimension.MODEL
    dimensions = MODEL if by == Dimension.MODEL else (Dimension(by),)
    found = reads.dearest(store, dimensions, asked.wanted, MOST_ROWS, reads.Worth.CACHE_NET)
    whole = sum((totals for _, totals in found.rows), found.others)
    return CachePart(
        by=by,
        rows=tuple(
            Cached(labels, totals, _break_even(card, labels, totals, now_us))
            for labels, totals in found.rows
        ),
        whole=Cached((), whole, _seen_break_even(whole)),
        left_out=found.left_out,
        trend=_trend(store, asked, now_us),
        prompts=prompts(store, asked.wanted, now_us),
    )


def _trend(store: Store, asked: Asked, now_us: int) -> InputTrend:
    step = usual_step(store, asked.wanted, now_us)
    starts = edges(store, asked.wanted, now_us, asked.zone, step=step)
    found = {n: totals for n, _, totals in reads.series(store, None, starts, asked.wanted)}
    each = [found.get(number, NOTHING) for number in range(len(starts) - 1)]
    return InputTrend(
        tuple(starts[:-1]),
        step,
        tuple(totals.cache_read_tokens for totals in each),
        tuple(totals.cache_write_tokens for totals in each),
        tuple(totals.input_tokens for totals in each),
        starts[-1],
    )


def _break_even(card: Card, labels: Sequence[str], totals: Totals, now_us: int) -> float | None:
    """From what was paid; for a model that nobody read from yet, from its rates."""
    seen = _seen_break_even(totals)
    if seen is not None or len(labels) != 2:
        return seen
    provider, model = labels
    return _rated_break_even(card, provider, model, now_us)


def _seen_break_even(totals: Totals) -> float | None:
    if not (totals.cache_write_tokens and totals.cache_read_tokens):
        return None
    a_write = totals.cache_premium_pusd / totals.cache_write_tokens
    a_read = totals.cache_saved_pusd / totals.cache_read_tokens
    return max(0.0, a_write / a_read) if a_read > 0 else None


def _rated_break_even(card: Card, provider: str, model: str, now_us: int) -> float | None:
    terms = card.terms(provider, model, "", "", "")
    if not isinstance(terms, Offer):
        return None
    read = terms.charge(now_us, (0, _TOKENS, 0, 0, 0, 0, 0))
    write = terms.charge(now_us, (0, 0, 0, _TOKENS, 0, 0, 0))
    if read is None or write is None or read[1] <= 0:
        return None
    return max(0.0, write[2] / read[1])
