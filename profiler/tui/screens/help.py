"""Help: the keys, what the signs mean, and how filters are written."""

from collections.abc import Iterator
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.geometry import Size
from textual.widget import Widget

from profiler.domain.query import KEYS
from profiler.options.actions import ACTIONS, EVERYWHERE
from profiler.tui.actions.keymap import Keys, keys_of
from profiler.tui.actions.keys import MOVES
from profiler.tui.looks.theme import Palette
from profiler.tui.names import TITLES
from profiler.tui.screens.unhurried import Dialog
from profiler.tui.view import MARKS
from profiler.tui.widgets.columns import GAP, stacked
from profiler.tui.widgets.panel import palette_of

_KEY_CELLS, _NAME_CELLS = 8, 12
_SIGN_CELLS = 19

SIGNS = (
    ("~$0.12", "an estimate: the stream ended before the provider counted"),
    ("$0.12+", "at least so much: unpriced calls come on top"),
    ("unpriced", "no rate or no counts; never the same as $0.00"),
    ("–", "not known"),
    ("p50 p95", "half of the calls, or 95 in 100, stay below that"),
    ("✓ ✖ ◌", "a call that went well, failed, was aborted"),
    ("✓ ok", "a budget below 60 %"),
    ("◆ watch", "from 60 % to below 80 %"),
    ("▲ high", "from 80 % on"),
    ("✖ over", "the limit is reached"),
    *((mark, pulse.value) for pulse, mark in MARKS.items()),
)

FILTERS = (
    ("gpt-5", "models with gpt-5 in their name"),
    ("feature:search", "a label; * is any text: model:claude-*"),
    ("session:=Nightly", "to the letter: * is a star, and n another letter than N"),
    ("finish:length,stop", "either of them; a comma means or"),
    ("user:", "calls where nobody set the label"),
    ("cost>0.01", "dearer than a cent; cost< is cheaper"),
    ("latency>5s", "slower; also first (token), tokens, input, output, attempts"),
    ("tag:release=7", "a tag; tag:release is any value of it"),
    ("!status:error", "all others; ! or - turns a word around"),
    ("status:error", "or ok, aborted"),
    ("priced:no", "unpriced calls"),
    ("basis:estimated", "by what the cost rests on; or measured, derived, unpriced"),
    ("stack:*rag.py:12*", "calls made through a line, however deep in their call stack"),
    ("since:2d", "today and yesterday; or 30m, 24h, 2026-11-22; until: ends it"),
)


class HelpScreen(Dialog[None]):
    """Everything on one page, what the screen in front can do first."""

    CSS_PATH: ClassVar[str] = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Close", key_display="Esc"),
    ]

    def compose(self) -> ComposeResult:
        """A page in a frame."""
        with VerticalScroll(classes="dialog") as frame:
            frame.border_title = "Help"
            frame.border_subtitle = "↑ ↓ scroll · Esc close"
            yield Page()

    def on_mount(self) -> None:
        """Arrow keys scroll."""
        self.query_one(VerticalScroll).focus()


class Page(Widget):
    """The text, broken for its width once: tables of Rich's are laid out for every question."""

    _broken: tuple[tuple[int, str], Text] | None = None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as it takes."""
        del container, viewport
        return self._told(width).plain.count("\n") + 1

    def render(self) -> Text:
        """All lines."""
        return self._told(self.content_size.width)

    def _told(self, width: int) -> Text:
        asked = width, self.app.theme
        if self._broken is None or self._broken[0] != asked:
            text = page(palette_of(self), keys_of(self), self.app.current_mode, width)
            self._broken = asked, text
        return self._broken[1]


def page(ink: Palette, keys: Keys, front: str, width: int) -> Text:
    """The whole text, in lines no longer than that."""
    names = sorted(TITLES, key=lambda name: name != front)
    own, *others = [(TITLES[name], _actions(name, keys)) for name in names]
    parts = [own, ("Everywhere", _actions(EVERYWHERE, keys)), *others]
    parts += [
        ("Lists", [(name, "", means) for name, means in MOVES]),
        ("Signs", [(name, "", means) for name, means in SIGNS]),
        ("Filters", [(name, "", means) for name, means in FILTERS]),
    ]
    more = f"Keys: {', '.join(KEYS)}. Words are joined by and; → takes a suggestion."
    lines = [line for title, rows in parts if rows for line in _part(title, rows, ink, width)]
    return stacked([*lines, *(Text(line, style=ink.muted) for line in wrap(more, width))])


Row = tuple[str, str, str]
"""A key or a sign, its name where it has one, what it means."""


def _actions(screen: str, keys: Keys) -> list[Row]:
    return [(keys.of(one), one.label, one.help) for one in ACTIONS if one.screen == screen]


def _part(title: str, rows: list[Row], ink: Palette, width: int) -> Iterator[Text]:
    has_names = any(name for _, name, _ in rows)
    least = (_KEY_CELLS, _NAME_CELLS) if has_names else (_SIGN_CELLS, 0)
    key_cells = GAP + max(least[0], *(cell_len(f"  {key}") for key, _, _ in rows))
    name_cells = GAP + max(least[1], *(cell_len(name) for _, name, _ in rows))
    lead = key_cells + name_cells
    yield Text(title, style=f"bold {ink.ink}")
    for key, name, means in rows:
        first, *more = wrap(means, max(1, width - lead)) or [""]
        yield Text.assemble(
            (set_cell_size(f"  {key}", key_cells), f"bold {ink.accent}"),
            (set_cell_size(name, name_cells), ink.ink),
            (first, ink.muted),
        )
        yield from (Text(" " * lead + line, style=ink.muted) for line in more)
    yield Text("")
