"""Sums over calls, exact for any span: whole months, days and hours from what is kept, the edges
from the calls.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from operator import add
from typing import Any

from sqlalchemy import Connection

from profiler.domain.calls import Basis, Outcome
from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import FIELDS, NOTHING, Totals
from profiler.store import dialect
from profiler.store.circumstances import Circumstance, circumstances_of
from profiler.store.crowds import (
    MANY,
    are_circumstances_many,
    stamps,
    starts,
)
from profiler.store.cuts import cut_up, kept_source
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.layout import (
    CIRCUMSTANCES,
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
from profiler.store.remembered import share_of
from profiler.store.sources import (
    CALLED_IN,
    MADE_IN,
    Kind,
    Source,
    Stretch,
    called,
    kept_as,
    kept_in,
    scanned_in,
)

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
    found = grouped_series(store, (by,) if by else (), edges_us, wanted)
    return [(number, labels[0] if labels else "", totals) for number, labels, totals in found]


def grouped_series(
    store: Store, by: Sequence[Dimension], edges_us: Sequence[int], wanted: Filter
) -> list[tuple[int, tuple[str, ...], Totals]]:
    """The same with a label of each kind."""
    stretches = [overlap(wanted.span, Span(*ends)) for ends in pairwise(edges_us)]
    with store.reading() as connection:
        question = Question(store, connection, tuple(by), narrow(connection, wanted))
        found = question.answered(stretches)
        label = texts(connection, (i for key in found for i in key[1:]), store.label_texts)
    return [
        (number, tuple(label[i] for i in ids), totals_in(sums))
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
        source = kept_source(self._connection, self._narrowed, axis, grain, parts)
        if source is None:
            self._add_remembered(axis, grain, parts)
            return
        is_joined = axis is Axis.CIRCUMSTANCE and are_circumstances_many(self._connection)
        columns = ["label_id"]
        if is_joined or axis is not Axis.CIRCUMSTANCE:
            columns = self._columns(axis)
        if is_joined:
            source = source.joined(MADE_IN)
        rows = self._summed(source, columns, _KEPT, kept_in(self._narrowed, axis, grain))
        if is_joined or axis is not Axis.CIRCUMSTANCE:
            for sign, *row in rows:
                self._add(tuple(row[: -len(SUMS)]), row[-len(SUMS) :], sign)
            return
        made = circumstances_of(
            self._connection, (row[2] for row in rows), self._store.circumstances
        )
        for sign, number, circumstance, *sums in rows:
            self._add((number, *self._ids(made[circumstance], {})), sums, sign)

    def _columns(self, axis: Axis) -> list[str]:
        if axis is Axis.CIRCUMSTANCE:
            return [f"made.{kind}_id" for kind in self._by]
        return [kept_as(dimension) for dimension in self._by]

    def _add_remembered(self, axis: Axis, grain: Grain, parts: Sequence[Stretch]) -> None:
        """The same where a stretch may have a million rows: what they add up to is remembered."""
        ends = min(part[1] for part in parts), max(part[2] for part in parts)
        stamp = stamps(self._connection, grain, *ends)
        begun = starts(self._connection, axis, grain, *ends)
        for number, first, after, sign in parts:
            for start in begun[bisect_left(begun, first) : bisect_left(begun, after)]:
                for labels, sums in self._remembered(axis, grain, start, stamp.get(start)):
                    self._add((number, *labels), sums, sign)

    def _remembered(
        self, axis: Axis, grain: Grain, start: int, stamp: object
    ) -> Sequence[tuple[_Key, Sequence[int]]]:
        narrowed = self._narrowed
        key = (
            "sums", axis, grain, start, self._by, narrowed.circumstances,
            frozenset(narrowed.ids.items()), frozenset(narrowed.without.items()),
        )  # fmt: skip
        known: Sequence[tuple[_Key, Sequence[int]]] | None = self._store.leading.get(key, stamp)
        if known is not None:
            return known
        rows = self._of_stretch(axis, grain, start)
        if len(rows) <= MANY:
            size = share_of(narrowed) + len(rows) * (len(SUMS) + len(self._by))
            self._store.leading.keep(key, stamp, rows, size)
        return rows

    def _of_stretch(self, axis: Axis, grain: Grain, start: int) -> list[tuple[_Key, Sequence[int]]]:
        then = [Condition("start_h = ?", (start,))]
        if axis is Axis.MODEL:
            # by it the database sees that the rows are in order already
            then.append(Condition("label_id = 0"))
        within = where([*kept_in(self._narrowed, axis, grain), *then])
        columns = self._columns(axis)
        joined = MADE_IN if axis is Axis.CIRCUMSTANCE else ""
        alike = f"GROUP BY {', '.join(columns)}" if columns else "HAVING COUNT(*) > 0"
        text = (
            f"SELECT {', '.join((*columns, *_KEPT.values()))} FROM rollups {joined} "
            f"WHERE {within.text} {alike}"
        )
        rows = dialect.plain_rows(self._connection, text, within.values)
        return [(row[: -len(SUMS)], row[-len(SUMS) :]) for row in rows]

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
