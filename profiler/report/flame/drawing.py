"""The tree of frames as an icicle: the whole on top, each frame below what led to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from zlib import crc32

from profiler import display
from profiler.analysis.flame import Frame, Measure
from profiler.report.flame.places import place_of

WIDTH = 1200
ROW = 20
_CHAR = 6.6
"""Width of a character of the text, in the drawing's units."""
_HUES = 8
_LEAST = 0.4
"""Frames narrower than this are not drawn: nobody could see them."""

STYLE = """
svg.flame { font: 11px ui-monospace, monospace; }
.flame g { cursor: default; }
.flame text { fill: #1f2430; pointer-events: none; }
.flame rect { stroke: #fff; stroke-width: .6; rx: 2px; }
.flame .root rect { fill: #d7dce5; }
.flame .h0 rect { fill: #f6c177; } .flame .h1 rect { fill: #eda98a; }
.flame .h2 rect { fill: #e8bd9b; } .flame .h3 rect { fill: #f2d08f; }
.flame .h4 rect { fill: #e99f7c; } .flame .h5 rect { fill: #dcc48e; }
.flame .h6 rect { fill: #f0b48c; } .flame .h7 rect { fill: #e5a873; }
@media (prefers-color-scheme: dark) {
  .flame rect { stroke: #171a21; } .flame .root rect { fill: #aab2c0; }
}
""".strip()


@dataclass(frozen=True, slots=True)
class Box:
    """Where a frame is drawn: shares of the width, rows from the top."""

    frame: Frame
    left: float
    width: float
    row: int


def boxes(root: Frame, measure: Measure, least: float) -> Iterator[Box]:
    """Every frame at least `least` of the whole wide, from the root down."""
    whole = measure.of(root.whole)
    if whole <= 0:
        return
    waiting = [Box(root, 0.0, 1.0, 0)]
    while waiting:
        box = waiting.pop()
        yield box
        left = box.left
        for frame in box.frame.inner:
            width = measure.of(frame.whole) / whole
            if width >= least:
                waiting.append(Box(frame, left, width, box.row + 1))
            left += width


def as_drawing(root: Frame, measure: Measure, title: str) -> str:
    """The icicle as one SVG element, each frame with its figures as a tooltip."""
    drawn = list(boxes(root, measure, _LEAST / WIDTH))
    height = ROW * (1 + max((box.row for box in drawn), default=0))
    return (
        f'<svg class="flame" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        f' width="100%" role="img" aria-label="{_text(title)}">\n'
        + "".join(_group(box, root, measure) for box in drawn)
        + "</svg>\n"
    )


def as_svg(root: Frame, measure: Measure, title: str) -> str:
    """The icicle as a file of its own."""
    style = f"<style>\n{STYLE}\n</style>\n"
    drawing = as_drawing(root, measure, title)
    first, rest = drawing.split("\n", 1)
    heading = f"<title>{_text(title)}</title>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{first}\n{heading}{style}{rest}'


def _text(text: str) -> str:
    return escape(display.plain(text))


def figures(frame: Frame, root: Frame, measure: Measure) -> str:
    """What a frame came to, in words."""
    share = measure.of(frame.whole) / (measure.of(root.whole) or 1)
    own = f" · {display.spend(frame.own)} itself" if frame.own.calls and frame.inner else ""
    return (
        f"{display.spend(frame.whole)} ({display.percent(share)} of {measure.value}){own}"
        f" · {display.count(frame.whole.calls)} calls · {display.count(frame.whole.tokens)} tokens"
    )


def _group(box: Box, root: Frame, measure: Measure) -> str:
    name = display.plain(box.frame.name) or "all calls"
    left, width = box.left * WIDTH, box.width * WIDTH
    kind = f"h{crc32(place_of(box.frame.name).file.encode()) % _HUES}" if box.frame.name else "root"
    room = int((width - 6) / _CHAR)
    label = _fitted(name, box.frame.name, room)
    text = (
        f'<text x="{left + 3:.2f}" y="{box.row * ROW + 14}">{escape(label)}</text>' if label else ""
    )
    return (
        f'<g class="{kind}"><title>{escape(name)}\n'
        f"{escape(figures(box.frame, root, measure))}</title>"
        f'<rect x="{left:.2f}" y="{box.row * ROW}" width="{width:.2f}" height="{ROW - 1}"/>'
        f"{text}</g>\n"
    )


def _fitted(shown: str, name: str, room: int) -> str:
    """The name as far as it fits: whole, else the function, else its beginning."""
    if len(shown) <= room:
        return shown
    function = display.plain(place_of(name).function)
    if len(function) <= room:
        return function
    return f"{function[: room - 1]}…" if room > 2 else ""
