"""Sessions: what each run of a program cost, and one run's calls along time."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from profiler import display
from profiler.analysis.results.runs import Run, SessionsPart
from profiler.domain.periods import Span, to_moment
from profiler.tui.actions import keys
from profiler.tui.asking.opened import between, joined, labelled, within
from profiler.tui.looks.theme import Palette
from profiler.tui.messages import CallsWanted
from profiler.tui.screens.call_opening import CallOpeningFace
from profiler.tui.view import View
from profiler.tui.widgets.amounts import points_in_line
from profiler.tui.widgets.cell_grid import CellGrid
from profiler.tui.widgets.columns import Cell, Column, fitted
from profiler.tui.widgets.gauge import bar
from profiler.tui.widgets.grid import Grid
from profiler.tui.widgets.panel import READING, palette_of, reading
from profiler.tui.widgets.spending import spend_text
from profiler.tui.widgets.waterfall import LEGEND, Waterfall

LATEST, DEAREST = "latest", "dearest"
TITLES = {
    LATEST: "Sessions, the latest first",
    DEAREST: "Sessions, the dearest first",
    "workflow": "Workflows, the dearest first",
    "agent": "Agents, the dearest first",
}
ABOUT = {"Calls": "", "Tokens": "", "Spend": "", "Errors": "status:error"}
"""The calls that a cell counts, by its title."""
COLUMNS = (
    Column("Name", 16, grow=3, most=50),
    Column("Began", 12, rank=1),
    Column("Took", 9, "right", rank=2),
    Column("Calls", 6, "right"),
    Column("Errors", 6, "right", rank=4),
    Column("Tokens", 7, "right", rank=5),
    Column("Spend", 10, "right"),
    Column("", 8, grow=3, rank=7, most=40),
    Column("Models", 16, grow=4, rank=8, most=90),
)


class SessionsScreen(CallOpeningFace):
    """The list; in its place, once one is opened, its calls."""

    NAME = "sessions"
    PART = SessionsPart
    BYS = (LATEST, DEAREST, "workflow", "agent")
    CSS_PATH: ClassVar[str] = "sessions.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("sessions")

    def parts(self) -> Iterable[Widget]:
        """List and waterfall, of which one is seen."""
        with Vertical(id="list", classes="frame"):
            yield CellGrid(COLUMNS, id="runs")
        with Vertical(id="opened", classes="frame"):
            yield Waterfall(id="waterfall")

    def on_mount(self) -> None:
        """Keys go to the list."""
        super().on_mount()
        self.query_one("#runs").focus()

    @property
    def part(self) -> SessionsPart | None:
        """What there is to draw."""
        part = self.view.snapshot.part if self.view.snapshot else None
        return part if isinstance(part, SessionsPart) else None

    def watch_view(self, view: View) -> None:
        """Draw the runs of another snapshot."""
        super().watch_view(view)
        part = view.snapshot.part if view.snapshot else None
        if not self.is_mounted or view.snapshot is None or not isinstance(part, SessionsPart):
            return
        ink = palette_of(self)
        now = to_moment(view.snapshot.taken_at_us, view.zone)
        grid = self.query_one("#runs", Grid)
        article = "an" if part.by == "agent" else "a"
        grid.placeholder = f"No call in range names {article} {self._noun}; see profiler.context()."
        dearest = max((run.totals.spend_pusd for run in part.runs), default=0)
        rows = [run_cells(run, now, view.zone, dearest, ink) for run in part.runs]
        rows = points_in_line(COLUMNS, rows, {"Spend"})
        grid.columns = fitted(COLUMNS, rows)
        grid.show(rows, [run.name for run in part.runs], self.listed)
        frame = self.query_one("#list")
        frame.border_title = TITLES[part.by]
        wanted = reading(part.by, self.by or LATEST)
        frame.border_subtitle = counted(part, view.zone) + wanted
        self.refresh_bindings()
        if part.skipped and not part.runs:
            self.page = 0  # there are no longer so many
        if self.picked and part.picked == self.picked:
            self._draw_opened(part)

    @property
    def _noun(self) -> str:
        """What a run in the list is called, by its label."""
        by = self.part.by if self.part else self.by or LATEST
        return "session" if by in {LATEST, DEAREST} else by

    def _draw_opened(self, part: SessionsPart) -> None:
        waterfall = self.query_one(Waterfall)
        waterfall.placeholder = f"No call of this {self._noun} is in range."
        waterfall.draw(part.calls)
        frame = self.query_one("#opened")
        frame.border_title = display.label(self.picked).replace("[", r"\[")
        told = opened_text(part.opened, len(part.calls)) if part.opened and part.calls else ""
        frame.border_subtitle = told

    def watch_picked(self) -> None:
        """Show the list, or what is opened in it."""
        self.go_on()
        self.set_class(bool(self.picked), "-opened")
        self.refresh_bindings()
        self.query_one("#waterfall" if self.picked else "#runs").focus()
        if self.picked:
            waterfall = self.query_one(Waterfall)
            waterfall.placeholder = ""
            waterfall.clear()
            opened = self.query_one("#opened")
            opened.border_title = display.label(self.picked).replace("[", r"\[")
            opened.border_subtitle = READING
        super().watch_picked()

    def watch_by(self) -> None:
        """Another list begins with nothing opened, at its first page."""
        self.picked, self.page = "", 0
        super().watch_by()

    def action_open(self) -> None:
        """Open the highlighted run or the calls that a cell of it counts; in it, its calls."""
        if not self.picked:
            self._open_run(self.query_one("#runs", Grid).cursor)
            return
        waterfall = self.query_one(Waterfall)
        if waterfall.current is not None:
            self.ask_to_open(waterfall.current)
        elif waterfall.made_in:
            ids = ",".join(call.id for call in waterfall.made_in)
            self.post_message(CallsWanted(f"id:{ids}"))
        else:
            self._show_calls(self.picked)

    @on(Grid.Opened, "#runs")
    def _open_clicked(self, message: Grid.Opened) -> None:
        self._open_run(message.row)

    @on(Grid.Opened, "#waterfall")
    def _open_call(self) -> None:
        self.action_open()

    def _open_run(self, row: int) -> None:
        if self.part is None or row >= len(self.part.runs):
            return
        name, title = self.part.runs[row].name, self.query_one("#runs", CellGrid).title
        if title in ABOUT or self.part.by != (self.by or LATEST):
            # what is listed is opened as what it is, not as what is being read
            self._show_calls(name, ABOUT.get(title, ""))
        else:
            self.picked = name

    def action_calls(self) -> None:
        """List the calls of the run that is highlighted or opened."""
        row = self.query_one("#runs", Grid).cursor
        if self.picked:
            self._show_calls(self.picked)
        elif self.part is not None and row < len(self.part.runs):
            self._show_calls(self.part.runs[row].name)

    def _show_calls(self, name: str, about: str = "") -> None:
        shown = self.view.snapshot.span if self.view.snapshot else Span()
        self.post_message(CallsWanted(self.query_of(name, shown, about)))

    def query_of(self, name: str, shown: Span, about: str = "") -> str:
        """The filter that means the calls a run is made of."""
        theirs = labelled(self._noun, name)
        since_us = self.part.since_us if self.part and not self.picked else None
        time = between(within(Span(since_us), shown), shown, self.view.zone) if since_us else ""
        return joined([theirs, time, about])

    def action_close_up(self) -> None:
        """Let the bars span the highlighted call or span, or the whole again."""
        waterfall = self.query_one(Waterfall)
        waterfall.is_close = not waterfall.is_close

    def action_turn(self, by: int) -> None:
        """To the next page of the list, or to the one before."""
        is_read = self.view.is_answered and self.asking(self.view.question) == self.view.question
        if by < 0 or is_read:  # nobody knows yet whether there is a page beyond
            self.page = max(0, self.page + by)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A page is turned where there is another."""
        if action == "turn":
            is_on = parameters == (1,)
            there = self.part is not None and (self.part.has_more if is_on else self.page > 0)
            return there and not self.picked
        if action in {"back", "close_up"}:
            return bool(self.picked)
        return super().check_action(action, parameters)

    @on(Grid.Highlighted, "#waterfall")
    def _moved_on(self) -> None:
        self.go_on(self.query_one(Waterfall).current)

    def action_back(self) -> None:
        """Back to the list."""
        self.picked = ""


def counted(part: SessionsPart, zone: ZoneInfo) -> str:
    """Which of how many are listed, and how far back they were compared."""
    first, last = part.skipped + 1, part.skipped + len(part.runs)
    is_all = not part.skipped and not part.has_more
    shown = display.count(last) if is_all else f"{display.count(first)} to {display.count(last)}"
    if part.number is None:
        shown = f"the latest {shown}"
    elif not is_all:
        shown = f"{shown} of {display.count(part.number)}"
    if part.since_us is not None:
        shown = f"{shown} since {to_moment(part.since_us, zone):%d %b %Y}, too many to compare all"
    return shown


def opened_text(run: Run, drawn: int) -> str:
    """What a run came to."""
    words = [display.spend(run.totals), display.calls(run.totals.calls)]
    if drawn < run.totals.calls:
        words.append(f"the first {display.count(drawn)} drawn")
    return " · ".join([*words, LEGEND])


def run_cells(
    run: Run, now: datetime, zone: ZoneInfo, dearest_pusd: int, ink: Palette
) -> list[Cell]:
    """One run's row, its spend beside that of the dearest in the list."""
    totals = run.totals
    share = totals.spend_pusd / dearest_pusd if dearest_pusd else 0.0
    began = took = display.UNKNOWN
    if run.first_at_us is not None and run.last_end_us is not None:
        began = display.short_clock(run.first_at_us, zone, now)
        took = display.duration(run.last_end_us - run.first_at_us)
    models = ", ".join(display.model_name(model) for model in run.models)
    return [
        Text(display.label(run.name), style=ink.ink),
        Text(began, style=ink.muted),
        Text(took, style=ink.muted),
        Text(display.count(totals.calls), style=ink.ink),
        Text(display.count(totals.errors), style=ink.high if totals.errors else ink.muted),
        Text(display.short_count(totals.tokens), style=ink.muted),
        spend_text(totals, ink),
        lambda width: bar(share, width, ink.series[0], ink.track),
        Text(models, style=ink.muted),
    ]
