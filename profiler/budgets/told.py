"""Budgets, their overrides, past and audit trail in words, for every face."""

import re
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from profiler import display
from profiler.budgets.detail import Past
from profiler.budgets.sentence import rules_told, sentence
from profiler.budgets.written import plain_dollars, threshold_words
from profiler.domain.alerts import FORECAST, REFUSED
from profiler.domain.budgets import Amounts, Budget, Measure
from profiler.errors import BadBudget
from profiler.ledger.audit import Entry, Kind
from profiler.ledger.overrides import ASKED, Recorded, Wanted
from profiler.ledger.words import budget_of, scope_words

_TOLD = {
    "cost_pusd": "cost",
    "remains_percent": "remaining %",
    "until_us": "until",
}
_PUSD = {"cost_pusd"}
_COUNTS = {"tokens", "calls"}
_MEASURED = {"used", "limit", "spent", "held", "requested"}
_ALLOWING = frozenset({Kind.ASKED, Kind.GRANTED, Kind.DENIED, Kind.REVOKED})
_TO_MINUTE = len("2026-11-22 18:00")
_MOST_CHARS = 160
"""Of one of the facts of an entry; exports have it whole."""
_DOLLARS = re.compile(r"\d+\.\d{12}")


def facts(
    budget: Budget, place: str, overrides: Sequence[Recorded], zone: ZoneInfo
) -> list[tuple[str, str]]:
    """Everything a budget says, each fact behind its name."""
    grace = budget.grace
    found = [
        ("limit", " and ".join(display.amount(amount, m) for m, amount in budget.limits)),
        ("period", f"{budget.period.value} ({budget.zone})"),
        ("counts", scope_words(budget)),
        ("each", ", ".join(budget.each)),
        ("at", ", ".join(f"{threshold_words(one)}" for one in budget.thresholds)),
        ("refuses", "beyond the limit" if budget.is_hard else "nothing" if not grace else ""),
        ("mode", budget.mode.value if budget.can_block else ""),
        ("reserve", f"{budget.reserve_percent} %" if budget.reserve_percent else ""),
        ("rules", rules_told(budget)),
        ("defined", place),
    ]
    if grace:
        parts = [
            display.amount(grace.amount, budget.limits[0].measure) if grace.amount else "",
            f"{grace.minutes} minutes" if grace.minutes else "",
        ]
        found.insert(6, ("grace", " and ".join(part for part in parts if part)))
    found += [("override", override_words(one, zone)) for one in overrides]
    return [(name, words) for name, words in found if words]


def override_words(one: Recorded, zone: ZoneInfo) -> str:
    """A request or an override in a line: `7 granted: $5.00 more until … (launch; ada → grace)`."""
    more = amounts_words(one.wanted.extra)
    if one.wanted.opens_reserve:
        more = f"{more} and the reserve" if more else "the reserve"
    whose = f" for {display.shortened(one.wanted.value)}" if one.wanted.value else ""
    until_us = one.wanted.until_us
    until = "" if until_us is None else f" until {display.clock(until_us, zone)[:16]}"
    people = one.asked_by if one.state == ASKED else f"{one.asked_by} → {one.decided_by}"
    why = display.shortened(one.wanted.reason, _MOST_CHARS)
    return f"{one.id} {one.state}: {more}{whose}{until} ({why}; {people})"


def amounts_words(amounts: Amounts) -> str:
    """What is not nothing, as people read it."""
    return " and ".join(display.amount(amounts.of(m), m) for m in Measure if amounts.of(m))


def begins(one: Past, zone: ZoneInfo) -> str:
    """When a window begins, as precisely as it needs."""
    if one.window.start_us is None:
        return "ever"
    text = display.clock(one.window.start_us, zone)
    return text[:10] if text.endswith("00:00:00") else text[:16]


def variance_words(one: Past) -> str:
    """By how much it was missed: `+$1.20` over, `-$3.00` under."""
    words = display.amount(one.variance, one.limit.measure)
    return f"+{words}" if one.variance > 0 else words


def entry_words(entry: Entry) -> str:
    """What one line of the trail tells beside when, what and who."""
    told = entry.details
    was, now = told.get("was"), told.get("now")
    if isinstance(now, dict):
        return _changed(was, now) if isinstance(was, dict) else _limits(now)
    if entry.kind is Kind.BREACH:
        return _breach(told)
    if entry.kind is Kind.ALERT:
        return _alert(told)
    if entry.kind in _ALLOWING and "number" in told:
        return _allowed(told)
    return ", ".join(
        "the emergency reserve"
        if key == "opens_reserve"
        else f"{_TOLD.get(key, key)} {_told(key, value, told)}"
        for key, value in told.items()
        if value not in (None, "", 0, False)
    )


def _breach(told: Mapping[str, object]) -> str:
    """`90 % of $50.00: $46.10 used (notify)`."""
    limit, used = (_told(key, told.get(key), told) for key in ("limit", "used"))
    unit = "" if told.get("measure") == Measure.COST else f" {told.get('measure')}"
    expected = told.get("expected")
    if isinstance(expected, int):
        return f"will reach {limit}{unit}: {_told('used', expected, told)} expected"
    return f"{told.get('percent')} % of {limit}{unit}: {used} used ({told.get('action')})"


def _allowed(told: Mapping[str, object]) -> str:
    """`no. 7: $5.00 more until 2026-12-01 00:00; launch week`."""
    amounts = (told.get(key) for key in ("cost_pusd", "tokens", "calls"))
    extra = Amounts(*(one if isinstance(one, int) else 0 for one in amounts))
    words = extra_words(Wanted(extra, "", opens_reserve=bool(told.get("opens_reserve"))))
    at_us = told.get("until_us")
    until = f" until {_told('until_us', at_us, told)[:_TO_MINUTE]}" if at_us else ""
    return f"no. {told['number']}: {words}{until}; {_short(told.get('reason'))}"


def _alert(told: Mapping[str, object]) -> str:
    """`alert 3 (90 %): team was told, message 1f…`."""
    threshold = told.get("threshold")
    of = {FORECAST: "a forecast", REFUSED: "a refusal"}.get(str(threshold), f"{threshold} %")
    if told.get("acknowledged"):
        return f"alert {told.get('alert')} ({of}) was acknowledged"
    whom = f"{told.get('target')} was told, message {told.get('message')}"
    return f"alert {told.get('alert')} ({of}): {whom}"


def _changed(was: Mapping[str, object], now: Mapping[str, object]) -> str:
    return ", ".join(
        f"{key}: {_short(was.get(key))} → {_short(now.get(key))}"
        for key in {**was, **now}
        if was.get(key) != now.get(key)
    )


def _limits(words: Mapping[str, object]) -> str:
    try:
        return sentence(budget_of(words, "UTC"))
    except BadBudget:
        # a later version may know words that this one does not
        return ", ".join(f"{key} {_short(value)}" for key, value in words.items())


def _told(key: str, value: object, told: Mapping[str, object]) -> str:
    measure = told.get("measure")
    if isinstance(value, int) and (key in _PUSD or (key in _MEASURED and measure == "cost")):
        return display.money(value)
    if isinstance(value, int) and key in _MEASURED:
        return display.count(value)
    if isinstance(value, int) and key.endswith("_us"):
        return display.clock(value, ZoneInfo("UTC"))
    if isinstance(value, int) and key in _COUNTS:
        return display.count(value)
    return _short(value)


def _short(value: object) -> str:
    if isinstance(value, list):
        return " ".join(_short(one) for one in value) or display.UNKNOWN
    if isinstance(value, dict):
        return "=".join(map(str, value.values()))
    if isinstance(value, str) and _DOLLARS.fullmatch(value):
        return plain_dollars(value)
    if value in (None, ""):
        return display.UNKNOWN
    return display.shortened(str(value), _MOST_CHARS)


def extra_words(wanted: Wanted) -> str:
    """What an override allows, as people read it: `$5.00 more`."""
    given = amounts_words(wanted.extra)
    words = f"{given} more" if given else ""
    reserve = "the emergency reserve" if wanted.opens_reserve else ""
    whose = f" for {wanted.value}" if wanted.value else ""
    return " and ".join(part for part in (words, reserve) if part) + whose
