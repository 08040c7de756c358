"""Finding what is sparse, or dear, by the stretches of time it occurs in."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection

from profiler.domain.calls import Outcome
from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension, Filter
from profiler.store import dialect
from profiler.store.layout import PUSD_PER_BOUND, STRETCH_BITS, Presence
from profiler.store.narrow import Condition, Narrowed, where
from profiler.store.rows import COLUMNS, Row

MOST_LISTS = 64
"""Of more things than these nobody looks up one by one where they occur."""

_FIRST_STRETCHES, _GROWTH, _MOST_STRETCHES = 8, 4, 512
_SPARSENESS = 64
"""Where lists are read together: of so many stretches one is expected to hold something."""
_TELLING_ENOUGH = 1_000
_READING, _WIDE = 500, 5
"""To read a stretch costs as much as to look at so many entries; so many for each are very many."""
_RANKED = 1_024
"""So many of the most promising stretches are listed at first."""
_SAMPLED = 16
"""One in so many tells what is promising."""
_NAMES = ", ".join(COLUMNS)
_MOST = 2**62


@dataclass(frozen=True, slots=True)
class Occurring:
    """Things of one kind; wanted calls have one of them."""

    kind: Presence
    ids: tuple[int, ...]


_ANY = Occurring(Presence.EVERY, (0,))


@dataclass(frozen=True, slots=True)
class Costs:
    """What wanted calls may cost, in nano-dollars, both included."""

    least: int = 0
    most: int = _MOST

    @classmethod
    def of(cls, wanted: Filter) -> "Costs":
        """Those within the bounds of a filter."""
        above, below = wanted.cost_above_pusd, wanted.cost_below_pusd
        least = 0 if above is None else max(0, above + 1) // PUSD_PER_BOUND
        most = _MOST if below is None else (below - 1) // PUSD_PER_BOUND
        return cls(least, most)

    @property
    def are_bounded(self) -> bool:
        """Whether they leave any call out."""
        return self != Costs()

    @property
    def conditions(self) -> list[Condition]:
        """Whether calls of an entry of `led` may cost so much."""
        found = []
        if self.least:
            found.append(Condition("led.high >= ?", (self.least,)))
        if self.most < _MOST:
            found.append(Condition("led.low <= ?", (self.most,)))
        return found


class _Promises(NamedTuple):
    """What the best call of an entry of `led` may cost, and which of those promises are best."""

    value: Condition
    order: str
    costs: Costs


class Stretches:
    """The stretches of time that may hold wanted calls."""

    def __init__(
        self,
        connection: Connection,
        wanted: Filter,
        leading: Occurring,
        others: Sequence[Occurring],
        *,
        are_few: bool = False,
        most: int | None = None,
    ) -> None:
        self.are_few = are_few
        """Whether looking through all of them takes no time."""
        self._most = most
        self._connection = connection
        self._leading = leading
        self._others = [one for one in others if len(one.ids) <= MOST_LISTS]
        self._costs = Costs.of(wanted)
        self._first, self._last = _ends(connection, wanted.span)

    @classmethod
    def telling(cls, connection: Connection, narrowed: Narrowed) -> "Stretches | None":
        """The stretches by the rarest of what is wanted; `None` where that is not told of."""
        found = _occurring(connection, narrowed)
        if not found and Costs.of(narrowed.wanted).are_bounded:
            found = [_ANY]
        if not found:
            return None
        counted = {one: stretch_count(connection, one) for one in found}
        found.sort(key=lambda one: (counted[one], len(one.ids)))
        are_few = counted[found[0]] < _TELLING_ENOUGH
        return cls(connection, narrowed.wanted, found[0], found[1:], are_few=are_few)

    @classmethod
    def costing(cls, connection: Connection, narrowed: Narrowed) -> "list[Stretches]":
        """The stretches by what has the fewest entries, all of which tell of costs.

        Where these are very many, before them all stretches, which are given up when too few of
        the dearest calls are wanted ones.
        """
        wanted = narrowed.wanted
        ends = _ends(connection, wanted.span)
        found = _occurring(connection, narrowed)
        counted = {one: _entry_count(connection, one, *ends) for one in found}
        found.sort(key=lambda one: (counted[one], len(one.ids)))
        if not found:
            return [cls(connection, wanted, _ANY, ())]
        own, count = cls(connection, wanted, found[0], found[1:]), counted[found[0]]
        if count < _WIDE * (ends[1] - ends[0]):
            return [own]
        return [cls(connection, wanted, _ANY, (), most=count // _READING), own]

    def rows(
        self, condition: Condition, limit: int, cursor: tuple[int, int] | None, *, is_back: bool
    ) -> list[Row]:
        """The next rows that meet `condition`, which holds the cursor too, in time order."""
        first, last = self._first, self._last
        if cursor is not None:
            here = cursor[0] >> STRETCH_BITS
            first, last = (first, min(last, here)) if is_back else (max(first, here), last)
        found: list[Row] = []
        size = _FIRST_STRETCHES
        while first <= last and len(found) < limit:
            stretches, seen = self._next(first, last, size, is_back=is_back)
            new = self._within(stretches, condition, is_back=is_back) if stretches else []
            found += new
            first, last = (first, seen - 1) if is_back else (seen + 1, last)
            lacking = size * (limit - len(found)) // len(new) if new else size * _GROWTH
            size = min(max(lacking, _FIRST_STRETCHES), size * _GROWTH, _MOST_STRETCHES)
        return found[:limit]

    def ranked(
        self,
        condition: Condition,
        limit: int,
        *,
        by: tuple[int, ...],
        beyond: int | None,
        is_back: bool,
    ) -> list[Row] | None:
        """Of all rows that meet `condition` the first by the columns at `by`, a cost the first.

        `beyond` is a cost that none of them exceeds, or falls below. The stretches that promise
        most are read first, until none is left that could hold a better call than are found;
        `None` where that is given up.
        """
        order = ", ".join(f"{COLUMNS[place]} {'DESC' if is_back else 'ASC'}" for place in by)
        end = Condition(f"ORDER BY {order} LIMIT {limit}")
        rank, sign, sense = itemgetter(*by), 1 if is_back else -1, ">=" if is_back else "<="
        found: list[Row] = []
        read = 0
        for stretches, promised in self._promising(beyond, limit, is_back=is_back):
            better = condition
            if len(found) == limit:
                worst = found[-1][by[0]]
                if sign * promised < sign * (worst // PUSD_PER_BOUND):
                    break
                also = Condition(f"{COLUMNS[by[0]]} {sense} ?", (worst,))
                better = where([condition, also])
            if self._most is not None:
                # what was found so far tells how many there are to read
                if read * limit > self._most * max(1, len(found)):
                    return None
                read += len(stretches)
            better = Condition(f"{better.text} {end.text}", better.values)
            found += self._unordered(stretches, better)
            found.sort(key=rank, reverse=is_back)
            del found[limit:]
        return found

    def _promising(
        self, beyond: int | None, limit: int, *, is_back: bool
    ) -> Iterator[tuple[list[int], int]]:
        """Stretches, the most promising first, some at a time, and what the first promises."""
        promises = self._promises(beyond, is_back=is_back)
        seen: set[int] = set()
        listed, read = max(_RANKED, 2 * limit), limit
        worth = self._worth(promises, listed, is_back=is_back)
        while True:
            entries = self._by_promise(promises, listed, worth)
            best_last = dict(reversed(entries))
            new = [(one, best_last.pop(one)) for one, _ in entries if one in best_last]
            new = [entry for entry in new if entry[0] not in seen]
            seen.update(stretch for stretch, _ in new)
            while new:
                some, new = new[:read], new[read:]
                yield [stretch for stretch, _ in some], some[0][1]
                read = min(2 * read, _MOST_STRETCHES)
            if len(entries) < listed and worth is None:
                return
            listed, worth = listed * 16, None

    def _promises(self, beyond: int | None, *, is_back: bool) -> "_Promises":
        far, costs = None if beyond is None else beyond // PUSD_PER_BOUND, self._costs
        if not is_back:
            least = costs.least if far is None else max(far, costs.least)
            value = Condition("MAX(led.low, ?)", (least,)) if least else Condition("led.low")
            return _Promises(value, "ASC", Costs(least, costs.most))
        most = costs.most if far is None else min(far, costs.most)
        value = Condition("led.high") if most == _MOST else Condition("MIN(led.high, ?)", (most,))
        return _Promises(value, "DESC", Costs(costs.least, most))

    def _worth(self, promises: "_Promises", listed: int, *, is_back: bool) -> Condition | None:
        """What at least some of the most promising stretches meet: to sort all takes longer.

        Told by the latest of them.
        """
        first = self._last - (self._last - self._first) // _SAMPLED
        entries = self._by_promise(promises, listed // _SAMPLED * 2, None, first)
        if len(entries) < listed // _SAMPLED * 2:
            return None
        least = entries[-1][1]
        return Condition("led.high >= ?" if is_back else "led.low <= ?", (least,))

    def _by_promise(
        self, promises: "_Promises", most: int, worth: Condition | None, first: int | None = None
    ) -> list[tuple[int, int]]:
        """Entries, which are stretches and what they promise, up to `most`, the best first."""
        ids = ", ".join("?" * len(self._leading.ids))
        some: tuple[int | str, ...] = self._leading.ids
        if len(self._leading.ids) > MOST_LISTS:
            ids, some = "SELECT value FROM json_each(?)", (json.dumps(self._leading.ids),)
        within = (self._first if first is None else first, self._last)
        also, theirs = self._also()
        conditions = where(
            [
                Condition("kind = ?", (int(self._leading.kind),)),
                Condition(f"id IN ({ids})", some),
                Condition("stretch BETWEEN ? AND ?", within),
                worth or Condition("led.high IS NOT NULL"),
                *promises.costs.conditions,
                Condition(f"1{also}", theirs),
            ]
        )
        value = promises.value
        text = f"""SELECT stretch, {value.text} AS promise FROM presence AS led
            WHERE {conditions.text} ORDER BY promise {promises.order} LIMIT ?"""
        values = (*value.values, *conditions.values, most)
        return [(row[0], row[1]) for row in dialect.plain_rows(self._connection, text, values)]

    def _next(self, first: int, last: int, most: int, *, is_back: bool) -> tuple[list[int], int]:
        """The next stretches, and how far there are no others."""
        if len(self._leading.ids) > MOST_LISTS:
            width = most * _SPARSENESS
            window = (
                (max(first, last - width), last) if is_back else (first, min(last, first + width))
            )
            return self._all(*window, is_back=is_back), window[0 if is_back else 1]
        found = self._few(first, last, most, is_back=is_back)
        if len(found) == most:
            return found, found[-1]
        return found, first if is_back else last

    def _few(self, first: int, last: int, most: int, *, is_back: bool) -> list[int]:
        """Up to `most` of them, list by list."""
        if not self._leading.ids:
            return []
        order = f"ORDER BY stretch {'DESC' if is_back else 'ASC'} LIMIT {most}"
        also, theirs = self._also()
        costs = where(
            [Condition("stretch BETWEEN ? AND ?", (first, last)), *self._costs.conditions]
        )
        some = f"""SELECT stretch FROM (SELECT stretch FROM presence AS led WHERE kind = ?
            AND id = ? AND {costs.text}{also} {order})"""
        text = " UNION ".join([some] * len(self._leading.ids)) + order
        values: tuple[int, ...] = ()
        for i in self._leading.ids:
            values += (int(self._leading.kind), i, *costs.values, *theirs)
        return [row[0] for row in dialect.plain_rows(self._connection, text, values)]

    def _all(self, first: int, last: int, *, is_back: bool) -> list[int]:
        """All of them, where the lists are too many to look at one by one."""
        also, theirs = self._also()
        costs = where(
            [Condition("stretch BETWEEN ? AND ?", (first, last)), *self._costs.conditions]
        )
        text = f"""SELECT DISTINCT stretch FROM presence AS led
            WHERE kind = ? AND id IN (SELECT value FROM json_each(?)) AND {costs.text}{also}
            ORDER BY stretch {"DESC" if is_back else "ASC"}"""
        lists = json.dumps(self._leading.ids)
        values = (int(self._leading.kind), lists, *costs.values, *theirs)
        return [row[0] for row in dialect.plain_rows(self._connection, text, values)]

    def _also(self) -> tuple[str, tuple[int, ...]]:
        """That whatever else is wanted occurs there too."""
        text = "".join(f" AND {_is_there(one)}" for one in self._others)
        return text, tuple(i for one in self._others for i in (int(one.kind), *one.ids))

    def _within(
        self, stretches: Sequence[int], condition: Condition, *, is_back: bool
    ) -> list[Row]:
        rows = self._unordered(stretches, condition)
        rows.sort(key=lambda row: row[:2], reverse=is_back)
        return rows

    def _unordered(self, stretches: Sequence[int], condition: Condition) -> list[Row]:
        text = f"""SELECT {_NAMES} FROM json_each(?) AS led CROSS JOIN calls
            ON at_us >= led.value << {STRETCH_BITS} AND at_us < (led.value + 1) << {STRETCH_BITS}
            WHERE {condition.text}"""
        values = (json.dumps(stretches), *condition.values)
        return dialect.plain_rows(self._connection, text, values)


def _is_there(one: Occurring) -> str:
    places = ", ".join("?" * len(one.ids))
    return (
        "EXISTS (SELECT 1 FROM presence WHERE kind = ? "
        f"AND id IN ({places}) AND stretch = led.stretch)"
    )


def stretch_count(connection: Connection, one: Occurring, most: int = _TELLING_ENOUGH) -> int:
    """In how many stretches it occurs, counted up to `most`, once for each of the things."""
    text = """SELECT COUNT(*) FROM (SELECT 1 FROM presence
        WHERE kind = ? AND id IN (SELECT value FROM json_each(?)) LIMIT ?)"""
    values = (int(one.kind), json.dumps(one.ids), most)
    ((count,),) = dialect.plain_rows(connection, text, values)
    return int(count)


def _entry_count(connection: Connection, one: Occurring, first: int, last: int) -> int:
    """About how many entries there are of it, told by the latest stretches."""
    if len(one.ids) > _TELLING_ENOUGH:
        return len(one.ids)
    begin = last - (last - first) // _SAMPLED
    text = """SELECT COUNT(*) FROM presence
        WHERE kind = ? AND id IN (SELECT value FROM json_each(?)) AND stretch BETWEEN ? AND ?"""
    values = (int(one.kind), json.dumps(one.ids), begin, last)
    ((count,),) = dialect.plain_rows(connection, text, values)
    return int(count) * _SAMPLED


def _ends(connection: Connection, span: Span) -> tuple[int, int]:
    """The first and the last stretch of `span` that may hold calls."""
    text = "SELECT (SELECT MIN(at_us) FROM calls), (SELECT MAX(at_us) FROM calls)"
    ((first, last),) = dialect.plain_rows(connection, text, ())
    if first is None:
        return 1, 0
    start = first if span.start_us is None else max(first, span.start_us)
    end = last if span.end_us is None else min(last, span.end_us)
    return start >> STRETCH_BITS, end >> STRETCH_BITS


def _occurring(connection: Connection, narrowed: Narrowed) -> list[Occurring]:
    """What a wanted call must have, as far as it is told of where that occurs."""
    wanted, ids = narrowed.wanted, narrowed.ids
    found = [
        Occurring(Presence[one.name], tuple(ids[one]))
        for one in (Dimension.USER, Dimension.SESSION)
        if one in ids
    ]
    if narrowed.circumstances is not None:
        found.append(_combined(connection, narrowed))
    if wanted.outcome not in {None, Outcome.OK}:
        found.append(Occurring(Presence.OUTCOME, (int(wanted.outcome or 0),)))
    elif Outcome.OK in wanted.excluded:
        left = set(Outcome) - set(wanted.excluded)
        found.append(Occurring(Presence.OUTCOME, tuple(sorted(map(int, left)))))
    is_unpriced = bool(wanted.bases) and not any(one.is_priced for one in wanted.bases)
    if wanted.is_priced is False or is_unpriced:
        found.append(Occurring(Presence.UNPRICED, (0,)))
    return found


def _combined(connection: Connection, narrowed: Narrowed) -> Occurring:
    """The circumstances of wanted calls; or their models, where these are all that matters."""
    made_in = tuple(narrowed.circumstances or ())
    if narrowed.has_facts or narrowed.dimensions - {Dimension.PROVIDER, Dimension.MODEL}:
        return Occurring(Presence.CIRCUMSTANCE, made_in)
    text = """SELECT DISTINCT model_id FROM circumstances
        WHERE id IN (SELECT value FROM json_each(?))"""
    models = dialect.plain_rows(connection, text, (json.dumps(made_in),))
    return Occurring(Presence.MODEL, tuple(row[0] for row in models))
