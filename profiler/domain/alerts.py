"""Alerts: what was not to go unseen, who was told, and who has seen it."""

from dataclasses import dataclass

from profiler.domain.budgets import Action, Measure

FORECAST = "forecast"
"""The threshold of a limit that will be reached, if days go on as they do."""

REFUSED = "refused"
MOST_REFUSED = 10_000
"""As far as refused calls are counted: a program that tries for ever leaves no end of them."""
"""The threshold of a call that did not fit, however little of the limit was used."""

NOBODY = "nobody"
"""Who is told where nobody was to be."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One threshold that a standing crossed, or will, and that was not to go unseen."""

    id: int
    budget: str
    source: str
    """Where the budget is defined."""
    value: str
    """Whose standing it is; empty where the budget holds for all at once."""
    threshold: str
    """In percent, `forecast` or `refused`."""
    at_us: int
    action: Action
    measure: Measure
    used: int
    """What a call in flight holds counts for a refusal alone."""
    limit: int
    end_us: int | None = None
    """When its window ends; `None` where it never does."""
    expected: int | None = None
    """What the window will end with; of a refusal, the most that the call may use, `None` where
    nobody can say.
    """
    reaches_at_us: int | None = None
    addressed: str = ""
    """Who is told, by name; `nobody` where nobody was to be; empty so long as it waits."""
    seen_by: str = ""
    """Who acknowledged it; empty so long as nobody has."""
    seen_at_us: int | None = None

    @property
    def is_forecast(self) -> bool:
        """Whether it is of what will be, not of what is."""
        return self.threshold == FORECAST

    @property
    def is_refusal(self) -> bool:
        """Whether a call was refused for it."""
        return self.threshold == REFUSED

    @property
    def is_open(self) -> bool:
        """Whether nobody acknowledged it yet."""
        return self.seen_at_us is None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of telling one target of one alert."""

    alert: int
    target: str
    is_escalation: bool
    state: str
    """`waiting`, `sent` or `dropped`."""
    due_us: int
    attempts: int
    message: str
    sent_at_us: int | None
    said: str
    """Why it was not sent when it was last tried."""
