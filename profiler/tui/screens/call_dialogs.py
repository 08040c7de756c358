"""The dialogs of the history: where to go, which columns, which filters are kept."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.strip import Strip
from textual.widgets import Input, OptionList, SelectionList, Static
from textual.widgets.option_list import Option
from textual.widgets.selection_list import Selection

from profiler import display
from profiler.errors import UsageError
from profiler.tui.asking.saved import SavedFilters
from profiler.tui.screens.unhurried import Dialog
from profiler.tui.widgets.call_columns import COLUMNS, USUAL, chosen_columns

TOP = -1
"""What the go-to dialog gives back for the newest call."""


class GoToScreen(Dialog[int | None]):
    """Asks for a moment; gives it back in microseconds, or `TOP`."""

    CSS_PATH: ClassVar[str] = "call_dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", key_display="Esc"),
    ]

    def __init__(self, read: Callable[[str], int]) -> None:
        super().__init__()
        self._read = read
        """Raises `UsageError` for what is no moment."""

    def compose(self) -> ComposeResult:
        """A line, and what is wrong with it."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Go to"
            frame.border_subtitle = "Enter go · g newest · Esc close"
            yield Input(placeholder="2026-11-01  yesterday  3d  5h", compact=True)
            yield Static(id="complaint", markup=False)

    def on_mount(self) -> None:
        """Keys go into the line."""
        self.set_focus(self.query_one(Input))

    @on(Input.Changed)
    def _top(self, message: Input.Changed) -> None:
        """The same key again: the top, as vi has it."""
        if message.value == "g":
            self.dismiss(TOP)

    @on(Input.Submitted)
    def _choose(self, message: Input.Submitted) -> None:
        try:
            self.dismiss(self._read(message.value.strip()))
        except UsageError as error:
            told = Text(display.plain(f"✖ {error}"))
            self.query_one("#complaint", Static).update(told)


class ColumnsScreen(Dialog[list[str] | None]):
    """Every column with a tick; gives back the names of those chosen."""

    CSS_PATH: ClassVar[str] = "call_dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,c", "dismiss(None)", "Close", key_display="Esc"),
        Binding("u", "usual", "Usual ones"),
    ]

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = {one.name for one in chosen_columns(names)}

    def compose(self) -> ComposeResult:
        """One line per column."""
        choices = _Choices(
            *(
                Selection(Text(one.column.title), one.name, one.name in self._names)
                for one in COLUMNS
            ),
            classes="dialog",
            compact=True,
        )
        choices.border_title = "Columns"
        choices.border_subtitle = "Space tick · u usual · Enter done"
        yield choices

    def on_mount(self) -> None:
        """Keys go to the list."""
        self.query_one(_Choices).focus()

    def action_usual(self) -> None:
        """Tick those that stand there unless chosen."""
        choices = self.query_one(_Choices)
        choices.deselect_all()
        for name in USUAL:
            choices.select(name)

    @on(SelectionList.SelectedChanged)
    def _keep(self) -> None:
        chosen = set(self.query_one(_Choices).selected)
        self._names = chosen

    def action_done(self) -> None:
        """Give the choice back."""
        self.dismiss([one.name for one in COLUMNS if one.name in self._names])


class _Choices(SelectionList[str]):
    """A list of ticks, for vi's keys too; Enter says that it is done."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.done", "Done", show=False),
        Binding("down,j", "cursor_down", "Down", show=False),
        Binding("up,k", "cursor_up", "Up", show=False),
    ]

    def render_line(self, y: int) -> Strip:
        """A row; its tick is there or not, where Textual lets a colour alone tell."""
        strip = super().render_line(y)
        row = y + self.scroll_offset.y
        if row >= self.option_count:
            return strip
        left, tick, *rest = strip
        is_chosen = self.get_option_at_index(row).value in self.selected
        return Strip([left, Segment("✓" if is_chosen else " ", tick.style), *rest])


class FiltersScreen(Dialog[str | None]):
    """The kept filters, and a line to keep the present one; gives back the filter chosen."""

    CSS_PATH: ClassVar[str] = "call_dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", key_display="Esc"),
        Binding("delete", "forget", "Forget"),
    ]

    def __init__(self, saved: SavedFilters, present: str) -> None:
        super().__init__()
        self._saved = saved
        self._present = present

    def compose(self) -> ComposeResult:
        """One line per filter; below, the name for the one in force."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Filters"
            yield OptionList(compact=True)
            yield Static(id="present", markup=False)
            yield Input(placeholder="a name, to keep it by", compact=True)

    def on_mount(self) -> None:
        """Begin in the list, or at the name where nothing is kept yet."""
        self._list()
        told = display.plain(self._present) or "none. Type one with /, then keep it here."
        self.query_one("#present", Static).update(Text(f"Filter now: {told}"))
        # without a filter there is nothing to name
        self.query_one(Input).display = bool(self._present)
        target = OptionList if self._saved.all() or not self._present else Input
        self.set_focus(self.query_one(target))

    def _list(self) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        uses = ["Enter use", "Del forget"] if self._saved.all() else []
        names = ["Tab name"] if self._saved.all() and self._present else []
        keeps = ["Enter keep"] if self._present and not self._saved.all() else []
        subtitle = " · ".join([*uses, *names, *keeps, "Esc close"])
        self.query_one(".dialog").border_subtitle = subtitle
        for name, query in self._saved.all().items():
            options.add_option(
                Option(Text(f"{display.plain(name):<16}  {display.plain(query)}"), id=name)
            )
        if self._saved.all():
            options.highlighted = 0
        else:
            options.add_option(Option(Text("No filter is kept yet."), disabled=True))

    @on(OptionList.OptionSelected)
    def _use(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(self._saved.all().get(message.option_id or ""))

    @on(Input.Submitted)
    def _keep(self, message: Input.Submitted) -> None:
        if message.value.strip():
            self._saved.keep(message.value.strip(), self._present)
            self.query_one(Input).value = ""
            self._list()
            self.set_focus(self.query_one(OptionList))

    def action_forget(self) -> None:
        """Forget the highlighted filter."""
        options = self.query_one(OptionList)
        if options.has_focus and options.highlighted is not None:
            name = options.get_option_at_index(options.highlighted).id
            if name is not None:
                self._saved.forget(name)
                self._list()
