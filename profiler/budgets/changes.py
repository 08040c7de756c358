"""What people change about budgets: each change is a value, made at once or not at all.

The command line and the terminal app offer the same ones. Each tells what it did in a sentence.
"""

from dataclasses import dataclass, field
from typing import Protocol
from zoneinfo import ZoneInfo

from profiler.alerts.record import acknowledge, alerts_by_id, open_alerts
from profiler.budgets.reconcile import recount
from profiler.budgets.registry import Registry, who
from profiler.budgets.sentence import sentence
from profiler.budgets.told import extra_words
from profiler.domain.budgets import NOTHING, Amounts, Budget, Measure
from profiler.domain.periods import Period, to_moment
from profiler.errors import BadBudget, NotFound, UsageError
from profiler.ledger import counters, overrides
from profiler.ledger.defined import Defined
from profiler.ledger.overrides import Wanted
from profiler.ledger.refusals import shown

_MOST_NAMED = 3


class Change(Protocol):
    """One change, ready to be made."""

    def make(self, registry: Registry, by: str = "") -> str:
        """Make it in the name of `by`, else of whoever runs this program; what was done.

        Raises:
            NotFound: what it is about is not there.
            UsageError: it makes no sense; nothing is changed.

        """


@dataclass(frozen=True, slots=True)
class Save:
    """Set a budget, in place of one of the same name; `before` is the name it had."""

    budget: Budget
    before: str = ""

    def make(self, registry: Registry, by: str = "") -> str:
        """Set it; under another name, what was counted stays with it."""
        registry.refuse_unknown_models(self.budget)
        if self.before and self.before != self.budget.name:
            registry.rename(self.before, self.budget.name, by)
        registry.save(self.budget, by=by)
        return f"{self.budget.name} is set: {sentence(self.budget)}"


@dataclass(frozen=True, slots=True)
class SaveAll:
    """Set several budgets that belong together; those of the same names only if it `replaces`."""

    budgets: tuple[Budget, ...]
    replaces: bool = False

    def make(self, registry: Registry, by: str = "") -> str:
        """Set them all, or none where one may not be set."""
        registry.refuse_unknown_models(*self.budgets)
        there = {one.budget.name for one in registry.defined()}
        taken = [one.name for one in self.budgets if one.name in there]
        if taken and not self.replaces:
            named = " and ".join(map(repr, taken[:_MOST_NAMED]))
            more = f" and {len(taken) - _MOST_NAMED} more" * (len(taken) > _MOST_NAMED)
            raise BadBudget(
                f"there is {named}{more} already; replace it (--force) or remove it first"
            )
        registry.save(*self.budgets, by=by)
        return f"{len(self.budgets)} budgets are set"


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a budget out of force."""

    name: str

    def make(self, registry: Registry, by: str = "") -> str:
        """Mark it as removed; what it counted stays."""
        registry.remove(self.name, by)
        return f"removed {self.name}"


@dataclass(frozen=True, slots=True)
class Allow:
    """More than a budget allows, at once; or, if it `is_asked` for, when somebody approves."""

    name: str
    wanted: Wanted
    is_asked: bool = False
    how: str = field(default="whoever may approve it grants it", compare=False)
    """What grants what is asked for, said to whoever asks; `{number}` is the request's."""

    def make(self, registry: Registry, by: str = "") -> str:
        """Write it down."""
        defined = registry.find(self.name)
        _refuse_misfit(defined, self.wanted)
        enter = overrides.ask if self.is_asked else overrides.grant
        with registry.ledger.writing() as (connection, _, now_us):
            number = enter(connection, defined, self.wanted, by or who(), now_us)
        words = f"{extra_words(self.wanted)} on {self.name}{_until(defined, self.wanted)}"
        if self.is_asked:
            return f"request {number}: {words}; {self.how.format(number=number)}"
        return f"override {number}: {words}"


@dataclass(frozen=True, slots=True)
class Decide:
    """Answer a request."""

    number: int
    is_granted: bool

    def make(self, registry: Registry, by: str = "") -> str:
        """Grant or deny it."""
        defined, found = _recorded(registry, self.number)
        with registry.ledger.writing() as (connection, _, now_us):
            overrides.decide(
                connection, defined, self.number, by or who(), now_us, is_granted=self.is_granted
            )
        done = "approved" if self.is_granted else "denied"
        return f"{done} request {self.number}: {extra_words(found.wanted)} on {defined.budget.name}"


@dataclass(frozen=True, slots=True)
class Revoke:
    """End an override before its time."""

    number: int

    def make(self, registry: Registry, by: str = "") -> str:
        """End it now."""
        defined, _ = _recorded(registry, self.number)
        with registry.ledger.writing() as (connection, _, now_us):
            overrides.revoke(connection, defined, self.number, by or who(), now_us)
        return f"ended override {self.number} of {defined.budget.name}"


@dataclass(frozen=True, slots=True)
class Reset:
    """Start a budget's present window afresh, for one value or, where it is `None`, for all."""

    name: str
    value: str | None = None
    reason: str = ""

    def make(self, registry: Registry, by: str = "") -> str:
        """Forgive what is used."""
        defined = registry.find(self.name)
        if defined.budget.period is Period.CALL:
            raise UsageError(f"{self.name!r} counts each call alone: there is nothing to reset")
        forgiven = NOTHING
        with registry.ledger.writing() as (connection, terms, now_us):
            window = terms.window(defined, now_us)
            for value, counter in counters.in_window(connection, defined.id, window):
                if self.value in {None, value} and counter.used != NOTHING:
                    overrides.reset(
                        connection, defined, value, counter, by or who(), now_us, self.reason
                    )
                    forgiven = forgiven.plus(counter.used)
        if forgiven == NOTHING:
            whose = f" for {self.value}" if self.value else ""
            return f"nothing of {self.name} is used{whose}; there was nothing to reset"
        return f"reset {self.name}: {_amounts(forgiven, defined.budget)} forgiven"


@dataclass(frozen=True, slots=True)
class Recount:
    """Have every counter of the ledger say what its calls add up to."""

    def make(self, registry: Registry, by: str = "") -> str:
        """Sum them anew."""
        count = recount(registry.ledger, by or who()) if registry.is_open else 0
        if not count:
            return "every counter says what its calls add up to"
        return f"{'1 counter was' if count == 1 else f'{count:,} counters were'} put right"


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Say that somebody has seen these alerts, or, with none given, all that are open."""

    ids: tuple[int, ...] = ()

    def make(self, registry: Registry, by: str = "") -> str:
        """Mark them; whoever was not told yet is told no more."""
        with registry.ledger.writing() as (connection, _, now_us):
            ids = self.ids or tuple(one.id for one in open_alerts(connection, now_us))
            fresh = acknowledge(connection, ids, by or who(), now_us)
        if len(fresh) == 1:
            return f"alert {fresh[0].id} is acknowledged"
        return f"{len(fresh)} alerts are acknowledged" if fresh else "none was left to acknowledge"


def _amounts(amounts: Amounts, budget: Budget) -> str:
    return " and ".join(shown(amounts.of(measure), measure) for measure, _ in budget.limits)


def _until(defined: Defined, wanted: Wanted) -> str:
    if wanted.until_us is None:
        return ""
    moment = to_moment(wanted.until_us, ZoneInfo(defined.budget.zone))
    return f" until {moment:%Y-%m-%d %H:%M %Z}"


def _refuse_misfit(defined: Defined, wanted: Wanted) -> None:
    """What adds nothing to any of the budget's limits would surprise whoever grants it."""
    limited = {measure for measure, _ in defined.limits}
    for measure in Measure:
        if wanted.extra.of(measure) and measure not in limited:
            known = " and ".join(sorted(limited))
            raise UsageError(
                f"{defined.budget.name!r} has no limit on {measure.value}; it limits {known}"
            )
    if wanted.opens_reserve and not defined.budget.reserve_percent:
        raise UsageError(f"{defined.budget.name!r} keeps no emergency reserve; write an amount")


def value_of_alert(registry: Registry, name: str, number: int) -> str | None:
    """Whose standing on a budget an alert tells of; `None`: everybody's.

    Raises:
        NotFound: there is no such alert of that budget.

    """
    defined = registry.find(name)
    with registry.ledger.reading() as (connection, _, _now_us):
        found = alerts_by_id(connection, (number,))
    if not found or (found[0].source, found[0].budget) != defined.named:
        raise NotFound(
            f"there is no alert {number} of budget {name!r}; `profiler alerts log` shows them"
        )
    return found[0].value or None


def _recorded(registry: Registry, number: int) -> tuple[Defined, overrides.Recorded]:
    for defined in registry.defined():
        for found in registry.overrides_of(defined):
            if found.id == number:
                return defined, found
    raise NotFound(f"there is no override {number}; `profiler budget show NAME` lists a budget's")
