"""Where there are no colours, or few: bold, dim and reverse say what they said."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.color import Color, ColorParseError
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.widget import Widget

_CHOSEN = (
    *("ink-cursor", "ink-edge", "ink-focus", "primary", "foreground"),
    *("block-cursor-background", "block-cursor-blurred-background"),
)
"""Grounds of what is chosen, of buttons and of scrollbars."""
_FILLS = ("ink-track", *(f"series-{number}" for number in range(1, 7)))
"""Grounds of what is drawn: its edges tell it apart."""
_QUIET = ("ink-muted", "ink-edge", "ink-track", "series-6")
_LOUD = ("warning", "error", "primary")
_GROUNDS = ("surface",)
"""What is written in these stands on a colour, and would be gone without it."""


class FewColours(LineFilter):
    """Draws what is chosen in reverse, what is beside the point dim, and what presses bold.

    Textual's own answer to `NO_COLOR` is shades of grey, which are colours still.
    """

    def __init__(self, variables: Mapping[str, str], *, has_ink: bool) -> None:
        super().__init__()
        self._has_ink = has_ink
        """Whether what is written keeps its colour, as it may where there are sixteen."""
        self._chosen, self._fills, self._quiet, self._loud, self._grounds = (
            _colours(variables, names) for names in (_CHOSEN, _FILLS, _QUIET, _LOUD, _GROUNDS)
        )
        self._restyled = lru_cache(4096)(self._restyle)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same text, otherwise."""
        del background
        return [
            Segment(text, self._restyled(style) if style else style, control)
            for text, style, control in segments
        ]

    def _restyle(self, style: Style) -> Style:
        ink = style.color.get_truecolor() if style.color else None
        ground = style.bgcolor.get_truecolor() if style.bgcolor else None
        is_chosen = ground in self._chosen and ground not in self._fills
        colour = style.bgcolor if ink in self._grounds else style.color
        return Style(
            color=colour if self._has_ink and not is_chosen else None,
            bold=bool(style.bold) or ink in self._loud,
            dim=not is_chosen and (bool(style.dim) or ink in self._quiet),
            italic=style.italic,
            underline=style.underline,
            strike=style.strike,
            reverse=bool(style.reverse) ^ is_chosen,
            meta=style.meta or None,
        )


def has_few_colours(widget: "Widget") -> bool:
    """Whether what is drawn is drawn so."""
    return any(isinstance(one, FewColours) for one in widget.app.get_line_filters())


def _colours(variables: Mapping[str, str], names: Sequence[str]) -> frozenset[tuple[int, ...]]:
    found = set()
    for name in names:
        try:
            found.add(tuple(Color.parse(variables[name]).rgb))
        except (KeyError, ColorParseError):  # themes that are not ours need not name all
            continue
    return frozenset(found)
