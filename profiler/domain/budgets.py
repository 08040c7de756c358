"""Budgets: a limit on spend for a scope in each period, and where it stands."""

from dataclasses import dataclass
from enum import StrEnum

from profiler.domain.periods import Period, Span
from profiler.domain.scopes import Match


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


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit the user set."""

    name: str
    limit_pusd: int
    """Always positive."""
    period: Period
    zone: str
    """The IANA zone its days begin in."""
    scope: tuple[Match, ...] = ()
    """Calls that count: every condition holds; none means every call."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a budget is in the window that contains now."""

    budget: Budget
    window: Span
    spent_pusd: int
    unpriced_calls: int
    """Calls in scope whose cost is unknown: the true spend is higher."""
    projected_pusd: int | None
    """Spend at the window's end at the present pace; `None` without an end or a pace."""

    @property
    def left_pusd(self) -> int:
        """What may still be spent; negative when over."""
        return self.budget.limit_pusd - self.spent_pusd

    @property
    def used(self) -> float:
        """Share of the limit spent, for drawing: 0.0 to beyond 1.0."""
        return self.spent_pusd / self.budget.limit_pusd

    @property
    def level(self) -> Level:
        """Exact thresholds, by integer arithmetic."""
        spent, limit = self.spent_pusd, self.budget.limit_pusd
        if spent >= limit:
            return Level.OVER
        if spent * 100 >= limit * 80:
            return Level.HIGH
        return Level.WATCH if spent * 100 >= limit * 60 else Level.OK
