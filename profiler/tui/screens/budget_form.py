"""The dialog with everything a budget says, and the one that asks once more."""

from collections.abc import Mapping
from typing import ClassVar
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Select, Static

from profiler import display
from profiler.budgets.define import rule_of, scope_words, threshold_of
from profiler.budgets.written import plain_dollars, threshold_words, words_in_file
from profiler.domain.budgets import Budget, Mode
from profiler.domain.periods import Period
from profiler.errors import UsageError
from profiler.ledger.words import budget_of
from profiler.options.budget_keys import WEEKDAYS

_FIELDS = (
    ("name", "Name", "team"),
    ("limit", "Limit in $", "25.00"),
    ("tokens", "Tokens", "none; 500000"),
    ("calls", "Calls", "none; 1000"),
    ("scope", "Counts", "every call; feature:search tag:team=blue"),
    ("each", "For each", "all together; user, session, tag:team"),
    ("thresholds", "At percent", "50=note 75=warn 90=notify 100=notify"),
    ("rules", "Rules", "none; 40:gpt-5=gpt-5-mini"),
    ("grace", "Grace", "none; how far beyond a soft limit"),
    ("grace_minutes", "Grace min.", "none; how long after a soft limit"),
    ("reserve", "Reserve %", "none; kept for emergencies"),
    ("zone", "Time zone", ""),
)
_AFTER = {
    "calls": ("period", "Period", tuple(period.value for period in Period)),
    "each": ("hard", "Beyond it", ("tell", "refuse")),
    "reserve": ("mode", "Holds", tuple(mode.value for mode in Mode)),
    "zone": ("week_starts", "Week from", WEEKDAYS),
}
"""The choices that stand behind a field: key, title, what to choose from."""
_COUNTS = {"tokens", "calls", "grace_minutes", "reserve"}


class BudgetForm(ModalScreen[Budget | None]):
    """Asks for all that a budget can say; gives back the budget it describes."""

    CSS_PATH: ClassVar[str] = "budget_form.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", key_display="Esc"),
        Binding("ctrl+s", "save", "Save"),
    ]

    def __init__(self, zone: ZoneInfo, budget: Budget | None = None) -> None:
        super().__init__()
        self._zone = zone
        self._budget = budget

    def compose(self) -> ComposeResult:
        """Fields, choices and two buttons."""
        texts = texts_of(self._budget, self._zone)
        with VerticalScroll(classes="dialog") as frame:
            frame.border_title = "Change budget" if self._budget else "New budget"
            frame.border_subtitle = "Tab next · Enter save · Esc cancel"
            for name, title, placeholder in _FIELDS:
                with Horizontal(classes="field"):
                    yield Label(title, markup=False)
                    yield Input(texts[name], placeholder=placeholder, id=name, compact=True)
                if name in _AFTER:
                    yield from self._choice(*_AFTER[name], texts)
            yield Static(id="complaint", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Save", id="save", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Keys go into the first field, not to the frame that scrolls."""
        self.query_one("#name", Input).focus()

    def _choice(
        self, name: str, title: str, among: tuple[str, ...], texts: Mapping[str, str]
    ) -> ComposeResult:
        with Horizontal(classes="field"):
            yield Label(title, markup=False)
            options = [(one, one) for one in among]
            yield Select(options, value=texts[name], allow_blank=False, id=name, compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Give the budget back, or say what makes no sense."""
        typed = {field.id or "": field.value.strip() for field in self.query(Input)}
        chosen = {field.id or "": str(field.value) for field in self.query(Select)}
        try:
            made = budget_of(words_typed({**typed, **chosen}), self._zone.key)
        except UsageError as error:
            shown = Text(f"✖ {display.plain(str(error))}")
            complaint = self.query_one("#complaint", Static)
            complaint.update(shown)
            complaint.scroll_visible()
        else:
            self.dismiss(made)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)


def texts_of(budget: Budget | None, zone: ZoneInfo) -> dict[str, str]:
    """What stands in the fields for a budget; nothing but defaults for a new one."""
    texts = {name: "" for name, _, _ in _FIELDS} | {"period": "daily", "hard": "tell"}
    texts |= {"mode": Mode.STRICT.value, "week_starts": WEEKDAYS[0], "zone": zone.key}
    if budget is None:
        return texts
    words = words_in_file(budget)
    plain = ("name", "limit", "tokens", "calls", "period", "zone", "mode", "week_starts")
    texts |= {name: str(words[name]) for name in plain if name in words}
    texts["scope"] = scope_words(budget) if budget.scope or budget.tags else ""
    texts["each"] = ", ".join(budget.each)
    texts["hard"] = "refuse" if budget.is_hard else "tell"
    if "thresholds" in words:
        texts["thresholds"] = " ".join(map(threshold_words, budget.thresholds))
    texts["rules"] = " ".join(f"{r.below_percent}:{r.model}={r.to}" for r in budget.rules)
    texts["reserve"] = str(budget.reserve_percent or "")
    if budget.grace is not None:
        grace = words.get("grace", "")
        texts["grace"] = plain_dollars(str(grace))
        texts["grace_minutes"] = str(budget.grace.minutes or "")
    return texts


def words_typed(texts: Mapping[str, str]) -> dict[str, object]:
    """The fields under the keys of `[[budget]]`.

    Raises:
        BadBudget: a threshold or a rule cannot be read.

    """
    words: dict[str, object] = {name: text for name, text in texts.items() if text}
    for name in _COUNTS & words.keys():
        text = str(words[name]).replace(",", "").replace("_", "")
        words[name] = int(text) if text.isdecimal() else text
    words["limit"] = texts["limit"].removeprefix("$")
    if not words["limit"]:
        del words["limit"]
    words["hard"] = texts["hard"] == "refuse"
    words["each"] = [name for name in texts["each"].replace(",", " ").split() if name]
    if texts["thresholds"]:
        found = [threshold_of(one) for one in texts["thresholds"].replace(",", " ").split()]
        # the choice above the field decides whether calls are refused
        blocks = [one for one in found if one["action"] == "block"]
        words["thresholds"] = found if words["hard"] else [o for o in found if o not in blocks]
    if texts["rules"]:
        words["rules"] = [rule_of(one) for one in texts["rules"].replace(",", " ").split()]
    return words


class ConfirmScreen(ModalScreen[bool]):
    """Asks once more; gives back whether to go on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "dismiss(False)", "No", key_display="Esc"),
        Binding("enter,y", "dismiss(True)", "Yes", priority=True),
    ]

    def __init__(self, title: str, question: str, more: str, verb: str) -> None:
        super().__init__()
        self._title, self._question, self._more, self._verb = title, question, more, verb

    def compose(self) -> ComposeResult:
        """A question, and what a yes means."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = self._title
            frame.border_subtitle = f"Enter {self._verb} · Esc no"
            yield Static(Text(display.plain(self._question)))
            yield Static(Text(self._more))
