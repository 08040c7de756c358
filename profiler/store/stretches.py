"""Finding what is sparse by the stretches of time it occurs in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from profiler.domain.calls import Outcome
from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension, Filter
from profiler.store.narrow import Condition, Narrowed
from profiler.store.rows import COLUMNS, Row
from profiler.store.tables import STRETCH_BITS, Presence

MOST_LISTS = 64
"""Of more things than these nobody looks up one by one where they occur."""

_FIRST_STRETCHES, _GROWTH, _MOST_STRETCHES = 8, 4, 512
_TELLING_ENOUGH = 1_000
_EVER = (0, 2**63 >> STRETCH_BITS)
_NAMES = ", ".join(COLUMNS)
_LARGEST_BITS = 63


@dataclass(frozen=True, slots=True)
class Occurring:
    """Things of one kind; wanted calls have one of them."""

    kind: Presence
    ids: tuple[int, ...]


class Stretches:
    """The stretches of time that may hold wanted calls."""

    def __init__(
        self, connection: Connection, span: Span, leading: Occurring, others: Sequence[Occurring]
    ) -> None:
        self._connection = connection
        self._leading = leading
        self._others = others
        start, end = _EVER
        if span.start_us is not None:
            start = span.start_us >> STRETCH_BITS
        if span.end_us is not None:
            end = span.end_us >> STRETCH_BITS
        self._first, self._last = start, end

    @classmethod
    def telling(cls, connection: Connection, narrowed: Narrowed) -> "Stretches | None":
        """The stretches by the rarest of what is wanted; `None` where nothing wanted is few."""
        found = [one for one in _occurring(narrowed) if len(one.ids) <= MOST_LISTS]
        if not found:
            return None
        found.sort(key=lambda one: _count(connection, one))
        return cls(connection, narrowed.wanted.span, found[0], found[1:])

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
        while stretches := self._next(first, last, size, is_back=is_back):
            found += self._within(stretches, condition, is_back=is_back)
            if len(found) >= limit:
                break
            end = stretches[-1]
            first, last = (first, end - 1) if is_back else (end + 1, last)
            size = min(size * _GROWTH, _MOST_STRETCHES)
        return found[:limit]

    def _next(self, first: int, last: int, most: int, *, is_back: bool) -> list[int]:
        if not self._leading.ids:
            return []
        order = f"ORDER BY stretch {'DESC' if is_back else 'ASC'} LIMIT {most}"
        also = "".join(f" AND {_is_there(one)}" for one in self._others)
        some = f"""SELECT stretch FROM (SELECT stretch FROM presence AS led WHERE kind = ?
            AND id = ? AND stretch BETWEEN ? AND ?{also} {order})"""
        text = " UNION ".join([some] * len(self._leading.ids)) + order
        theirs = tuple(i for one in self._others for i in (int(one.kind), *one.ids))
        values: tuple[int, ...] = ()
        for i in self._leading.ids:
            values += (int(self._leading.kind), i, first, last, *theirs)
        return [row[0] for row in self._connection.exec_driver_sql(text, values)]

    def _within(
        self, stretches: Sequence[int], condition: Condition, *, is_back: bool
    ) -> list[Row]:
        text = f"""SELECT {_NAMES} FROM json_each(?) AS led CROSS JOIN calls
            ON at_us >= led.value << {STRETCH_BITS} AND at_us < (led.value + 1) << {STRETCH_BITS}
            WHERE {condition.text}"""
        values = (json.dumps(stretches), *condition.values)
        rows = [tuple(row) for row in self._connection.exec_driver_sql(text, values)]
        rows.sort(key=lambda row: row[:2], reverse=is_back)
        return rows


def _is_there(one: Occurring) -> str:
    places = ", ".join("?" * len(one.ids))
    return (
        "EXISTS (SELECT 1 FROM presence WHERE kind = ? "
        f"AND id IN ({places}) AND stretch = led.stretch)"
    )


def _count(connection: Connection, one: Occurring) -> int:
    places = ", ".join("?" * len(one.ids))
    text = f"""SELECT COUNT(*) FROM (SELECT 1 FROM presence
        WHERE kind = ? AND id IN ({places}) LIMIT {_TELLING_ENOUGH})"""
    return int(connection.exec_driver_sql(text, (int(one.kind), *one.ids)).scalar_one())


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
    if wanted.is_priced is False:
        found.append(Occurring(Presence.UNPRICED, (0,)))
    bits = _bits(wanted)
    if bits is not None:
        found.append(Occurring(Presence.COST, tuple(bits)))
    return found


def _bits(wanted: Filter) -> range | None:
    """The magnitudes that a cost within the bounds can have."""
    above, below = wanted.cost_above_pusd, wanted.cost_below_pusd
    if above is None and below is None:
        return None
    least = 0 if above is None else max(0, above + 1).bit_length()
    most = _LARGEST_BITS if below is None else max(0, below - 1).bit_length()
    return range(least, min(most, _LARGEST_BITS) + 1)
