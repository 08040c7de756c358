"""A dialog that asks one question after the other, in the same frame."""

from collections.abc import Mapping
from typing import ClassVar, TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.suggester import Suggester
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from profiler import display
from profiler.tui.screens.unhurried import Dialog

Given = TypeVar("Given")
_TITLE_CELLS = 24


class Steps(Dialog[Given]):
    """Shows a question with answers to choose among, or with a line to type; subclasses ask."""

    CSS_PATH: ClassVar[str] = "budget_wizard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="Esc"),
    ]
    TITLE_SHOWN: ClassVar[str]
    STEPS: ClassVar[int]
    LAST: ClassVar[str] = "Set it"
    """What the button says at the last step."""

    def __init__(self) -> None:
        super().__init__()
        self.step = 0

    def compose(self) -> ComposeResult:
        """One question at a time, what is wrong with its answer, and what it would mean."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = self.TITLE_SHOWN
            yield Static(id="question", markup=False)
            yield OptionList(id="answers", compact=True)
            yield Input(id="typed", compact=True)
            yield Static(id="complaint", markup=False)
            yield Static(id="told", markup=False)
            yield Static(id="says", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Next", id="next", variant="primary", compact=True)
                yield Button("Back", id="back", compact=True)

    def on_mount(self) -> None:
        """Ask the first question."""
        self.ask(0)

    def asking(self, step: int) -> None:
        """Show the question of a step."""
        raise NotImplementedError

    def choose(self, chosen: str) -> None:
        """Take an answer that was chosen."""
        raise NotImplementedError

    def enter(self, text: str) -> None:
        """Take an answer that was typed."""
        raise NotImplementedError

    def ask(self, step: int) -> None:
        """Go to a step."""
        self.step = step
        self.complain("")
        leave = "Esc back" if step else "Esc cancel"
        frame = self.query_one(".dialog")
        forth = self.LAST if step == self.STEPS - 1 else "Next"
        frame.border_subtitle = f"{step + 1} of {self.STEPS} · Enter {forth.lower()} · {leave}"
        self.query_one("#back", Button).label = "Back" if step else "Cancel"
        self.query_one("#next", Button).label = forth
        self.say("")
        self.asking(step)

    @property
    def is_typing(self) -> bool:
        """Whether the answer is a line."""
        return self.query_one(Input).display

    @on(Button.Pressed, "#next")
    def _next(self) -> None:
        if self.is_typing:
            self.enter(self.query_one(Input).value.strip())
        else:
            self.query_one(OptionList).action_select()

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """To the question before; out of the first one."""
        if self.step == 0 and not self.is_typing:
            self.dismiss(None)
        else:
            self.ask(max(0, self.step - 1))

    @on(OptionList.OptionSelected)
    def _choose(self, message: OptionList.OptionSelected) -> None:
        self.choose(message.option.id or "")

    @on(Input.Submitted)
    def _submit(self, message: Input.Submitted) -> None:
        self.enter(message.value.strip())

    def offer(self, question: str, answers: Mapping[str, tuple[str, str]]) -> None:
        """A question with answers by name: each with its title, and what it means."""
        options = self.query_one(OptionList)
        options.clear_options()
        for name, (title, about) in answers.items():
            shown = Text.assemble(f"{title:<{_TITLE_CELLS}}", (about, "dim"))
            options.add_option(Option(shown, id=name))
        options.highlighted = 0
        self._show(question, "", is_line=False)
        options.focus()

    def request(
        self,
        question: str,
        text: str,
        placeholder: str,
        told: str,
        suggester: Suggester | None = None,
    ) -> None:
        """A question that a line answers."""
        field = self.query_one(Input)
        field.suggester = suggester
        field.value, field.placeholder = text, placeholder
        self._show(question, told, is_line=True)
        field.focus()
        # a field that has the focus keeps its cursor: what is typed would go into the proposal
        field.select_all()

    def _show(self, question: str, told: str, *, is_line: bool) -> None:
        self.query_one("#question", Static).update(question)
        self.query_one("#told", Static).update(Text(told))
        self.query_one(OptionList).display = not is_line
        self.query_one(Input).display = is_line

    def complain(self, words: str) -> None:
        """Say what is wrong with the answer."""
        shown = Text(f"✖ {display.plain(words)}" if words else "")
        self.query_one("#complaint", Static).update(shown)

    def say(self, words: str) -> None:
        """Say what the answers so far mean."""
        self.query_one("#says", Static).update(Text(display.plain(words)))
