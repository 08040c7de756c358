"""The banner: the most pressing thing that wants doing, in a line or two, and what can be done."""

from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from profiler.tui.actions.keymap import Keys, keys_of
from profiler.tui.alerts import Alert, alerts
from profiler.tui.looks.theme import Palette
from profiler.tui.memory import Memory
from profiler.tui.messages import BudgetChanged
from profiler.tui.view import EMPTY_VIEW, View
from profiler.tui.widgets.columns import placed, stacked
from profiler.tui.widgets.gauge import SIGNS
from profiler.tui.widgets.panel import palette_of

MOST_KEPT = 200
"""Dismissed alerts that are remembered."""


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
    Banner { height: auto; width: 1fr; padding: 0 2; display: none; background: $panel; }
    Banner.-alert { display: block; }
    """

    view = reactive(EMPTY_VIEW)
    told: reactive[tuple[Alert, ...]] = reactive((), layout=True)

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

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A second line where the words need the first for themselves."""
        del container, viewport
        return len(self._drawn(width)[0])

    def render(self) -> Text:
        """The most pressing, what to do about it, and how many more there are."""
        return stacked(self._drawn(self.content_size.width)[0])

    def _drawn(self, width: int) -> "Drawn":
        return drawn(self.told, width, palette_of(self), keys_of(self))

    async def on_click(self, event: events.Click) -> None:
        """Do what is written under the pointer."""
        place = event.get_content_offset(self)
        if place is not None:
            for spot in self._drawn(self.content_size.width)[1]:
                if spot.row == place.y and spot.start <= place.x < spot.end:
                    await self.run_action(f"screen.{spot.action}")


class Spot(NamedTuple):
    """Where one thing to do is written."""

    row: int
    start: int
    end: int
    action: str


Drawn = tuple[list[Text], list[Spot]]


def drawn(told: tuple[Alert, ...], width: int, ink: Palette, keys: Keys) -> Drawn:
    """The lines in that width, and where each thing to do is written."""
    if not told:
        return [Text("")], []
    first = told[0]
    words = Text(f"{SIGNS[first.level]} {first.words}", style=f"bold {ink.level(first.level)}")
    more = Text(f"  +{len(told) - 1}" if len(told) > 1 else "", style=ink.muted)
    doings = _offered(first, keys, width - words.cell_len - more.cell_len)
    is_low = words.cell_len + _cells(doings, keys) + more.cell_len > width
    advice = Text(f" · {first.advice}" if first.advice else "", style=ink.ink)
    if is_low:
        doings = _offered(first, keys, width - more.cell_len)
    right, spots = Text(no_wrap=True, end=""), []
    room = width - _cells(doings, keys) - more.cell_len
    for one in doings:
        start = room + right.cell_len
        right.append("  ").append(keys.of_id(one.id), style=ink.accent)
        right.append(f" {one.label}", style=ink.muted)
        spots.append(Spot(int(is_low), start + 1, room + right.cell_len, one.action))
    right.append_text(more)
    if is_low:
        return [placed(words, width, "left"), Text.assemble(" " * max(0, room), right)], spots
    # half an advice helps nobody
    if words.cell_len + advice.cell_len <= room:
        words.append_text(advice)
    return [Text.assemble(placed(words, room, "left"), right, no_wrap=True, end="")], spots


def _offered(alert: Alert, keys: Keys, room: int) -> list[Doing]:
    """What can be done that has room; the keys of what has none do it still."""
    last = _ACKNOWLEDGE if alert.ids else _DISMISS
    others = list(_ABOUT_BUDGETS if alert.budget else ())
    while len(others) > 1 and _cells([*others, last], keys) > room:
        others.pop()
    return [*others, last]


def _cells(doings: list[Doing], keys: Keys) -> int:
    return sum(cell_len(keys.of_id(one.id)) + len(one.label) + 3 for one in doings)
