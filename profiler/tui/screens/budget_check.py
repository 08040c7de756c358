"""The dialog that says whether a call would pass the budgets now, and whether files make sense."""

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from profiler import display
from profiler.domain.budgets import Measure
from profiler.keeping.inquiries import FilesMakeSense, WouldPass
from profiler.tui.looks.theme import Palette
from profiler.tui.messages import Answered, Inquired, ReadFailed
from profiler.tui.screens.form import Form
from profiler.tui.widgets.columns import stacked
from profiler.tui.widgets.panel import palette_of

if TYPE_CHECKING:
    from profiler.budgets.sense import Sense
    from profiler.budgets.verdict import Verdict

_FIELDS = (
    ("model", "Model", "gpt-5.1"),
    ("input", "Input tokens", "2000"),
    ("output", "At most out", "the model's own maximum; 500"),
    ("labels", "Labels", "none; user:ada feature:search tag:team=blue"),
    ("provider", "Provider", "whoever lists the model"),
)
_COUNTS = ("input", "output")
_MOST_BUDGETS = 6


class CheckScreen(Form[None]):
    """Asks which call; answers in the same frame, as often as asked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", key_display="Esc"),
    ]

    def __init__(self, model: str = "") -> None:
        super().__init__()
        self._model = model

    def compose(self) -> ComposeResult:
        """The call, two buttons, and the answer."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Would a call pass?"
            frame.border_subtitle = "Tab next · Enter check · Esc close"
            for name, title, placeholder in _FIELDS:
                text = self._model if name == "model" else ""
                yield from self.line(title, name, text, placeholder)
            yield Static(id="complaint", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Check it", id="check", variant="primary", compact=True)
                yield Button("Check the files", id="files", compact=True)
                yield Button("Close", id="close", compact=True)
            yield Static(id="answer", markup=False)

    @on(Input.Submitted)
    @on(Button.Pressed, "#check")
    def _check(self) -> None:
        from profiler.budgets.verdict import Wish  # noqa: PLC0415  # it reads every rate

        typed = {name: self.typed(name) for name, _, _ in _FIELDS}
        counts = {name: typed[name].replace(",", "").replace("_", "") for name in _COUNTS}
        wrong = [name for name, text in counts.items() if text and not text.isdecimal()]
        if not typed["model"]:
            self._refuse("write a model, such as gpt-5.1", "model")
        elif wrong:
            self._refuse(f"{typed[wrong[0]]!r} is no number of tokens, such as 2000", wrong[0])
        else:
            most = int(counts["output"]) if counts["output"] else None
            labels = tuple(typed["labels"].split())
            sent = int(counts["input"] or 0)
            self._ask(WouldPass(Wish(typed["model"], sent, most, typed["provider"], labels)))

    @on(Button.Pressed, "#files")
    def _check_files(self) -> None:
        self._ask(FilesMakeSense())

    def _ask(self, inquiry: WouldPass | FilesMakeSense) -> None:
        self._refuse("")
        self.post_message(Inquired(self, inquiry))

    @on(Button.Pressed, "#close")
    def _close(self) -> None:
        self.dismiss(None)

    def on_answered(self, message: Answered) -> None:
        """Draw what is so."""
        message.stop()
        ink, asked = palette_of(self), message.inquiry
        if isinstance(asked, WouldPass):
            self._show(verdict_lines(message.answer, ink))  # type: ignore[arg-type]  # its own
        elif isinstance(asked, FilesMakeSense):
            self._show(sense_lines(message.answer, ink))  # type: ignore[arg-type]  # its own

    def on_read_failed(self, message: ReadFailed) -> None:
        """Say why there is no answer."""
        message.stop()
        words = message.trouble.message
        self._refuse(words, "labels" if "label" in words else "")

    def _show(self, lines: list[Text]) -> None:
        self.query_one("#answer", Static).update(stacked(lines))

    def _refuse(self, words: str, field: str = "") -> None:
        self.query_one("#answer", Static).update("")
        self.complain(words, field)


def verdict_lines(found: "Verdict", ink: Palette) -> list[Text]:
    """What would become of the call, then the budgets it falls under, the tightest first."""
    cost = display.UNPRICED if found.most_pusd is None else display.money(found.most_pusd)
    if found.refused is None:
        made = [Text("✓ It would pass.", style=f"bold {ink.ok}")]
    else:
        refused = Text(f"✖ Refused: {display.plain(str(found.refused))}", style=f"bold {ink.high}")
        made = [refused]
    if found.sent_to != found.model:
        sent = f"Sent to {display.plain(found.sent_to)}, as a budget's rules say."
        made.append(Text(sent, style=ink.watch))
    made.append(Text(f"It costs {cost} at most.", style=ink.ink))
    for one in found.remaining[:_MOST_BUDGETS]:
        whose = f" · {one.value}" if one.value else ""
        left = display.amount(one.left, Measure(one.measure))
        limit = display.amount(one.limit, Measure(one.measure))
        kind = "refuses beyond" if one.is_hard else "lets calls go on"
        words = f"{display.plain(one.budget + whose)}: {left} left of {limit}, {kind}"
        made.append(Text(words, style=ink.muted))
    if not found.remaining:
        made.append(Text("No budget counts such a call.", style=ink.muted))
    if len(found.remaining) > _MOST_BUDGETS:
        made.append(Text(f"and {len(found.remaining) - _MOST_BUDGETS} more", style=ink.muted))
    return made


def sense_lines(found: "Sense", ink: Palette) -> list[Text]:
    """Every fault; else that there is none."""
    if found.faults:
        return [Text(f"✖ {display.plain(words)}", style=ink.high) for words in found.faults]
    count = display.count(found.budgets)
    return [Text(f"✓ All makes sense; files define {count} budgets.", style=ink.ok)]
