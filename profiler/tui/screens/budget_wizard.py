"""Three questions to a first budget; Enter takes what the spend so far proposes."""

from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from textual import on
from textual.widgets import Input, OptionList

from profiler import display
from profiler.analysis.results.snapshot import Snapshot
from profiler.budgets.outlook import about
from profiler.budgets.sentence import sentence
from profiler.domain.budgets import Budget, Measure, Standing
from profiler.domain.money import PUSD_PER_USD
from profiler.domain.periods import Period, to_moment
from profiler.errors import UsageError
from profiler.keeping.inquiries import Prospect
from profiler.ledger.words import budget_of
from profiler.tui.messages import Answered, Inquired
from profiler.tui.screens.steps import Steps
from profiler.tui.widgets.query import Labels, QuerySuggester

_FALLBACK_PUSD = 50 * PUSD_PER_USD
_ROOM = 1.25
"""How much above what is spent anyway a limit is proposed."""
_SHARES = {"user": 4, "session": 20, "call": 200}
"""How many times the whole divides, where nobody counted: a limit for one must not fit all."""
_ALONE = {"session": "a session", "call": "a call"}
"""What stands for itself: no window of it is heading anywhere."""
_EXAMPLE = "5 monthly"
_ROUND = (10, 15, 20, 25, 30, 40, 50, 60, 80, 100)
_ENDS = {
    "tell": ("Tell me as it fills", "calls always go on"),
    "refuse": ("Refuse calls beyond it", "before they are sent"),
}
_OF_CALLS = {"refuse": ("Refuse it", "before it is sent")}
"""A call fills nothing that could be told of."""


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


class BudgetWizard(Steps[Budget | None]):
    """What to limit, how much, and what happens; gives back the budget."""

    TITLE_SHOWN = "New budget"
    STEPS = 3

    def __init__(
        self, snapshot: Snapshot, zone: ZoneInfo, names: frozenset[str], labels: Labels
    ) -> None:
        super().__init__()
        self._labels = labels
        self._snapshot, self._zone, self._names = snapshot, zone, names
        self._what = WHATS[0]
        self._words: dict[str, object] = {}
        self._stands: dict[str, Standing | None] = {}
        """Where the fullest standing would be, by period; `None` while it is asked for."""
        self._proposed = ""

    def asking(self, step: int) -> None:
        """What, how much, and what then."""
        if step == 0:
            self.offer("What should be limited?", {w.id: (w.title, w.about) for w in WHATS})
        elif step == 1:
            self._ask_how_much()
        else:
            is_of_calls = self._what.id == "call"
            question = "What of a dearer call?" if is_of_calls else "What happens as it fills?"
            self.offer(question, _OF_CALLS if is_of_calls else _ENDS)

    def _ask_how_much(self) -> None:
        self._stands.clear()
        if self._what.id == "part":
            # what all calls cost says nothing of a few; where those stand is being looked up
            self._propose("", "")
            self._ask_where(Period.MONTHLY.value)
            return
        amount, why = proposed(self._snapshot, self._what.id, self._zone)
        if self._what.id in _ALONE:
            told = f"{why} In dollars, for {_ALONE[self._what.id]}."
            self.request("How much?", amount, amount, told)
        else:
            self._propose(amount, why)
            self._ask_where(Period.MONTHLY.value)

    def _propose(self, amount: str, why: str) -> None:
        self._proposed = f"{amount} monthly" if amount else ""
        told = f"{why} In dollars; then daily, weekly or monthly.".lstrip()
        self.request("How much?", self._proposed, self._proposed or f"such as {_EXAMPLE}", told)

    def _ask_where(self, period: str) -> None:
        """Have it looked up where such a budget would stand."""
        if self._what.id not in _ALONE and period not in self._stands:
            # what was asked for before, and is not answered yet, is not answered any more
            self._stands = {p: one for p, one in self._stands.items() if one is not None}
            self._stands[period] = None
            made = self._made({**self._words, "limit": "1", "period": period}, "tell")
            self.post_message(Inquired(self, Prospect(made)))

    @on(Answered)
    def _take_standing(self, message: Answered) -> None:
        """Propose a limit by it, unless one was typed already; warn where one is passed."""
        inquiry, found = message.inquiry, message.answer
        if self.step != 1 or not isinstance(inquiry, Prospect) or not isinstance(found, tuple):
            return
        # those that calls are labelled with come before those of no label
        first = next((one for one in found if one.value), found[0] if found else None)
        period = inquiry.budget.period
        self._stands[period.value] = first
        is_untouched = self.query_one(Input).value == self._proposed
        if period is Period.MONTHLY and is_untouched:
            amount, why = proposed_by(first, self._snapshot) if first else ("", "")
            if amount:
                self._propose(amount, why)
            elif self._what.id == "part":
                self._propose("", unmatched(first))
        self._say_amount()

    def choose(self, chosen: str) -> None:
        """Whose calls count, or what happens as it fills."""
        if self.step == 0:
            self._what = next(what for what in WHATS if what.id == chosen)
            self._words = dict(self._what.words)
            if chosen == "part":
                told = "model:gpt-5* · user_tier:free · tag:team=blue; several narrow together"
                completing = QuerySuggester(self._labels)
                self.request("Which calls count?", "", "feature:search", told, completing)
            else:
                self.ask(1)
        else:
            self._finish(chosen)

    def enter(self, text: str) -> None:
        """Which calls count, or how much they may cost."""
        if self.step == 0 and not text:
            self.complain("write a label, such as feature:search")
        elif self.step == 0:
            self._take({"scope": text})
        elif not text:
            self.complain(f"write an amount, such as {_EXAMPLE}")
        else:
            self._take(self._amount(text))

    @on(Input.Changed)
    def _say_amount(self) -> None:
        """Tell what the line would mean; what was wrong with it before is no longer said."""
        self.complain("")
        if self.step == 1:
            self._say(self._amount(self.query_one(Input).value), "tell")

    @on(OptionList.OptionHighlighted)
    def _say_end(self, message: OptionList.OptionHighlighted) -> None:
        """Tell what would be made."""
        if self.step == self.STEPS - 1:
            self._say({}, message.option.id or "")

    def _say(self, words: Mapping[str, object], end: str) -> None:
        try:
            made = self._made({**self._words, **words}, end)
            if end == "tell" and self.step == 1:
                self._ask_where(made.period.value)
        except UsageError:
            self.say("")
        else:
            self.say(f"{sentence(made)}.{passed(made, self._stands.get(made.period.value))}")

    def _amount(self, text: str) -> dict[str, object]:
        """The limit that is typed, and how often it starts afresh."""
        limit, _, period = text.strip().removeprefix("$").partition(" ")
        if self._what.id in {"session", "call"}:
            return {"limit": text.strip().removeprefix("$")}
        return {"limit": limit, "period": _period(period)}

    def _take(self, words: Mapping[str, object]) -> None:
        """Go on if these make sense so far."""
        try:
            self._made({"limit": "1", **self._words, **words}, "tell")
        except UsageError as error:
            self.complain(str(error))
        else:
            self._words.update(words)
            self.ask(self.step + 1)

    def _finish(self, end: str) -> None:
        try:
            self.dismiss(self._made(self._words, end))
        except UsageError as error:
            self.complain(str(error))

    def _made(self, words: Mapping[str, object], end: str) -> Budget:
        name = self._named(words)
        return budget_of({"name": name, **words, "hard": end == "refuse"}, self._zone.key)

    def _named(self, words: Mapping[str, object]) -> str:
        """A name that no other budget has."""
        what = str(words.get("scope") or self._what.title.lower())
        period = str(words.get("period", "monthly"))
        more = (f"{what} {period}"[:50], *(f"{what[:50]} {number}" for number in range(2, 1000)))
        return next(name for name in (what[:50], *more) if name not in self._names)


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


def proposed_by(standing: Standing, snapshot: Snapshot) -> tuple[str, str]:
    """The same by where such a budget would be heading; nothing where nothing is spent."""
    forecast, each = standing.forecast, standing.budget.each
    spent, cost = standing.spent_pusd, Measure.COST
    if forecast is not None and forecast.mid is not None:
        heading, words = forecast.mid, f"heading for about {about(forecast.mid, cost)}"
    else:
        heading, words = spent, f"at {display.money(spent)} so far"
    if each:
        whose = standing.value or "(none)"
        why = f"The {' and '.join(each)} that spends most, {whose}, is {words} this month."
    else:
        why = f"This month is {words}."
        month_before = snapshot.spending.month_before
        before = month_before.spend_pusd if month_before and not standing.budget.scope else 0
        if before > heading and not standing.budget.tags:
            heading, why = before, f"Last month cost {display.money(before)}."
    return (rounded_up(round(heading * _ROOM)), why) if heading else ("", "")


def unmatched(standing: Standing | None) -> str:
    """Why no limit is proposed where calls that match cost nothing."""
    if standing is None or not standing.spent.calls:
        return "No call of this month matches yet, so nothing is proposed."
    return "No call that matches has a price, so nothing is proposed."


def passed(budget: Budget, standing: Standing | None) -> str:
    """A warning where so much is used of the limit that it is reached as soon as it is set."""
    limit = budget.limit_pusd
    if standing is None or limit is None or standing.spent_pusd < limit:
        return ""
    whose = f" by {standing.value}" if standing.value else ""
    return f" Already {display.percent(standing.spent_pusd / limit)} used{whose}."


def _month(snapshot: Snapshot, zone: ZoneInfo) -> tuple[int, str]:
    """What a month costs: the last whole one, or this one at its pace, whichever is more."""
    spending = snapshot.spending
    today = to_moment(snapshot.taken_at_us, zone)
    paced = spending.month.spend_pusd * 30 // max(1, today.day)
    before = spending.month_before.spend_pusd if spending.month_before else 0
    if before > paced:
        return before, f"Last month cost {display.money(before)}."
    return paced, f"This month, {display.money(paced)} at its pace."


def rounded_up(pusd: int) -> str:
    """The next round amount of dollars, never below a tenth of a cent: `0.25`, `40`, `1500`."""
    step = PUSD_PER_USD // 1000
    while step * 10 < pusd:
        step *= 10
    amount = next((step * n // 10 for n in _ROUND if step * n // 10 >= pusd), step * 10)
    text = display.exact_money(amount).removeprefix("$").replace(",", "")
    return text.removesuffix(".00")
