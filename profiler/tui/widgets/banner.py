"""The banner: the most pressing thing that wants doing, in one line."""

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from profiler.tui.alerts import Alert, alerts
from profiler.tui.keymap import keys_of
from profiler.tui.memory import Memory
from profiler.tui.theme import Palette
from profiler.tui.view import EMPTY_VIEW, View
from profiler.tui.widgets.columns import spread
from profiler.tui.widgets.gauge import SIGNS
from profiler.tui.widgets.panel import palette_of

MOST_KEPT = 200
"""Dismissed alerts that are remembered."""


class Banner(Widget):
    """Not there while nothing wants doing, or all of it was dismissed."""

    DEFAULT_CSS = """
    Banner { height: 1; width: 1fr; padding: 0 2; display: none; background: $panel; }
    Banner.-alert { display: block; }
    """

    view = reactive(EMPTY_VIEW)
    told: reactive[tuple[Alert, ...]] = reactive(())

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory

    def watch_view(self, view: View) -> None:
        """Look what there is to tell."""
        if view.snapshot is not None:
            dismissed = set(self._memory.texts("dismissed"))
            found = alerts(view.snapshot, keys_of(self))
            self.told = tuple(one for one in found if one.id not in dismissed)

    def watch_told(self) -> None:
        """Take no room for nothing."""
        self.set_class(bool(self.told), "-alert")

    def dismiss(self) -> None:
        """Tell of the next thing; this one not again, until it is worse."""
        if self.told:
            kept = [*self._memory.texts("dismissed"), self.told[0].id]
            self._memory.keep("dismissed", kept[-MOST_KEPT:])
            self.told = self.told[1:]

    def render(self) -> Text:
        """The most pressing, what to do about it, and how many more there are."""
        if not self.told:
            return Text("")
        return drawn(
            self.told, self.content_size.width, palette_of(self), keys_of(self).of_id("dismiss")
        )


def drawn(told: tuple[Alert, ...], width: int, ink: Palette, key: str) -> Text:
    """The line in that width."""
    first = told[0]
    colour = ink.level(first.level)
    left = Text.assemble(
        (f"{SIGNS[first.level]} {first.words}", f"bold {colour}"), (f" · {first.advice}", ink.ink)
    )
    more = f"+{len(told) - 1}  " if len(told) > 1 else ""
    right = Text.assemble((more, ink.muted), (key, ink.accent), (" dismiss", ink.muted))
    return spread(left, right, width)
