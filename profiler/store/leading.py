"""The first rows of each stretch of sums, remembered: who leads in none of them leads nowhere.

Ranking a million labels over many stretches takes the database a second. The first rows of one
stretch are soon found, and stay as they are once it is over; a label that is not among them has
at most what the last of them has.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension
from profiler.store import dialect, digests
from profiler.store.crowds import label_count, label_ids, sought, stamps, starts
from profiler.store.cuts import axis_of, summed_by
from profiler.store.engine import Store
from profiler.store.layout import GRAINS, SPLIT, Axis, Grain
from profiler.store.narrow import Condition, Narrowed, of_calls, where, within
from profiler.store.remembered import share_of
from profiler.store.sources import CALLED_IN, Kind, called, closed, kept_as, kept_in
from profiler.store.spans import Pieces, pieces

FIRST = 600
"""So many rows are remembered of each stretch."""

_MOST_BILLERS = 20
"""Of models of more providers than these nobody remembers which there are."""
_ONE = ord("1")
_BITS = 256
"""A number takes about so many."""

_TOLD_BY: dict[Axis, tuple[Dimension, ...]] = {
    Axis.MODEL: (Dimension.PROVIDER, Dimension.MODEL),
    Axis.USER: (Dimension.USER,),
}
"""Axes that have one row per stretch and these labels."""

Key = tuple[int, ...]
"""Ids of labels."""
Read = TypeVar("Read")

# sums in two columns are brought to one form first: none of the lower is negative or overflows
REST = f"((low % {SPLIT} + {SPLIT}) % {SPLIT})"
WHOLE = f"(high + (low - {REST}) / {SPLIT})"
DEAREST_FIRST = f"{WHOLE} DESC, {REST} DESC, second DESC"
MOST_CHANGED = (
    f"CASE WHEN {WHOLE} < 0 THEN -{WHOLE} - ({REST} > 0) ELSE {WHOLE} END DESC, "
    f"CASE WHEN {WHOLE} < 0 THEN ({SPLIT} - {REST}) % {SPLIT} ELSE {REST} END DESC, second DESC"
)
"""The same by how much it differs, up or down."""


class Values(NamedTuple):
    """What is compared of a row, in SQL: money in two columns, and a sum that breaks ties."""

    low: str
    high: str
    second: str
    counted: str


class Compared(NamedTuple):
    """What labels are ranked by, of rows of sums and of calls."""

    name: str
    kept: Values
    scanned: Values


class Lead(NamedTuple):
    """The first rows of one stretch."""

    rows: Sequence[tuple[Any, ...]]
    """Ids of labels, then pico-dollars, then what breaks ties."""

    @property
    def least_pusd(self) -> int:
        """No other row has more."""
        return max(0, self.rows[-1][-2]) if len(self.rows) == FIRST else 0

    def size(self) -> int:
        """How many numbers it holds."""
        return sum(map(len, self.rows))


class Leaders(NamedTuple):
    """Who may come first."""

    keys: list[Key]
    """The most promising first."""
    bound_pusd: int
    """Nobody else has more."""
    are_all: bool
    """Whether there is nobody else."""


class Leading:
    """The leaders of the wanted calls, within one state of the database."""

    def __init__(
        self,
        store: Store,
        connection: Connection,
        by: tuple[Kind, ...],
        narrowed: Narrowed,
        compared: Compared,
    ) -> None:
        self._store = store
        self._connection = connection
        self._by = by
        self._narrowed = narrowed
        self._compared = compared
        self._axis = summed_by(by, narrowed) or Axis.MODEL
        self._told_by = _TOLD_BY.get(self._axis, ())

    @property
    def can_tell(self) -> bool:
        """Whether rows are few per label, and not so few that they are looked up anyway."""
        is_told = set(self._by) in ({*self._told_by}, {*self._told_by[-1:]})
        if not is_told or not self._told_by or axis_of(self._by, self._narrowed) is None:
            return False
        billers = label_count(self._connection, Dimension.PROVIDER, _MOST_BILLERS)
        return billers < _MOST_BILLERS and not sought(self._connection, self._narrowed, self._axis)

    def first(self, most: int) -> Leaders:
        """Those `most` that lead."""
        places = [self._told_by.index(Dimension(kind)) for kind in self._by]
        # of a model alone there is a row per provider
        is_whole = len(places) == len(self._told_by)
        times = 1 if is_whole else len(label_ids(self._connection, Dimension.PROVIDER))
        are_all = True
        sums: dict[Key, list[int]] = {}
        beyond_pusd = 0
        for lead in self._leads():
            beyond_pusd += times * lead.least_pusd
            are_all = are_all and len(lead.rows) < FIRST
            for row in lead.rows:
                there = sums.setdefault(tuple(row[place] for place in places), [0, 0])
                there[0] += row[-2]
                there[1] += row[-1]
        ordered = sorted(sums, key=sums.__getitem__, reverse=True)
        rest = sums[ordered[most]][0] if len(ordered) > most else 0
        are_all = are_all and len(ordered) <= most
        return Leaders(ordered[:most], max(0, rest) + beyond_pusd, are_all)

    def bits(self) -> dict[Key, int]:
        """Who is there at all: a bit for each last id, by the ids before it."""
        there: dict[Key, int] = {}
        is_whole = len(self._by) == len(self._told_by)
        for bits in self._bits():
            for before, found in bits.items():
                key = before if is_whole else ()
                there[key] = there.get(key, 0) | found
        return there

    def _leads(self) -> Iterator[Lead]:
        for grain, start, stamp in self._begun():
            yield self._remembered("lead", grain, start, stamp, self._lead, Lead.size)
        for edge in self._edges():
            yield self._scanned(edge)

    def _bits(self) -> Iterator[Mapping[Key, int]]:
        for grain, start, stamp in self._begun():
            yield self._remembered("bits", grain, start, stamp, self._bitmap, _size_of_bits)
        columns = ", ".join(called(kind) for kind in self._told_by)
        for edge in self._edges():
            condition = where([*within("at_us", edge), *of_calls(self._narrowed)])
            is_there = f"({self._compared.scanned.second}) > 0"
            text = f"SELECT {columns} FROM calls {CALLED_IN} WHERE {is_there} AND {condition.text}"
            yield _bits_of(self._connection, text, condition.values)

    def _remembered(
        self,
        what: str,
        grain: Grain,
        start: int,
        stamp: object,
        read: Callable[[Grain, int], Read],
        size_of: Callable[[Read], int],
    ) -> Read:
        narrowed = self._narrowed
        key = (
            what, self._axis, grain, start, self._compared.name,
            frozenset(narrowed.ids.items()), frozenset(narrowed.without.items()),
        )  # fmt: skip
        known: Read | None = self._store.leading.get(key, stamp)
        if known is None:
            known = read(grain, start)
            self._store.leading.keep(key, stamp, known, share_of(narrowed) + size_of(known))
        return known

    def _lead(self, grain: Grain, start: int) -> Lead:
        values = self._compared.kept
        condition = self._within(grain, start)
        columns = [kept_as(kind) for kind in self._told_by]
        text = (
            f"SELECT {', '.join(columns)}, {values.low} AS low, {values.high} AS high, "
            f"{values.second} AS second FROM rollups WHERE {condition.text}"
        )
        return self._ordered(text, condition)

    def _scanned(self, edge: Span) -> Lead:
        values = self._compared.scanned
        condition = where([*within("at_us", edge), *of_calls(self._narrowed)])
        columns = ", ".join(called(kind) for kind in self._told_by)
        text = (
            f"SELECT {columns}, SUM({values.low}) AS low, SUM({values.high}) AS high, "
            f"SUM({values.second}) AS second FROM calls {CALLED_IN} "
            f"WHERE {condition.text} GROUP BY {columns}"
        )
        return self._ordered(text, condition)

    def _ordered(self, text: str, condition: Condition) -> Lead:
        first = f"SELECT * FROM ({text}) ORDER BY {DEAREST_FIRST} LIMIT {FIRST}"
        rows = dialect.plain_rows(self._connection, first, condition.values)
        return Lead([(*key, high * SPLIT + low, then) for *key, low, high, then in rows])

    def _bitmap(self, grain: Grain, start: int) -> Mapping[Key, int]:
        condition = self._within(grain, start)
        columns = ", ".join(kept_as(kind) for kind in self._told_by)
        is_there = f"({self._compared.kept.second}) > 0"
        text = f"SELECT {columns} FROM rollups WHERE {is_there} AND {condition.text}"
        return _bits_of(self._connection, text, condition.values)

    def _within(self, grain: Grain, start: int) -> Condition:
        return where(
            [*kept_in(self._narrowed, self._axis, grain), Condition("start_h = ?", (start,))]
        )

    def _cut(self) -> Pieces:
        gone_us = digests.horizon_us(self._connection)
        return pieces(self._narrowed.wanted.span, GRAINS[self._axis], gone_us)

    def _edges(self) -> list[Span]:
        return list(self._cut().edges)

    def _begun(self) -> Iterator[tuple[Grain, int, object]]:
        """Every whole stretch, and what says whether anything came to it."""
        for grain, first, after in self._cut().whole:
            ends = closed(first, after)
            held = stamps(self._connection, grain, *ends)
            for start in starts(self._connection, self._axis, grain, *ends):
                yield grain, start, held.get(start)


def _bits_of(connection: Connection, text: str, values: tuple[object, ...]) -> dict[Key, int]:
    """A digit per last id of a key, for each of what stands before it: ids are small numbers."""
    ((most,),) = dialect.plain_rows(connection, "SELECT IFNULL(MAX(id), 0) FROM labels", ())
    found: dict[Key, bytearray] = {}
    for *before, number in _streamed(connection, text, values):
        key = tuple(before)
        digits = found.get(key)
        if digits is None:
            digits = found[key] = bytearray(b"0") * (most + 1)
        # from the right: ids that are still to come are digits in front
        digits[most - number] = _ONE
    return {key: int(digits, 2) for key, digits in found.items()}


def _size_of_bits(bits: Mapping[Key, int]) -> int:
    return sum(len(key) + found.bit_length() // _BITS for key, found in bits.items())


def _streamed(
    connection: Connection, text: str, values: tuple[object, ...]
) -> Iterator[tuple[int, ...]]:
    """Rows one by one: a million at once are a hundred megabytes."""
    cursor = connection.connection.cursor()
    try:
        yield from cursor.execute(text, values)
    finally:
        cursor.close()
