"""Calls seen from afar: what comparing takes of each, for the newest of them or some at random."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from profiler.domain.periods import HOUR_US, Span
from profiler.domain.scopes import Dimension, Filter
from profiler.pricing.formula import Buckets
from profiler.store import dialect, digests
from profiler.store.circumstances import MODEL, PROVIDER, circumstances_of
from profiler.store.cuts import axis_of
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.layout import CIRCUMSTANCES, COUNTED_GRAINS, Axis
from profiler.store.narrow import PER_CALL, Condition, narrow, of_calls, where, within
from profiler.store.pages import next_rows
from profiler.store.rows import AT
from profiler.store.spans import pieces

_SEEN = ("circumstance_id", "user_id", "session_id", "latency_us", "first_chunk_us", "cost_pusd")
_PLACES = tuple(AT[name] for name in _SEEN)
_USED, _COST = slice(AT["input"], AT["reasoning"] + 1), AT["cost_pusd"]
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


class Counted(NamedTuple):
    """A span by what histograms tell of and what is left at its ends."""

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


def counted(store: Store, wanted: Filter) -> Counted | None:
    """What histograms tell of, and the edges; `None` where only the calls can tell."""
    with store.reading() as connection:
        if axis_of((), narrow(connection, wanted)) is not Axis.MODEL:
            return None
        cut = pieces(wanted.span, (min(COUNTED_GRAINS),), digests.horizon_us(connection))
    whole = [
        Span(*(None if hour is None else hour * HOUR_US for hour in ends)) for _, *ends in cut.whole
    ]
    return Counted(whole[0] if whole else None, tuple(cut.edges))


def usages(store: Store, wanted: Filter, most: int) -> dict[tuple[str, ...], list[Buckets]] | None:
    """What each wanted call used that has a cost, by provider and model; `None` for too many."""
    with store.reading() as connection:
        rows = next_rows(connection, narrow(connection, wanted), most + 1, None, is_back=True)
        if len(rows) > most:
            return None
        made = circumstances_of(connection, {row[2] for row in rows}, store.circumstances)
        models = {
            number: (one.label_ids[PROVIDER], one.label_ids[MODEL]) for number, one in made.items()
        }
        text = texts(connection, {i for ids in models.values() for i in ids}, store.label_texts)
    found: dict[tuple[str, ...], list[Buckets]] = {}
    for row in rows:
        if row[_COST] is not None:
            name = tuple(text[i] for i in models[row[2]])
            found.setdefault(name, []).append(row[_USED])
    return found


def _glimpses(
    store: Store,
    connection: Connection,
    by: Sequence[Dimension],
    seen: Sequence[tuple[Any, ...]],
) -> list[Glimpse]:
    made = circumstances_of(connection, {row[0] for row in seen}, store.circumstances)
    told = (*by, Dimension.FINISH, Dimension.ERROR)
    own = [(place, 1 + PER_CALL.index(one)) for place, one in enumerate(told) if one in PER_CALL]
    combined = {
        number: [0 if one in PER_CALL else one_made.label_ids[_LABELS[one]] for one in told]
        for number, one_made in made.items()
    }
    ids = {i for each in combined.values() for i in each}
    ids.update(row[column] for _, column in own for row in seen)
    text = texts(connection, ids, store.label_texts)
    # thousands of calls share some hundred combinations: each is put into words once
    words = {number: [text[i] for i in each] for number, each in combined.items()}
    return [_glimpse(row, words[row[0]], own, text) for row in seen]


def _glimpse(
    row: tuple[Any, ...],
    words: Sequence[str],
    own: Sequence[tuple[int, int]],
    text: Mapping[int, str],
) -> Glimpse:
    """`row` in words; `own` says which labels it has itself, and in which column."""
    labels = list(words)
    for place, column in own:
        labels[place] = text[row[column]]
    *grouped_by, finish, error = labels
    return Glimpse(tuple(grouped_by), finish, error, *row[3:])
