"""A small SVG of what stands on the screen, in which a diff can be read.

Rich's own writes some 100 KB for a screen, most of it places and numbers; here a row of the
screen is a line, and colours go by the names that the palette gives them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from html import escape
from itertools import groupby

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from textual.strip import Strip

from profiler.tui.looks.theme import Palette

CELL, LINE, FONT, ASCENT = 9, 19, 15, 15


class Drawing:
    """Rows as they are drawn, and the colours they took."""

    def __init__(self, ink: Palette) -> None:
        self._names = _names(ink)
        self._usual = self._names[ink.ground.lower()]
        self.used = {self._usual: ink.ground.lower()}
        self.grounds: list[str] = []
        self.texts: list[str] = []

    def row(self, y: int, strip: Strip) -> None:
        """Draw one row."""
        spans = []
        for x, text, style in _runs(strip):
            ground = self._colour(style.bgcolor)
            if ground and ground != self._usual:
                place = f'x="{x * CELL}" y="{y * LINE}" width="{cell_len(text) * CELL}"'
                self.grounds.append(f'<rect class="{ground}" {place} height="{LINE}"/>')
            if text.strip():
                begins = (x + len(text) - len(text.lstrip())) * CELL
                looks = [self._colour(style.color)]
                looks += [name for name in ("bold", "underline") if getattr(style, name)]
                shown = escape(text.strip(), quote=False)
                spans.append(f'<tspan x="{begins}" class="{" ".join(looks)}">{shown}</tspan>')
        if spans:
            self.texts.append(f'<text y="{y * LINE + ASCENT}">{"".join(spans)}</text>')

    def _colour(self, colour: Color | None) -> str:
        if colour is None:
            return ""
        shade = colour.get_truecolor().hex
        name = self._names.get(shade, f"x{shade[1:]}")
        self.used[name] = shade
        return name


def svg_of(strips: Sequence[Strip], ink: Palette) -> str:
    """The screen in the colours of `ink`; other colours are named by their numbers."""
    drawing = Drawing(ink)
    for y, strip in enumerate(strips):
        drawing.row(y, strip)
    attributes = f'xml:space="preserve" font-family="monospace" font-size="{FONT}"'
    size = f"0 0 {max(strip.cell_length for strip in strips) * CELL} {len(strips) * LINE}"
    ground, *_ = drawing.used
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" {attributes}>',
            "<style>.bold{font-weight:bold} .underline{text-decoration:underline}",
            *(f".{name}{{fill:{shade}}}" for name, shade in sorted(drawing.used.items())),
            "</style>",
            f'<rect class="{ground}" width="100%" height="100%"/>',
            *drawing.grounds,
            *drawing.texts,
            "</svg>\n",
        ]
    )


def _names(ink: Palette) -> dict[str, str]:
    """What the palette calls its colours; of one with two names, the first."""
    found: dict[str, str] = {}
    for field in fields(ink):
        value = getattr(ink, field.name)
        shades = enumerate(value, 1) if isinstance(value, tuple) else [("", value)]
        for number, shade in shades:
            found.setdefault(str(shade).lower(), f"{field.name}{number}")
    return found


def _runs(strip: Strip) -> Iterator[tuple[int, str, Style]]:
    """Neighbours that look alike, and where they begin."""
    x = 0
    for style, segments in groupby(strip, lambda one: _looks(one.style or Style())):
        text = "".join(one.text for one in segments)
        yield x, text, style
        x += cell_len(text)


def _looks(style: Style) -> Style:
    color, ground = style.color, style.bgcolor
    if style.reverse:
        color, ground = ground, color
    return Style(
        color=color, bgcolor=ground, bold=bool(style.bold), underline=bool(style.underline)
    )
