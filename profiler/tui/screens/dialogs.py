"""Dialogs that any screen may ask: are you sure, one line of text, one of several."""

import os
from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.markup import escape
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from profiler import display
from profiler.errors import UsageError
from profiler.tui.screens.unhurried import Dialog
from profiler.tui.terminal.clipboard import copied
from profiler.tui.widgets.panel import palette_of


class Question(NamedTuple):
    """What somebody is asked before something is done that cannot be taken back."""

    title: str
    question: str
    more: str
    """What a yes means."""
    verb: str
    asks_why: bool = False
    """Whether a reason can be given."""


class ConfirmScreen(Dialog[str | None]):
    """Asks once more; gives back the reason, which may be empty, or `None` for a no."""

    CSS_PATH: ClassVar[str] = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "No", key_display="Esc"),
        Binding("n", "dismiss(None)", "No", show=False),
        Binding("y", "agree", "Yes", show=False),
    ]

    def __init__(self, asked: Question) -> None:
        super().__init__()
        self._asked = asked

    def compose(self) -> ComposeResult:
        """A question, what a yes means, and two buttons."""
        asked = self._asked
        with Vertical(classes="dialog") as frame:
            frame.border_title = asked.title
            frame.border_subtitle = f"Enter {asked.verb} · Esc no"
            yield Static(Text(display.plain(asked.question)), id="question")
            yield Static(Text(asked.more), id="told")
            if asked.asks_why:
                yield Input(placeholder="why, for the audit trail; may be empty", compact=True)
            with Horizontal(id="buttons"):
                label = asked.verb.capitalize()
                yield Button(label, id="yes", variant="primary", compact=True)
                yield Button("No", id="no", compact=True)

    def on_mount(self) -> None:
        """Enter agrees at once."""
        self.query("Input, #yes").first().focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#yes")
    def action_agree(self) -> None:
        """Go on."""
        fields = list(self.query(Input))
        self.dismiss(fields[0].value.strip() if fields else "")

    @on(Button.Pressed, "#no")
    def _refuse(self) -> None:
        self.dismiss(None)


class LineScreen(Dialog[str | None]):
    """Asks for one line; gives it back once it makes sense."""

    CSS_PATH: ClassVar[str] = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", key_display="Esc"),
    ]

    def __init__(
        self, title: str, told: str, text: str, check: Callable[[str], object] = str
    ) -> None:
        super().__init__()
        self._title, self._told, self._text, self._check = title, told, text, check

    def compose(self) -> ComposeResult:
        """The line, what can stand in it, and two buttons."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = self._title
            frame.border_subtitle = "Enter take it · Esc cancel"
            yield Input(self._text, compact=True)
            yield Static(id="complaint", markup=False)
            yield Static(Text(self._told), id="told")
            with Horizontal(id="buttons"):
                yield Button("Take it", id="yes", variant="primary", compact=True)
                yield Button("Cancel", id="no", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#yes")
    def _take(self) -> None:
        text = self.query_one(Input).value.strip()
        try:
            self._check(text)
        except UsageError as error:
            words = Text(f"✖ {display.plain(str(error))}")
            self.query_one("#complaint", Static).update(words)
        else:
            self.dismiss(text)

    @on(Button.Pressed, "#no")
    def _cancel(self) -> None:
        self.dismiss(None)


class Choice(NamedTuple):
    """One of several."""

    id: str
    key: str
    """What is pressed for it without the menu."""
    title: str
    about: str


class MenuScreen(Dialog[str | None]):
    """Offers everything that can be done here, by name; gives back what is chosen."""

    CSS_PATH: ClassVar[str] = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", key_display="Esc"),
    ]

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title, self._choices = title, choices

    def compose(self) -> ComposeResult:
        """A line for each."""
        ink = palette_of(self)
        with Vertical(classes="dialog") as frame:
            frame.border_title = escape(display.plain(self._title))
            frame.border_subtitle = "Enter does it · Esc close"
            yield OptionList(
                *(
                    Option(
                        Text.assemble(
                            (f"{one.key:<7}", ink.accent),
                            (f"{one.title:<13}", ink.ink),
                            (one.about, ink.muted),
                            no_wrap=True,
                            overflow="ellipsis",
                        ),
                        id=one.id,
                    )
                    for one in self._choices
                ),
                compact=True,
            )

    @on(OptionList.OptionSelected)
    def _choose(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option.id)


class TextScreen(Dialog[None]):
    """Shows a text that can be read and copied."""

    CSS_PATH: ClassVar[str] = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close", key_display="Esc"),
        Binding("y,enter", "copy", "Copy"),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title, self._shown = title, text

    def compose(self) -> ComposeResult:
        """The text."""
        with VerticalScroll(classes="dialog") as frame:
            frame.border_title = escape(display.plain(self._title))
            frame.border_subtitle = "y copy · Esc close"
            lines = self._shown.splitlines()
            yield Static(Text("\n".join(map(display.plain, lines))), id="shown")

    def action_copy(self) -> None:
        """Hand it to the terminal's clipboard."""
        self.app.copy_to_clipboard(self._shown)
        self.notify(copied("it", os.environ), markup=False)
