"""Budgets, opened: a month of windows, an override and a request, and who did what."""

import random
from zoneinfo import ZoneInfo

from profiler.budgets.detail import BudgetDetail, Past
from profiler.budgets.growth import Growth, Moment
from profiler.domain.budgets import Amounts, Budget, Limit, Standing
from profiler.domain.money import PUSD_PER_USD
from profiler.domain.periods import DAY_US, Period, Span, window
from profiler.ledger.audit import Entry, Kind
from profiler.ledger.overrides import ASKED, GRANTED, Recorded, Wanted


def a_budget_detail(budget: Budget, value: str | None, now_us: int) -> BudgetDetail:
    """What a screen shows of a budget."""
    more = Wanted(Amounts(5 * PUSD_PER_USD), "launch week", now_us + 3 * DAY_US)
    asked = Wanted(Amounts(20 * PUSD_PER_USD), "a demo for the board", None, value)
    return BudgetDetail(
        budget,
        value,
        "by command or in the app",
        tuple(_windows(budget, value, now_us)),
        (
            Recorded(1, 1, more, GRANTED, "ada", now_us - DAY_US, "grace", now_us - DAY_US),
            Recorded(2, 1, asked, ASKED, "bob", now_us - 3_600_000_000, None, None),
        ),
        (
            _entry(3, now_us - 3_600_000_000, Kind.ASKED, budget, "bob", reason="a demo"),
            _entry(2, now_us - DAY_US, Kind.GRANTED, budget, "grace", reason="launch week"),
            _entry(1, now_us - 9 * DAY_US, Kind.SET, budget, "ada", now={"limit": "10.00"}),
        ),
    )


def a_growth(standing: Standing, now_us: int) -> Growth:
    """How its calls came, more of them by day than by night."""
    dice = random.Random(5)
    start_us = standing.window.start_us
    began_us = now_us - 40 * DAY_US if start_us is None else start_us
    marks = [began_us + (now_us - began_us) * n // 40 for n in range(1, 40)]
    weights = [dice.random() * (3 if n % 8 < 4 else 0.3) for n in range(40)]
    spent = standing.spent
    whole = Amounts(spent.spend_pusd, spent.tokens, spent.calls)
    shares = [sum(weights[: n + 1]) / sum(weights) for n in range(39)]
    counted = (
        Moment(at_us, Amounts(*(round(one * share) for one in whole)))
        for at_us, share in zip(marks, shares, strict=True)
    )
    return Growth(standing.budget.name, standing.value, began_us, tuple(counted))


def _entry(number: int, at_us: int, kind: Kind, budget: Budget, who: str, **told: object) -> Entry:
    return Entry(number, at_us, kind, "command", budget.name, "", who, told)


def _windows(budget: Budget, value: str | None, now_us: int) -> list[Past]:
    dice = random.Random(11)
    (limit, *_), zone, at_us = budget.limits, ZoneInfo(budget.zone), now_us
    found: list[Past] = []
    for _ in range(1 if budget.period is Period.TOTAL else 14):
        span: Span = window(budget.period, at_us, zone)
        actual = round(limit.amount * dice.uniform(0.3, 1.25))
        limited = Limit(limit.measure, limit.amount)
        found.append(Past(budget.name, value or "", span, limited, actual, 0, at_us == now_us))
        at_us = (span.start_us or 1) - 1
    return found[::-1]
