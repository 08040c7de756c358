"""Help: the keys, what the signs mean, and how filters are written."""

from collections.abc import Iterator
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from profiler.domain.query import KEYS
from profiler.options.actions import ACTIONS, EVERYWHERE
from profiler.tui.keymap import Keys, keys_of
from profiler.tui.keys import MOVES
from profiler.tui.names import TITLES
from profiler.tui.screens.unhurried import Dialog
from profiler.tui.theme import Palette
from profiler.tui.view import MARKS
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
            yield Static(page(palette_of(self), keys_of(self), self.app.current_mode))

    def on_mount(self) -> None:
        """Arrow keys scroll."""
        self.query_one(VerticalScroll).focus()


def page(ink: Palette, keys: Keys, front: str) -> Group:
    """The whole text."""
    names = sorted(TITLES, key=lambda name: name != front)
    own, *others = [(TITLES[name], _actions(name, keys)) for name in names]
    parts = [own, ("Everywhere", _actions(EVERYWHERE, keys)), *others]
    parts += [
        ("Lists", [(name, "", means) for name, means in MOVES]),
        ("Signs", [(name, "", means) for name, means in SIGNS]),
        ("Filters", [(name, "", means) for name, means in FILTERS]),
    ]
    more = Text(f"Keys: {', '.join(KEYS)}. Words are joined by and; → takes a suggestion.",
                style=ink.muted)  # fmt: skip
    return Group(*(part for title, rows in parts for part in _part(title, rows, ink)), more)


Row = tuple[str, str, str]
"""A key or a sign, its name where it has one, what it means."""


def _actions(screen: str, keys: Keys) -> list[Row]:
    return [(keys.of(one), one.label, one.help) for one in ACTIONS if one.screen == screen]


def _part(title: str, rows: list[Row], ink: Palette) -> Iterator[RenderableType]:
    table = Table.grid(padding=(0, 2, 0, 0))
    has_names = any(name for _, name, _ in rows)
    table.add_column(no_wrap=True, min_width=_KEY_CELLS if has_names else _SIGN_CELLS)
    table.add_column(no_wrap=True, min_width=_NAME_CELLS if has_names else 0)
    table.add_column(ratio=1)
    for key, name, means in rows:
        table.add_row(
            Text(f"  {key}", style=f"bold {ink.accent}"),
            Text(name, style=ink.ink),
            Text(means, style=ink.muted),
        )
    if rows:
        yield Text(title, style=f"bold {ink.ink}")
        yield table
        yield Text("")
