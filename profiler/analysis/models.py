"""Models side by side: what each costs, how fast it answers."""

from profiler.analysis.results import CacheRow, ModelRow
from profiler.domain.latency import quantile_us
from profiler.domain.scopes import Dimension, Filter
from profiler.store import reads
from profiler.store.engine import Store


def models(store: Store, wanted: Filter) -> tuple[ModelRow, ...]:
    """One row per provider and model, the dearest first."""
    latencies = reads.latencies(store, wanted)
    rows = [
        ModelRow(
            provider=provider,
            model=model,
            totals=totals,
            p50_us=quantile_us(latencies.get((provider, model), {}), 0.50),
            p95_us=quantile_us(latencies.get((provider, model), {}), 0.95),
        )
        for (provider, model), totals in reads.grouped(
            store, (Dimension.PROVIDER, Dimension.MODEL), wanted
        )
    ]
    return tuple(sorted(rows, key=lambda r: (-r.totals.spend_pusd, -r.totals.calls, r.name)))


def cache(rows: tuple[ModelRow, ...]) -> tuple[CacheRow, ...]:
    """The same models by what caching saved, the most first; models that read nothing left out."""
    found = [CacheRow(row.name, row.totals) for row in rows if row.totals.total_input]
    return tuple(sorted(found, key=lambda r: (-r.totals.cache_net_pusd, r.name)))
