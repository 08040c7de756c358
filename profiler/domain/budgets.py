"""Budgets: limits for a scope in each period, what happens as they fill, and where they stand.

Standard library only, like all of `domain`: where a budget is set, the shim reads it too.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from profiler.domain.periods import Period, Span
from profiler.domain.scopes import Match
from profiler.domain.totals import Totals


class Measure(StrEnum):
    """What a limit counts."""

    COST = "cost"
    """Pico-dollars."""
    TOKENS = "tokens"
    """All tokens, in and out."""
    CALLS = "calls"


class Amounts(NamedTuple):
    """So much of every measure: used, held back, or asked for."""

    cost_pusd: int = 0
    tokens: int = 0
    calls: int = 0

    def of(self, measure: Measure) -> int:
        """The amount of one measure."""
        if measure is Measure.COST:
            return self.cost_pusd
        return self.tokens if measure is Measure.TOKENS else self.calls

    def plus(self, other: "Amounts") -> "Amounts":
        """Both together."""
        return Amounts(
            self.cost_pusd + other.cost_pusd,
            self.tokens + other.tokens,
            self.calls + other.calls,
        )

    def minus(self, other: "Amounts") -> "Amounts":
        """What is left without `other`."""
        return Amounts(
            self.cost_pusd - other.cost_pusd,
            self.tokens - other.tokens,
            self.calls - other.calls,
        )


NOTHING = Amounts()


class Limit(NamedTuple):
    """One limit of a budget."""

    measure: Measure
    amount: int
    """Always positive."""


class Action(StrEnum):
    """What a threshold does when it is crossed, the gentlest first; each does what those before do.

    Only `block` keeps a call from being sent.
    """

    NOTE = "note"
    """Written down in the audit trail."""
    WARN = "warn"
    """Said in the program's log and on the faces."""
    NOTIFY = "notify"
    """An alert goes out."""
    DOWNGRADE = "downgrade"
    """From here calls go to the cheaper models of rules that say no share themselves."""
    BLOCK = "block"
    """Calls are refused before they are sent."""


class Threshold(NamedTuple):
    """What happens once a share of a limit is used."""

    percent: int
    """Of the limit, from 1; beyond 100 is said after the fact."""
    action: Action


SOFT_THRESHOLDS = (
    Threshold(50, Action.NOTE),
    Threshold(75, Action.WARN),
    Threshold(90, Action.NOTIFY),
    Threshold(100, Action.NOTIFY),
)
HARD_THRESHOLDS = (*SOFT_THRESHOLDS[:-1], Threshold(100, Action.BLOCK))


class Mode(StrEnum):
    """How much of a budget a call holds while it runs."""

    STRICT = "strict"
    """The most it can cost: what cannot be bounded or priced is refused."""
    EXPECTED = "expected"
    """What 95 of 100 calls of its model cost; calls in flight may together go over by the rest."""


class Grace(NamedTuple):
    """How far a soft limit may be passed before calls are refused after all.

    Refused is a call once every grace that is given has been used up.
    """

    amount: int = 0
    """Beyond the limit, in the limit's own measure."""
    minutes: int = 0
    """After the limit was first reached in a window."""


class ModelRule(NamedTuple):
    """A cheaper model for a dearer one, while little of the budget remains."""

    below_percent: int
    """The rule holds while less than this share of the limit remains."""
    model: str
    """Calls that ask for this model; `*` stands for any text."""
    to: str
    """The model they are sent to. Rules form chains: what one gives may fit the next."""
    is_applied: bool = True
    """Whether calls are sent there by themselves, not only by programs that ask where to."""


TAG = "tag:"
"""What a tag's name stands behind where labels are named: `tag:team`."""


class Tag(NamedTuple):
    """Calls whose tag of that name is `pattern`; `*` stands for any text, case is ignored."""

    name: str
    pattern: str


class Level(StrEnum):
    """How full a budget is: the gauge's colour, and its word for those who see none."""

    OK = "ok"
    """Below 60 %."""
    WATCH = "watch"
    """From 60 % to below 80 %."""
    HIGH = "high"
    """From 80 % to the limit."""
    OVER = "over"
    """The limit is reached."""


def level_of(amount: int, limit: int) -> Level:
    """How full a limit is: exact thresholds, by integer arithmetic."""
    if amount >= limit:
        return Level.OVER
    if amount * 100 >= limit * 80:
        return Level.HIGH
    return Level.WATCH if amount * 100 >= limit * 60 else Level.OK


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits the user set. At least one is given; every one holds."""

    name: str
    limit_pusd: int | None
    """Positive where it is given, as are all limits."""
    period: Period
    zone: str
    """The IANA zone its days begin in."""
    scope: tuple[Match, ...] = ()
    """Calls that count: every condition holds; none means every call."""
    limit_tokens: int | None = None
    limit_calls: int | None = None
    tags: tuple[Tag, ...] = ()
    """Further conditions on the calls that count."""
    each: tuple[str, ...] = ()
    """Labels by whose values the limits hold apart: names of dimensions, and `tag:name`."""
    week_start: int = 0
    """The weekday weeks begin on, Monday being 0."""
    thresholds: tuple[Threshold, ...] = SOFT_THRESHOLDS
    """In rising order."""
    grace: Grace | None = None
    """`None`: a limit that does not block never does."""
    mode: Mode = Mode.STRICT
    reserve_percent: int = 0
    """Kept back from every limit until an override opens it for an emergency."""
    rules: tuple[ModelRule, ...] = ()

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The limits given."""
        given = []
        if self.limit_pusd is not None:
            given.append(Limit(Measure.COST, self.limit_pusd))
        if self.limit_tokens is not None:
            given.append(Limit(Measure.TOKENS, self.limit_tokens))
        if self.limit_calls is not None:
            given.append(Limit(Measure.CALLS, self.limit_calls))
        return tuple(given)

    def unreserved(self, amount: int) -> int:
        """What of a limit may be used while the emergency reserve is kept back."""
        return amount - amount * self.reserve_percent // 100

    @property
    def is_hard(self) -> bool:
        """Whether it refuses calls by itself."""
        return self.blocks_at is not None

    @property
    def can_block(self) -> bool:
        """Whether it may ever refuse a call: by itself, or when its grace is used up."""
        return self.is_hard or self.grace is not None

    @property
    def blocks_at(self) -> int | None:
        """The share of a limit, in percent, beyond which calls are refused; `None`: none is."""
        return next((t.percent for t in self.thresholds if t.action is Action.BLOCK), None)


class Forecast(NamedTuple):
    """What the tightest limit's window will end with, in that limit's measure: estimates all."""

    days: int
    """The whole days it rests on, or hours, or sessions that came as far."""
    low: int | None = None
    """Between this and `high` four of five windows end."""
    mid: int | None = None
    """`None` where the days are too few, or the window never ends."""
    high: int | None = None
    reaches_at_us: int | None = None
    """When the limit will be reached; `None` if not in this window, or if it has been."""
    soonest_us: int | None = None
    """Where the window never ends: four of five times the limit is reached between this and
    `latest_us`; `None` for what is beyond a year.
    """
    latest_us: int | None = None
    reached_by: float | None = None
    """The share of sessions that came as far and reached the limit; a session's alone."""
    why_not: str = ""
    """Why nothing is said, in words; empty where it is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a budget is in the window that contains now."""

    budget: Budget
    window: Span
    spent: Totals
    """What the calls in scope add up to."""
    forecast: Forecast | None = None
    """`None` where nobody asked for one, or it is being made."""
    value: str = ""
    """Whose standing it is where a budget holds for `each`: `ada`; empty otherwise."""
    held: Amounts = NOTHING
    """Kept back for calls in flight."""
    beyond: Amounts = NOTHING
    """Used beyond `spent`: by calls that no event tells of; less what a reset forgave."""
    extra: Amounts = NOTHING
    """Allowed beyond the limits by overrides."""

    @property
    def spent_pusd(self) -> int:
        """Cost that is known, estimates included."""
        return self.spent.spend_pusd + self.beyond.cost_pusd

    @property
    def unpriced_calls(self) -> int:
        """Calls in scope whose cost is unknown: the true spend is higher."""
        return self.spent.unpriced_calls

    @property
    def used_up(self) -> Amounts:
        """What is used, by measure."""
        spent = self.spent
        return Amounts(spent.spend_pusd, spent.tokens, spent.calls).plus(self.beyond)

    @property
    def title(self) -> str:
        """The budget's name, and whose standing it is."""
        if self.value:
            return f"{self.budget.name} · {self.value}"
        is_apart = bool(self.budget.each) or self.budget.period is Period.SESSION
        # of calls that have no such label; before there are any, it is the budget itself
        return f"{self.budget.name} · (none)" if is_apart and self.spent.calls else self.budget.name

    @property
    def tightest(self) -> Limit:
        """The limit of which the greatest share is used, overrides included."""
        extra = self.extra
        allowed = [Limit(m, amount + extra.of(m)) for m, amount in self.budget.limits]
        if len(allowed) == 1:
            return allowed[0]
        used_up = self.used_up
        return max(allowed, key=lambda limit: used_up.of(limit.measure) / limit.amount)

    def has_reached(self, percent: int, measure: Measure) -> bool:
        """Whether so much of that limit is used, as it stands with overrides."""
        for limit in self.budget.limits:
            if limit.measure is measure:
                allowed = self.budget.unreserved(limit.amount) + self.extra.of(measure)
                return self.used_up.of(measure) * 100 >= percent * allowed
        return False

    @property
    def amount(self) -> int:
        """What is used of the tightest limit, in its measure."""
        return self.used_up.of(self.tightest.measure)

    @property
    def left(self) -> int:
        """What may still be used of the tightest limit; negative when over."""
        return self.tightest.amount - self.amount

    @property
    def used(self) -> float:
        """Share of the tightest limit used, for drawing: 0.0 to beyond 1.0."""
        return self.amount / self.tightest.amount

    @property
    def level(self) -> Level:
        """Of the tightest limit."""
        return level_of(self.amount, self.tightest.amount)
