"""Sums over calls, exact for any span: whole hours from the rollups, the edges from the calls."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
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

_MONEY = tuple(field for field in FIELDS if field.endswith("_pusd"))
_SPLIT = 10**6


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


_is_estimated = calls.c.basis == int(Basis.ESTIMATED)
_OF_ONE_CALL: dict[str, ColumnElement[int]] = {
    "calls": literal(1),
    "errors": _one_if(calls.c.outcome == int(Outcome.ERROR)),
    "aborted": _one_if(calls.c.outcome == int(Outcome.ABORTED)),
    "retries": case((calls.c.attempts > 1, calls.c.attempts - 1), else_=0),
    "unpriced_calls": _one_if(calls.c.cost_pusd.is_(None)),
    "estimated_calls": _one_if(_is_estimated),
    "input_tokens": func.coalesce(calls.c.input, 0),
    "cache_read_tokens": calls.c.cache_read,
    "cache_write_tokens": calls.c.cache_write + calls.c.cache_write_5m + calls.c.cache_write_1h,
    "output_tokens": func.coalesce(calls.c.output, 0),
    "reasoning_tokens": calls.c.reasoning,
    "spend_pusd": func.coalesce(calls.c.cost_pusd, 0),
    "estimated_pusd": case((_is_estimated, func.coalesce(calls.c.cost_pusd, 0)), else_=0),
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
        value = int(next(left) or 0)
        values[field] = value * _SPLIT + int(next(left) or 0) if field in _MONEY else value
    return Totals(**values)


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
    dimensions = (by,) if by else ()
    found: list[tuple[int, int, Totals]] = []
    with store.reading() as connection:
        narrowed = narrow(connection, wanted)
        for number, (start_us, end_us) in enumerate(pairwise(edges_us)):
            span = _overlap(wanted.span, Span(start_us, end_us))
            groups = _grouped(connection, dimensions, narrowed, span)
            found += [(number, key[0] if key else 0, total) for key, total in groups.items()]
        label = texts(connection, (one[1] for one in found), store.label_texts)
    return [(number, label[i], total) for number, i, total in found]


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


def _grouped(
    connection: Connection,
    by: tuple[Dimension, ...],
    narrowed: Narrowed,
    span: Span | None = None,
) -> Groups:
    if narrowed.is_nothing:
        return {}
    span = narrowed.wanted.span if span is None else span
    others = {*narrowed.others, *(one for one in by if one not in ON_EVERY_ROLLUP)}
    if narrowed.needs_calls or len(others) > 1:
        hours, edges = None, [span]
    else:
        hours, edges = _pieces(span)
    groups: Groups = {}
    if hours is not None:
        other = next(iter(others), None)
        _gather(groups, connection.execute(_from_rollups(by, narrowed, other, hours)), len(by))
    for edge in edges:
        _gather(groups, connection.execute(_from_calls(by, narrowed, edge)), len(by))
    return groups


def _gather(groups: Groups, rows: Any, keys: int) -> None:
    for row in rows:
        total = _totals(row[keys:])
        if total.calls:
            key = tuple(row[:keys])
            groups[key] = groups[key] + total if key in groups else total


def _from_rollups(
    by: tuple[Dimension, ...], narrowed: Narrowed, other: Dimension | None, hours: Span
) -> Select[*tuple[Any, ...]]:
    def label(dimension: Dimension) -> ColumnElement[int]:
        return rollups.c["label_id" if dimension is other else f"{dimension}_id"]

    columns = [label(dimension) for dimension in by]
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
