"""The export dialog: what to write, where to, and how far it is."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, Input, Label, OptionList, ProgressBar, Static
from textual.widgets.option_list import Option

from profiler import display
from profiler.report.forms import FORMS, Form
from profiler.tui.screens.unhurried import Dialog
from profiler.tui.view import trouble_of

Export = Callable[[Form, Path, bool, Callable[[int, int], None]], str]
"""Writes a file: form, path, whether it may replace one, and who is told how far it is."""

ALL_BUDGETS = "all budgets, whatever is filtered"


class _Cancelled(Exception):
    """The user wants no file after all."""


@dataclass
class _Written(Message):
    """So many calls are in the file."""

    done: int
    total: int


@dataclass
class _Ended(Message):
    """It is written, or not."""

    words: str
    is_done: bool


def _file_of(form: Form) -> str:
    return form.stem + form.suffix


class ExportScreen(Dialog[str | None]):
    """Asks for form and file, writes in a thread; gives back what was written, in words."""

    CSS_PATH: ClassVar[str] = "export.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", key_display="Esc"),
    ]

    def __init__(
        self, export: Export, about: str, forms: Sequence[Form] = FORMS, form_id: str = ""
    ) -> None:
        super().__init__()
        self._export = export
        self._about = about
        self._forms = forms
        named = (n for n, one in enumerate(forms) if one.id == form_id and not one.about)
        self._first = next(named, 0)
        self._may_replace: Path | None = None
        self._is_cancelled = threading.Event()
        self._is_writing = False

    def compose(self) -> ComposeResult:
        """Forms, the file, and what became of it."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Export"
            frame.border_subtitle = "↑ ↓ form · Enter next, then write · Esc cancel"
            yield Static(id="about", markup=False)
            yield OptionList(*(Option(Text(one.title)) for one in self._forms), compact=True)
            first = self._forms[self._first]
            with Horizontal(classes="field"):
                yield Label("File", markup=False)
                yield Input(_file_of(first), compact=True, select_on_focus=False)
            yield ProgressBar(show_eta=False)
            yield Static(id="told", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Write", id="write", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Begin with the form."""
        self.query_one(OptionList).highlighted = self._first
        self.query_one(OptionList).focus()

    @property
    def _form(self) -> Form:
        return self._forms[self.query_one(OptionList).highlighted or 0]

    @on(OptionList.OptionHighlighted)
    def _rename(self) -> None:
        """The file is called after the form, as long as nobody named it otherwise."""
        narrowed = self._about if self._form.is_narrowed else ALL_BUDGETS
        about = self._form.about or narrowed
        self.query_one("#about", Static).update(Text(display.plain(about)))
        field = self.query_one(Input)
        if field.value in map(_file_of, self._forms):
            field.value = _file_of(self._form)
        path = Path(field.value)
        if path.suffix in {one.suffix for one in self._forms}:
            field.value = str(path.with_suffix(self._form.suffix))

    @on(OptionList.OptionSelected)
    def _next(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _forget_consent(self) -> None:
        self._may_replace = None
        self._tell("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#write")
    def _start(self) -> None:
        text = self.query_one(Input).value.strip()
        if not text or self._is_writing:
            return
        path = Path(text).expanduser()
        if path.is_file() and path != self._may_replace:
            self._may_replace = path
            self._tell(f"{path} exists already; Enter again replaces it.")
            return
        self._is_writing = True
        self._is_cancelled.clear()
        self.add_class("-writing")
        self._tell(f"Writing {path}… Esc cancels.")
        form, may_replace = self._form, path == self._may_replace
        self.run_worker(
            lambda: self._write(form, path, may_replace=may_replace),
            thread=True,
            group="export",
            exit_on_error=False,
        )

    def _write(self, form: Form, path: Path, *, may_replace: bool) -> None:
        def tell(done: int, total: int) -> None:
            if self._is_cancelled.is_set():
                raise _Cancelled
            self.post_message(_Written(done, total))

        try:
            ended = _Ended(self._export(form, path, may_replace, tell), is_done=True)
        except _Cancelled:
            ended = _Ended("Cancelled; nothing was written.", is_done=False)
        except Exception as error:  # noqa: BLE001  # top of a worker: becomes a message
            ended = _Ended(f"✖ {trouble_of(error).message}", is_done=False)
        self.post_message(ended)

    @on(_Written)
    def _show_progress(self, message: _Written) -> None:
        self.query_one(ProgressBar).update(total=max(1, message.total), progress=message.done)

    @on(_Ended)
    def _end(self, message: _Ended) -> None:
        self._is_writing = False
        self.remove_class("-writing")
        if message.is_done:
            self.dismiss(message.words)
        else:
            self._tell(message.words)

    def _tell(self, words: str) -> None:
        self.query_one("#told", Static).update(Text(display.plain(words)))

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        """Stop writing; else close."""
        if self._is_writing:
            self._is_cancelled.set()
        else:
            self.dismiss(None)

    def on_unmount(self) -> None:
        """Let the thread end, or the program would wait for it."""
        self._is_cancelled.set()
