"""A budget in one sentence, for whoever has just made it or looks at it."""

from profiler import display
from profiler.domain.budgets import Action, Budget
from profiler.domain.periods import Period
from profiler.ledger.words import scope_words

PER = {
    Period.CALL: "a call",
    Period.SESSION: "a session",
    Period.HOURLY: "an hour",
    Period.DAILY: "a day",
    Period.WEEKLY: "a week",
    Period.MONTHLY: "a month",
    Period.TOTAL: "in total",
}
_WHOLE = 100
_DOES = {
    Action.WARN: "warns at",
    Action.NOTIFY: "alerts at",
    Action.DOWNGRADE: "sends cheaper models from",
}


def sentence(budget: Budget) -> str:
    """`$5.00 a day for everything: warns at 75 %, alerts at 90 and 100 %, blocks never`."""
    limits = " and ".join(display.amount(limit.amount, limit.measure) for limit in budget.limits)
    return f"{limits} {PER[budget.period]} for {whom(budget)}: {consequences(budget)}"


def whom(budget: Budget) -> str:
    """Whose calls count: `everything`, `each user of user_tier:free`."""
    scope = scope_words(budget)
    if not budget.each:
        return scope
    each = " and ".join(f"each {name}" for name in budget.each)
    return f"{each} of {scope}" if budget.scope or budget.tags else each


def consequences(budget: Budget) -> str:
    """What happens as it fills: `warns at 75 %, blocks from 100 %`."""
    if budget.period is Period.CALL:
        return _of_single_calls(budget)
    told = []
    for action, words in _DOES.items():
        shares = [str(one.percent) for one in budget.thresholds if one.action is action]
        if action is Action.DOWNGRADE:
            begin = {100 - rule.below_percent for rule in budget.rules if rule.is_applied}
            shares = [str(percent) for percent in sorted(begin)]
        if shares:
            told.append(f"{words} {_listed(shares)} %")
    return ", ".join([*told, _blocks(budget)])


def _of_single_calls(budget: Budget) -> str:
    """A call fills nothing for the next one: it is sent, or it is not."""
    if budget.blocks_at is None:
        return "neither tells nor refuses; only a hard limit holds for single calls"
    share = "" if budget.blocks_at == _WHOLE else f" than {budget.blocks_at} % of it"
    return f"refuses a call that may use more{share}"


def rules_told(budget: Budget) -> str:
    """Which models stand in for which, and when: `<40 %: gpt-5 → gpt-5-mini`."""
    return ", ".join(
        f"<{rule.below_percent} %: {rule.model} → {rule.to}"
        f"{'' if rule.is_applied else ' (when asked)'}"
        for rule in budget.rules
    )


def _blocks(budget: Budget) -> str:
    if budget.blocks_at is not None:
        return f"blocks from {budget.blocks_at} %"
    if budget.grace is None:
        return "blocks never"
    measure = budget.limits[0].measure
    amount = display.amount(budget.grace.amount, measure) if budget.grace.amount else ""
    minutes = f"{budget.grace.minutes} minutes" if budget.grace.minutes else ""
    return f"blocks after a grace of {' and '.join(filter(None, (amount, minutes)))}"


def _listed(words: list[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
