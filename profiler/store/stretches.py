"""Finding what is sparse by the stretches of time it occurs in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from profiler.domain.calls import Outcome
from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension, Filter
from profiler.store import dialect
from profiler.store.layout import STRETCH_BITS, Presence
from profiler.store.narrow import Condition, Narrowed
from profiler.store.rows import COLUMNS, Row

MOST_LISTS = 64
"""Of more things than these nobody looks up one by one where they occur."""

_FIRST_STRETCHES, _GROWTH, _MOST_STRETCHES = 8, 4, 512
_SPARSENESS = 64
"""Where lists are read together: of so many stretches one is expected to hold something."""
_TELLING_ENOUGH = 1_000
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
        self._others = [one for one in others if len(one.ids) <= MOST_LISTS]
        first, last = _ends(connection)
        start = first if span.start_us is None else max(first, span.start_us)
        end = last if span.end_us is None else min(last, span.end_us)
        self._first, self._last = start >> STRETCH_BITS, end >> STRETCH_BITS

    @classmethod
    def telling(cls, connection: Connection, narrowed: Narrowed) -> "Stretches | None":
        """The stretches by the rarest of what is wanted; `None` where that is not told of."""
        found = _occurring(narrowed)
        if not found:
            return None
        found.sort(key=lambda one: (_count(connection, one), len(one.ids)))
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
        while first <= last and len(found) < limit:
            stretches, seen = self._next(first, last, size, is_back=is_back)
            if stretches:
                found += self._within(stretches, condition, is_back=is_back)
            first, last = (first, seen - 1) if is_back else (seen + 1, last)
            size = min(size * _GROWTH, _MOST_STRETCHES)
        return found[:limit]

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
        text = f"""SELECT {_NAMES} FROM json_each(?) AS led CROSS JOIN calls
            ON at_us >= led.value << {STRETCH_BITS} AND at_us < (led.value + 1) << {STRETCH_BITS}
            WHERE {condition.text}"""
        values = (json.dumps(stretches), *condition.values)
        rows = dialect.plain_rows(self._connection, text, values)
        rows.sort(key=lambda row: row[:2], reverse=is_back)
        return rows


def _is_there(one: Occurring) -> str:
    places = ", ".join("?" * len(one.ids))
    return (
        "EXISTS (SELECT 1 FROM presence WHERE kind = ? "
        f"AND id IN ({places}) AND stretch = led.stretch)"
    )


def _count(connection: Connection, one: Occurring) -> int:
    text = f"""SELECT COUNT(*) FROM (SELECT 1 FROM presence
        WHERE kind = ? AND id IN (SELECT value FROM json_each(?)) LIMIT {_TELLING_ENOUGH})"""
    ((count,),) = dialect.plain_rows(connection, text, (int(one.kind), json.dumps(one.ids)))
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
