"""The filter bar: a line to type a filter in, completed and checked while it is typed."""

from collections.abc import Callable

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from profiler import display
from profiler.errors import BadQuery
from profiler.tui.widgets.query import Labels, QuerySuggester

EXAMPLE = "a filter, like model:gpt-5* feature:search cost>0.01 status:error since:2d"

HINT = "  → complete · Enter apply · Esc leave"
"""For those whose footer has no such keys while they type."""


class FilterBar(Vertical):
    """One line, and a second one while the filter cannot be read."""

    DEFAULT_CSS = """
    FilterBar {
        height: auto;
        & > Horizontal { height: 1; }
        & #sign { width: 2; color: $primary; }
        & Input { width: 1fr; background: $background; }
        & Input > .input--suggestion { color: $ink-muted; }
        & Input > .input--placeholder { color: $ink-muted 70%; }
        & #hint { width: auto; color: $ink-muted; display: none; }
        & #complaint { height: auto; max-height: 3; color: $error; display: none; }
        &.-complaining #complaint { display: block; }
    }
    """

    class Chosen(Message):
        """A filter that can be read was entered."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, labels: Labels, check: Callable[[str], object], text: str = "") -> None:
        super().__init__()
        self._labels = labels
        self._check_text = check
        """Raises `BadQuery` for what cannot be read."""
        self._in_force = text

    def compose(self) -> ComposeResult:
        """The line, and room for what is wrong with it."""
        with Horizontal():
            yield Static("/ ", id="sign", markup=False)
            yield Input(
                self._in_force,
                placeholder=EXAMPLE,
                suggester=QuerySuggester(self._labels),
                compact=True,
                select_on_focus=False,
            )
            yield Static(HINT, id="hint", markup=False)
        yield Static(id="complaint", markup=False)

    @property
    def field(self) -> Input:
        """The line itself."""
        return self.query_one(Input)

    @property
    def is_typing(self) -> bool:
        """Whether keys go into the line."""
        return self.field.has_focus

    def write(self, text: str) -> None:
        """Show the filter that is in force; while somebody types, once they leave the line."""
        self._in_force = text
        if not self.is_typing:
            self.field.value = text

    # :focus-within would do, but who leaves it keeps the style of what stands inside
    def on_descendant_focus(self) -> None:
        """Say which keys end it."""
        self.add_class("-typing")

    def on_descendant_blur(self) -> None:
        """They mean something else now."""
        self.remove_class("-typing")

    @on(Input.Blurred)
    def _leave(self) -> None:
        # who looks into another window comes back to what was typed
        if self.app.app_focus:
            self.field.value = self._in_force

    @on(Input.Changed)
    def _check(self, message: Input.Changed) -> None:
        complaint = ""
        try:
            self._check_text(message.value)
        except BadQuery as error:
            complaint = str(error)
        self.set_class(bool(complaint), "-complaining")
        shown = Text(display.plain(f"✖ {complaint}") if complaint else "")
        self.query_one("#complaint", Static).update(shown)

    @on(Input.Submitted)
    def _choose(self, message: Input.Submitted) -> None:
        message.stop()
        if not self.has_class("-complaining"):
            self._in_force = message.value.strip()
            self.post_message(self.Chosen(message.value.strip()))
