"""Sums over calls, exact for any span: whole hours from the rollups, the edges from the calls."""

from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from operator import add, itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, literal, select

from profiler.domain.calls import Basis, Outcome
from profiler.domain.latency import bucket_of
from profiler.domain.periods import HOUR_US, Span
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import FIELDS, NOTHING, Totals
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.narrow import ON_EVERY_ROLLUP, Narrowed, among, narrow, scanning, within
from profiler.store.tables import ROLLED_UP, calls, latency_buckets, rollups

Groups = dict[tuple[int, ...], Totals]
"""Totals by the ids of the labels grouped by."""

_Sums = dict[tuple[int, ...], list[Any]]
"""The same while it is gathered: what `_summed` describes."""

_MONEY = tuple(field for field in FIELDS if field.endswith("_pusd"))
_SPLIT = 10**6
_Query = Select[*tuple[Any, ...]]


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


_is_estimated = calls.c.basis == int(Basis.ESTIMATED)
_is_derived = calls.c.basis == int(Basis.DERIVED)
_OF_ONE_CALL: dict[str, ColumnElement[int]] = {
    "calls": literal(1),
    "errors": _one_if(calls.c.outcome == int(Outcome.ERROR)),
    "aborted": _one_if(calls.c.outcome == int(Outcome.ABORTED)),
    "retries": case((calls.c.attempts > 1, calls.c.attempts - 1), else_=0),
    "unpriced_calls": _one_if(calls.c.cost_pusd.is_(None)),
    "estimated_calls": _one_if(_is_estimated),
    "derived_calls": _one_if(_is_derived),
    "input_tokens": func.coalesce(calls.c.input, 0),
    "cache_read_tokens": calls.c.cache_read,
    "cache_write_tokens": calls.c.cache_write + calls.c.cache_write_5m + calls.c.cache_write_1h,
    "output_tokens": func.coalesce(calls.c.output, 0),
    "reasoning_tokens": calls.c.reasoning,
    "spend_pusd": func.coalesce(calls.c.cost_pusd, 0),
    "estimated_pusd": case((_is_estimated, func.coalesce(calls.c.cost_pusd, 0)), else_=0),
    "derived_pusd": case((_is_derived, func.coalesce(calls.c.cost_pusd, 0)), else_=0),
    "cache_saved_pusd": calls.c.cache_saved_pusd,
    "cache_premium_pusd": calls.c.cache_premium_pusd,
    "cache_missed_pusd": calls.c.cache_missed_pusd,
    "latency_us": func.coalesce(calls.c.latency_us, 0),
    "timed_calls": _one_if(calls.c.latency_us.is_not(None)),
    "first_chunk_us": func.coalesce(calls.c.first_chunk_us, 0),
    "streamed_calls": _one_if(calls.c.first_chunk_us.is_not(None)),
}


def _summed(part: Callable[[str], ColumnElement[int]]) -> list[ColumnElement[int]]:
    """Sums of every field, money in two parts: nine million dollars would overflow 64 bits."""
    sums: list[ColumnElement[int]] = []
    for field in FIELDS:
        value = part(field)
        if field in _MONEY:
            sums.append(func.sum(value // _SPLIT))
            sums.append(func.sum(value % _SPLIT))
        else:
            sums.append(func.sum(value))
    return sums


_CALL_SUMS = _summed(lambda field: _OF_ONE_CALL[field])
_ROLLUP_SUMS = _summed(lambda field: rollups.c[field])


def _totals(sums: Sequence[Any]) -> Totals:
    """The row that `_summed` describes, as Totals."""
    left = iter(sums)
    values = {}
    for field in FIELDS:
        value = int(next(left))
        values[field] = value * _SPLIT + int(next(left)) if field in _MONEY else value
    return Totals(**values)


def _finished(groups: _Sums) -> Groups:
    return {key: _totals(sums) for key, sums in groups.items()}


def totals(store: Store, wanted: Filter) -> Totals:
    """What the wanted calls add up to."""
    with store.reading() as connection:
        groups = _grouped(connection, (), narrow(connection, wanted))
    return groups.get((), NOTHING)


def grouped(
    store: Store, by: Sequence[Dimension], wanted: Filter
) -> list[tuple[tuple[str, ...], Totals]]:
    """What the wanted calls add up to per label of each dimension; empty groups are left out."""
    with store.reading() as connection:
        groups = _grouped(connection, tuple(by), narrow(connection, wanted))
        label = texts(connection, (i for key in groups for i in key), store.label_texts)
    return [(tuple(label[i] for i in key), total) for key, total in groups.items()]


def series(
    store: Store, by: Dimension | None, edges_us: Sequence[int], wanted: Filter
) -> list[tuple[int, str, Totals]]:
    """The same per stretch of time: (i, label, totals) for [edges[i], edges[i + 1]).

    `edges_us` ascend; stretches and labels without calls are left out.
    """
    stretches = [_overlap(wanted.span, Span(*ends)) for ends in pairwise(edges_us)]
    with store.reading() as connection:
        found = _by_stretch(connection, (by,) if by else (), narrow(connection, wanted), stretches)
        label = texts(connection, (key[1] for key in found if by), store.label_texts)
    return [(key[0], label[key[1]] if by else "", total) for key, total in found.items()]


def latencies(store: Store, wanted: Filter) -> dict[tuple[str, str], dict[int, int]]:
    """Timed calls per (provider, model) and latency bucket of `domain.latency`."""
    counted: dict[tuple[int, int], dict[int, int]] = {}
    with store.reading() as connection:
        narrowed = narrow(connection, wanted)
        for provider, model, bucket, count in _bucketed(connection, narrowed):
            counts = counted.setdefault((provider, model), {})
            counts[bucket] = counts.get(bucket, 0) + count
        label = texts(connection, (i for key in counted for i in key), store.label_texts)
    return {(label[p], label[m]): counts for (p, m), counts in counted.items()}


def _overlap(a: Span, b: Span) -> Span:
    starts = [start for start in (a.start_us, b.start_us) if start is not None]
    ends = [end for end in (a.end_us, b.end_us) if end is not None]
    return Span(max(starts, default=None), min(ends, default=None))


def _pieces(span: Span) -> tuple[Span | None, list[Span]]:
    """`span` as whole hours (or none) and what is left of it at its edges."""
    start, end = span.start_us, span.end_us
    if start is not None and end is not None and start >= end:
        return None, []
    first = None if start is None else -(-start // HOUR_US) * HOUR_US
    after = None if end is None else end // HOUR_US * HOUR_US
    if first is not None and after is not None and first >= after:
        return None, [span]
    edges = [Span(start, first), Span(after, end)]
    return Span(first, after), [edge for edge in edges if edge.start_us != edge.end_us]


def _grouped(connection: Connection, by: tuple[Dimension, ...], narrowed: Narrowed) -> Groups:
    if narrowed.is_nothing:
        return {}
    span = narrowed.wanted.span
    hours, edges = _pieces(span) if _is_rolled_up(by, narrowed) else (None, [span])
    groups: _Sums = {}
    if hours is not None:
        for row in connection.execute(_from_rollups(by, narrowed, hours)):
            _add(groups, tuple(row[: len(by)]), row[len(by) :])
    for edge in edges:
        _add_calls(groups, (), connection, _from_calls(by, narrowed, edge))
    return _finished(groups)


def _by_stretch(
    connection: Connection, by: tuple[Dimension, ...], narrowed: Narrowed, stretches: list[Span]
) -> Groups:
    """Totals by (stretch, label id if any); all whole hours are read at once."""
    if narrowed.is_nothing or not stretches:
        return {}
    groups: _Sums = {}
    whole: list[tuple[int, int, int]] = []
    for number, span in enumerate(stretches):
        hours, edges = _pieces(span) if _is_rolled_up(by, narrowed) else (None, [span])
        if hours is not None and hours.start_us is not None and hours.end_us is not None:
            whole.append((hours.start_us, hours.end_us, number))
        for edge in edges:
            _add_calls(groups, (number,), connection, _from_calls(by, narrowed, edge))
    if not whole:
        return _finished(groups)
    query = _from_rollups(by, narrowed, Span(whole[0][0], whole[-1][1]), per_hour=True)
    for hour, *row in connection.execute(query):
        # Hours that two stretches share are between two of these, and came with the edges.
        _, end_us, number = whole[bisect(whole, hour, key=itemgetter(0)) - 1]
        if hour < end_us:
            _add(groups, (number, *row[: len(by)]), row[len(by) :])
    return _finished(groups)


def _others(by: tuple[Dimension, ...], narrowed: Narrowed) -> set[Dimension]:
    """What is grouped or narrowed by besides provider and model."""
    return {*narrowed.others, *(one for one in by if one not in ON_EVERY_ROLLUP)}


def _is_rolled_up(by: tuple[Dimension, ...], narrowed: Narrowed) -> bool:
    """Whether whole hours can tell, or single calls must be looked at."""
    return not narrowed.needs_calls and len(_others(by, narrowed)) <= 1


def _add_calls(groups: _Sums, key: tuple[int, ...], connection: Connection, query: _Query) -> None:
    for row in connection.execute(query):
        labels = len(row) - len(_CALL_SUMS)
        _add(groups, (*key, *row[:labels]), row[labels:])


def _add(groups: _Sums, key: tuple[int, ...], sums: Sequence[Any]) -> None:
    if sums[0]:
        there = groups.get(key)
        groups[key] = list(map(add, there, sums)) if there else list(sums)


def _from_rollups(
    by: tuple[Dimension, ...], narrowed: Narrowed, hours: Span, *, per_hour: bool = False
) -> _Query:
    other = next(iter(_others(by, narrowed)), None)

    def label(dimension: Dimension) -> ColumnElement[int]:
        return rollups.c["label_id" if dimension is other else f"{dimension}_id"]

    columns: list[ColumnElement[int]] = [rollups.c.hour_us] if per_hour else []
    columns += [label(dimension) for dimension in by]
    conditions = (
        rollups.c.dimension == ROLLED_UP[other],
        *within(rollups.c.hour_us, hours),
        *(among(label(dimension), ids) for dimension, ids in narrowed.ids.items()),
    )
    return select(*columns, *_ROLLUP_SUMS).where(*conditions).group_by(*columns)


def _from_calls(
    by: tuple[Dimension, ...], narrowed: Narrowed, span: Span
) -> Select[*tuple[Any, ...]]:
    columns = [calls.c[f"{dimension}_id"] for dimension in by]
    return select(*columns, *_CALL_SUMS).where(scanning(narrowed, span)).group_by(*columns)


def _bucketed(connection: Connection, narrowed: Narrowed) -> Iterator[tuple[int, int, int, int]]:
    """(provider id, model id, bucket, calls); a bucket may come more than once."""
    if narrowed.is_nothing:
        return
    hours, edges = None, [narrowed.wanted.span]
    if not narrowed.needs_calls and not narrowed.others:
        hours, edges = _pieces(narrowed.wanted.span)
    table = latency_buckets
    keys = (table.c.provider_id, table.c.model_id, table.c.bucket)
    if hours is not None:
        conditions = (
            *within(table.c.hour_us, hours),
            *(among(table.c[f"{one}_id"], ids) for one, ids in narrowed.ids.items()),
        )
        query = select(*keys, func.sum(table.c.calls)).where(*conditions).group_by(*keys)
        yield from ((p, m, b, int(count)) for p, m, b, count in connection.execute(query))
    for edge in edges:
        each = select(calls.c.provider_id, calls.c.model_id, calls.c.latency_us).where(
            scanning(narrowed, edge), calls.c.latency_us.is_not(None)
        )
        yield from ((p, m, bucket_of(us), 1) for p, m, us in connection.execute(each))
