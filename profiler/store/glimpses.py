"""Calls seen from afar: what comparing takes of each, for the newest of them or some at random."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from profiler.domain.periods import HOUR_US, Span
from profiler.domain.scopes import Dimension, Filter
from profiler.store import dialect, digests
from profiler.store.circumstances import circumstances_of
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.layout import CIRCUMSTANCES, Axis, Grain
from profiler.store.narrow import PER_CALL, Condition, narrow, of_calls, where, within
from profiler.store.pages import next_rows
from profiler.store.rows import AT
from profiler.store.spans import pieces
from profiler.store.sums import axis_of

_SEEN = ("circumstance_id", "user_id", "session_id", "latency_us", "first_chunk_us", "cost_pusd")
_PLACES = tuple(AT[name] for name in _SEEN)
_LABELS = {one: CIRCUMSTANCES.index(one) for one in Dimension if one not in PER_CALL}


class Glimpse(NamedTuple):
    """One call, as far as comparing goes."""

    labels: tuple[str, ...]
    """Of what it is told apart by."""
    finish: str
    error: str
    latency_us: int | None
    first_chunk_us: int | None
    cost_pusd: int | None


class Days(NamedTuple):
    """A span by whole UTC days and what is left at its ends."""

    whole: Span | None
    edges: tuple[Span, ...]


def newest(store: Store, by: Sequence[Dimension], wanted: Filter, limit: int) -> list[Glimpse]:
    """The newest of the wanted calls, up to `limit` of them."""
    with store.reading() as connection:
        rows = next_rows(connection, narrow(connection, wanted), limit, None, is_back=True)
        seen = [tuple(row[place] for place in _PLACES) for row in rows]
        return _glimpses(store, connection, by, seen)


def one_in(store: Store, by: Sequence[Dimension], wanted: Filter, part: int) -> list[Glimpse]:
    """One in `part` of the wanted calls, at random but always the same: ids end in chance."""
    with store.reading() as connection:
        narrowed = narrow(connection, wanted)
        if narrowed.is_nothing:
            return []
        chance = Condition("tail % ? = 0", (part,))
        condition = where([*within("at_us", wanted.span), chance, *of_calls(narrowed)])
        text = f"SELECT {', '.join(_SEEN)} FROM calls WHERE {condition.text}"
        return _glimpses(
            store, connection, by, dialect.plain_rows(connection, text, condition.values)
        )


def in_days(store: Store, wanted: Filter) -> Days | None:
    """The days that histograms tell of, and the edges; `None` where only the calls can tell."""
    with store.reading() as connection:
        if axis_of((), narrow(connection, wanted)) is not Axis.MODEL:
            return None
        cut = pieces(wanted.span, (Grain.DAY,), digests.horizon_us(connection))
    whole = [
        Span(*(None if hour is None else hour * HOUR_US for hour in ends)) for _, *ends in cut.whole
    ]
    return Days(whole[0] if whole else None, tuple(cut.edges))


def _glimpses(
    store: Store,
    connection: Connection,
    by: Sequence[Dimension],
    seen: Sequence[tuple[Any, ...]],
) -> list[Glimpse]:
    made = circumstances_of(connection, (row[0] for row in seen), store.circumstances)
    told = (*by, Dimension.FINISH, Dimension.ERROR)
    ids = [
        tuple(
            row[1 + PER_CALL.index(one)]
            if one in PER_CALL
            else made[row[0]].label_ids[_LABELS[one]]
            for one in told
        )
        for row in seen
    ]
    text = texts(connection, _distinct(ids), store.label_texts)
    return [
        Glimpse(tuple(text[i] for i in own[:-2]), text[own[-2]], text[own[-1]], *row[3:])
        for own, row in zip(ids, seen, strict=True)
    ]


def _distinct(ids: Iterable[tuple[int, ...]]) -> set[int]:
    return {one for own in ids for one in own}
