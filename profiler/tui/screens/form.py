"""What dialogs with fields share: a field a line, and what is wrong said below that field."""

from typing import ClassVar, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.css.query import NoMatches
from textual.widget import Widget
from textual.widgets import Input, Label, Select, Static

from profiler import display
from profiler.tui.screens.unhurried import Dialog

Given = TypeVar("Given")


class Form(Dialog[Given]):
    """Fields in lines, one `#complaint` among them that stands below the field it is about."""

    CSS_PATH: ClassVar[str] = "form.tcss"

    def line(self, title: str, name: str, value: str, placeholder: str) -> ComposeResult:
        """A field to type in."""
        with Horizontal(classes="field"):
            yield Label(title, markup=False)
            yield Input(value, placeholder=placeholder, id=name, compact=True)

    def choice(
        self, title: str, name: str, value: str, among: dict[str, str] | tuple[str, ...]
    ) -> ComposeResult:
        """A field to choose in; with words for what stands in it, where they are given."""
        words = among if isinstance(among, dict) else {one: one for one in among}
        with Horizontal(classes="field"):
            yield Label(title, markup=False)
            options = [(said, one) for one, said in words.items()]
            yield Select(options, value=value, allow_blank=False, id=name, compact=True)

    def typed(self, name: str) -> str:
        """What stands in a field."""
        return self.query_one(f"#{name}", Input).value.strip()

    def chosen(self, name: str) -> str:
        """What is chosen in a field."""
        return str(self.query_one(f"#{name}", Select).value)

    def complain(self, words: str, name: str = "") -> None:
        """Say what is wrong with the field of that name, below it, and go there."""
        complaint = self.query_one("#complaint", Static)
        complaint.update(Text(f"✖ {display.plain(words)}" if words else ""))
        complaint.set_class(bool(words), "-told")
        field = self._field(name) if name and words else None
        if field is not None:
            row, frame = field.parent, complaint.parent
            if isinstance(row, Widget) and isinstance(frame, Widget) and row.parent is frame:
                frame.move_child(complaint, after=row)
            field.focus()
        complaint.scroll_visible()

    def _field(self, name: str) -> Widget | None:
        try:
            return self.query_one(f"#{name}")
        except NoMatches:
            return None
