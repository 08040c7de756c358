"""How many calls there are of each magnitude: histograms for whole stretches, edges from calls."""

from collections.abc import Iterator

from sqlalchemy import Connection

from profiler.domain.latency import bucket_of
from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension, Filter
from profiler.store import dialect, digests
from profiler.store.circumstances import circumstances_of
from profiler.store.crowds import are_circumstances_many
from profiler.store.cuts import axis_of
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.layout import CIRCUMSTANCES, COUNTED_GRAINS, Axis, Measure
from profiler.store.narrow import Condition, Narrowed, narrow, of_calls, where, within
from profiler.store.rollup import PUSD_PER_COUNTED
from profiler.store.sources import CALLED_IN, closed
from profiler.store.spans import balanced

_PLACES = (CIRCUMSTANCES.index(Dimension.PROVIDER), CIRCUMSTANCES.index(Dimension.MODEL))


def latencies(store: Store, wanted: Filter) -> dict[tuple[str, str], dict[int, int]]:
    """Timed calls per (provider, model) and latency bucket of `domain.latency`."""
    return distribution(store, Measure.LATENCY, wanted)


def distribution(
    store: Store, measure: Measure, wanted: Filter
) -> dict[tuple[str, str], dict[int, int]]:
    """Calls per (provider, model) and bucket of what is measured; the unknown are left out."""
    counted: dict[tuple[int, int], dict[int, int]] = {}
    with store.reading() as connection:
        narrowed = narrow(connection, wanted)
        for provider, model, bucket, count in _bucketed(store, connection, measure, narrowed):
            counts = counted.setdefault((provider, model), {})
            counts[bucket] = counts.get(bucket, 0) + count
        label = texts(connection, (i for key in counted for i in key), store.label_texts)
    return {
        (label[p], label[m]): there
        for (p, m), counts in counted.items()
        if (there := {bucket: count for bucket, count in counts.items() if count})
    }


_MEASURED = {
    Measure.LATENCY: "latency_us",
    Measure.FIRST_CHUNK: "first_chunk_us",
    Measure.COST: f"cost_pusd / {PUSD_PER_COUNTED}",
}


def _bucketed(
    store: Store, connection: Connection, measure: Measure, narrowed: Narrowed
) -> Iterator[tuple[int, int, int, int]]:
    """(provider id, model id, bucket, calls); what comes more than once is to be added up."""
    if narrowed.is_nothing:
        return
    can_tell = axis_of((), narrowed) is Axis.MODEL
    grains = COUNTED_GRAINS if can_tell else ()
    cuts = balanced(narrowed.wanted.span, grains, digests.horizon_us(connection))
    for sign, cut in zip((1, -1), cuts, strict=True):
        for grain, first, after in cut.whole:
            kept = _counted(connection, measure, narrowed, (int(grain), *closed(first, after)))
            yield from ((p, m, bucket, sign * count) for p, m, bucket, count in kept)
        for edge in cut.edges:
            yield from (
                (*key, sign) for key in _measured(store, connection, measure, narrowed, edge)
            )


def _counted(
    connection: Connection, measure: Measure, narrowed: Narrowed, stretch: tuple[int, int, int]
) -> list[tuple[int, int, int, int]]:
    """What is kept of `stretch`: a grain, and where it begins and ends."""
    span = Condition("measure = ? AND grain = ? AND start_h >= ? AND start_h < ?")
    condition = where([span, *narrowed.labelled(lambda one: f"{one}_id")])
    keys = "provider_id, model_id, bucket"
    text = f"SELECT {keys}, SUM(calls) FROM histograms WHERE {condition.text} GROUP BY {keys}"
    return dialect.plain_rows(connection, text, (int(measure), *stretch, *condition.values))


def _measured(
    store: Store, connection: Connection, measure: Measure, narrowed: Narrowed, edge: Span
) -> Iterator[tuple[int, int, int]]:
    """The provider, the model and the bucket of each call in `edge`."""
    value = _MEASURED[measure]
    known = Condition(f"{value} IS NOT NULL")
    condition = where([known, *within("at_us", edge), *of_calls(narrowed)])
    if are_circumstances_many(connection):
        keys = "made.provider_id, made.model_id"
        text = f"SELECT {keys}, {value} FROM calls {CALLED_IN} WHERE {condition.text}"
        for *key, found in dialect.plain_rows(connection, text, condition.values):
            yield key[0], key[1], bucket_of(found)
        return
    text = f"SELECT circumstance_id, {value} FROM calls WHERE {condition.text}"
    rows = dialect.plain_rows(connection, text, condition.values)
    made = circumstances_of(connection, (row[0] for row in rows), store.circumstances)
    for number, found in rows:
        provider, model = (made[number].label_ids[place] for place in _PLACES)
        yield provider, model, bucket_of(found)
