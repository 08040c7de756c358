"""Amounts under each other: their points in one line, so that a longer one is a larger one."""

from collections.abc import Callable, Collection, Sequence

from rich.text import Text

from profiler.tui.widgets.columns import Cell, Column

MOST_DIGITS = 6
"""Behind the point of an amount: millionths, as `display.money` has them."""


def at_point(amount: Text, behind: int, width: int) -> Text:
    """`amount` for a column that is flush right: so many cells from its point to the edge.

    Fewer where `width` cells are not enough; what has no point stands at the edge.
    """
    whole, point, fraction = amount.plain.rpartition(".")
    if not point or not whole.strip("▲▼◆ ~<≈+-$,").replace(",", "").isdigit():
        return amount
    missing = min(behind - len(fraction), width - amount.cell_len)
    return Text.assemble(amount, " " * max(0, missing), end="")


def lined_up(amounts: Sequence[Text], width: int) -> list[Text]:
    """Amounts of one column with their points in one line, in at most that many cells."""
    behind = [len(one.plain.rpartition(".")[2]) for one in amounts if "." in one.plain]
    widest = max((one.cell_len for one in amounts), default=0)
    room = max(width, widest)
    return [at_point(one, max(behind, default=0), room) for one in amounts]


_AMPLE = 16


def points_in_line(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], titles: Collection[str]
) -> list[list[Cell]]:
    """`rows` with the amounts of the columns of these titles lined up, as wide as that takes."""
    made = [list(row) for row in rows]
    for place, column in enumerate(columns):
        amounts = [cell for row in rows if isinstance(cell := row[place], Text)]
        if column.title in titles and len(amounts) == len(rows):
            behind = max(map(_behind, amounts), default=0)
            for row, amount in zip(made, amounts, strict=True):
                row[place] = _lined_up(amount, behind)
    return made


def _behind(amount: Text) -> int:
    _, point, fraction = amount.plain.rpartition(".")
    return len(fraction) if point else 0


def _lined_up(amount: Text, behind: int) -> Callable[[int], Text]:
    """Done when it is drawn: of many rows few are seen."""
    return lambda _width: at_point(amount, behind, _AMPLE)
