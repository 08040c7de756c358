"""What the store should answer, computed from calls one by one in plain Python."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import reduce
from itertools import pairwise
from operator import add

from sqlalchemy import Connection, select

from profiler.domain.calls import Basis, Call, Outcome
from profiler.domain.latency import bucket_of
from profiler.domain.periods import HOUR_US
from profiler.domain.scopes import (
    EVERYTHING,
    Bound,
    Dimension,
    Filter,
    Match,
    Quantity,
    TagMatch,
    WayMatch,
)
from profiler.domain.totals import FIELDS, NOTHING, Totals
from profiler.store import reads
from profiler.store.dictionary import cleaned, texts
from profiler.store.engine import Store
from profiler.store.layout import (
    CIRCUMSTANCES,
    GRAINS,
    HIGH,
    SPLIT,
    STRETCH_BITS,
    SUMS,
    Axis,
    Grain,
    Measure,
    Presence,
)
from profiler.store.rows import TOLD, entry_of
from profiler.store.tables import circumstances, histograms, presence, rollups

SumsKey = tuple[object, ...]
"""Axis, grain, start, label, provider, model."""


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
        and call.outcome not in wanted.excluded
        and all(_is_between(call, bound) for bound in wanted.bounds)
        and all(_is_tagged(call, tag) for tag in wanted.tags)
        and (not wanted.bases or call.cost.basis in wanted.bases)
        and all(_came_by(call, way) for way in wanted.ways)
        and (not wanted.ids or call.id in wanted.ids)
        and all(label(call, one.dimension) in one.labels for one in wanted.among)
    )


def _came_by(call: Call, way: WayMatch) -> bool:
    frames = call.stack or ((label(call, Dimension.SITE),) if call.site else ())
    if not way.pattern:
        return (not frames) is not way.is_excluded
    ways = (" > ".join(frames[: depth + 1]) for depth in range(len(frames)))
    if way.is_exact:
        return (way.pattern in ways) is not way.is_excluded
    return any(_is_like(way.pattern, one) for one in ways) is not way.is_excluded


def _fits(call: Call, match: Match) -> bool:
    text = label(call, match.dimension)
    if match.is_exact:
        return (text in match.patterns) is not match.is_excluded
    return any(_is_like(one, text) for one in match.patterns) is not match.is_excluded


def _is_like(pattern: str, text: str) -> bool:
    parts = ".*".join(re.escape(part) for part in pattern.split("*"))
    return bool(re.fullmatch(parts, text, re.IGNORECASE | re.DOTALL))


def _is_tagged(call: Call, tag: TagMatch) -> bool:
    if not tag.pattern:
        return (tag.name not in call.tags) is not tag.is_excluded
    value = call.tags.get(tag.name)
    has_it = value is not None and (
        value == tag.pattern if tag.is_exact else _is_like(tag.pattern, value)
    )
    return has_it is not tag.is_excluded


def _is_between(call: Call, bound: Bound) -> bool:
    usage = call.usage
    has_both = usage.input is not None and usage.output is not None
    measured = {
        Quantity.TOKENS: usage.total if has_both else None,
        Quantity.INPUT: usage.known_total_input,
        Quantity.OUTPUT: usage.output,
        Quantity.LATENCY: call.latency_us,
        Quantity.FIRST: call.first_chunk_us,
        Quantity.ATTEMPTS: call.attempts,
    }[bound.quantity]
    is_above = bound.above is None or (measured is not None and measured > bound.above)
    return is_above and (bound.below is None or (measured is not None and measured < bound.below))


def grouped_by(calls: Iterable[Call], by: Iterable[Dimension]) -> dict[tuple[str, ...], Totals]:
    """What `calls` add up to per label of each dimension."""
    groups: dict[tuple[str, ...], list[Call]] = defaultdict(list)
    dimensions = tuple(by)
    for call in calls:
        groups[tuple(label(call, dimension) for dimension in dimensions)].append(call)
    return {key: totals_of(members) for key, members in groups.items()}


def wanted_of(calls: Iterable[Call], wanted: Filter) -> list[Call]:
    """Those that `wanted` means."""
    return [call for call in calls if is_wanted(call, wanted)]


def series_of(
    calls: Sequence[Call], by: Dimension | None, edges: Sequence[int]
) -> dict[tuple[int, str], Totals]:
    """What `calls` add up to between each two of the edges, per label."""
    found: dict[tuple[int, str], Totals] = {}
    for number, (start, end) in enumerate(pairwise(edges)):
        inside = [call for call in calls if start <= call.started_at_us < end]
        groups = grouped_by(inside, [by] if by else [])
        found |= {(number, key[0] if key else ""): total for key, total in groups.items()}
    return found


def latencies_of(calls: Iterable[Call]) -> dict[tuple[str, str], dict[int, int]]:
    """How many calls of a provider's model took how long, in buckets."""
    counts: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for call in calls:
        if call.latency_us is not None:
            counts[call.provider, call.model][bucket_of(call.latency_us)] += 1
    return {model: dict(found) for model, found in counts.items()}


def assert_sound(store: Store) -> None:
    """The file is whole, and every kept sum is what the calls themselves add up to."""
    calls = list(reads.each(store, EVERYTHING))
    assert store.check() == []
    assert _stored_sums(store) == _sums_of(calls)
    assert _stored_histograms(store) == _histograms_of(calls)
    assert _stored_presence(store) == _presence_of(calls)


def _hour(call: Call) -> int:
    return call.started_at_us // HOUR_US


def _start(call: Call, grain: Grain) -> int:
    moment = datetime.fromtimestamp(_hour(call) * 3600, UTC)
    if grain is Grain.QUARTER:
        moment = moment.replace(hour=moment.hour // 6 * 6)
    if grain is Grain.DAY:
        moment = moment.replace(hour=0)
    if grain is Grain.MONTH:
        moment = moment.replace(day=1, hour=0)
    return int(moment.timestamp()) // 3600


def _kept_by(call: Call, axis: Axis) -> tuple[object, ...]:
    if axis is Axis.MODEL:
        return "", call.provider, call.model
    if axis is Axis.CIRCUMSTANCE:
        return _circumstance(call), "", ""
    if axis is Axis.WHOLE:
        return "", "", ""
    if axis is Axis.SESSION:
        return call.session, "", ""
    if axis is Axis.USER:
        return call.user, "", ""
    if axis is Axis.USER_AND_MODEL:
        return call.user, call.provider, call.model
    return label(call, Dimension[axis.name]), call.provider, call.model


def _circumstance(call: Call) -> tuple[object, ...]:
    told = entry_of(call)[TOLD]
    return (*map(cleaned, told[: len(CIRCUMSTANCES)]), *told[len(CIRCUMSTANCES) :])


def _sums_of(calls: list[Call]) -> dict[SumsKey, Totals]:
    groups: dict[SumsKey, list[Call]] = defaultdict(list)
    for call in calls:
        for axis, grains in GRAINS.items():
            for grain in grains:
                groups[axis, grain, _start(call, grain), *_kept_by(call, axis)].append(call)
    return {key: totals_of(members) for key, members in groups.items()}


def _stored_sums(store: Store) -> dict[SumsKey, Totals]:
    with store.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(rollups))]
        text = texts(connection, {i for row in rows for i in row[4:6]}, {})
        axes = [Axis(row[0]) for row in rows]
        ids = {row[3] for axis, row in zip(axes, rows, strict=True) if axis is not _MADE_IN}
        text |= texts(connection, ids, {})
        made_in = _told(connection)
    return {
        (
            *row[:3],
            made_in[row[3]] if axis is _MADE_IN else text[row[3]],
            text[row[4]],
            text[row[5]],
        ): _totals(row[6:])
        for axis, row in zip(axes, rows, strict=True)
    }


_MADE_IN = Axis.CIRCUMSTANCE


def _told(connection: Connection) -> dict[int, tuple[object, ...]]:
    count = len(CIRCUMSTANCES)
    rows = [tuple(row) for row in connection.execute(select(circumstances))]
    text = texts(connection, {i for row in rows for i in row[1 : count + 1]}, {})
    return {row[0]: (*(text[i] for i in row[1 : count + 1]), *row[count + 1 :]) for row in rows}


def _totals(sums: Sequence[int]) -> Totals:
    value = dict(zip(SUMS, sums, strict=True))
    return Totals(
        **{name: value[name] + SPLIT * value.get(name + HIGH, 0) for name in FIELDS},
    )


def _measured(call: Call) -> Iterator[tuple[Measure, int | None]]:
    yield Measure.LATENCY, call.latency_us
    yield Measure.FIRST_CHUNK, call.first_chunk_us
    yield Measure.COST, None if call.cost.pusd is None else call.cost.pusd // 1000


Counts = Counter[tuple[int, int, int, str, str, int]]
"""Calls by measure, grain, start, provider, model and bucket."""


def _histograms_of(calls: list[Call]) -> Counts:
    return Counter(
        (measure, grain, _start(call, grain), call.provider, call.model, bucket_of(value))
        for call in calls
        for grain in (Grain.QUARTER, Grain.DAY, Grain.MONTH)
        for measure, value in _measured(call)
        if value is not None
    )


def _stored_histograms(store: Store) -> Counts:
    with store.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(histograms))]
        text = texts(connection, {i for row in rows for i in row[3:5]}, {})
    return Counter({(*row[:3], text[row[3]], text[row[4]], row[5]): row[6] for row in rows})


def _occurring(call: Call) -> Iterator[tuple[Presence, object]]:
    yield Presence.CIRCUMSTANCE, _circumstance(call)
    yield Presence.USER, call.user
    yield Presence.SESSION, call.session
    yield Presence.EVERY, 0
    yield Presence.MODEL, call.model
    if call.cost.pusd is None:
        yield Presence.UNPRICED, 0
    if call.outcome is not Outcome.OK:
        yield Presence.OUTCOME, int(call.outcome)


def _presence_of(calls: list[Call]) -> dict[tuple[int, object, int], tuple[object, object]]:
    costs: dict[tuple[int, object, int], list[int]] = defaultdict(list)
    for call in calls:
        for kind, what in _occurring(call):
            there = costs[kind, what, call.started_at_us >> STRETCH_BITS]
            there += [] if call.cost.pusd is None else [call.cost.pusd // 1000]
    return {
        key: (min(those, default=None), max(those, default=None)) for key, those in costs.items()
    }


def _stored_presence(store: Store) -> dict[tuple[int, object, int], tuple[object, object]]:
    with store.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(presence))]
        labelled = {Presence.USER, Presence.SESSION, Presence.MODEL}
        text = texts(connection, {row[1] for row in rows if row[0] in labelled}, {})
        made_in = _told(connection)

    def what(kind: int, number: int) -> object:
        if kind in labelled:
            return text[number]
        return made_in[number] if kind == Presence.CIRCUMSTANCE else number

    return {
        (kind, what(kind, number), stretch): (low, high)
        for kind, number, stretch, low, high in rows
    }
