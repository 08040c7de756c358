"""Stacked bars out of solid blocks: every face of a font has them, and they join without a seam."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rich.style import Style
from rich.text import Text
from textual.color import Color

EIGHTHS = " ▁▂▃▄▅▆▇█"
PATTERNS = "█▒▓░▚·"
"""What tells layers apart where no colours do, the lowest first."""
WIDEST = 16
"""Cells of a bar at most: a lone one is a bar, not a wall."""
_FILLED = 0.8
_FADED = 0.55
"""How far what one does not stand on goes into the ground."""

Part = tuple[int, int]
"""A layer within a cell, and how many eighths of it are its."""


@dataclass(frozen=True, slots=True)
class Paint:
    """The looks of a chart."""

    colours: tuple[str, ...]
    """Of the layers, the lowest first."""
    ground: str
    is_plain: bool = False
    """Whether layers are told apart by patterns: no colours, or no grounds of two in a cell."""


def places(count: int, width: int) -> list[tuple[int, int]]:
    """Where each of so many bars begins, and how wide it is: all are alike."""
    if not count:
        return []
    slot = width / count
    bar = max(1, min(WIDEST, int(slot * _FILLED), int(slot) - 1))
    edges = [round(index * slot) for index in range(count + 1)]
    return [(start + (end - start - bar) // 2, bar) for start, end in pairwise(edges)]


def reaches(tops: Sequence[float], full: float, rows: int) -> list[int]:
    """How many eighths of a cell the layers of a bar reach up; what is there shows."""
    made = [round(min(1.0, top / full) * rows * 8) for top in tops]
    if tops and tops[-1] > 0:
        made[-1] = max(1, made[-1])
    return made


def parts_of(reach: Sequence[int], row: int) -> list[Part]:
    """What of each layer lies in a row of cells, counted from the bottom."""
    low, high, below = row * 8, row * 8 + 8, 0
    found: list[Part] = []
    for layer, top in enumerate(reach):
        share = min(top, high) - max(below, low)
        if share > 0:
            found.append((layer, share))
        below = max(below, top)
    return found


def cell(parts: Sequence[Part], paint: Paint, standing: int | None = None) -> tuple[str, Style]:
    """The character of a cell, and its colours; with `standing`, other layers are faded.

    A cell has two colours: of three layers in it the narrowest is not seen.
    """
    most = max(parts, key=lambda part: part[1])
    filled = sum(share for _, share in parts)
    if paint.is_plain:
        sign = PATTERNS[min(most[0], len(PATTERNS) - 1)]
        if most[0] == 0 and filled < len(EIGHTHS) - 1:
            sign = EIGHTHS[filled]
        return sign, Style(color=paint.colours[most[0]], bgcolor=paint.ground)
    if filled < len(EIGHTHS) - 1 or len(parts) == 1:
        return EIGHTHS[filled], Style(color=_shade(most[0], paint, standing), bgcolor=paint.ground)
    lower, upper = sorted(sorted(parts, key=lambda part: part[1])[-2:])
    eighths = sum(share for layer, share in parts if layer < upper[0])
    return EIGHTHS[eighths], Style(
        color=_shade(lower[0], paint, standing), bgcolor=_shade(upper[0], paint, standing)
    )


ALL, NONE = -1, -2
"""What one stands on in a bar: all of it, or none."""


def _shade(layer: int, paint: Paint, standing: int | None) -> str:
    colour = paint.colours[layer]
    if standing is None or standing in {ALL, layer}:
        return colour
    return halfway(colour, paint.ground)


@lru_cache(maxsize=64)
def halfway(colour: str, ground: str) -> str:
    """A colour that steps back."""
    return Color.parse(colour).blend(Color.parse(ground), _FADED).hex


def rule_at(level: float, full: float, rows: int) -> tuple[int, str]:
    """The row and the sign of a thin line at a level, counted from the bottom."""
    eighths = round(level / full * rows * 8)
    if eighths >= rows * 8:
        return rows - 1, "▔"
    row, within = divmod(eighths, 8)
    return row, "▁" if within < 3 else "─" if within < 6 else "▔"


def times_line(
    labels: Sequence[tuple[int, str]], bars: Sequence[tuple[int, int]], width: int
) -> str:
    """Labels under the middle of their bars; one that would touch its neighbour is left out."""
    made = ""
    for index, label in labels:
        start, bar = bars[index]
        at = max(0, min(start + (bar - len(label)) // 2, width - len(label)))
        if not made or at > len(made):
            made = made.ljust(at) + label
    return made[:width]


def row_of_bars(
    cells: Sequence[tuple[int, int, tuple[str, Style]]], width: int, empty: tuple[str, str]
) -> Text:
    """One row: where bars are their cells, between them `empty`, a sign and its style."""
    made = Text(no_wrap=True, end="")
    for start, bar, (sign, style) in cells:
        made.append(empty[0] * (start - made.cell_len), empty[1]).append(sign * bar, style)
    return made.append(empty[0] * (width - made.cell_len), empty[1])
