"""Columns that make the best of a width: the least important leave first, the rest share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rich.text import Text

GAP = 2
"""Cells between two columns."""

_AMPLE = 400
"""Cells in which any name is drawn whole."""
_MEASURED = 100
"""Rows whose cells say how wide columns are."""

Cell = Text | Callable[[int], Text]
"""Finished text, or what draws itself once its width is known (bars)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how wide it must be, and how it behaves when there is more or less room."""

    title: str
    width: int
    """The least it needs, in cells."""
    align: Literal["left", "right"] = "left"
    grow: int = 0
    """Its share of spare room; 0 keeps it at its width."""
    rank: int = 0
    """0 stays always; of the others the highest leaves first."""
    most: int = 200
    """The widest it grows."""


def fit(columns: Sequence[Column], width: int) -> list[tuple[int, int]]:
    """The columns that fit, as (index, width), in their order."""
    kept = list(range(len(columns)))
    while len(kept) > 1 and _needed(columns, kept) > width:
        last = max(kept, key=lambda index: (columns[index].rank, index))
        if columns[last].rank == 0:
            break
        kept.remove(last)
    widths = {index: columns[index].width for index in kept}
    _shrink(columns, widths, width)
    _grow(columns, widths, width)
    return [(index, widths[index]) for index in kept]


def snug(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[Column]:
    """`columns`, those that do not grow just as wide as the texts of `rows`: no figure is cut.

    What they leave goes to the ones that grow.
    """
    made = list(columns)
    for index, column in enumerate(columns):
        texts = [cell for row in rows if isinstance(cell := row[index], Text)]
        if rows and not column.grow and len(texts) == len(rows):
            made[index] = replace(column, width=max(text.cell_len for text in texts))
    return made


def fitted(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], sorted_by: str = ""
) -> list[Column]:
    """`columns` as wide as what stands in them and over them, the title sorted by with its mark.

    Those without a title are drawn to any width: they take what is left. Of very many rows the
    first are measured, and no column gets less than its own width.
    """
    made = list(columns)
    is_all = len(rows) <= _MEASURED
    measured = rows[:_MEASURED]
    for index, column in enumerate(columns):
        if rows and column.title:
            title = len(column.title) + 2 * (column.title == sorted_by)
            widest = max(title, *(_natural(row[index]) for row in measured))
            if not is_all:
                widest = max(widest, column.width)
            least = min(column.width, widest) if column.grow else widest
            most = min(column.most, widest) if column.grow else column.most
            made[index] = replace(column, width=least, most=max(least, most))
    return made


def _natural(cell: Cell) -> int:
    return (cell if isinstance(cell, Text) else cell(_AMPLE)).cell_len


def _needed(columns: Sequence[Column], kept: Sequence[int]) -> int:
    return sum(columns[index].width for index in kept) + GAP * (len(kept) - 1)


def _spare(widths: dict[int, int], width: int) -> int:
    return width - sum(widths.values()) - GAP * (len(widths) - 1)


def _shrink(columns: Sequence[Column], widths: dict[int, int], width: int) -> None:
    """What must stay but does not fit takes from the column that grows."""
    missing = -_spare(widths, width)
    growing = [index for index in widths if columns[index].grow]
    if missing > 0 and growing:
        widths[growing[0]] = max(4, widths[growing[0]] - missing)


def _grow(columns: Sequence[Column], widths: dict[int, int], width: int) -> None:
    spare = _spare(widths, width)
    while spare > 0:
        able = [i for i in widths if columns[i].grow and widths[i] < columns[i].most]
        if not able:
            return
        parts = sum(columns[index].grow for index in able)
        for index in able:
            share = max(1, spare * columns[index].grow // parts)
            share = min(share, columns[index].most - widths[index], _spare(widths, width))
            widths[index] += max(0, share)
        spare = _spare(widths, width)


def placed(text: Text, width: int, align: Literal["left", "right"]) -> Text:
    """`text` in exactly `width` cells, cut with an ellipsis where it is too long."""
    if width <= 0:
        return Text("")
    made = text.copy()
    made.truncate(width, overflow="ellipsis")
    room = Text(" " * (width - made.cell_len))
    return Text.assemble(room, made) if align == "right" else Text.assemble(made, room)


def line(
    columns: Sequence[Column], widths: Sequence[tuple[int, int]], cells: Sequence[Cell]
) -> Text:
    """One row."""
    made = Text(no_wrap=True, end="")
    for place, (index, width) in enumerate(widths):
        cell = cells[index]
        drawn = cell if isinstance(cell, Text) else cell(width)
        if place:
            made.append(" " * GAP)
        made.append_text(placed(drawn, width, columns[index].align))
    return made


def titles(
    columns: Sequence[Column], widths: Sequence[tuple[int, int]], style: str, sorted_by: str = ""
) -> Text:
    """The row of column titles, a mark beside the one that rows are sorted by."""
    named = [
        _marked(column) if sorted_by and column.title == sorted_by else column.title
        for column in columns
    ]
    return line(columns, widths, [Text(title, style=style) for title in named])


def _marked(column: Column) -> str:
    """The mark stands where it moves no title away from what is under it."""
    return f"▾ {column.title}" if column.align == "right" else f"{column.title} ▾"


def column_at(widths: Sequence[tuple[int, int]], x: int) -> int | None:
    """The column whose title stands at cell `x`; `None` between two and beside them."""
    start = 0
    for index, width in widths:
        if start <= x < start + width:
            return index
        start += width + GAP
    return None


def spread(left: Text, right: Text, width: int) -> Text:
    """`left` at the left edge and `right` at the right; `left` is cut where both do not fit."""
    room = max(0, width - right.cell_len - 1)
    made = placed(left, room, "left")
    if right.cell_len + 1 <= width:
        made.append(" ")
        made.append_text(right)
    else:
        made = placed(right, width, "left")
    made.no_wrap = True
    return made


def stacked(lines: Sequence[Text]) -> Text:
    """Lines under each other."""
    made = Text("\n", end="", no_wrap=True).join(lines)
    made.no_wrap, made.end = True, ""
    return made
