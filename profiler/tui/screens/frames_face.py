"""A tree of frames on a screen: an icicle above a table, both standing on the same frame."""

from collections.abc import Iterable

from textual.containers import Vertical
from textual.reactive import var
from textual.widget import Widget

from profiler import display
from profiler.analysis.flame import Measure, Path
from profiler.analysis.results.runs import SitesPart
from profiler.tui.screens.face import Face
from profiler.tui.view import View
from profiler.tui.widgets.frame_table import FrameTable
from profiler.tui.widgets.frames import Drawn, boxes, change_text, drawn, size_text
from profiler.tui.widgets.icicle import Icicle
from profiler.tui.widgets.panel import palette_of, reading

WORDS = {"stack": "call stack", "labels": "feature › agent › model", "session": "session"}
NOUNS = {"stack": "Frame", "labels": "Feature › agent › model", "session": "Session"}
"""What stands in a row of the table."""
LEVELS = {"labels": ("feature", "agent", "model"), "session": ("session",)}
"""Which labels the frames of a tree stand for, from the root down."""
BEFORE = "before"
EDGE_ROWS = 2


class FramesFace(Face):
    """Draws the tree of its part; which frame is looked into, and by what it is measured."""

    PART = SitesPart
    BYS = ("stack", "labels", "session")

    zoom: var[Path] = var((), init=False)
    """The frame that is looked into."""
    measure: var[Measure] = var(Measure.COST, init=False)

    def parts(self) -> Iterable[Widget]:
        """Boxes above, rows below."""
        with Vertical(id="icicle", classes="frame"):
            yield Icicle()
        with Vertical(id="table", classes="frame"):
            yield FrameTable()

    def on_mount(self) -> None:
        """Keys go to the boxes."""
        super().on_mount()
        self.query_one(Icicle).focus()

    @property
    def part(self) -> SitesPart | None:
        """What there is to draw."""
        part = self.view.snapshot.part if self.view.snapshot else None
        return part if isinstance(part, SitesPart) else None

    @property
    def drawn_by(self) -> str:
        """What the tree that is drawn is grouped by; another may be being read."""
        return self.part.by if self.part else self.by or self.BYS[0]

    def watch_view(self, view: View) -> None:
        """Draw the tree of another snapshot."""
        before = self.listed
        super().watch_view(view)
        if self.picked == BEFORE and has_nothing_before(view):
            self.picked = ""
        if self.is_mounted:
            table = self.query_one(FrameTable)
            if table.has_focus and table.is_at_its_top and self.listed == before:
                # nobody chose that frame: it was the first
                self.query_one(Icicle).current = self.zoom
            self._draw()

    def watch_measure(self) -> None:
        """Let widths stand for something else."""
        self._draw()

    def watch_by(self) -> None:
        """Another tree begins at its top."""
        self.zoom = ()
        super().watch_by()

    def watch_zoom(self) -> None:
        """Look into another frame."""
        icicle, table = self.query_one(Icicle), self.query_one(FrameTable)
        icicle.zoom = self.zoom
        table.draw(icicle.frames, self.zoom, NOUNS[self.drawn_by])
        self._fit()
        self.stand(self.zoom)
        self.refresh_bindings()

    def _draw(self) -> None:
        if (part := self.part) is None:
            return
        tree = drawn(part.root, part.before, self.measure, LEVELS.get(part.by, ()))
        icicle, table = self.query_one(Icicle), self.query_one(FrameTable)
        icicle.frames = tree
        zoom = self.zoom
        while tree.at(zoom) is None:
            zoom = zoom[:-1]
        self.set_reactive(FramesFace.zoom, zoom)
        icicle.zoom = zoom
        table.draw(tree, zoom, NOUNS[self.drawn_by])
        self._fit()
        wanted = reading(WORDS[part.by], WORDS[self.by or self.BYS[0]])
        self.query_one("#table").border_subtitle = display.basis(part.root.whole) + wanted
        self.stand(icicle.current if tree.at(icicle.current) else zoom)

    def on_resize(self) -> None:
        """Other frames are wide enough to be seen."""
        self._fit()

    def _fit(self) -> None:
        """Make the boxes no taller than what is seen of them; the rows take what is left."""
        icicle = self.query_one(Icicle)
        frame, width = icicle.frames.at(self.zoom), icicle.content_size.width
        if frame is not None and width:
            seen = boxes(frame, self.zoom, width, frame.depth + 1, icicle.frames.measure)
            frame_rows = max(box.row for box in seen) + 1 + EDGE_ROWS
            self.query_one("#icicle").styles.max_height = frame_rows

    def stand(self, path: Path) -> None:
        """Make a frame the current one, in both."""
        icicle = self.query_one(Icicle)
        icicle.current = path
        frame = icicle.frames.at(path)
        if frame is None:
            return
        self.query_one("#icicle").border_title = self._title(icicle.frames)
        self.query_one("#icicle").border_subtitle = self._told(icicle.frames, path)
        self.query_one(FrameTable).point(path)

    def _title(self, tree: Drawn) -> str:
        words = [f"By {WORDS[self.drawn_by]}"]
        if tree.measure is not Measure.COST:
            words.append(f"as wide as {tree.measure.value}")
        if tree.before is not None:
            against = self.part.against if self.part else ""
            other = "the range before" if against == BEFORE else display.plain(against)
            words.append(f"against {other}")
        depth = len(self.zoom)
        ends = [self.zoom[:end] for end in range(max(1, depth - 1), depth + 1)]
        words += [display.label(tree.name(path)) for path in ends]
        return " · ".join(words).replace("[", r"\[")

    def _told(self, tree: Drawn, path: Path) -> str:
        frame = tree.at(path)
        if frame is None:
            return ""
        words = [display.label(tree.name(path)) if path else "all calls"]
        words.append(size_text(tree.measure, frame.whole))
        words.append(display.percent(tree.share(frame)))
        change = tree.change_pusd(path, frame)
        if change is not None:
            words.append(change_text(change, palette_of(self)).plain)
        return " · ".join(words).replace("[", r"\[")


def has_nothing_before(view: View) -> bool:
    """Whether what is drawn has no beginning: there is no range before it."""
    return view.is_answered and view.snapshot is not None and view.snapshot.span.start_us is None
