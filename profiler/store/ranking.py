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
from profiler.store.cuts import cut_up, ends_of, kept_source
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.layout import HIGH, SPLIT, Axis
from profiler.store.leading import DEAREST_FIRST, FIRST, MOST_CHANGED, Compared, Leading, Values
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
    grouped,
    overlap,
    series,
    totals_in,
)

Labels = tuple[str, ...]
Change = tuple[Labels, Totals, Totals]
"""Labels, what they add up to and what they did before."""

_SPARE = 64
"""So many more than are wanted are read whole, as who leads by stretches may not lead by all."""


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

    rows: list[Change]
    left_out: int
    """How many others there are."""


def dearest(
    store: Store, by: Sequence[Kind], wanted: Filter, most: int | None, worth: Worth = Worth.SPEND
) -> Dearest:
    """Up to `most` labels of the wanted calls, or all, the dearest first, and all others as one.

    Of what is worth the same comes first what makes more calls, then what is first by its
    letters, as long as all were compared; of very many, any of them may come first.
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
    store: Store,
    by: Sequence[Kind],
    wanted: Filter,
    against: Filter,
    most: int | None,
    *,
    is_counted: bool = True,
) -> Moved:
    """The labels whose spend differs most between two filters' calls, up to `most` or all."""
    with store.reading() as connection:
        ranking = _Ranking(store, connection, tuple(by), Worth.SPEND)
        if most is not None and ranking.is_long:
            return ranking.moved(wanted, against, most, is_counted=is_counted)
    now, before = (dict(grouped(store, by, one)) for one in (wanted, against))
    rows = [
        (labels, now.get(labels, NOTHING), before.get(labels, NOTHING))
        for labels in {**now, **before}
    ]
    rows.sort(key=lambda row: (-_moved_by(row), row[0]))
    return Moved(rows[:most], 0 if most is None else len(rows[most:]))


def _number(leading: Sequence[Leading]) -> int:
    """How many labels there are in any of those."""
    there: dict[tuple[int, ...], int] = {}
    for one in leading:
        for key, found in one.bits().items():
            there[key] = there.get(key, 0) | found
    return sum(found.bit_count() for found in there.values())


def _moved_by(row: Change) -> int:
    return abs(row[1].spend_pusd - row[2].spend_pusd)


def _together(rows: Sequence[tuple[Labels, Totals]]) -> Totals:
    return sum((totals for _, totals in rows), NOTHING)


class Series(NamedTuple):
    """Sums over time of some labels, and of all others together."""

    rows: list[tuple[int, str, Totals]]
    others: list[tuple[int, Totals]]
    left_out: int
    """How many labels those are."""


def dearest_series(
    store: Store, by: Dimension, edges_us: Sequence[int], wanted: Filter, most: int
) -> Series:
    """As `sums.series`; and where labels are very many, of the dearest alone, and of all others."""
    within = replace(wanted, span=overlap(wanted.span, Span(edges_us[0], edges_us[-1])))
    with store.reading() as connection:
        ranking = _Ranking(store, connection, (by,), Worth.SPEND)
        found = ranking.dearest(within, most) if ranking.is_long else None
        ends = ends_of(connection, (by,), narrow(connection, wanted))
    if found is None:
        return Series(series(store, by, edges_us, wanted), [], 0)
    # the sums of all calls may tell hours where those by label tell days
    edges_us = [ends.at(edge_us) for edge_us in edges_us]
    wanted = replace(wanted, span=ends.of(wanted.span))
    among = Among(by, tuple(one for (one,), _ in found.rows))
    kept = series(store, by, edges_us, replace(wanted, among=(*wanted.among, among)))
    whole = {number: totals for number, _, totals in series(store, None, edges_us, wanted)}
    for number, _, totals in kept:
        whole[number] = whole.get(number, NOTHING) - totals
    others = [(number, totals) for number, totals in whole.items() if totals.calls]
    return Series(kept, others, found.left_out)


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

    def dearest(self, wanted: Filter, most: int, *, is_counted: bool = True) -> Dearest:
        """The first of the labels; nobody counts the others where that is not wanted."""
        narrowed = narrow(self._connection, wanted)
        # the sum of all may tell hours where those by label tell days
        wanted = replace(wanted, span=ends_of(self._connection, self._by, narrowed).of(wanted.span))
        narrowed = replace(narrowed, wanted=wanted)
        leading = self._leading(narrowed)
        rows = self._led(leading, wanted, most)
        if rows is None:
            labels, count = self._first(self._arms(narrowed, 1), most)
            rows = self._ranked(wanted, labels)
        else:
            count = _number([leading]) if is_counted else len(rows)
        return Dearest(rows, self._whole(narrowed) - _together(rows), count - len(rows))

    def _leading(self, narrowed: Narrowed) -> Leading:
        compared = Compared(self._worth.name, _kept(self._worth), _scanned(self._worth))
        return Leading(self._store, self._connection, self._by, narrowed, compared)

    def _led(
        self, leading: Leading, wanted: Filter, most: int
    ) -> list[tuple[Labels, Totals]] | None:
        """The first by who leads in some stretch; `None` where that does not tell."""
        if most + _SPARE > FIRST or not leading.can_tell:
            return None
        leaders = leading.first(most + _SPARE)
        rows = self._ranked(wanted, self._labels(leaders.keys))
        if self._worth is Worth.CACHE_NET:
            rows = [row for row in rows if row[1].total_input]
        is_told = len(rows) >= most and self._worth.of(rows[most - 1][1])[0] >= leaders.bound_pusd
        return rows[:most] if is_told or leaders.are_all else None

    def _ranked(self, wanted: Filter, labels: Sequence[Labels]) -> list[tuple[Labels, Totals]]:
        """Those labels in their order."""
        sums = self._sums(self._only(wanted, labels))
        rows = [(one, sums[one]) for one in labels if one in sums]
        rows.sort(key=lambda row: (*(-one for one in self._worth.of(row[1])), row[0]))
        return rows

    def _labels(self, keys: Sequence[tuple[int, ...]]) -> list[Labels]:
        label = texts(self._connection, {i for key in keys for i in key}, self._store.label_texts)
        return [tuple(label[i] for i in key) for key in keys]

    def moved(
        self, wanted: Filter, against: Filter, most: int, *, is_counted: bool = True
    ) -> Moved:
        """What moved most; nobody counts the others where that is not wanted."""
        both = [narrow(self._connection, one) for one in (wanted, against)]
        leading = [self._leading(one) for one in both if not one.is_nothing]
        rows = self._moved_among(leading, wanted, against, most)
        if rows is not None:
            return Moved(rows, (_number(leading) if is_counted else len(rows)) - len(rows))
        arms = [
            arm for one, side in zip(both, (1, -1), strict=True) for arm in self._arms(one, side)
        ]
        labels, count = self._first(arms, most, is_of_change=True)
        rows = self._changes(wanted, against, labels)
        return Moved(rows, count - len(rows))

    def _moved_among(
        self, leading: Sequence[Leading], wanted: Filter, against: Filter, most: int
    ) -> list[Change] | None:
        """What moved most of what led before or leads now; `None` where that does not tell."""
        if not all(one.can_tell for one in leading):
            return None
        leaders = [one.first(FIRST // 4) for one in leading]
        keys = dict.fromkeys(key for one in leaders for key in one.keys)
        rows = self._changes(wanted, against, self._labels(list(keys)))
        # what leads nowhere cannot have moved by more than it has
        bound = max((one.bound_pusd for one in leaders), default=0)
        is_told = len(rows) >= most and _moved_by(rows[most - 1]) >= bound
        are_all = all(one.are_all for one in leaders)
        return rows[:most] if is_told or are_all else None

    def _changes(self, wanted: Filter, against: Filter, labels: Sequence[Labels]) -> list[Change]:
        now, before = (self._sums(self._only(one, labels)) for one in (wanted, against))
        rows = [(one, now.get(one, NOTHING), before.get(one, NOTHING)) for one in labels]
        rows.sort(key=lambda row: (-_moved_by(row), row[0]))
        return rows

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
            f"ORDER BY {MOST_CHANGED if is_of_change else DEAREST_FIRST}, {keys} LIMIT ?"
        )
        bound = (*(value for arm in arms for value in arm.values), most)
        rows = dialect.plain_rows(self._connection, text, bound)
        return self._labels([row[:-1] for row in rows]), rows[0][-1] if rows else 0

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
            source = source or scanned_in("rollups", "start_h", parts)
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


def _kept(worth: Worth) -> Values:
    money, taken, breaks = worth.value
    low, high = money, money + HIGH
    if taken:
        low, high = f"{low} - {taken}", f"{high} - {taken}{HIGH}"
    return Values(low, high, " + ".join(breaks), "calls")


def _scanned(worth: Worth) -> Values:
    money, taken, breaks = worth.value
    low, high = (f"{MONEY_OF_CALLS[money]} {sign} {SPLIT}" for sign in "%/")
    if taken:
        low += f" - {MONEY_OF_CALLS[taken]} % {SPLIT}"
        high += f" - {MONEY_OF_CALLS[taken]} / {SPLIT}"
    return Values(low, high, " + ".join(_OF_CALLS[name] for name in breaks), "1")


_OF_CALLS = {
    "calls": "1",
    "input_tokens": "IFNULL(input, 0)",
    "cache_read_tokens": "cache_read",
    "cache_write_tokens": "cache_write + cache_write_5m + cache_write_1h",
}


def _arm(
    source: Source, columns: Sequence[str], values: Values, condition: Condition, side: int
) -> Condition:
    keys = ", ".join(f"{column} AS k{place}" for place, column in enumerate(columns))
    low, high, second, counted = (f"part.sign * ({value})" for value in values)
    text = (
        f"SELECT * FROM (WITH {source.named.text} SELECT {keys}, {low} AS low, {high} AS high, "
        f"{second} AS second, {counted} AS counted, {side} AS side "
        f"FROM {source.read.text} WHERE {condition.text})"
    )
    return Condition(text, source.named.values + source.read.values + condition.values)
