"""The dialog with everything a budget says."""

from collections.abc import Mapping
from typing import ClassVar
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Input, Select, Static

from profiler import display
from profiler.budgets.define import rule_of, scope_words, threshold_of, typed_rule
from profiler.budgets.sentence import sentence
from profiler.budgets.written import plain_dollars, threshold_words, words_in_file
from profiler.domain.budgets import Budget, Mode
from profiler.domain.periods import Period
from profiler.errors import BadBudget, UsageError
from profiler.ledger.words import BadWord, budget_of
from profiler.options.choices import WEEKDAYS
from profiler.tui.screens.form import Form

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
_BEYOND = {"tell": "tell, and let calls go on", "refuse": "refuse calls before they are sent"}
_HOLDS = {
    Mode.STRICT.value: "strict: the most a call can use",
    Mode.EXPECTED.value: "expected: what such calls usually use",
}
_AFTER: dict[str, tuple[str, str, dict[str, str] | tuple[str, ...]]] = {
    "calls": ("period", "Period", tuple(period.value for period in Period)),
    "each": ("hard", "Beyond it", _BEYOND),
    "reserve": ("mode", "Holds", _HOLDS),
    "zone": ("week_starts", "Week from", WEEKDAYS),
}
"""The choices that stand behind a field: key, title, what to choose from."""
_COUNTS = {"tokens", "calls", "grace_minutes", "reserve"}


class BudgetForm(Form[Budget | None]):
    """Asks for all that a budget can say; gives back the budget it describes."""

    # the frame that scrolls would come first
    AUTO_FOCUS: ClassVar[str | None] = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", key_display="Esc"),
        Binding("ctrl+s", "save", "Save"),
    ]

    def __init__(
        self,
        zone: ZoneInfo,
        budget: Budget | None = None,
        names: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__()
        self._zone = zone
        self._budget = budget
        self._taken = names - {budget.name} if budget else names

    def compose(self) -> ComposeResult:
        """Fields, choices, what it all means, and two buttons."""
        texts = texts_of(self._budget, self._zone)
        with VerticalScroll(classes="dialog") as frame:
            frame.border_title = "Change budget" if self._budget else "New budget"
            frame.border_subtitle = "Tab next · Enter save · Esc cancel"
            for name, title, placeholder in _FIELDS:
                yield from self.line(title, name, texts[name], placeholder)
                if name in _AFTER:
                    key, said, among = _AFTER[name]
                    yield from self.choice(said, key, texts[key], among)
            yield Static(id="complaint", markup=False)
            yield Static(id="says", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Save", id="save", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Tell what is described from the first."""
        self._say()

    @on(Input.Changed)
    @on(Select.Changed)
    def _say(self) -> None:
        """Tell in words what is described, as far as it makes sense."""
        try:
            words = sentence(self._made(is_named=False))
        except UsageError:
            words = ""
        self.query_one("#says", Static).update(Text(display.plain(words)))

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Give the budget back, or say what makes no sense, and where."""
        try:
            made = self._made(is_named=True)
        except BadWord as error:
            self.complain(error.says, error.key)
        except UsageError as error:
            self.complain(str(error))
        else:
            self.dismiss(made)

    def _made(self, *, is_named: bool) -> Budget:
        texts = {name: self.typed(name) for name, _, _ in _FIELDS}
        texts |= {key: self.chosen(key) for key, _, _ in _AFTER.values()}
        if not is_named:
            texts["name"] = texts["name"] or "it"
        elif not texts["name"]:
            raise BadWord("name", "give it a name, such as team")
        elif texts["name"] in self._taken:
            raise BadWord("name", "there is a budget of that name; change it, or choose another")
        return budget_of(words_typed(texts), self._zone.key)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)


def texts_of(budget: Budget | None, zone: ZoneInfo) -> dict[str, str]:
    """What stands in the fields for a budget; nothing but defaults for a new one."""
    texts = {name: "" for name, _, _ in _FIELDS} | {"period": "monthly", "hard": "tell"}
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
    texts["rules"] = " ".join(map(typed_rule, budget.rules))
    texts["reserve"] = str(budget.reserve_percent or "")
    if budget.grace is not None:
        grace = words.get("grace", "")
        texts["grace"] = plain_dollars(str(grace))
        texts["grace_minutes"] = str(budget.grace.minutes or "")
    return texts


def words_typed(texts: Mapping[str, str]) -> dict[str, object]:
    """The fields under the keys of `[[budget]]`.

    Raises:
        BadWord: a threshold or a rule cannot be read.

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
        found = _listed("thresholds", texts)
        # the choice above the field decides whether calls are refused
        blocks = [one for one in found if one["action"] == "block"]
        words["thresholds"] = found if words["hard"] else [o for o in found if o not in blocks]
    if texts["rules"]:
        words["rules"] = _listed("rules", texts)
    return words


def _listed(key: str, texts: Mapping[str, str]) -> list[dict[str, object]]:
    read = threshold_of if key == "thresholds" else rule_of
    try:
        return [read(one) for one in texts[key].replace(",", " ").split()]
    except BadBudget as error:
        raise BadWord(key, str(error)) from None
