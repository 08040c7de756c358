"""Sums by tags, by which none are kept: what tagged calls add up to, and all others.

Only calls that have tags are looked at, and what the days of the past added up to is remembered
for as long as their digest stays what it was.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from operator import add

from sqlalchemy import Connection

from profiler.domain.periods import DAY_US, Span
from profiler.domain.scopes import Dimension, Filter, Match
from profiler.domain.totals import FIELDS, NOTHING, Totals
from profiler.store import dialect, digests
from profiler.store.circumstances import circumstances_of
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.layout import CIRCUMSTANCES
from profiler.store.narrow import PER_CALL, Narrowed, narrow, of_calls, where, within
from profiler.store.sums import SCANNED, grouped, of_circumstance, totals_in

Key = tuple[tuple[int, ...], tuple[str, ...]]
"""The ids of labels, then the values of tags."""
Sums = Mapping[Key, Sequence[int]]
Asked = tuple[tuple[Match, ...], tuple[Dimension, ...], tuple[str, ...]]
"""What is remembered of a day: by scope, labels and tags."""

_MOST_REMEMBERED = 4_000
_VALUE = "IFNULL((SELECT value FROM json_each(fields, '$.tags') WHERE key = ?), '')"


def by_tags(
    store: Store, by: Sequence[Dimension], names: Sequence[str], wanted: Filter
) -> dict[tuple[tuple[str, ...], tuple[str, ...]], Totals]:
    """What calls add up to per labels of `by` and values of the tags `names`, empty if not set.

    Of calls that were removed nobody knows the tags any more: they are left out.
    """
    asked = (wanted.matches, tuple(by), tuple(names))
    found: dict[Key, list[int]] = {}
    with store.reading() as connection:
        gone_us = digests.horizon_us(connection)
        start_us = wanted.span.start_us
        if gone_us and (start_us is None or start_us < gone_us):
            wanted = replace(wanted, span=Span(gone_us, wanted.span.end_us))
        narrowed = narrow(connection, wanted)
        for sums in _read(store, connection, narrowed, asked):
            _take_in(found, sums)
        label = texts(connection, {i for ids, _ in found for i in ids}, store.label_texts)
    tagged = {
        (tuple(label[i] for i in ids), values): totals_in(sums)
        for (ids, values), sums in found.items()
    }
    return _with_others(tagged, dict(grouped(store, tuple(by), wanted)), len(names))


def _with_others(
    tagged: dict[tuple[tuple[str, ...], tuple[str, ...]], Totals],
    totals: dict[tuple[str, ...], Totals],
    names: int,
) -> dict[tuple[tuple[str, ...], tuple[str, ...]], Totals]:
    """The same with what is left of all calls once those are taken out that were looked at."""
    found = dict(tagged)
    others = dict(totals)
    for (labels, _), sums in tagged.items():
        others[labels] = _less(others.get(labels, NOTHING), sums)
    for labels, left in others.items():
        key = labels, ("",) * names
        both = found.get(key, NOTHING) + left
        if both.calls > 0:
            found[key] = both
    return found


def _less(all_of: Totals, some: Totals) -> Totals:
    return Totals(*(getattr(all_of, name) - getattr(some, name) for name in FIELDS))


def _read(store: Store, connection: Connection, narrowed: Narrowed, asked: Asked) -> Iterator[Sums]:
    """Whole UTC days from memory where they are as they were, the rest from the calls."""
    if narrowed.is_nothing:
        return
    span = narrowed.wanted.span
    days = digests.kept(connection, digests.Kind.CALLS)
    for day, made_of in sorted(days.items()):
        whole = Span(day * DAY_US, (day + 1) * DAY_US)
        part = _overlap(whole, span)
        if part.is_empty:
            continue
        if part != whole:
            yield _summed(store, connection, narrowed, asked, part)
            continue
        key = (day, asked)
        known = store.tagged_days.get(key)
        if known is None or known[0] != made_of:
            known = made_of, _summed(store, connection, narrowed, asked, whole)
            if len(store.tagged_days) >= _MOST_REMEMBERED:
                store.tagged_days.clear()
            store.tagged_days[key] = known
        yield known[1]


def _overlap(day: Span, span: Span) -> Span:
    starts = [one.start_us for one in (day, span) if one.start_us is not None]
    ends = [one.end_us for one in (day, span) if one.end_us is not None]
    return Span(max(starts), min(ends))


def _summed(
    store: Store, connection: Connection, narrowed: Narrowed, asked: Asked, span: Span
) -> Sums:
    """What the tagged calls of the span add up to."""
    _, by, names = asked
    own = [dimension for dimension in by if dimension in PER_CALL]
    columns = ["circumstance_id", *(f"{dimension}_id" for dimension in own)]
    condition = where([*within("extras.at_us", span), *of_calls(narrowed)])
    places = ", ".join(str(place + 1) for place in range(len(columns) + len(names)))
    text = (
        f"SELECT {', '.join([*columns, *[_VALUE] * len(names)])}, {', '.join(SCANNED.values())} "
        "FROM extras CROSS JOIN calls ON calls.at_us = extras.at_us AND calls.tail = extras.tail "
        f"WHERE json_type(fields, '$.tags') = 'object' AND {condition.text} GROUP BY {places}"
    )
    rows = dialect.plain_rows(connection, text, (*names, *condition.values))
    made = circumstances_of(connection, (row[0] for row in rows), store.circumstances)
    found: dict[Key, list[int]] = {}
    for circumstance, *row in rows:
        made_in = made[circumstance]
        theirs = dict(zip(own, row, strict=False))
        ids = tuple(theirs[one] if one in theirs else made_in.label_ids[_PLACE[one]] for one in by)
        values = tuple(str(value) for value in row[len(own) : len(own) + len(names)])
        sums = of_circumstance(row[len(own) + len(names) :], made_in)
        _take_in(found, {(ids, values): sums})
    return found


def _take_in(found: dict[Key, list[int]], sums: Sums) -> None:
    for key, values in sums.items():
        there = found.get(key)
        found[key] = list(map(add, there, values)) if there else list(values)


_PLACE = {one: CIRCUMSTANCES.index(one) for one in Dimension if one not in PER_CALL}
