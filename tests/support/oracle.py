"""What the store should answer, computed from calls one by one in plain Python."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import reduce
from operator import add

from sqlalchemy import select

from profiler.domain.calls import Basis, Call, Outcome
from profiler.domain.latency import bucket_of
from profiler.domain.periods import HOUR_US
from profiler.domain.scopes import EVERYTHING, Dimension, Filter, Match
from profiler.domain.totals import NOTHING, Totals
from profiler.store import reads
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.tables import ROLLED_UP, latency_buckets, rollups

RollupKey = tuple[int, int, str, str, str]


def totals_of(calls: Iterable[Call]) -> Totals:
    """What `calls` add up to."""
    return reduce(add, map(_alone, calls), NOTHING)


def _alone(call: Call) -> Totals:
    is_estimated = call.cost.basis is Basis.ESTIMATED
    is_derived = call.cost.basis is Basis.DERIVED
    return Totals(
        calls=1,
        errors=call.outcome is Outcome.ERROR,
        aborted=call.outcome is Outcome.ABORTED,
        retries=max(0, call.attempts - 1),
        unpriced_calls=call.cost.pusd is None,
        estimated_calls=is_estimated,
        derived_calls=is_derived,
        input_tokens=call.usage.input or 0,
        cache_read_tokens=call.usage.cache_read,
        cache_write_tokens=call.usage.cache_writes,
        output_tokens=call.usage.output or 0,
        reasoning_tokens=call.usage.reasoning,
        spend_pusd=call.cost.pusd or 0,
        estimated_pusd=(call.cost.pusd or 0) if is_estimated else 0,
        derived_pusd=(call.cost.pusd or 0) if is_derived else 0,
        cache_saved_pusd=call.cost.cache_saved_pusd,
        cache_premium_pusd=call.cost.cache_premium_pusd,
        cache_missed_pusd=call.cost.cache_missed_pusd,
        latency_us=call.latency_us or 0,
        timed_calls=call.latency_us is not None,
        first_chunk_us=call.first_chunk_us or 0,
        streamed_calls=call.first_chunk_us is not None,
    )


def label(call: Call, dimension: Dimension) -> str:
    """The call's label in `dimension`."""
    return str(getattr(call, dimension.value))


def is_wanted(call: Call, wanted: Filter) -> bool:
    """Whether every condition of `wanted` holds."""
    pusd, above, below = call.cost.pusd, wanted.cost_above_pusd, wanted.cost_below_pusd
    return (
        wanted.span.contains(call.started_at_us)
        and all(_fits(call, match) for match in wanted.matches)
        and wanted.outcome in {None, call.outcome}
        and (above is None or (pusd is not None and pusd > above))
        and (below is None or (pusd is not None and pusd < below))
        and wanted.is_priced in {None, pusd is not None}
    )


def _fits(call: Call, match: Match) -> bool:
    pattern = ".*".join(re.escape(part) for part in match.pattern.split("*"))
    return bool(re.fullmatch(pattern, label(call, match.dimension), re.IGNORECASE | re.DOTALL))


def grouped_by(calls: Iterable[Call], by: Iterable[Dimension]) -> dict[tuple[str, ...], Totals]:
    """What `calls` add up to per label of each dimension."""
    groups: dict[tuple[str, ...], list[Call]] = defaultdict(list)
    dimensions = tuple(by)
    for call in calls:
        groups[tuple(label(call, dimension) for dimension in dimensions)].append(call)
    return {key: totals_of(members) for key, members in groups.items()}


def assert_sound(store: Store) -> None:
    """The file is whole, and every kept sum is what the calls themselves add up to."""
    calls = list(reads.each(store, EVERYTHING))
    assert store.check() == []
    assert _stored_rollups(store) == _rollups_of(calls)
    assert _stored_latencies(store) == Counter(
        (_hour(call), call.provider, call.model, bucket_of(call.latency_us))
        for call in calls
        if call.latency_us is not None
    )


def _hour(call: Call) -> int:
    return call.started_at_us // HOUR_US * HOUR_US


def _rollups_of(calls: list[Call]) -> dict[RollupKey, Totals]:
    groups: dict[RollupKey, list[Call]] = defaultdict(list)
    for call in calls:
        for dimension, code in ROLLED_UP.items():
            name = label(call, dimension) if dimension else ""
            groups[code, _hour(call), name, call.provider, call.model].append(call)
    return {key: totals_of(members) for key, members in groups.items()}


def _stored_rollups(store: Store) -> dict[RollupKey, Totals]:
    with store.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(rollups))]
        text = texts(connection, {i for row in rows for i in row[2:5]}, {})
    return {
        (row[0], row[1], text[row[2]], text[row[3]], text[row[4]]): Totals(*row[5:]) for row in rows
    }


def _stored_latencies(store: Store) -> Counter[tuple[int, str, str, int]]:
    with store.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(latency_buckets))]
        text = texts(connection, {i for row in rows for i in row[1:3]}, {})
    return Counter({(hour, text[p], text[m], bucket): count for hour, p, m, bucket, count in rows})
