"""The dialog that sets budgets for a common case."""

from typing import ClassVar
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from profiler import display
from profiler.budgets.changes import SaveAll
from profiler.budgets.sentence import PER
from profiler.budgets.templates import TEMPLATES, Template
from profiler.budgets.written import toml_of
from profiler.domain.budgets import Budget
from profiler.tui.screens.dialogs import TextScreen
from profiler.tui.screens.unhurried import Dialog

_MOST_SHOWN = 6


class TemplateScreen(Dialog[SaveAll | None]):
    """Gives back the budgets of the template chosen, to be set; replaces only when asked twice."""

    CSS_PATH: ClassVar[str] = "budget_wizard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", key_display="Esc"),
        Binding("f", "show_file", "As a file"),
    ]

    def __init__(self, zone: ZoneInfo, names: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self._zone = zone
        self._names = names
        self._agreed = ""
        """The template whose budgets may replace those of the same names."""

    def compose(self) -> ComposeResult:
        """The templates, and what the highlighted one holds."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Budgets for common cases"
            frame.border_subtitle = "Enter set them · f as a file · Esc cancel"
            yield OptionList(*(Option(one.name, id=one.name) for one in TEMPLATES), compact=True)
            yield Static(id="told", markup=False)
            yield Static(id="complaint", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Set them", id="set", variant="primary", compact=True)
                yield Button("As a file", id="file", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Begin with the first."""
        self.query_one(OptionList).focus()

    @property
    def _chosen(self) -> Template:
        return TEMPLATES[self.query_one(OptionList).highlighted or 0]

    @on(OptionList.OptionHighlighted)
    def _describe(self) -> None:
        chosen = self._chosen
        self._agreed = ""
        lines = [f"{chosen.about[:1].upper()}{chosen.about[1:]}.", ""]
        lines += [
            f"{one.name:<18}{_limits(one)}{' each' * bool(one.each)}{', refuses' * one.is_hard}"
            for one in chosen.budgets(self._zone)[:_MOST_SHOWN]
        ]
        if len(chosen.words) > _MOST_SHOWN:
            lines.append(f"and {len(chosen.words) - _MOST_SHOWN} more")
        self.query_one("#told", Static).update(Text("\n".join(lines)))
        self._complain("")

    @on(OptionList.OptionSelected)
    @on(Button.Pressed, "#set")
    def _choose(self) -> None:
        chosen = self._chosen
        budgets = tuple(chosen.budgets(self._zone))
        taken = [one.name for one in budgets if one.name in self._names]
        if taken and self._agreed != chosen.name:
            self._agreed = chosen.name
            named = ", ".join(taken[:3]) + (f" and {len(taken) - 3} more" if len(taken) > 3 else "")
            self._complain(
                f"There is {named} already; Enter again replaces, what it counted stays."
            )
        else:
            self.dismiss(SaveAll(budgets, replaces=bool(taken)))

    @on(Button.Pressed, "#file")
    def action_show_file(self) -> None:
        """Show them as they stand in profiler.toml."""
        chosen = self._chosen
        text = toml_of(chosen.budgets(self._zone), self._zone.key)
        self.app.push_screen(TextScreen(f"{chosen.name}, for profiler.toml", text))

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    def _complain(self, words: str) -> None:
        shown = Text(f"◆ {display.plain(words)}" if words else "")
        self.query_one("#complaint", Static).update(shown)


def _limits(budget: Budget) -> str:
    limits = " and ".join(display.amount(amount, measure) for measure, amount in budget.limits)
    return f"{limits} {PER[budget.period]}"
