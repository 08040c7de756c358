"""How calls differ among themselves: quantiles, and how many were cut off or refused.

What histograms are kept of comes from those, and the ends of the range that they do not reach
from calls drawn at random.
Only provider and model have histograms: by anything else, the newest calls speak for all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from profiler.analysis.results.compared import Quantiles, Spread
from profiler.domain.latency import bucket_of, quantile_us
from profiler.domain.scopes import Dimension, Filter
from profiler.store import reads
from profiler.store.engine import Store
from profiler.store.reads import Glimpse, Measure

SAMPLED = 2_000
"""Calls that speak for all where nothing is kept, and for the days at the ends of a range."""

Labels = tuple[str, ...]

MODEL = (Dimension.PROVIDER, Dimension.MODEL)
_PUSD_PER_COUNTED = 1000
TRUNCATED = frozenset(
    {"length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"}
)
"""How providers say that a model was allowed no more tokens."""
REFUSED = "content_filter"
"""How providers call a prompt or an answer that they refused."""


@dataclass(slots=True)
class _Seen:
    """What is gathered of one row."""

    counted: dict[Measure, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    calls: int = 0
    truncated: int = 0
    refused: int = 0

    def take(self, glimpse: Glimpse, weight: int) -> None:
        cost = glimpse.cost_pusd
        values = {
            Measure.LATENCY: glimpse.latency_us,
            Measure.FIRST_CHUNK: glimpse.first_chunk_us,
            Measure.COST: None if cost is None else cost // _PUSD_PER_COUNTED,
        }
        for measure, value in values.items():
            if value is not None:
                self.counted[measure][bucket_of(value)] += weight
        self.calls += weight
        self.truncated += weight * is_truncated(glimpse.finish)
        self.refused += weight * (glimpse.error == REFUSED)

    def spread(self) -> Spread:
        cost = self._quantiles(Measure.COST)
        return Spread(
            Quantiles(*(_pusd(value) for value in (cost.p50, cost.p95, cost.p99))),
            self._quantiles(Measure.LATENCY),
            self._quantiles(Measure.FIRST_CHUNK),
            self.truncated / self.calls if self.calls else None,
            self.refused / self.calls if self.calls else None,
        )

    def _quantiles(self, measure: Measure) -> Quantiles:
        counted = self.counted[measure]
        return Quantiles(*(quantile_us(counted, share) for share in (0.50, 0.95, 0.99)))


def spreads(
    store: Store, by: Sequence[Dimension], wanted: Filter
) -> tuple[Mapping[Labels, Spread], int | None]:
    """The spread of each row, and of how many of the newest calls; `None` where of all."""
    seen: dict[Labels, _Seen] = defaultdict(_Seen)
    kept = reads.counted(store, wanted) if set(by) <= set(MODEL) else None
    if kept is None:
        newest = reads.newest(store, by, wanted, SAMPLED)
        _take(seen, newest, 1)
        # as many as there are, unless there are more
        sampled = len(newest) if len(newest) == SAMPLED else None
    else:
        sampled = None
        if kept.whole is not None:
            _take_kept(store, seen, by, replace(wanted, span=kept.whole))
        for edge in kept.edges:
            at_edge = replace(wanted, span=edge)
            part = max(1, reads.totals(store, at_edge).calls // SAMPLED)
            _take(seen, reads.one_in(store, by, at_edge, part), part)
    return {labels: one.spread() for labels, one in seen.items()}, sampled


def is_truncated(finish: str) -> bool:
    """Whether a model stopped because it was allowed no more tokens."""
    return finish.lower() in TRUNCATED


def _take(seen: dict[Labels, _Seen], glimpses: Iterable[Glimpse], weight: int) -> None:
    for glimpse in glimpses:
        seen[glimpse.labels].take(glimpse, weight)


def _take_kept(
    store: Store, seen: dict[Labels, _Seen], by: Sequence[Dimension], whole: Filter
) -> None:
    places = [MODEL.index(one) for one in by]
    for measure in Measure:
        for model, counts in reads.distribution(store, measure, whole).items():
            seen[tuple(model[place] for place in places)].counted[measure].update(counts)
    for (*labels, finish), totals in reads.grouped(store, (*by, Dimension.FINISH), whole):
        one = seen[tuple(labels)]
        one.calls += totals.calls
        one.truncated += totals.calls * is_truncated(finish)
    for (*labels, error), totals in reads.grouped(store, (*by, Dimension.ERROR), whole):
        seen[tuple(labels)].refused += totals.calls * (error == REFUSED)


def _pusd(counted: float | None) -> float | None:
    return None if counted is None else counted * _PUSD_PER_COUNTED
