"""The dialog for another model: everything that has rates, narrowed as one types."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from profiler import display
from profiler.pricing.makers import maker_place
from profiler.tui.screens.unhurried import Dialog
from profiler.tui.widgets.panel import palette_of

MOST = 200
"""Names offered at once."""


class WhatIfScreen(Dialog[str | None]):
    """Gives back the model to move to, with its provider."""

    CSS_PATH: ClassVar[str] = "whatif.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", key_display="Esc"),
        Binding("down", "step(1)", "Next", show=False, priority=True),
        Binding("up", "step(-1)", "Previous", show=False, priority=True),
    ]

    def __init__(self, targets: Sequence[str]) -> None:
        super().__init__()
        self._targets = targets

    def compose(self) -> ComposeResult:
        """A field, and what fits it."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "What if all this ran on…"
            frame.border_subtitle = "↑ ↓ choose · Enter reprice · Esc close"
            yield Input(placeholder="part of a model's name", compact=True)
            yield OptionList(compact=True)
            yield Static(id="complaint", markup=False)

    def on_mount(self) -> None:
        """Offer everything at first; keys go to the field."""
        self.query_one(OptionList).can_focus = False
        self._offer("")

    @on(Input.Changed)
    def _narrow(self, message: Input.Changed) -> None:
        self._offer(message.value)

    def _offer(self, typed: str) -> None:
        found = fitting(self._targets, typed)[:MOST]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(Text(display.plain(name)), id=name) for name in found)
        options.highlighted = 0 if found else None
        none = f"✖ no rate is known for {display.plain(typed.strip())!r}"
        self.query_one("#complaint", Static).update(
            Text("" if found else none, style=palette_of(self).high)
        )

    def action_step(self, rows: int) -> None:
        """Another of the names offered."""
        options = self.query_one(OptionList)
        if options.option_count:
            at = options.highlighted or 0
            options.highlighted = max(0, min(at + rows, options.option_count - 1))

    @on(Input.Submitted)
    def _choose(self) -> None:
        option = self.query_one(OptionList).highlighted_option
        if option is not None:
            self.dismiss(option.id)

    @on(OptionList.OptionSelected)
    def _choose_clicked(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option.id)


def fitting(names: Sequence[str], typed: str) -> list[str]:
    """The names that hold every word typed; those that begin so, or whose model does, first.

    Of several that sell the same model its maker is first.
    """
    words = typed.lower().split()
    found = [name for name in names if all(word in name.lower() for word in words)]
    start = words[0] if words else ""

    def place(name: str) -> tuple[bool, bool, int]:
        provider_and_model, model = name.lower(), name.lower().partition("/")[2]
        exact = start in {provider_and_model, model}
        begins = provider_and_model.startswith(start) or model.startswith(start)
        return not exact, not begins, maker_place(name)

    return sorted(found, key=place) if words else found
