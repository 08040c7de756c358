"""Sums over calls, exact for any span: whole months, days and hours from what is kept, the edges
from the calls.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import prod
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import Connection

from profiler.domain.calls import Basis, Outcome
from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import FIELDS, NOTHING, Totals
from profiler.store import dialect, digests
from profiler.store.circumstances import Circumstance, circumstances_of
from profiler.store.crowds import MOST_SOUGHT, are_circumstances_many, sought, starts
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.layout import (
    CIRCUMSTANCES,
    GRAINS,
    HIGH,
    MONEY,
    SPLIT,
    SUMS,
    Axis,
    Grain,
)
from profiler.store.narrow import (
    PER_CALL,
    Condition,
    Narrowed,
    narrow,
    of_calls,
    where,
)
from profiler.store.sources import (
    CALLED_IN,
    MADE_IN,
    MOST_AXES,
    Kind,
    Source,
    Stretch,
    called,
    closed,
    kept_as,
    kept_in,
    looked_up,
    scanned_in,
)
from profiler.store.spans import balanced

_Key = tuple[int, ...]
"""The number of a stretch, then the ids of the labels grouped by."""
_Sums = dict[_Key, list[int]]
"""A value per column of `SUMS`."""
_MOST_STRETCHES = 5_000


def totals(store: Store, wanted: Filter) -> Totals:
    """What the wanted calls add up to."""
    return dict(grouped(store, (), wanted)).get((), NOTHING)


def grouped(
    store: Store, by: Sequence[Kind], wanted: Filter
) -> list[tuple[tuple[str, ...], Totals]]:
    """What the wanted calls add up to per label of each kind; empty groups are left out."""
    with store.reading() as connection:
        question = Question(store, connection, tuple(by), narrow(connection, wanted))
        found = question.answered([wanted.span])
        label = texts(connection, (i for key in found for i in key[1:]), store.label_texts)
    return [(tuple(label[i] for i in key[1:]), totals_in(sums)) for key, sums in found.items()]


def series(
    store: Store, by: Dimension | None, edges_us: Sequence[int], wanted: Filter
) -> list[tuple[int, str, Totals]]:
    """The same per stretch of time: (i, label, totals) for [edges[i], edges[i + 1]).

    `edges_us` ascend; stretches and labels without calls are left out.
    """
    stretches = [overlap(wanted.span, Span(*ends)) for ends in pairwise(edges_us)]
    with store.reading() as connection:
        question = Question(store, connection, (by,) if by else (), narrow(connection, wanted))
        found = question.answered(stretches)
        label = texts(connection, (i for key in found for i in key[1:]), store.label_texts)
    return [
        (number, label[ids[0]] if ids else "", totals_in(sums))
        for (number, *ids), sums in found.items()
    ]


def overlap(a: Span, b: Span) -> Span:
    """What lies in both; empty where nothing does."""
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
    others = named.difference(MOST_AXES)
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


class Cuts(NamedTuple):
    """Stretches of time, cut into what is summed and what is not."""

    kept_by: dict[Grain, Axis]
    """Of which axis the sums of each grain are."""
    whole: dict[Grain, list[Stretch]]
    edges: list[Stretch]


def cut_up(
    connection: Connection, by: Sequence[Kind], narrowed: Narrowed, stretches: Sequence[Span]
) -> Cuts:
    """`stretches` cut into as little as will do to tell the wanted calls apart."""
    axis = summed_by(by, narrowed)
    kept_by = {} if axis is None else grains_of(axis)
    cuts = Cuts(kept_by, {grain: [] for grain in kept_by}, [])
    gone_us = digests.horizon_us(connection)
    for number, span in enumerate(stretches):
        for sign, cut in zip((1, -1), balanced(span, tuple(kept_by), gone_us), strict=True):
            for grain, first, after in cut.whole:
                cuts.whole[grain].append((number, *closed(first, after), sign))
            cuts.edges.extend(
                (number, *closed(one.start_us, one.end_us), sign) for one in cut.edges
            )
    return cuts


def kept_source(
    connection: Connection,
    narrowed: Narrowed,
    axis: Axis,
    grain: Grain,
    parts: Sequence[Stretch],
) -> Source:
    """Where sums are read: looked up if few of many are wanted, else one after another."""
    few = sought(connection, narrowed, axis)
    if not few:
        return scanned_in("rollups", "start_h", parts)
    ends = min(part[1] for part in parts), max(part[2] for part in parts)
    begun = starts(connection, axis, grain, *ends)
    if len(begun) * prod(map(len, few.values())) > MOST_SOUGHT:
        return scanned_in("rollups", "start_h", parts)
    each = [
        (number, start, sign)
        for number, first, after, sign in parts
        for start in begun[bisect_left(begun, first) : bisect_left(begun, after)]
    ]
    return looked_up(each, few)


class Question:
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
        kept_by, whole, edges = cut_up(self._connection, self._by, self._narrowed, stretches)
        for grain, parts in whole.items():
            for some in _portions(parts):
                self._add_kept(kept_by[grain], grain, some)
        for some in _portions(edges):
            self._add_calls(some)
        return {key: sums for key, sums in self._found.items() if sums[0]}

    def _add_kept(self, axis: Axis, grain: Grain, parts: Sequence[Stretch]) -> None:
        is_joined = axis is Axis.CIRCUMSTANCE and are_circumstances_many(self._connection)
        conditions = kept_in(self._narrowed, axis, grain)
        columns = ["label_id"]
        if is_joined:
            columns = [f"made.{kind}_id" for kind in self._by]
        elif axis is not Axis.CIRCUMSTANCE:
            columns = [kept_as(dimension) for dimension in self._by]
        source = kept_source(self._connection, self._narrowed, axis, grain, parts)
        if is_joined:
            source = source.joined(MADE_IN)
        rows = self._summed(source, columns, _KEPT, conditions)
        if is_joined or axis is not Axis.CIRCUMSTANCE:
            for sign, *row in rows:
                self._add(tuple(row[: -len(SUMS)]), row[-len(SUMS) :], sign)
            return
        made = circumstances_of(
            self._connection, (row[2] for row in rows), self._store.circumstances
        )
        for sign, number, circumstance, *sums in rows:
            self._add((number, *self._ids(made[circumstance], {})), sums, sign)

    def _add_calls(self, parts: Sequence[Stretch]) -> None:
        if are_circumstances_many(self._connection):
            self._add_joined(parts)
            return
        own = [dimension for dimension in self._by if dimension in PER_CALL]
        columns = ["circumstance_id", *(f"{dimension}_id" for dimension in own)]
        source = scanned_in("calls", "at_us", parts)
        rows = self._summed(source, columns, SCANNED, of_calls(self._narrowed))
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

    def _add_joined(self, parts: Sequence[Stretch]) -> None:
        """The same where what they were made in is told apart by the database."""
        columns = ["made.outcome", "made.basis", *map(called, self._by)]
        source = scanned_in("calls", "at_us", parts).joined(CALLED_IN)
        rows = self._summed(source, columns, SCANNED, of_calls(self._narrowed))
        for sign, number, outcome, basis, *row in rows:
            made_in = Circumstance(0, (), Outcome(outcome), Basis(basis), False, None)
            labels, scanned = row[: len(self._by)], row[len(self._by) :]
            self._add((number, *labels), of_circumstance(scanned, made_in), sign)

    def _summed(
        self,
        source: Source,
        columns: Sequence[str],
        sums: Mapping[str, str],
        conditions: Sequence[Condition],
    ) -> list[tuple[Any, ...]]:
        """Per sign and number of a stretch and value of `columns`: the sums."""
        within = where(conditions)
        names = ", ".join(("part.sign", "part.number", *columns))
        text = (
            f"WITH {source.named.text} SELECT {names}, {', '.join(sums.values())} "
            f"FROM {source.read.text} WHERE {within.text} GROUP BY {names}"
        )
        bound = source.named.values + source.read.values + within.values
        return dialect.plain_rows(self._connection, text, bound)

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


def _portions(parts: Sequence[Stretch]) -> Iterator[Sequence[Stretch]]:
    for start in range(0, len(parts), _MOST_STRETCHES):
        yield parts[start : start + _MOST_STRETCHES]


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
MONEY_OF_CALLS = {
    "spend_pusd": "IFNULL(cost_pusd, 0)",
    "cache_saved_pusd": "cache_saved_pusd",
    "cache_premium_pusd": "cache_premium_pusd",
    "cache_missed_pusd": "cache_missed_pusd",
}
SCANNED = {
    **_OF_CALLS,
    **{name: f"SUM({value} % {SPLIT})" for name, value in MONEY_OF_CALLS.items()},
    **{name + HIGH: f"SUM({value} / {SPLIT})" for name, value in MONEY_OF_CALLS.items()},
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
