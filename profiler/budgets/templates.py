"""Budgets for common cases, to begin with."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from profiler.domain.budgets import Budget
from profiler.errors import NotFound
from profiler.ledger.words import budget_of

_WARN = [
    {"at": 50, "action": "note"},
    {"at": 80, "action": "warn"},
    {"at": 100, "action": "notify"},
]
_TIERS = {
    "free": ("0.50", "2", "5", "20"),
    "standard": ("2", "10", "30", "300"),
    "premium": ("10", "50", "150", "1500"),
    "enterprise": ("100", "500", "1500", "15000"),
}
"""Dollars that each user of a tier may spend a day, a week, a month and in total."""
_PERIODS = ("daily", "weekly", "monthly", "total")


@dataclass(frozen=True, slots=True)
class Template:
    """Budgets that belong together."""

    name: str
    about: str
    words: tuple[dict[str, object], ...]

    def budgets(self, zone: ZoneInfo) -> list[Budget]:
        """The budgets, their days beginning in `zone`."""
        return [budget_of(words, zone.key) for words in self.words]


def _tiers() -> Iterator[dict[str, object]]:
    for tier, limits in _TIERS.items():
        for period, limit in zip(_PERIODS, limits, strict=True):
            yield {
                "name": f"{tier} {period}",
                "limit": limit,
                "period": period,
                "scope": f"user_tier:{tier}",
                "each": ["user"],
                "hard": tier != "enterprise",
            }


TEMPLATES = (
    Template(
        "solo-dev",
        "one person: $5 a day and $50 a month, told of, and a stop at $100",
        (
            {"name": "day", "limit": "5", "period": "daily", "thresholds": _WARN},
            {"name": "month", "limit": "50", "period": "monthly", "thresholds": _WARN},
            {"name": "stop", "limit": "100", "period": "monthly", "hard": True, "reserve": 10},
        ),
    ),
    Template(
        "saas-tiers",
        "each user by tier, free to enterprise, a day, a week, a month and in total",
        tuple(_tiers()),
    ),
    Template(
        "cost-guard",
        "runaway calls: 10,000 tokens a call, 50,000 a session, 500,000 a user and month",
        (
            {"name": "call tokens", "tokens": 10_000, "period": "call", "hard": True},
            {"name": "session tokens", "tokens": 50_000, "period": "session", "hard": True},
            {
                "name": "user tokens",
                "tokens": 500_000,
                "period": "monthly",
                "each": ["user"],
                "hard": True,
            },
        ),
    ),
    Template(
        "ci",
        "test runs (environment:ci): $0.10 a call, $2 a run (its session), $20 a day",
        (
            {
                "name": "ci call",
                "limit": "0.10",
                "period": "call",
                "scope": "environment:ci",
                "hard": True,
            },
            {
                "name": "ci run",
                "limit": "2",
                "period": "session",
                "scope": "environment:ci",
                "hard": True,
            },
            {
                "name": "ci day",
                "limit": "20",
                "period": "daily",
                "scope": "environment:ci",
                "hard": True,
            },
        ),
    ),
)


def template(name: str) -> Template:
    """The template of that name.

    Raises:
        NotFound: there is none; the message lists them.

    """
    for one in TEMPLATES:
        if one.name == name:
            return one
    raise NotFound(f"there is no template {name!r}; write {', '.join(t.name for t in TEMPLATES)}")
