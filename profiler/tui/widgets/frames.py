"""Frames as rows and as boxes: what the icicle and the table of sites are laid out from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zlib import crc32

from rich.cells import cell_len
from rich.text import Text

from profiler import display
from profiler.analysis.flame import Frame, Measure, Path, grow, unset
from profiler.domain.totals import NOTHING, Totals
from profiler.report.flame.places import place_of
from profiler.tui.looks.theme import Palette

LEAST_CHANGE = 0.01
"""Frames that changed by less than this share of the whole are told apart by no colour."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The tree a screen draws, and what it is compared with."""

    root: Frame
    measure: Measure = Measure.COST
    """What widths stand for."""
    before: Mapping[Path, Totals] | None = None
    """What each frame came to in the other range; `None` where nothing is compared."""
    levels: tuple[str, ...] = ()
    """Which labels frames are, from the root down; none where they are lines of code."""

    def name(self, path: Path) -> str:
        """What a frame is called; empty for all calls together."""
        if not path:
            return ""
        level = self.levels[len(path) - 1] if len(path) <= len(self.levels) else "name"
        return path[-1] or unset(level)

    def at(self, path: Path) -> Frame | None:
        """The frame that `path` leads to; `None` where there is none (any more)."""
        frame: Frame | None = self.root
        for name in path:
            frame = next((one for one in frame.inner if one.name == name), None) if frame else None
        return frame

    def change_pusd(self, path: Path, frame: Frame) -> int | None:
        """By how much the frame costs more than in the other range; `None` without one."""
        if self.before is None:
            return None
        return frame.whole.spend_pusd - self.before.get(path, NOTHING).spend_pusd

    def share(self, frame: Frame) -> float | None:
        """Its share of the whole, of what widths stand for."""
        if self.measure is Measure.COST:
            return display.share(frame.whole, self.root.whole.spend_pusd)
        whole = self.measure.of(self.root.whole)
        return self.measure.of(frame.whole) / whole if whole else None


def drawn(
    root: Frame, before: Frame | None, measure: Measure, levels: tuple[str, ...] = ()
) -> Drawn:
    """The tree with every frame of both ranges in it; what nothing costs goes by calls."""
    if measure is Measure.COST and not root.whole.spend_pusd:
        measure = Measure.CALLS
    if before is None:
        return Drawn(grow(root.paths(), measure), measure, levels=levels)
    both = [*root.paths(), *((path, NOTHING) for path, _ in before.paths())]
    return Drawn(grow(both, measure), measure, dict(_wholes(before)), levels)


def _wholes(frame: Frame, above: Path = ()) -> Iterator[tuple[Path, Totals]]:
    yield above, frame.whole
    for inner in frame.inner:
        yield from _wholes(inner, (*above, inner.name))


@dataclass(frozen=True, slots=True)
class Row:
    """A frame in a list of all frames."""

    path: Path
    frame: Frame


def rows(frame: Frame, above: Path) -> Iterator[Row]:
    """Every frame below `frame`, which stands at `above`, each above what it leads to."""
    for inner in frame.inner:
        path = (*above, inner.name)
        yield Row(path, inner)
        yield from rows(inner, path)


@dataclass(frozen=True, slots=True)
class Box:
    """A frame where it is drawn: cells from the left, rows from the top."""

    path: Path
    frame: Frame
    left: int
    width: int
    row: int


def boxes(frame: Frame, path: Path, width: int, height: int, measure: Measure) -> list[Box]:
    """What of the tree below `frame` is wide enough to be seen, from the top down."""
    whole = measure.of(frame.whole)
    found = [Box(path, frame, 0, width, 0)]
    for box in found:
        if box.row + 1 >= height or not whole:
            continue
        start = box.left * whole
        for inner in box.frame.inner:
            end = start + measure.of(inner.whole) * width
            left, right = round(start / whole), round(end / whole)
            right = min(right, box.left + box.width)
            if right > left:
                found.append(Box((*box.path, inner.name), inner, left, right - left, box.row + 1))
            start = end
    return found


def colour_of(tree: Drawn, path: Path, frame: Frame, ink: Palette) -> str:
    """A frame's colour: its file's, or where ranges are compared, whether it rose or fell."""
    change = tree.change_pusd(path, frame)
    if change is None:
        place = place_of(tree.name(path))
        return ink.series[crc32((place.file or place.function).encode()) % (len(ink.series) - 1)]
    largest = max(tree.root.whole.spend_pusd, (tree.before or {}).get((), NOTHING).spend_pusd, 1)
    if abs(change) < LEAST_CHANGE * largest:
        return ink.track
    return ink.high if change > 0 else ink.ok


def change_text(change_pusd: int | None, ink: Palette) -> Text:
    """A change with its sign, red where it costs more."""
    if change_pusd is None:
        return Text("")
    if change_pusd == 0:
        return Text("=", style=ink.muted)
    rose = change_pusd > 0
    words = f"{'▲' if rose else '▼'} {display.difference(change_pusd, is_short=True)}"
    return Text(words, style=ink.high if rose else ink.ok)


def label(name: str, width: int) -> str:
    """As much of a frame's name as says most in that room: whole, without folders, the function."""
    whole = display.label(name) or "all calls"
    place = place_of(name)
    in_file = f"{place.file.rpartition('/')[2]}:{place.line} {place.function}" if place.file else ""
    forms = (whole, display.plain(in_file))
    fitting = (form for form in forms if form and cell_len(form) <= width)
    return next(fitting, display.plain(place.function))


def size_text(measure: Measure, totals: Totals) -> str:
    """What a width stands for, in words."""
    match measure:
        case Measure.COST:
            return display.spend(totals)
        case Measure.CALLS:
            return display.calls(totals.calls)
        case Measure.TOKENS:
            return f"{display.short_count(totals.tokens)} tokens"
