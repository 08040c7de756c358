"""Panels: framed parts of a screen that draw a piece of the view as text."""

from rich.text import Text
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from profiler.analysis.figures import Figures
from profiler.analysis.results.snapshot import Snapshot
from profiler.tui.looks.theme import Palette, palette
from profiler.tui.view import EMPTY_VIEW

PATIENCE_S = 1.0
READING = "reading…"


def reading(drawn_by: str, wanted_by: str) -> str:
    """What stands behind what is drawn while another grouping of it is read."""
    return f" · {READING[:-1]} by {wanted_by}…" if drawn_by != wanted_by else ""


def palette_of(widget: Widget) -> Palette:
    """The colours of the theme in force."""
    return palette(widget.app.theme_variables)


class Panel(Widget):
    """Draws a part of the view in the room it has; subclasses say what."""

    DEFAULT_CSS = """
    Panel {
        width: 1fr;
        height: 1fr;
        border: round $ink-edge;
        border-title-color: $ink-muted;
        border-subtitle-color: $ink-muted;
        background: $surface;
        padding: 0 1;
    }
    """

    view = reactive(EMPTY_VIEW)
    is_late = reactive(False)
    """Whether nothing was there to draw for so long that it is said."""

    def __init__(self, title: str = "", *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self.border_title = title or None

    def on_mount(self) -> None:
        """Say that it is read, should that take long; until then a word would only flicker."""
        if self.view.snapshot is None:
            self.set_timer(PATIENCE_S, self._say_so)

    def _say_so(self) -> None:
        self.is_late = True

    def lines(self, snapshot: Snapshot, size: Size, ink: Palette) -> list[Text]:
        """What to draw, line by line."""
        raise NotImplementedError

    def all_lines(self, size: Size, ink: Palette) -> list[Text]:
        """What to draw of the view as it is; nothing before there is a snapshot."""
        if self.view.snapshot is None:
            return [Text(READING, style=ink.muted)] if self.is_late else []
        return self.lines(self.view.snapshot, size, ink)

    def render(self) -> Text:
        """The lines, at the present size."""
        if not self.content_size:
            return Text("")
        drawn = self.all_lines(self.content_size, palette_of(self))
        made = Text("\n", end="", no_wrap=True, overflow="crop").join(
            drawn[: self.content_size.height]
        )
        made.no_wrap, made.end = True, ""
        return made


class FiguresPanel(Panel):
    """Draws what can be told before the first snapshot too."""

    def drawn(self, told: Figures, size: Size, ink: Palette) -> list[Text]:
        """What to draw, line by line."""
        raise NotImplementedError

    def all_lines(self, size: Size, ink: Palette) -> list[Text]:
        """What to draw of the newest figures."""
        return self.drawn(self.view.figures, size, ink) if self.view.figures else []
