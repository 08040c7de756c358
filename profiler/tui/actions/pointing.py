"""What a click means where no widget takes it: dialogs do by mouse what they do by key."""

from rich.cells import cell_len
from textual import events
from textual.app import App
from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget

_KEYS = {
    "Enter": "enter",
    "Esc": "escape",
    "Tab": "tab",
    "Del": "delete",
    "Space": "space",
    "→": "right",
    "↑": "up",
    "↓": "down",
}
BETWEEN = " · "
_CORNER = 3
"""Cells behind the words in a border's lower edge."""


class PointingApp(App[None]):
    """A click beside a dialog leaves it; a click on a hint in its edge presses that key."""

    def on_click(self, event: events.Click) -> None:
        """Press the key that is meant."""
        pressed = event.widget
        # the button may have been pressed on the screen below, before there was a dialog
        if not self.screen.is_modal or pressed is None or pressed.screen is not self.screen:
            return
        clicked, _ = self.get_widget_at(event.screen_x, event.screen_y)
        key = "escape" if clicked is self.screen else _hinted(clicked, event)
        if key:
            self.simulate_key(key)


def _hinted(widget: Widget, event: events.Click) -> str | None:
    dialog = next((one for one in widget.ancestors_with_self if _is_dialog(one)), None)
    if not isinstance(dialog, Widget) or not dialog.border_subtitle:
        return None
    edge = dialog.region
    if event.screen_y != edge.bottom - 1:
        return None
    return key_at(Content.from_markup(dialog.border_subtitle).plain, edge, event.screen_x)


def _is_dialog(node: object) -> bool:
    return isinstance(node, Widget) and node.has_class("dialog")


def key_at(hints: str, edge: Region, x: int) -> str | None:
    """The key of the hint in that column; `hints` stand at the right of a dialog's lower edge."""
    at = edge.right - _CORNER - cell_len(hints)
    for hint in hints.split(BETWEEN):
        end = at + cell_len(hint)
        if at <= x < end:
            word = hint[: x - at + 1].rsplit(" ", 1)[-1] + hint[x - at + 1 :].split(" ")[0]
            name = word if word in _KEYS else hint.split(" ")[0]
            return _KEYS.get(name) or (name if len(name) == 1 and name.isalpha() else None)
        at = end + cell_len(BETWEEN)
    return None
