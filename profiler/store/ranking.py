"""The dearest of however many labels, and what all others add up to.

Of a few thousand labels every sum is read. Of more the database ranks them: what comes first is
read once more and whole, and the rest is what that leaves of the sum of all.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import NamedTuple

from sqlalchemy import Connection

from profiler.domain.periods import Span
from profiler.domain.scopes import Among, Dimension, Filter
from profiler.domain.totals import NOTHING, Totals
from profiler.store import dialect
from profiler.store.crowds import MANY, are_labels_many, circumstance_count
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.layout import HIGH, SPLIT, Axis
from profiler.store.narrow import PER_CALL, Condition, Narrowed, narrow, of_calls, where
from profiler.store.sources import (
    CALLED_IN,
    MADE_IN,
    Kind,
    Source,
    called,
    kept_as,
    kept_in,
    scanned_in,
)
from profiler.store.sums import (
    MONEY_OF_CALLS,
    Question,
    cut_up,
    grouped,
    kept_source,
    overlap,
    series,
    totals_in,
)

Labels = tuple[str, ...]


class _Rank(NamedTuple):
    """What labels are ranked by: a sum of money, and a sum that decides where that is the same."""

    money: str
    taken: str | None
    breaks: tuple[str, ...]


class Worth(Enum):
    """By what labels are ranked."""

    SPEND = _Rank("spend_pusd", None, ("calls",))
    CACHE_NET = _Rank(
        "cache_saved_pusd",
        "cache_premium_pusd",
        ("input_tokens", "cache_read_tokens", "cache_write_tokens"),
    )
    """By what caches saved on balance, of what read any input."""

    def of(self, totals: Totals) -> tuple[int, int]:
        """What is compared: the larger comes first."""
        money, taken, breaks = self.value
        return (
            getattr(totals, money) - (getattr(totals, taken) if taken else 0),
            sum(getattr(totals, name) for name in breaks),
        )


class Dearest(NamedTuple):
    """The first of many."""

    rows: list[tuple[Labels, Totals]]
    others: Totals
    """What all others add up to."""
    left_out: int
    """How many those are."""


class Moved(NamedTuple):
    """What moved most between two spans."""

    rows: list[tuple[Labels, Totals, Totals]]
    """The labels, what they add up to and what they did before."""
    left_out: int
    """How many others there are."""


def dearest(
    store: Store, by: Sequence[Kind], wanted: Filter, most: int | None, worth: Worth = Worth.SPEND
) -> Dearest:
    """Up to `most` labels of the wanted calls, or all, the dearest first, and all others as one.

    Of what is worth the same comes first what makes more calls, then what is first by its letters
    as long as all were compared by them.
    """
    with store.reading() as connection:
        ranking = _Ranking(store, connection, tuple(by), worth)
        if most is not None and ranking.is_long:
            return ranking.dearest(wanted, most)
    found = grouped(store, by, wanted)
    ranked = [row for row in found if worth is Worth.SPEND or row[1].total_input]
    ranked.sort(key=lambda row: (*(-one for one in worth.of(row[1])), row[0]))
    kept = ranked[:most]
    if len(kept) == len(found):
        return Dearest(kept, NOTHING, 0)
    return Dearest(kept, _together(found) - _together(kept), len(ranked) - len(kept))


def moved(
    store: Store, by: Sequence[Kind], wanted: Filter, against: Filter, most: int | None
) -> Moved:
    """The labels whose spend differs most between two filters' calls, up to `most` or all."""
    with store.reading() as connection:
        ranking = _Ranking(store, connection, tuple(by), Worth.SPEND)
        if most is not None and ranking.is_long:
            return ranking.moved(wanted, against, most)
    now, before = (dict(grouped(store, by, one)) for one in (wanted, against))
    rows = [
        (labels, now.get(labels, NOTHING), before.get(labels, NOTHING))
        for labels in {**now, **before}
    ]
    rows.sort(key=lambda row: (-abs(row[1].spend_pusd - row[2].spend_pusd), row[0]))
    return Moved(rows[:most], 0 if most is None else len(rows[most:]))


def _together(rows: Sequence[tuple[Labels, Totals]]) -> Totals:
    return sum((totals for _, totals in rows), NOTHING)


def dearest_series(
    store: Store, by: Dimension, edges_us: Sequence[int], wanted: Filter, most: int
) -> tuple[list[tuple[int, str, Totals]], list[tuple[int, Totals]]]:
    """As `sums.series`; and where labels are very many, of the dearest alone, and of all others."""
    span = overlap(wanted.span, Span(edges_us[0], edges_us[-1]))
    with store.reading() as connection:
        ranking = _Ranking(store, connection, (by,), Worth.SPEND)
        found = ranking.dearest(replace(wanted, span=span), most) if ranking.is_long else None
    if found is None:
        return series(store, by, edges_us, wanted), []
    only = replace(wanted, among=(Among(by, tuple(one for (one,), _ in found.rows)),))
    kept = series(store, by, edges_us, only)
    whole = {number: totals for number, _, totals in series(store, None, edges_us, wanted)}
    for number, _, totals in kept:
        whole[number] = whole.get(number, NOTHING) - totals
    return kept, list(whole.items())


class _Ranking:
    """Labels to be ranked within one state of the database."""

    def __init__(
        self, store: Store, connection: Connection, by: tuple[Kind, ...], worth: Worth
    ) -> None:
        self._store = store
        self._connection = connection
        self._by = by
        self._worth = worth

    @property
    def is_long(self) -> bool:
        """Whether there may be so many labels that nobody wants to read them all."""
        if not are_labels_many(self._connection, self._by):
            return False
        return bool(set(self._by) & set(PER_CALL)) or circumstance_count(self._connection) > MANY

    def dearest(self, wanted: Filter, most: int) -> Dearest:
        narrowed = narrow(self._connection, wanted)
        labels, count = self._first(self._arms(narrowed, 1), most)
        sums = self._sums(self._only(wanted, labels))
        rows = [(one, sums[one]) for one in labels]
        rows.sort(key=lambda row: (*(-one for one in self._worth.of(row[1])), row[0]))
        return Dearest(rows, self._whole(narrowed) - _together(rows), count - len(rows))

    def moved(self, wanted: Filter, against: Filter, most: int) -> Moved:
        arms: list[Condition] = []
        for one, side in ((wanted, 1), (against, -1)):
            arms += self._arms(narrow(self._connection, one), side)
        labels, count = self._first(arms, most, is_of_change=True)
        now, before = (self._sums(self._only(one, labels)) for one in (wanted, against))
        rows = [(one, now.get(one, NOTHING), before.get(one, NOTHING)) for one in labels]
        rows.sort(key=lambda row: (-abs(row[1].spend_pusd - row[2].spend_pusd), row[0]))
        return Moved(rows, count - len(rows))

    def _only(self, wanted: Filter, labels: Sequence[Labels]) -> Filter:
        """Of the wanted calls those with such labels; and others, where labels combine."""
        among = [
            Among(kind, tuple({one[place] for one in labels}))
            for place, kind in enumerate(self._by)
            if isinstance(kind, Dimension)
        ]
        return replace(wanted, among=(*wanted.among, *among))

    def _sums(self, wanted: Filter) -> dict[Labels, Totals]:
        question = Question(
            self._store, self._connection, self._by, narrow(self._connection, wanted)
        )
        found = question.answered([wanted.span])
        label = texts(
            self._connection, (i for key in found for i in key[1:]), self._store.label_texts
        )
        return {tuple(label[i] for i in key[1:]): totals_in(sums) for key, sums in found.items()}

    def _whole(self, narrowed: Narrowed) -> Totals:
        question = Question(self._store, self._connection, (), narrowed)
        found = question.answered([narrowed.wanted.span])
        return sum(map(totals_in, found.values()), NOTHING)

    def _first(
        self, arms: Sequence[Condition], most: int, *, is_of_change: bool = False
    ) -> tuple[list[Labels], int]:
        """The labels that come first, and how many there are."""
        if not arms:
            return [], 0
        keys = ", ".join(f"k{place}" for place in range(len(self._by)))
        together = " UNION ALL ".join(arm.text for arm in arms)
        there = "SUM(counted) > 0"
        if is_of_change:
            there = "SUM(counted * (side > 0)) > 0 OR SUM(counted * (side < 0)) > 0"
        elif self._worth is Worth.CACHE_NET:
            there = "SUM(second) > 0"
        text = (
            f"SELECT {keys}, COUNT(*) OVER () FROM ("
            f"SELECT {keys}, SUM(side * low) AS low, SUM(side * high) AS high, "
            "SUM(second) AS second "
            f"FROM ({together}) GROUP BY {keys} HAVING {there}) "
            f"ORDER BY {_CHANGE if is_of_change else _MONEY}, second DESC, {keys} LIMIT ?"
        )
        bound = (*(value for arm in arms for value in arm.values), most)
        rows = dialect.plain_rows(self._connection, text, bound)
        label = texts(
            self._connection, {i for row in rows for i in row[:-1]}, self._store.label_texts
        )
        return [tuple(label[i] for i in row[:-1]) for row in rows], rows[0][-1] if rows else 0

    def _arms(self, narrowed: Narrowed, side: int) -> list[Condition]:
        """What is added up: from sums, and at the edges from calls."""
        if narrowed.is_nothing:
            return []
        kept_by, whole, edges = cut_up(self._connection, self._by, narrowed, [narrowed.wanted.span])
        arms = []
        for grain, parts in whole.items():
            if not parts:
                continue
            axis = kept_by[grain]
            source = kept_source(self._connection, narrowed, axis, grain, parts)
            columns = [kept_as(kind) for kind in self._by]
            if axis is Axis.CIRCUMSTANCE:
                source = source.joined(MADE_IN)
                columns = [f"made.{kind}_id" for kind in self._by]
            condition = where(kept_in(narrowed, axis, grain))
            arms.append(_arm(source, columns, _kept(self._worth), condition, side))
        if edges:
            source = scanned_in("calls", "at_us", edges).joined(CALLED_IN)
            columns = [called(kind) for kind in self._by]
            condition = where(of_calls(narrowed))
            arms.append(_arm(source, columns, _scanned(self._worth), condition, side))
        return arms


class _Values(NamedTuple):
    """What is added up of each row, in SQL."""

    low: str
    high: str
    second: str
    counted: str


def _kept(worth: Worth) -> _Values:
    money, taken, breaks = worth.value
    low, high = money, money + HIGH
    if taken:
        low, high = f"{low} - {taken}", f"{high} - {taken}{HIGH}"
    return _Values(low, high, " + ".join(breaks), "calls")


def _scanned(worth: Worth) -> _Values:
    money, taken, breaks = worth.value
    low, high = (f"{MONEY_OF_CALLS[money]} {sign} {SPLIT}" for sign in "%/")
    if taken:
        low += f" - {MONEY_OF_CALLS[taken]} % {SPLIT}"
        high += f" - {MONEY_OF_CALLS[taken]} / {SPLIT}"
    return _Values(low, high, " + ".join(_OF_CALLS[name] for name in breaks), "1")


_OF_CALLS = {
    "calls": "1",
    "input_tokens": "IFNULL(input, 0)",
    "cache_read_tokens": "cache_read",
    "cache_write_tokens": "cache_write + cache_write_5m + cache_write_1h",
}


def _arm(
    source: Source, columns: Sequence[str], values: _Values, condition: Condition, side: int
) -> Condition:
    keys = ", ".join(f"{column} AS k{place}" for place, column in enumerate(columns))
    low, high, second, counted = (f"part.sign * ({value})" for value in values)
    text = (
        f"SELECT * FROM (WITH {source.named.text} SELECT {keys}, {low} AS low, {high} AS high, "
        f"{second} AS second, {counted} AS counted, {side} AS side "
        f"FROM {source.read.text} WHERE {condition.text})"
    )
    return Condition(text, source.named.values + source.read.values + condition.values)


# sums in two columns are brought to one form first: none of the lower is negative or overflows
_REST = f"(low % {SPLIT} + {SPLIT}) % {SPLIT}"
_WHOLE = f"(high + (low - {_REST}) / {SPLIT})"
_MONEY = f"{_WHOLE} DESC, {_REST} DESC"
_CHANGE = (
    f"CASE WHEN {_WHOLE} < 0 THEN -{_WHOLE} - ({_REST} > 0) ELSE {_WHOLE} END DESC, "
    f"CASE WHEN {_WHOLE} < 0 THEN ({SPLIT} - {_REST}) % {SPLIT} ELSE {_REST} END DESC"
)
