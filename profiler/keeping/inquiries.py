"""What people ask about budgets: each question a value that knows how it is answered.

The terminal app asks in a thread and draws what comes back; nothing here changes anything, but
for files that somebody wants written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from profiler.budgets.detail import BudgetDetail
from profiler.budgets.growth import Growth, Moment
from profiler.budgets.written import toml_of
from profiler.domain.alerts import Alert, Delivery
from profiler.domain.budgets import Amounts, Budget, Standing
from profiler.domain.periods import Period, Span, window
from profiler.domain.scopes import Filter
from profiler.ledger.audit import Entry, resets

if TYPE_CHECKING:
    # both read the store, whose tables import SQLAlchemy
    from profiler.budgets.sense import Sense
    from profiler.budgets.verdict import Verdict, Wish
    from profiler.keeping.kept import Kept

Answer = TypeVar("Answer", covariant=True)  # noqa: PLC0105  # it reads better so
USUAL_DAYS = 30
MOST_ALERTS = 1_000


class Inquiry(Protocol[Answer]):
    """One question, ready to be answered."""

    def answer(self, kept: "Kept", now_us: int) -> Answer:
        """What is so now.

        Raises:
            ProfilerError: it cannot be told; the message says why.

        """


@dataclass(frozen=True, slots=True)
class OpenBudget:
    """One budget, opened; `value` is whose past it tells, `None` everybody's."""

    name: str
    value: str | None = None
    days: int = USUAL_DAYS
    """How much of its past, today included: 1 to 365."""

    def answer(self, kept: "Kept", now_us: int) -> BudgetDetail:
        """Its past, its overrides and the end of its trail."""
        return kept.budget(self.name, self.value, now_us, self.days)


@dataclass(frozen=True, slots=True)
class Grown:
    """How one standing came to be."""

    standing: Standing

    def answer(self, kept: "Kept", now_us: int) -> Growth:
        """What its calls added up to, moment by moment, and what resets took off."""
        from profiler.budgets.growing import growth  # noqa: PLC0415  # it reads the store

        found: tuple[Moment, ...] = ()
        if kept.registry.is_open:
            with kept.registry.ledger.reading() as (connection, _, _now_us):
                budget, value = self.standing.budget.name, self.standing.value
                since_us = self.standing.window.start_us or 0
                entries = resets(connection, budget, value, since_us)
                found = tuple(Moment(one.at_us, _forgiven(one.details)) for one in entries)
        return growth(kept.store, self.standing, now_us, found)


def _forgiven(details: Mapping[str, object]) -> Amounts:
    told = (details.get(name) for name in Amounts._fields)
    return Amounts(*(one if isinstance(one, int) else 0 for one in told))


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the audit trail, or of one budget's."""

    budget: str | None = None
    before: int | None = None
    """The entry beyond which the page begins; `None` begins at the newest."""

    def answer(self, kept: "Kept", now_us: int) -> tuple[Entry, ...]:  # noqa: ARG002
        """The page, newest first."""
        return kept.registry.newest(self.budget, self.before)


class Logged(NamedTuple):
    """One alert, and who was told of it."""

    alert: Alert
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class AlertLog:
    """Every alert there was, open or not."""

    def answer(self, kept: "Kept", now_us: int) -> tuple[Logged, ...]:  # noqa: ARG002
        """The latest first."""
        from profiler.alerts.record import all_alerts, deliveries  # noqa: PLC0415

        if not kept.registry.is_open:
            return ()
        with kept.registry.ledger.reading() as (connection, _, _now_us):
            found = all_alerts(connection, MOST_ALERTS)
            told = deliveries(connection, [one.id for one in found])
        by_alert: dict[int, list[Delivery]] = {}
        for one in told:
            by_alert.setdefault(one.alert, []).append(one)
        return tuple(Logged(one, tuple(by_alert.get(one.id, ()))) for one in found)


@dataclass(frozen=True, slots=True)
class TryTargets:
    """Whether those who are to be told of alerts can be: each is sent a message."""

    def answer(self, kept: "Kept", now_us: int) -> tuple[str, ...]:  # noqa: ARG002
        """A line for each."""
        from profiler.alerts.targets import plan_in  # noqa: PLC0415
        from profiler.alerts.trying import tried  # noqa: PLC0415  # it may import apprise

        targets = plan_in(kept.settings.home).targets
        if not targets:
            return ("Nobody is told yet: write [alerts.targets.NAME] into profiler.toml.",)
        return tuple(tried(one)[0] for one in targets)


@dataclass(frozen=True, slots=True)
class WouldPass:
    """Whether a call would pass the budgets now."""

    wish: "Wish"

    def answer(self, kept: "Kept", now_us: int) -> "Verdict":
        """What would become of it; nothing is held, and nothing is sent."""
        return kept.check(self.wish, now_us)


@dataclass(frozen=True, slots=True)
class Prospect:
    """Where a budget would stand if it were set, and where it would be heading."""

    budget: Budget

    def answer(self, kept: "Kept", now_us: int) -> tuple[Standing, ...]:
        """Its standings as far as the store knows, the fullest first."""
        from profiler.budgets.forecast import Outlooks  # noqa: PLC0415  # both read the store
        from profiler.budgets.standings import standings  # noqa: PLC0415

        return standings(kept.store, [self.budget], now_us, outlooks=Outlooks(kept.store))


@dataclass(frozen=True, slots=True)
class FilesMakeSense:
    """Whether what defines budgets makes sense."""

    def answer(self, kept: "Kept", now_us: int) -> "Sense":  # noqa: ARG002
        """Every fault, and how many budgets the files define."""
        from profiler.budgets.sense import sense  # noqa: PLC0415  # it reads every rate

        zone = kept.settings.zone.key
        return sense(kept.settings.home, zone, kept.registry, kept.card)


@dataclass(frozen=True, slots=True)
class Saved:
    """What cheaper models saved this month, as budgets' rules said."""

    budget: str

    def answer(self, kept: "Kept", now_us: int) -> tuple[str, ...]:
        """A line for each pair of models; none where a budget has no rules."""
        from profiler.budgets.savings import savings  # noqa: PLC0415  # it reads the store
        from profiler.report.budgets import saved_words  # noqa: PLC0415  # sheets and tables

        if not kept.registry.find(self.budget).budget.rules:
            return ()
        wanted = Filter(Span(window(Period.MONTHLY, now_us, kept.settings.zone).start_us))
        return tuple(map(saved_words, savings(kept.store, kept.card, wanted, self.budget)))


@dataclass(frozen=True, slots=True)
class WriteBudgets:
    """Have what is known of all budgets written into a file."""

    form: str
    """The id of one of `BUDGET_FORMS`."""
    path: Path
    may_replace: bool

    def answer(self, kept: "Kept", now_us: int) -> str:
        """What was written, in words.

        Raises:
            ExportError: the file cannot be written; nothing is left behind.

        """
        if self.form.startswith("trail"):
            return kept.export_trail(None, self.path, may_replace=self.may_replace)
        text, words = self._history(kept, now_us) if "history" in self.form else _tables(kept)
        from profiler.report.output import output_file  # noqa: PLC0415  # nobody writes at once

        with output_file(self.path, may_replace=self.may_replace) as file:
            file.write(text.encode("utf-8", "replace"))
        return f"Wrote {words} to {self.path}"

    def _history(self, kept: "Kept", now_us: int) -> tuple[str, str]:
        from profiler.budgets.past import MOST_DAYS, pasts  # noqa: PLC0415  # it reads the store
        from profiler.report.budgets import of_past  # noqa: PLC0415  # sheets and tables
        from profiler.report.structured import encoded  # noqa: PLC0415  # and again

        found = pasts(kept.store, kept.registry, None, now_us)
        rows = [of_past(one) for _, windows in found for one in windows]
        document = {"days": MOST_DAYS, "windows": rows}
        return encoded(document), f"{len(rows)} windows of {len(found)} budgets"


def _tables(kept: "Kept") -> tuple[str, str]:
    defined = [one.budget for one in kept.registry.defined()]
    return toml_of(defined, kept.settings.zone.key), f"{len(defined)} budgets"
