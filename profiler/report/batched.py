"""Calls as text for machines, a batch at a time: the rows of `tabular`, from fields.

What calls share because of what they were made in is written once and joined as it is.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TextIO

from profiler.domain.calls import Call
from profiler.domain.periods import SECOND_US
from profiler.report.columns import Column, Kind
from profiler.report.values import json_writer, quoted, safe_cell, text_writer
from profiler.store.batches import Coded, Constant, Field

_MOST_KNOWN = 50_000
"""Cells of one column remembered at once."""

_MINUTE_US = 60 * SECOND_US

Columns = tuple[Column[Call], ...]
Cell = Callable[[Any], str]


_NEVER_QUOTED = frozenset({Kind.KEY, Kind.COUNT, Kind.FLAG, Kind.MOMENT, Kind.MONEY, Kind.SHARE})


class Layout(NamedTuple):
    """How a format sets its cells into rows."""

    begin: str
    end: str
    cell: Callable[[Column[Call]], Cell]
    """What writes a column's values, `None` included."""
    before: Callable[[Column[Call]], str]
    """What stands before each of its values."""
    unknown: str
    """What stands for one that is not known."""


class Batch(Protocol):
    """Some calls, field by field: `store.batches.Batch`."""

    def __len__(self) -> int:
        """How many there are, at least one."""
        ...

    def field(self, path: str) -> Field:
        """One field of each of them."""
        ...


class _Shared(NamedTuple):
    """Text that calls have in common by what they were made in."""

    codes: Sequence[int]
    texts: Mapping[int, str]


_Piece = _Shared | str | list[str]
"""Cells that stand side by side, of every row."""


def write_calls_csv(
    batches: Iterable[Batch], columns: Columns, out: TextIO, *, is_raw: bool = False
) -> int:
    """Write what `tabular.write_csv` writes of the same calls, and return how many they were."""
    safe = str if is_raw else safe_cell

    def cell(column: Column[Call]) -> Cell:
        write = text_writer(column.kind, safe)
        if column.kind in _NEVER_QUOTED:
            return write
        return lambda value: quoted(write(value))

    out.write(",".join(column.name for column in columns) + "\r\n")
    return _write(batches, columns, out, Layout("", "\r\n", cell, lambda _: "", ""))


def write_calls_jsonl(batches: Iterable[Batch], columns: Columns, out: TextIO) -> int:
    """Write one JSON object per call and line, ASCII only, and return how many they were."""
    layout = Layout(
        "{",
        "}\n",
        lambda column: json_writer(column.kind),
        lambda column: f"{json.dumps(column.name)}:",
        "null",
    )
    return _write(batches, columns, out, layout)


def _write(batches: Iterable[Batch], columns: Columns, out: TextIO, layout: Layout) -> int:
    writers = [(column, _Writer(column, layout)) for column in columns]
    between = layout.end + layout.begin
    written = 0
    for batch in batches:
        pieces: list[_Piece] = []
        for column, writer in writers:
            _set_beside(pieces, writer.piece(batch.field(column.path)))
        rows = map(",".join, zip(*(_each(piece, len(batch)) for piece in pieces), strict=True))
        out.write(layout.begin)
        out.write(between.join(rows))
        out.write(layout.end)
        written += len(batch)
    return written


class _Writer:
    """Writes one column."""

    def __init__(self, column: Column[Call], layout: Layout) -> None:
        self._kind = column.kind
        self._shown = column.shown
        self._write = layout.cell(column)
        self._before = layout.before(column)
        self._unknown = self._before + layout.unknown
        self._known: dict[int, str] = {}

    def piece(self, field: Field) -> _Piece:
        """The cells of that field."""
        if isinstance(field, Constant):
            return self._cell(field.value)
        if isinstance(field, Coded):
            return _Shared(field.codes, self._cells_of(field.values))
        if _is_uniform(field):
            return self._cell(field[0])
        return self._many(field)

    def _cells_of(self, values: Mapping[int, Any]) -> dict[int, str]:
        """The cell of each code; what a code stands for never changes from batch to batch."""
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        known = self._known
        for code in values.keys() - known.keys():
            known[code] = self._cell(values[code])
        return {code: known[code] for code in values}

    def _cell(self, value: Any) -> str:
        shown = value if self._shown is None else self._shown(value)
        return self._unknown if shown is None else self._before + self._write(shown)

    def _many(self, field: Sequence[Any]) -> list[str]:
        before, unknown = self._before, self._unknown
        if self._kind is Kind.COUNT:
            if not before and None not in field:
                return list(map(str, field))
            return [unknown if value is None else f"{before}{value}" for value in field]
        if self._kind is Kind.MONEY:
            write = self._write
            return [unknown if value is None else before + write(value) for value in field]
        if self._kind is Kind.KEY:
            first, last = self._cell("|").split("|")
            return [f"{first}{value}{last}" for value in field]
        if self._kind is Kind.MOMENT:
            return _moments(field, self._cell)
        return list(map(self._cell, field))


def _is_uniform(field: Sequence[Any]) -> bool:
    """Whether all values are the same; of most fields a look at three tells that they are not."""
    some = field[0]
    return bool(some == field[-1] == field[len(field) // 2]) and field.count(some) == len(field)


def _moments(field: Sequence[int], cell: Cell) -> list[str]:
    """Moments as `cell` writes them, each minute written once."""
    begin = {minute: cell(minute * _MINUTE_US).rpartition(":")[0] for minute in _minutes(field)}
    end = cell(0).rpartition("000000")[2]
    return [
        f"{begin[at_us // _MINUTE_US]}:{at_us // SECOND_US % 60:02d}.{at_us % SECOND_US:06d}{end}"
        for at_us in field
    ]


def _minutes(field: Sequence[int]) -> set[int]:
    return {at_us // _MINUTE_US for at_us in field}


def _set_beside(pieces: list[_Piece], piece: _Piece) -> None:
    """Add a piece, joined with the last one where both are the same for many rows."""
    last = pieces[-1] if pieces else None
    if isinstance(last, str) and isinstance(piece, str):
        pieces[-1] = f"{last},{piece}"
    elif isinstance(last, _Shared) and isinstance(piece, str):
        pieces[-1] = _Shared(last.codes, {c: f"{text},{piece}" for c, text in last.texts.items()})
    elif isinstance(last, str) and isinstance(piece, _Shared):
        pieces[-1] = _Shared(piece.codes, {c: f"{last},{text}" for c, text in piece.texts.items()})
    elif isinstance(last, _Shared) and isinstance(piece, _Shared) and last.codes is piece.codes:
        both = {c: f"{text},{piece.texts[c]}" for c, text in last.texts.items()}
        pieces[-1] = _Shared(last.codes, both)
    else:
        pieces.append(piece)


def _each(piece: _Piece, number: int) -> Iterable[str]:
    if isinstance(piece, str):
        return [piece] * number
    if isinstance(piece, _Shared):
        return map(piece.texts.__getitem__, piece.codes)
    return piece
