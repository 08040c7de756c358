"""The dialog that sets budgets for a common case."""

from typing import ClassVar
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from profiler import display
from profiler.budgets.templates import TEMPLATES, template
from profiler.domain.budgets import Budget


class TemplateScreen(ModalScreen[list[Budget] | None]):
    """Gives back the budgets of the template chosen."""

    CSS_PATH: ClassVar[str] = "budget_wizard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", key_display="Esc"),
    ]

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def compose(self) -> ComposeResult:
        """The templates, and what the highlighted one holds."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Budgets for common cases"
            frame.border_subtitle = "Enter set them · Esc cancel"
            yield OptionList(*(Option(one.name, id=one.name) for one in TEMPLATES), compact=True)
            yield Static(id="told", markup=False)

    @on(OptionList.OptionHighlighted)
    def _describe(self, message: OptionList.OptionHighlighted) -> None:
        chosen = template(message.option.id or "")
        lines = [chosen.about[:1].upper() + chosen.about[1:] + ".", ""]
        for one in chosen.budgets(self._zone)[:8]:
            limits = " and ".join(display.amount(amount, m) for m, amount in one.limits)
            lines.append(f"{one.name:<18}{limits} {one.period.value}")
        if len(chosen.words) > 8:
            lines.append(f"and {len(chosen.words) - 8} more")
        self.query_one("#told", Static).update(Text("\n".join(lines)))

    @on(OptionList.OptionSelected)
    def _choose(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(template(message.option.id or "").budgets(self._zone))
