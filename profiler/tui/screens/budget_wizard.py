"""Three questions to a first budget; Enter takes what the spend so far proposes."""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from profiler import display
from profiler.analysis.results import Snapshot
from profiler.domain.budgets import Budget
from profiler.domain.money import PUSD_PER_USD
from profiler.domain.periods import Period, to_moment
from profiler.errors import UsageError
from profiler.ledger.words import budget_of

_STEPS = 3
_FALLBACK_PUSD = 50 * PUSD_PER_USD
_ROOM = 1.25
"""How much above what is spent anyway a limit is proposed."""
_SHARES = {"user": 4, "session": 20, "call": 200}
"""How many times the whole divides, where nobody counted: a limit for one must not fit all."""
_ROUND = (10, 15, 20, 25, 30, 40, 50, 60, 80, 100)
_ENDS = {
    "tell": ("Tell me as it fills", "at 75, 90 and 100 %; calls always go on"),
    "refuse": ("Refuse calls beyond it", "before they are sent"),
}


class What(NamedTuple):
    """An answer to the first question."""

    id: str
    title: str
    about: str
    words: Mapping[str, object]


WHATS = (
    What("everything", "Everything", "all calls together", {}),
    What("user", "Each user", "every user has the limit apart", {"each": ["user"]}),
    What("session", "Each session", "a run, a chat, an agent's task", {"period": "session"}),
    What("call", "Each call", "no single call may cost more", {"period": "call"}),
    What("part", "Some calls…", "of a feature, a model, a team", {}),
)


class BudgetWizard(ModalScreen[Budget | None]):
    """What to limit, how much, and what happens; gives back the budget."""

    CSS_PATH: ClassVar[str] = "budget_wizard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="Esc"),
    ]

    def __init__(self, snapshot: Snapshot, zone: ZoneInfo, names: frozenset[str]) -> None:
        super().__init__()
        self._snapshot, self._zone, self._names = snapshot, zone, names
        self._step = 0
        self._what = WHATS[0]
        self._words: dict[str, object] = {}

    def compose(self) -> ComposeResult:
        """One question at a time, in the same frame."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "New budget"
            yield Static(id="question", markup=False)
            yield OptionList(id="answers", compact=True)
            yield Input(id="typed", compact=True)
            yield Static(id="told", markup=False)
            yield Static(id="complaint", markup=False)

    def on_mount(self) -> None:
        """Ask the first question."""
        self._ask(0)

    def action_back(self) -> None:
        """To the question before; out of the first one."""
        if self._step == 0:
            self.dismiss(None)
        else:
            self._ask(self._step - 1)

    @on(OptionList.OptionSelected)
    def _answered(self, message: OptionList.OptionSelected) -> None:
        chosen = message.option.id or ""
        if self._step == 0:
            self._what = next(what for what in WHATS if what.id == chosen)
            self._words = dict(self._what.words)
            if chosen == "part":
                self._ask_scope()
            else:
                self._ask(1)
        else:
            self._finish(chosen)

    @on(Input.Submitted)
    def _typed(self, message: Input.Submitted) -> None:
        text = message.value.strip()
        if self._step == 0 and not text:
            self._complain("write a label, such as feature:search")
        elif self._step == 0:
            self._take({"scope": text})
        elif self._what.id in {"session", "call"}:
            self._take({"limit": text.removeprefix("$")})
        else:
            amount, _, period = text.removeprefix("$").partition(" ")
            self._take({"limit": amount, "period": _period(period)})

    def _take(self, words: Mapping[str, object]) -> None:
        """Go on if these make sense so far."""
        try:
            self._made({"limit": "1", **self._words, **words}, "tell")
        except UsageError as error:
            self._complain(str(error))
        else:
            self._words.update(words)
            self._ask(self._step + 1)

    def _ask(self, step: int) -> None:
        self._step = step
        self._complain("")
        frame = self.query_one(".dialog")
        frame.border_subtitle = f"{step + 1} of {_STEPS} · Enter next · Esc back"
        (self._ask_what, self._ask_how_much, self._ask_what_happens)[step]()

    def _ask_what(self) -> None:
        self._choices("What should be limited?", {w.id: (w.title, w.about) for w in WHATS})

    def _ask_scope(self) -> None:
        told = "model:gpt-5* · user_tier:free · tag:team=blue; several narrow together"
        self._line("Which calls count?", "", "feature:search", told)

    def _ask_how_much(self) -> None:
        amount, why = proposed(self._snapshot, self._what.id, self._zone)
        per = {"session": "a session", "call": "a call"}.get(self._what.id)
        text = amount if per else f"{amount} monthly"
        told = f"{why} In dollars{', for ' + per if per else '; then daily, weekly or monthly'}."
        self._line("How much?", text, text, told)

    def _ask_what_happens(self) -> None:
        self._choices("What happens as it fills?", _ENDS)

    def _choices(self, question: str, answers: Mapping[str, tuple[str, str]]) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        for name, (title, about) in answers.items():
            options.add_option(Option(Text.assemble(f"{title:<24}", (about, "dim")), id=name))
        options.highlighted = 0
        self._show(question, "", is_line=False)
        options.focus()

    def _line(self, question: str, text: str, placeholder: str, told: str) -> None:
        field = self.query_one(Input)
        field.value, field.placeholder = text, placeholder
        self._show(question, told, is_line=True)
        field.focus()

    def _show(self, question: str, told: str, *, is_line: bool) -> None:
        self.query_one("#question", Static).update(question)
        self.query_one("#told", Static).update(Text(told))
        self.query_one(OptionList).display = not is_line
        self.query_one(Input).display = is_line

    def _complain(self, words: str) -> None:
        shown = Text(f"✖ {display.plain(words)}" if words else "")
        self.query_one("#complaint", Static).update(shown)

    def _finish(self, end: str) -> None:
        try:
            self.dismiss(self._made(self._words, end))
        except UsageError as error:
            self._complain(str(error))

    def _made(self, words: Mapping[str, object], end: str) -> Budget:
        name = self._named(words)
        return budget_of({"name": name, **words, "hard": end == "refuse"}, self._zone.key)

    def _named(self, words: Mapping[str, object]) -> str:
        """A name that no other budget has."""
        what = str(words.get("scope") or self._what.title.lower())
        period = str(words.get("period", "monthly"))
        name = f"{what} {period}"[:50] if self._what.id not in {"session", "call"} else what
        taken = (f"{name} {number}" for number in range(2, 1000))
        return name if name not in self._names else next(n for n in taken if n not in self._names)


def _period(word: str) -> str:
    """The period that a word begins; monthly where there is none."""
    text = word.strip().lower()
    found = (p.value for p in Period if text and p.value.startswith(text))
    return next(found, text or Period.MONTHLY.value)


def proposed(snapshot: Snapshot, what: str, zone: ZoneInfo) -> tuple[str, str]:
    """A limit in dollars, a little above what is spent anyway, and why that much."""
    spent, why = _month(snapshot, zone)
    if not spent:
        amount = rounded_up(_FALLBACK_PUSD // _SHARES.get(what, 1))
        return amount, "Nothing is spent yet."
    if what == "call" and snapshot.totals.calls:
        spent = snapshot.totals.spend_pusd // snapshot.totals.calls * 20
        why = "Twenty times what a call costs on average."
    elif what in _SHARES:
        spent //= _SHARES[what]
    return rounded_up(round(spent * _ROOM)), why


def _month(snapshot: Snapshot, zone: ZoneInfo) -> tuple[int, str]:
    """What a month costs: the last whole one, or this one at its pace, whichever is more."""
    spending = snapshot.spending
    today = to_moment(snapshot.taken_at_us, zone)
    paced = spending.month.spend_pusd * 30 // max(1, today.day)
    before = spending.month_before.spend_pusd if spending.month_before else 0
    if before > paced:
        return before, f"Last month cost {display.money(before)}."
    return paced, f"This month is heading for {display.money(paced)}."


def rounded_up(pusd: int) -> str:
    """The next round amount of dollars, never below a tenth of a cent: `0.25`, `40`, `1500`."""
    step = PUSD_PER_USD // 1000
    while step * 10 < pusd:
        step *= 10
    amount = next((step * n // 10 for n in _ROUND if step * n // 10 >= pusd), step * 10)
    text = display.exact_money(amount).removeprefix("$").replace(",", "")
    return text.removesuffix(".00")
