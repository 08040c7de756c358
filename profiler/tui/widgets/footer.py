"""The footer: what can be done here, key by key, in one line.

Textual's own is a widget per key, each with styles of its own: that was a third of the time to
the first frame, and again whenever a screen came to the front.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.panel import palette_of

_EDGE = "▏"
PALETTE = "menu"
"""What people call it: everything by name."""


class Hint(NamedTuple):
    """One key and what it does."""

    key: str
    """As it is pressed."""
    name: str
    """As it is written."""
    label: str
    help: str = ""
    is_pinned: bool = False
    """Whether it stays where not all have room."""

    @property
    def cells(self) -> int:
        """How wide it is drawn, with air on both sides."""
        return cell_len(self.name) + cell_len(self.label) + 3


class Footer(Widget):
    """The keys of the screen in front; at its right end the palette's. A click presses the key."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Footer { dock: bottom; height: 1; width: 1fr; background: $footer-background; }
    """

    hints: reactive[tuple[Hint, ...]] = reactive(())
    palette: reactive[Hint | None] = reactive(None)
    hovered: reactive[Hint | None] = reactive(None)

    def on_mount(self) -> None:
        """Other keys count where something else has the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._tell)

    def _tell(self, screen: Screen[object]) -> None:
        if not (self.is_attached and self.app.app_focus):
            return
        active = screen.active_bindings
        actions = set()
        found = []
        for _, binding, _, help_ in active.values():
            if binding.show and binding.action not in actions:
                actions.add(binding.action)
                name = self.app.get_key_display(binding)
                is_pinned = binding.action == "help"
                found.append(Hint(binding.key, name, binding.description, help_, is_pinned))
        self.hints = tuple(found)
        if held := active.get(self.app.COMMAND_PALETTE_BINDING):
            binding = held.binding
            name = self.app.get_key_display(binding)
            self.palette = Hint(binding.key, name, PALETTE, binding.tooltip)

    def render(self) -> Text:
        """The line."""
        ink, width = palette_of(self), self.size.width
        made = Text(no_wrap=True, end="")
        for _, hint in self._placed():
            made.append_text(_drawn(hint, ink, is_hovered=hint == self.hovered))
        if self.palette:
            gap = width - made.cell_len - self.palette.cells
            made.append(" " * max(0, gap)).append(_EDGE, ink.edge)
            drawn = _drawn(self.palette, ink, is_hovered=self.palette == self.hovered)
            made.append_text(drawn[1:])
        return made

    def _placed(self) -> Iterator[tuple[int, Hint]]:
        """What has room, and where it begins; where not all has, the help that tells the rest."""
        room = self.size.width - (self.palette.cells if self.palette else 0)
        at = 0
        for hint in _fitting(self.hints, room):
            yield at, hint
            at += hint.cells

    def hint_at(self, x: int) -> Hint | None:
        """What stands in that column."""
        if self.palette and x >= self.size.width - self.palette.cells:
            return self.palette
        return next((one for at, one in self._placed() if at <= x < at + one.cells), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell more of the key below."""
        self.hovered = self.hint_at(event.x)

    def on_leave(self) -> None:
        """Nothing is pointed at any more."""
        self.hovered = None

    def watch_hovered(self, hint: Hint | None) -> None:
        """The tooltip is that of the key."""
        self.tooltip = hint.help if hint else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key."""
        if hint := self.hint_at(event.x):
            self.app.simulate_key(hint.key)


def _fitting(hints: Sequence[Hint], room: int) -> list[Hint]:
    if sum(hint.cells for hint in hints) <= room:
        return list(hints)
    pinned = [hint for hint in hints if hint.is_pinned]
    ends = accumulate(hint.cells for hint in hints if not hint.is_pinned)
    room -= sum(hint.cells for hint in pinned)
    others = (hint for hint in hints if not hint.is_pinned)
    return [*(hint for hint, end in zip(others, ends, strict=True) if end <= room), *pinned]


def _drawn(hint: Hint, ink: Palette, *, is_hovered: bool) -> Text:
    made = Text.assemble((f" {hint.name} ", f"bold {ink.accent}"), (f"{hint.label} ", ink.muted))
    if is_hovered:
        made.stylize(f"on {ink.cursor}")
    return made
