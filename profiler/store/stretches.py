"""Finding what is sparse by the stretches of time it occurs in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import Connection

from profiler.domain.calls import Outcome
from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension, Filter
from profiler.store import dialect
from profiler.store.layout import STRETCH_BITS, Presence
from profiler.store.narrow import Condition, Narrowed
from profiler.store.rollup import counted_as
from profiler.store.rows import COLUMNS, Row

MOST_LISTS = 64
"""Of more things than these nobody looks up one by one where they occur."""

_FIRST_STRETCHES, _GROWTH, _MOST_STRETCHES = 8, 4, 512
_SPARSENESS = 64
"""Where lists are read together: of so many stretches one is expected to hold something."""
_TELLING_ENOUGH = 1_000
_NAMES = ", ".join(COLUMNS)
_LARGEST = counted_as(2**63 - 1)


@dataclass(frozen=True, slots=True)
class Occurring:
    """Things of one kind; wanted calls have one of them."""

    kind: Presence
    ids: tuple[int, ...]


class Stretches:
    """The stretches of time that may hold wanted calls."""

    def __init__(
        self,
        connection: Connection,
        span: Span,
        leading: Occurring,
        others: Sequence[Occurring],
        *,
        are_few: bool = False,
    ) -> None:
        self.are_few = are_few
        """Whether looking through all of them takes no time."""
        self._connection = connection
        self._leading = leading
        self._others = [one for one in others if len(one.ids) <= MOST_LISTS]
        first, last = _ends(connection)
        start = first if span.start_us is None else max(first, span.start_us)
        end = last if span.end_us is None else min(last, span.end_us)
        self._first, self._last = start >> STRETCH_BITS, end >> STRETCH_BITS

    @classmethod
    def telling(cls, connection: Connection, narrowed: Narrowed) -> "Stretches | None":
        """The stretches by the rarest of what is wanted; `None` where that is not told of."""
        found = [*_occurring(narrowed), *costing(connection, narrowed.wanted)]
        if not found:
            return None
        counted = {one: stretch_count(connection, one) for one in found}
        found.sort(key=lambda one: (counted[one], len(one.ids)))
        are_few = counted[found[0]] < _TELLING_ENOUGH
        return cls(connection, narrowed.wanted.span, found[0], found[1:], are_few=are_few)

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
        self, condition: Condition, limit: int, *, by: tuple[int, ...], is_back: bool
    ) -> list[Row]:
        """Of all rows that meet `condition` the first by the columns at `by`, not by time."""
        rank = itemgetter(*by)
        order = ", ".join(f"{COLUMNS[place]} {'DESC' if is_back else 'ASC'}" for place in by)
        best = Condition(f"{condition.text} ORDER BY {order} LIMIT {limit}", condition.values)
        first, last = self._first, self._last
        found: list[Row] = []
        while first <= last:
            stretches, seen = self._next(first, last, _MOST_STRETCHES, is_back=True)
            if stretches:
                found += self._unordered(stretches, best)
                found.sort(key=rank, reverse=is_back)
                del found[limit:]
            last = seen - 1
        return found

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
        some = f"""SELECT stretch FROM (SELECT stretch FROM presence AS led WHERE kind = ?
            AND id = ? AND stretch BETWEEN ? AND ?{also} {order})"""
        text = " UNION ".join([some] * len(self._leading.ids)) + order
        values: tuple[int, ...] = ()
        for i in self._leading.ids:
            values += (int(self._leading.kind), i, first, last, *theirs)
        return [row[0] for row in dialect.plain_rows(self._connection, text, values)]

    def _all(self, first: int, last: int, *, is_back: bool) -> list[int]:
        """All of them, where the lists are too many to look at one by one."""
        also, theirs = self._also()
        text = f"""SELECT DISTINCT stretch FROM presence AS led
            WHERE kind = ? AND id IN (SELECT value FROM json_each(?))
            AND stretch BETWEEN ? AND ?{also}
            ORDER BY stretch {"DESC" if is_back else "ASC"}"""
        lists = json.dumps(self._leading.ids)
        values = (int(self._leading.kind), lists, first, last, *theirs)
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


def _ends(connection: Connection) -> tuple[int, int]:
    """When the first and the last call began."""
    text = "SELECT (SELECT MIN(at_us) FROM calls), (SELECT MAX(at_us) FROM calls)"
    ((first, last),) = dialect.plain_rows(connection, text, ())
    return (1, 0) if first is None else (first, last)


def _occurring(narrowed: Narrowed) -> list[Occurring]:
    """What a wanted call must have, as far as it is told of where that occurs."""
    wanted, ids = narrowed.wanted, narrowed.ids
    found = [
        Occurring(Presence[one.name], tuple(ids[one]))
        for one in (Dimension.USER, Dimension.SESSION)
        if one in ids
    ]
    if narrowed.circumstances is not None:
        found.append(Occurring(Presence.CIRCUMSTANCE, tuple(narrowed.circumstances)))
    if wanted.outcome not in {None, Outcome.OK}:
        found.append(Occurring(Presence.OUTCOME, (int(wanted.outcome or 0),)))
    elif Outcome.OK in wanted.excluded:
        left = set(Outcome) - set(wanted.excluded)
        found.append(Occurring(Presence.OUTCOME, tuple(sorted(map(int, left)))))
    is_unpriced = bool(wanted.bases) and not any(one.is_priced for one in wanted.bases)
    if wanted.is_priced is False or is_unpriced:
        found.append(Occurring(Presence.UNPRICED, (0,)))
    return found


def costing(connection: Connection, wanted: Filter) -> list[Occurring]:
    """The magnitudes there are of costs within the bounds, if there are bounds."""
    above, below = wanted.cost_above_pusd, wanted.cost_below_pusd
    if above is None and below is None:
        return []
    least = 0 if above is None else counted_as(max(0, above + 1))
    most = _LARGEST if below is None else counted_as(max(0, below - 1))
    # each look-up leads to the next magnitude there is; reading all entries would take seconds
    text = """WITH RECURSIVE there(id) AS (
        SELECT MIN(id) FROM presence WHERE kind = ?1 AND id >= ?2
        UNION ALL SELECT (SELECT MIN(id) FROM presence WHERE kind = ?1 AND id > there.id)
        FROM there WHERE there.id < ?3)
        SELECT id FROM there WHERE id <= ?3"""
    found = dialect.plain_rows(connection, text, (int(Presence.COST), least, most))
    return [Occurring(Presence.COST, tuple(row[0] for row in found))]
