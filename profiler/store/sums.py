"""Sums over calls, exact for any span: whole months, days and hours from what is kept, the edges
from the calls.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from operator import add
from typing import Any, Literal

from sqlalchemy import Connection

from profiler.domain.calls import Basis, Outcome
from profiler.domain.latency import bucket_of
from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import FIELDS, NOTHING, Totals
from profiler.store import dialect, digests
from profiler.store.circumstances import Circumstance, circumstances_of
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.layout import (
    CIRCUMSTANCES,
    COUNTED_GRAINS,
    GRAINS,
    HIGH,
    MONEY,
    SPLIT,
    SUMS,
    Axis,
    Grain,
    Measure,
)
from profiler.store.narrow import (
    PER_CALL,
    Condition,
    Narrowed,
    among,
    narrow,
    of_calls,
    where,
    within,
)
from profiler.store.rollup import PUSD_PER_COUNTED
from profiler.store.spans import balanced

_Key = tuple[int, ...]
"""The number of a stretch, then the ids of the labels grouped by."""
_Sums = dict[_Key, list[int]]
"""A value per column of `SUMS`."""
_Stretch = tuple[int, int, int, int]
"""Number, beginning, end, and whether it is added (1) or taken away (-1)."""

_MOST_AXES = (Dimension.PROVIDER, Dimension.MODEL)
"""What sums of most axes are kept by besides."""

Kind = Dimension | Literal["stack"]
"""What calls are told apart by: a label, or all the frames that led to them, as one text."""

_NEVER, _FOREVER = -(2**62), 2**62
_MOST_STRETCHES = 5_000


def totals(store: Store, wanted: Filter) -> Totals:
    """What the wanted calls add up to."""
    return dict(grouped(store, (), wanted)).get((), NOTHING)


def grouped(
    store: Store, by: Sequence[Kind], wanted: Filter
) -> list[tuple[tuple[str, ...], Totals]]:
    """What the wanted calls add up to per label of each kind; empty groups are left out."""
    with store.reading() as connection:
        question = _Question(store, connection, tuple(by), narrow(connection, wanted))
        found = question.answered([wanted.span])
        label = texts(connection, (i for key in found for i in key[1:]), store.label_texts)
    return [(tuple(label[i] for i in key[1:]), totals_in(sums)) for key, sums in found.items()]


def series(
    store: Store, by: Dimension | None, edges_us: Sequence[int], wanted: Filter
) -> list[tuple[int, str, Totals]]:
    """The same per stretch of time: (i, label, totals) for [edges[i], edges[i + 1]).

    `edges_us` ascend; stretches and labels without calls are left out.
    """
    stretches = [_overlap(wanted.span, Span(*ends)) for ends in pairwise(edges_us)]
    with store.reading() as connection:
        question = _Question(store, connection, (by,) if by else (), narrow(connection, wanted))
        found = question.answered(stretches)
        label = texts(connection, (i for key in found for i in key[1:]), store.label_texts)
    return [
        (number, label[ids[0]] if ids else "", totals_in(sums))
        for (number, *ids), sums in found.items()
    ]


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


def _overlap(a: Span, b: Span) -> Span:
    starts = [start for start in (a.start_us, b.start_us) if start is not None]
    ends = [end for end in (a.end_us, b.end_us) if end is not None]
    return Span(max(starts, default=None), min(ends, default=None))


_MONEY = tuple(map(FIELDS.index, MONEY))


def totals_in(sums: Sequence[int]) -> Totals:
    """What a value per column of `SUMS` says."""
    values = list(sums[: len(FIELDS)])
    for place, high in zip(_MONEY, sums[len(FIELDS) :], strict=True):
        values[place] += high * SPLIT
    return Totals(*values)


def axis_of(by: Sequence[Kind], narrowed: Narrowed) -> Axis | None:
    """By what the sums are kept that can tell; `None` where only the calls can."""
    if narrowed.has_bounds:
        return None
    named: set[Kind] = {*narrowed.dimensions, *by}
    others = named.difference(_MOST_AXES)
    is_of_session = Dimension.SESSION in named and len(named) > 1
    if len(others) > 1 or narrowed.has_facts or is_of_session or "stack" in others:
        return None if others.intersection(PER_CALL) else Axis.CIRCUMSTANCE
    if others == {Dimension.USER} and named != others:
        return Axis.USER_AND_MODEL
    return Axis[others.pop().upper()] if others else Axis.MODEL


def summed_by(by: Sequence[Kind], narrowed: Narrowed) -> Axis | None:
    """The same; where nothing is told apart and nothing left out, that needs no model."""
    axis = axis_of(by, narrowed)
    is_whole = axis is Axis.MODEL and not by and not narrowed.dimensions
    return Axis.WHOLE if is_whole else axis


def grains_of(axis: Axis) -> dict[Grain, Axis]:
    """By which stretches of time sums answer a question about `axis`, and those of which axis.

    What calls were made in tells every label that combines, and is summed by shorter stretches.
    """
    if axis in {Axis.USER, Axis.USER_AND_MODEL, Axis.SESSION, Axis.MODEL, Axis.WHOLE}:
        return dict.fromkeys(GRAINS[axis], axis)
    return dict.fromkeys(GRAINS[Axis.CIRCUMSTANCE], Axis.CIRCUMSTANCE) | dict.fromkeys(
        GRAINS[axis], axis
    )


class _Question:
    """A filter and what to group by, to be answered for stretches of time."""

    def __init__(
        self,
        store: Store,
        connection: Connection,
        by: tuple[Kind, ...],
        narrowed: Narrowed,
    ) -> None:
        self._store = store
        self._connection = connection
        self._by = by
        self._narrowed = narrowed
        self._found: _Sums = {}

    def answered(self, stretches: Sequence[Span]) -> _Sums:
        """The sums in each of `stretches`."""
        if self._narrowed.is_nothing:
            return {}
        axis = summed_by(self._by, self._narrowed)
        kept_by = {} if axis is None else grains_of(axis)
        whole: dict[Grain, list[_Stretch]] = {grain: [] for grain in kept_by}
        edges: list[_Stretch] = []
        gone_us = digests.horizon_us(self._connection)
        for number, span in enumerate(stretches):
            for sign, cut in zip((1, -1), balanced(span, tuple(kept_by), gone_us), strict=True):
                for grain, first, after in cut.whole:
                    whole[grain].append((number, *closed(first, after), sign))
                edges += [(number, *closed(one.start_us, one.end_us), sign) for one in cut.edges]
        for grain, parts in whole.items():
            for some in _portions(parts):
                self._add_kept(kept_by[grain], grain, some)
        for some in _portions(edges):
            self._add_calls(some)
        return {key: sums for key, sums in self._found.items() if sums[0]}

    def _add_kept(self, axis: Axis, grain: Grain, parts: Sequence[_Stretch]) -> None:
        conditions = [Condition("axis = ? AND grain = ?", (int(axis), int(grain)))]
        if axis is Axis.CIRCUMSTANCE:
            if self._narrowed.circumstances is not None:
                conditions.append(among("label_id", self._narrowed.circumstances))
            columns = ["label_id"]
        else:
            conditions += self._narrowed.labelled(_kept)
            columns = [_kept(dimension) for dimension in self._by]
        rows = self._summed("rollups", "start_h", columns, _KEPT, conditions, parts)
        if axis is not Axis.CIRCUMSTANCE:
            for sign, *row in rows:
                self._add(tuple(row[: -len(SUMS)]), row[-len(SUMS) :], sign)
            return
        made = circumstances_of(
            self._connection, (row[2] for row in rows), self._store.circumstances
        )
        for sign, number, circumstance, *sums in rows:
            self._add((number, *self._ids(made[circumstance], {})), sums, sign)

    def _add_calls(self, parts: Sequence[_Stretch]) -> None:
        own = [dimension for dimension in self._by if dimension in PER_CALL]
        columns = ["circumstance_id", *(f"{dimension}_id" for dimension in own)]
        rows = self._summed("calls", "at_us", columns, SCANNED, of_calls(self._narrowed), parts)
        made = circumstances_of(
            self._connection, (row[2] for row in rows), self._store.circumstances
        )
        alike: dict[tuple[int, Outcome, Basis, _Key], tuple[Circumstance, Sequence[int]]] = {}
        for sign, number, circumstance, *row in rows:
            made_in, scanned = made[circumstance], row[len(own) :]
            ids = self._ids(made_in, dict(zip(own, row, strict=False)))
            key = sign, made_in.outcome, made_in.basis, (number, *ids)
            there = alike.get(key)
            alike[key] = made_in, list(map(add, there[1], scanned)) if there else scanned
        for (sign, _, _, labels), (made_in, sums) in alike.items():
            self._add(labels, of_circumstance(sums, made_in), sign)

    def _summed(
        self,
        table: str,
        when: str,
        columns: Sequence[str],
        sums: Mapping[str, str],
        conditions: Sequence[Condition],
        parts: Sequence[_Stretch],
    ) -> list[Sequence[Any]]:
        """Per sign and number of a stretch and value of `columns`: the sums."""
        within = where(conditions)
        names = ", ".join(("part.sign", "part.number", *columns))
        values = ", ".join(["(?, ?, ?, ?)"] * len(parts))
        text = (
            f"WITH part(number, first, after, sign) AS (VALUES {values}) "
            f"SELECT {names}, {', '.join(sums.values())} "
            f"FROM part CROSS JOIN {table} ON {when} >= part.first AND {when} < part.after "
            f"WHERE {within.text} GROUP BY {names}"
        )
        bound = tuple(value for part in parts for value in part)
        return list(self._connection.exec_driver_sql(text, bound + within.values))

    def _ids(self, made_in: Circumstance, own: Mapping[Kind, int]) -> Iterator[int]:
        for dimension in self._by:
            if dimension in own:
                yield own[dimension]
            else:
                yield made_in.label_ids[_PLACE[dimension]]

    def _add(self, key: _Key, sums: Sequence[int], sign: int) -> None:
        if sign < 0:
            sums = [-one for one in sums]
        there = self._found.get(key)
        self._found[key] = list(map(add, there, sums)) if there else list(sums)


_PLACE: dict[Kind, int] = {
    one: CIRCUMSTANCES.index(one) for one in (*Dimension, "stack") if one not in PER_CALL
}


def closed(first: int | None, after: int | None) -> tuple[int, int]:
    """Such ends with something for those that are open."""
    return _NEVER if first is None else first, _FOREVER if after is None else after


def _portions(parts: Sequence[_Stretch]) -> Iterator[Sequence[_Stretch]]:
    for start in range(0, len(parts), _MOST_STRETCHES):
        yield parts[start : start + _MOST_STRETCHES]


def _kept(dimension: Kind) -> str:
    return f"{dimension}_id" if dimension in _MOST_AXES else "label_id"


_KEPT = {name: f"SUM({name})" for name in SUMS}

_OF_CALLS = {
    "calls": "COUNT(*)",
    "retries": "SUM(MAX(attempts - 1, 0))",
    "input_tokens": "SUM(IFNULL(input, 0))",
    "cache_read_tokens": "SUM(cache_read)",
    "cache_write_tokens": "SUM(cache_write + cache_write_5m + cache_write_1h)",
    "output_tokens": "SUM(IFNULL(output, 0))",
    "reasoning_tokens": "SUM(reasoning)",
    "latency_us": "SUM(IFNULL(latency_us, 0))",
    "timed_calls": "COUNT(latency_us)",
    "first_chunk_us": "SUM(IFNULL(first_chunk_us, 0))",
    "streamed_calls": "COUNT(first_chunk_us)",
}
_MONEY_OF_CALLS = {
    "spend_pusd": "IFNULL(cost_pusd, 0)",
    "cache_saved_pusd": "cache_saved_pusd",
    "cache_premium_pusd": "cache_premium_pusd",
    "cache_missed_pusd": "cache_missed_pusd",
}
SCANNED = {
    **_OF_CALLS,
    **{name: f"SUM({value} % {SPLIT})" for name, value in _MONEY_OF_CALLS.items()},
    **{name + HIGH: f"SUM({value} / {SPLIT})" for name, value in _MONEY_OF_CALLS.items()},
}
"""What of `SUMS` single calls tell, in SQL; the rest follows from their circumstance."""


def of_circumstance(scanned: Sequence[int], made_in: Circumstance) -> list[int]:
    """The sums of calls that were all made in one circumstance."""
    value = dict(zip(SCANNED, scanned, strict=True))
    count = value["calls"]
    value["errors"] = count if made_in.outcome is Outcome.ERROR else 0
    value["aborted"] = count if made_in.outcome is Outcome.ABORTED else 0
    value["unpriced_calls"] = 0 if made_in.basis.is_priced else count
    for basis in (Basis.ESTIMATED, Basis.DERIVED):
        is_its = made_in.basis is basis
        name = basis.name.lower()
        value[f"{name}_calls"] = count if is_its else 0
        value[f"{name}_pusd"] = value["spend_pusd"] if is_its else 0
        value[f"{name}_pusd{HIGH}"] = value[f"spend_pusd{HIGH}"] if is_its else 0
    return [value[name] for name in SUMS]


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
    text = f"SELECT circumstance_id, {value} FROM calls WHERE {condition.text}"
    rows = dialect.plain_rows(connection, text, condition.values)
    made = circumstances_of(connection, (row[0] for row in rows), store.circumstances)
    places = (_PLACE[Dimension.PROVIDER], _PLACE[Dimension.MODEL])
    for number, found in rows:
        provider, model = (made[number].label_ids[place] for place in places)
        yield provider, model, bucket_of(found)
