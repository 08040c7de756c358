"""How what a budget counts has grown within its window, up to where it stands now."""

from dataclasses import dataclass
from typing import NamedTuple

from profiler.domain.budgets import NOTHING, Amounts, Measure, Standing


class Moment(NamedTuple):
    """So much at one moment."""

    at_us: int
    used: Amounts


@dataclass(frozen=True, slots=True)
class Growth:
    """Sums over a window's calls, each up to a moment; they never fall."""

    budget: str
    value: str
    began_us: int
    """When the window began, or the first call that counts where it has no beginning."""
    counted: tuple[Moment, ...] = ()
    """What the calls before each moment add up to, oldest first, without those of the end."""
    forgiven: tuple[Moment, ...] = ()
    """What resets took off in this window, each by itself."""
    ended_us: int | None = None
    """When the last call of a session was made that has been at rest since."""
    why_not: str = ""
    """Why nothing is told of the time between; empty where it is."""

    def is_of(self, standing: Standing) -> bool:
        """Whether it is about that budget and value."""
        return (self.budget, self.value) == (standing.budget.name, standing.value)

    def curve(self, standing: Standing, now_us: int) -> tuple[tuple[int, int], ...]:
        """Moments and what was used of the tightest limit by then: from nothing to the standing.

        The end is the standing's own figure, to the last digit, whenever this was read: it knows
        of calls that no event tells of, too.
        """
        measure, end = standing.tightest.measure, standing.amount
        most = _counted(standing, measure)
        drawn = [(self.began_us, 0)]
        for at_us, used in self.counted:
            if drawn[-1][0] < at_us < now_us:
                drawn.append((at_us, min(used.of(measure), most) - self._less(at_us, measure)))
        if now_us > drawn[-1][0]:
            drawn.append((now_us, end))
        else:
            drawn[-1] = (drawn[-1][0], end)
        return tuple(drawn)

    def _less(self, at_us: int, measure: Measure) -> int:
        return sum(used.of(measure) for then_us, used in self.forgiven if then_us < at_us)

    @property
    def has_resets(self) -> bool:
        """Whether something was forgiven."""
        return any(used != NOTHING for _, used in self.forgiven)


def _counted(standing: Standing, measure: Measure) -> int:
    spent = standing.spent
    return Amounts(spent.spend_pusd, spent.tokens, spent.calls).of(measure)


def even(standing: Standing, now_us: int) -> int | None:
    """What would be used by now if the limit were used up evenly; `None` without two ends."""
    start_us, end_us = standing.window.start_us, standing.window.end_us
    if start_us is None or end_us is None or not start_us <= now_us < end_us:
        return None
    return standing.tightest.amount * (now_us - start_us) // (end_us - start_us)
