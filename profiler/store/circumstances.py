"""What a call was made in: the combination of its labels that repeat, as one small number.

A program makes its calls from a few places in a few ways, so a million calls share some
hundred combinations. One that nobody shares costs a row and changes nothing else.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from profiler.domain.calls import Basis, Outcome
from profiler.domain.scopes import Dimension
from profiler.store import dialect, digests
from profiler.store.dictionary import Dictionary
from profiler.store.layout import CIRCUMSTANCES, NO_STATUS
from profiler.store.tables import circumstances

Told = tuple[Any, ...]
"""A combination as a call tells it: the texts of `CIRCUMSTANCES`, then outcome, basis, whether
it was streamed, and the status."""

PROVIDER, MODEL = (CIRCUMSTANCES.index(one) for one in (Dimension.PROVIDER, Dimension.MODEL))
"""Where they stand among the labels."""
BASIS = len(CIRCUMSTANCES) + 1
"""Where it stands in what a call tells."""

_KINDS = len(CIRCUMSTANCES)
_CHUNK = 500
_MOST_KEPT = 50_000


class Circumstance(NamedTuple):
    """A combination as it is stored."""

    id: int
    label_ids: tuple[int, ...]
    """In the order of `CIRCUMSTANCES`."""
    outcome: Outcome
    basis: Basis
    is_streamed: bool
    status: int | None


class Circumstances:
    """Combinations and their numbers, remembered for the length of a drain, as `Dictionary` is."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self._known: dict[Told, Circumstance] = {}

    def of(self, connection: Connection, told: Sequence[Told]) -> list[Circumstance]:
        """The circumstance of each of `told`, written where new."""
        if len(self._known) > _MOST_KEPT:
            self._known = {}
        known = self._known
        try:
            # such a key takes long to hash, and nearly always all are known
            return [known[one] for one in told]
        except KeyError:
            missing = list(set(told).difference(known))
            known.update(zip(missing, self._found_or_made(connection, missing), strict=True))
            return [known[one] for one in told]

    def _found_or_made(
        self, connection: Connection, told: Sequence[Told]
    ) -> Iterable[Circumstance]:
        rows = self._numbered(connection, told)
        ids, made = dialect.ids_of(connection, circumstances, rows)
        digests.grow(connection, circumstances, made)
        return (_circumstance(number, row) for number, row in zip(ids, rows, strict=True))

    def _numbered(self, connection: Connection, told: Sequence[Told]) -> list[tuple[int, ...]]:
        """Each of `told` with ids in place of its texts."""
        columns = list(zip(*told, strict=True))
        for place, kind in enumerate(CIRCUMSTANCES):
            ids = self.dictionary.ids(connection, kind, columns[place])
            columns[place] = tuple(map(ids.__getitem__, columns[place]))
        return list(zip(*columns, strict=True))


def circumstances_of(
    connection: Connection, ids: Iterable[int], known: dict[int, Circumstance]
) -> dict[int, Circumstance]:
    """The circumstances of those `ids`; what is looked up is kept in `known` for the next time."""
    if len(known) > _MOST_KEPT:
        known.clear()
    wanted = set(ids)
    missing = list(wanted.difference(known))
    for start in range(0, len(missing), _CHUNK):
        query = select(circumstances).where(circumstances.c.id.in_(missing[start : start + _CHUNK]))
        for number, *row in connection.execute(query):
            known[number] = _circumstance(number, row)
    return {number: known[number] for number in wanted}


def _circumstance(number: int, row: Sequence[int]) -> Circumstance:
    outcome, basis, is_streamed, status = row[_KINDS:]
    return Circumstance(
        number,
        tuple(row[:_KINDS]),
        Outcome(outcome),
        Basis(basis),
        bool(is_streamed),
        None if status == NO_STATUS else status,
    )
