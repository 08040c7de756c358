"""The banner: the most pressing thing that wants doing, in one line, and what can be done."""

from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.widget import Widget

from profiler.tui.alerts import Alert, alerts
from profiler.tui.keymap import Keys, keys_of
from profiler.tui.memory import Memory
from profiler.tui.messages import BudgetChanged
from profiler.tui.theme import Palette
from profiler.tui.view import EMPTY_VIEW, View
from profiler.tui.widgets.columns import placed
from profiler.tui.widgets.gauge import SIGNS
from profiler.tui.widgets.panel import palette_of

MOST_KEPT = 200
"""Dismissed alerts that are remembered."""
_LEAST_WORDS = 34
"""Cells that what happened keeps, before what can be done loses its own."""


class Doing(NamedTuple):
    """One thing that can be done about an alert."""

    id: str
    """Of the action, in the table of actions."""
    action: str
    label: str


_ABOUT_BUDGETS = (
    Doing("alert_budget", "view_alert", "open"),
    Doing("alert_allow", "allow_alert", "more"),
    Doing("alert_calls", "alert_calls", "calls"),
)
_ACKNOWLEDGE = Doing("dismiss", "dismiss_alert", "seen")
_DISMISS = Doing("dismiss", "dismiss_alert", "dismiss")


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
        self._seen: set[str] = set()
        """What was acknowledged here, and the ledger may not have taken yet."""

    @property
    def first(self) -> Alert | None:
        """The most pressing."""
        return self.told[0] if self.told else None

    def watch_view(self, view: View) -> None:
        """Look what there is to tell."""
        if view.snapshot is not None:
            put_away = self._seen.union(self._memory.texts("dismissed"))
            found = alerts(view.snapshot)
            self.told = tuple(one for one in found if one.id not in put_away)

    def watch_told(self) -> None:
        """Take no room for nothing."""
        self.set_class(bool(self.told), "-alert")
        self.screen.refresh_bindings()

    def dismiss(self) -> None:
        """Tell of the next thing; this one not again, until it is worse.

        What is the ledger's is acknowledged there: it is told no more, to anybody.
        """
        if not self.told:
            return
        first, *rest = self.told
        if first.ids:
            self._seen.add(first.id)
            # the first frame waits for no file of budgets
            from profiler.budgets.changes import Acknowledge  # noqa: PLC0415

            self.post_message(BudgetChanged(Acknowledge(first.ids)))
        else:
            kept = [*self._memory.texts("dismissed"), first.id]
            self._memory.keep("dismissed", kept[-MOST_KEPT:])
        self.told = tuple(rest)

    def render(self) -> Text:
        """The most pressing, what to do about it, and how many more there are."""
        width = self.content_size.width
        return drawn(self.told, width, palette_of(self), keys_of(self))[0]

    async def on_click(self, event: events.Click) -> None:
        """Do what is written under the pointer."""
        place = event.get_content_offset(self)
        width = self.content_size.width
        if place is not None:
            _, spots = drawn(self.told, width, palette_of(self), keys_of(self))
            for start, end, action in spots:
                if start <= place.x < end:
                    await self.run_action(f"screen.{action}")


def drawn(
    told: tuple[Alert, ...], width: int, ink: Palette, keys: Keys
) -> tuple[Text, list[tuple[int, int, str]]]:
    """The line in that width, and from where to where each thing to do is written."""
    if not told:
        return Text(""), []
    first = told[0]
    words = Text(f"{SIGNS[first.level]} {first.words}", style=f"bold {ink.level(first.level)}")
    if first.advice:
        words.append(f" · {first.advice}", style=ink.ink)
    doings = [*(_ABOUT_BUDGETS if first.budget else ()), _ACKNOWLEDGE if first.ids else _DISMISS]
    more = f"  +{len(told) - 1}" if len(told) > 1 else ""
    has_labels = width - _cells(doings, keys) - cell_len(more) >= min(words.cell_len, _LEAST_WORDS)
    right, spots = Text(no_wrap=True, end=""), []
    for one in doings:
        start = right.cell_len
        right.append("  ").append(keys.of_id(one.id), style=ink.accent)
        if has_labels or one is doings[-1]:
            right.append(f" {one.label}", style=ink.muted)
        spots.append((start + 1, right.cell_len, one.action))
    right.append(more, style=ink.muted)
    room = max(0, width - right.cell_len)
    line = Text.assemble(placed(words, room, "left"), right, no_wrap=True, end="")
    return line, [(room + start, room + end, action) for start, end, action in spots]


def _cells(doings: list[Doing], keys: Keys) -> int:
    return sum(cell_len(keys.of_id(one.id)) + len(one.label) + 3 for one in doings)
