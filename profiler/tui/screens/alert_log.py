"""The alert log: what budgets had to tell, who was told, and who has seen it."""

from collections.abc import Callable, Sequence
from typing import ClassVar, cast
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from profiler import display
from profiler.alerts.wording import line_of, told_words
from profiler.budgets.changes import Acknowledge
from profiler.domain.alerts import Alert
from profiler.keeping.inquiries import AlertLog, Logged, TryTargets
from profiler.tui.looks.theme import Palette
from profiler.tui.messages import (
    Answered,
    BudgetChanged,
    BudgetOpened,
    Changed,
    Inquired,
    ReadFailed,
)
from profiler.tui.screens.unhurried import Dialog
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.panel import palette_of

COLUMNS = (
    Column("No.", 5, "right", rank=2),
    Column("When", 16),
    Column("State", 7),
    Column("Alert", 42, grow=1),
    Column("Seen by", 12, rank=1),
)


class LogGrid(Grid):
    """A line per alert; drawn when it is looked at."""

    DEFAULT_CSS: ClassVar[str] = Grid.DEFAULT_CSS.replace("Grid {", "LogGrid {")

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__(COLUMNS, id="log")
        self.placeholder = "Reading the log…"
        self._zone = zone
        self.logged: tuple[Logged, ...] = ()
        self.past: frozenset[int] = frozenset()
        """Those that tell of nothing that is so now."""

    @property
    def row_count(self) -> int:
        """How many alerts there are."""
        return len(self.logged)

    def cells(self, row: int) -> list[Cell]:
        """One alert: what is open stands out by its word and its colour."""
        ink, alert = palette_of(self), self.logged[row].alert
        is_open = alert.is_open and alert.id not in self.past
        state = ("open", ink.high) if is_open else ("past" if alert.is_open else "seen", ink.muted)
        style = ink.ink if is_open else ink.muted
        return [
            Text(str(alert.id), style=ink.muted),
            Text(display.clock(alert.at_us, self._zone)[:16], style=ink.muted),
            Text(state[0], style=state[1]),
            Text(display.plain(line_of(alert, self._zone)), style=style),
            Text(display.plain(alert.seen_by), style=ink.muted),
        ]


class AlertLogScreen(Dialog[None]):
    """Every alert, the latest first; those highlighted or all can be acknowledged here."""

    CSS_PATH: ClassVar[str] = "alert_log.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close", key_display="Esc"),
        Binding("a", "acknowledge", "Acknowledge"),
        Binding("A", "acknowledge_all", "All"),
        Binding("v,enter", "open", "Budget"),
        Binding("t", "try_targets", "Test"),
    ]

    def __init__(self, zone: ZoneInfo, past: Callable[[Sequence[Alert]], frozenset[int]]) -> None:
        super().__init__()
        self._zone, self._past = zone, past

    def compose(self) -> ComposeResult:
        """The list, the highlighted alert in full, and what can be done."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Alerts of budgets"
            frame.border_subtitle = "a seen · A all seen · v budget · t test targets · Esc close"
            yield LogGrid(self._zone)
            yield Static(id="told", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Seen", id="seen", variant="primary", compact=True)
                yield Button("All seen", id="all", compact=True)
                yield Button("Its budget", id="open", compact=True)
                yield Button("Test targets", id="test", compact=True)
                yield Button("Close", id="close", compact=True)

    def on_mount(self) -> None:
        """Read the log."""
        self.query_one(LogGrid).focus()
        self._read()

    def _read(self) -> None:
        self.post_message(Inquired(self, AlertLog()))

    @on(Answered)
    def _draw(self, message: Answered) -> None:
        message.stop()
        if isinstance(message.inquiry, TryTargets):
            lines = cast("tuple[str, ...]", message.answer)
            self._tell(Text("\n".join(map(display.plain, lines))))
            return
        grid = self.query_one(LogGrid)
        grid.placeholder = "No budget had anything to tell yet."
        grid.logged = cast("tuple[Logged, ...]", message.answer)
        grid.past = self._past([one.alert for one in grid.logged])
        grid.name_rows([one.alert.id for one in grid.logged])
        grid.count_changed()

    @on(ReadFailed)
    def _fail(self, message: ReadFailed) -> None:
        message.stop()
        self.query_one(LogGrid).placeholder = display.plain(message.trouble.title)
        self.query_one(LogGrid).refresh()
        ink = palette_of(self)
        self._tell(Text(f"✖ {display.plain(message.trouble.message)}", style=ink.high))

    @property
    def current(self) -> Logged | None:
        """The highlighted one."""
        grid = self.query_one(LogGrid)
        return grid.logged[grid.cursor] if grid.cursor < grid.row_count else None

    @on(Grid.Highlighted)
    def _describe(self) -> None:
        found = self.current
        if found is not None:
            is_past = found.alert.id in self.query_one(LogGrid).past
            self._tell(_in_full(found, self._zone, palette_of(self), is_past=is_past))

    def _tell(self, words: Text) -> None:
        self.query_one("#told", Static).update(words)

    @on(Button.Pressed, "#seen")
    def action_acknowledge(self) -> None:
        """Say that the highlighted alert was seen."""
        found = self.current
        if found is not None and found.alert.is_open:
            self.post_message(BudgetChanged(Acknowledge((found.alert.id,)), self))

    @on(Button.Pressed, "#all")
    def action_acknowledge_all(self) -> None:
        """Say that all that are open were seen."""
        self.post_message(BudgetChanged(Acknowledge(), self))

    @on(Changed)
    def _read_again(self, message: Changed) -> None:
        message.stop()
        self._read()

    @on(Button.Pressed, "#test")
    def action_try_targets(self) -> None:
        """Send a message to everybody who is to be told."""
        self._tell(Text("Sending a message to every target…"))
        self.post_message(Inquired(self, TryTargets()))

    @on(Grid.Opened)
    @on(Button.Pressed, "#open")
    def action_open(self) -> None:
        """Go to the alert's budget."""
        found = self.current
        if found is not None:
            self.app.post_message(BudgetOpened(found.alert.budget, found.alert.value))
            self.dismiss(None)

    @on(Button.Pressed, "#close")
    def _close(self) -> None:
        self.dismiss(None)


def _in_full(found: Logged, zone: ZoneInfo, ink: Palette, *, is_past: bool) -> Text:
    made = Text(display.plain(line_of(found.alert, zone)), style=ink.ink)
    if is_past:
        made.append("\npast: its window is over, or less of the limit is used now", style=ink.muted)
    told = told_words(found.alert, found.deliveries, lambda at_us: display.clock(at_us, zone)[:16])
    for words in told:
        made.append(f"\n{display.plain(words)}", style=ink.muted)
    return made
