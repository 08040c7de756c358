"""Alerts in words, for people and for channels that make something of what they are sent."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from profiler import display
from profiler.domain.alerts import NOBODY, Alert, Delivery
from profiler.domain.budgets import Action, Limit
from profiler.domain.periods import DAY_US, SECOND_US
from profiler.domain.remedy import about, more_of

MOST_CHARS = 2_000
"""The least that any common channel takes."""
_MOST_LINES = 12
_MORE_CHARS = 24
"""For how many more there are."""
_MOST_NAME_CHARS = 80
_LESS = "asking for less (max_tokens) or the mode expected lifts it, as an override does"
_BOUNDED = "a maximum of output tokens, a price for the model or the mode expected lifts it"
_REFUSAL_HEIGHT = 99
"""Calls that are refused matter more than any threshold below the limit."""
_CALLS_OUT = re.compile(r"@(?=\w)")


def title_of(alerts: Sequence[Alert]) -> str:
    """One line: what a phone shows."""
    alerts = highest(alerts)
    first = worst(alerts)
    if len(alerts) == 1:
        return f"Budget {_whose(first)}: {state_of(first)}"
    return f"Budget {_harmless(first.budget)}: {state_of(first)} and {len(alerts) - 1} more"


def body_of(alerts: Sequence[Alert], message: str, *, is_escalation: bool = False) -> str:
    """What happened, how far it has come, and the commands that do something about it; the
    message's id stands at the end.
    """
    told = highest(alerts)
    head = ["Nobody has acknowledged this yet."] if is_escalation else []
    ids = " ".join(str(alert.id) for alert in alerts[:_MOST_LINES])
    *others, _ = suggestions(worst(told), _harmless)
    commands = [*others, f"profiler alerts ack {ids}"]
    foot = "\n".join(["What can be done:", *commands, "", f"message {message}"])
    room = MOST_CHARS - len(foot) - 2
    lines = [*head, *_lines(told, room - sum(map(len, head)) - _MORE_CHARS)]
    return "\n".join(lines)[:room] + f"\n\n{foot}"


def _lines(told: Sequence[Alert], room: int) -> list[str]:
    """A line for each alert, as many as there is room for, and how many more there are."""
    found: list[str] = []
    for alert in told[:_MOST_LINES]:
        line = f"- {line_of(alert)}"
        room -= len(line) + 1
        if found and room < 0:
            break
        found.append(line)
    more = len(told) - len(found)
    return [*found, f"- and {more} more"] if more else found


def line_of(alert: Alert, zone: tzinfo = UTC) -> str:
    """One alert whole: `team · ada: 92 % of $50.00 used ($46.10); resets …`.

    Messages tell time in UTC, for whoever reads them; what is shown here in the zone it is for.
    """
    return f"{_whose(alert)}: {state_of(alert)}; {_facts(alert, zone)}"


def suggestions(alert: Alert, written: Callable[[str], str] = display.plain) -> tuple[str, ...]:
    """What can be done about it, each a command that runs as it stands.

    No command has a text that `written` alters: it would be about another budget or value.
    """
    acknowledge = f"profiler alerts ack {alert.id}"
    if written(alert.budget) != alert.budget:
        return "profiler budget status", acknowledge
    found = [about("status", alert.budget)]
    if alert.action is Action.BLOCK:
        asked = (alert.expected or 0) if alert.is_refusal else 0
        limit, lacking = Limit(alert.measure, alert.limit), alert.used + asked - alert.limit
        number = None if written(alert.value) == alert.value else alert.id
        found.append(more_of(alert.budget, alert.value, limit, lacking, alert=number))
    return (*found, acknowledge)


def told_words(
    alert: Alert, told: Iterable[Delivery], clock: Callable[[int], str]
) -> Iterator[str]:
    """Who was told of it and who has seen it, a line for each."""
    if alert.addressed == NOBODY:
        yield "nobody was told: no target was set"
    for one in told:
        escalated = " (escalation)" if one.is_escalation else ""
        if one.sent_at_us is not None:
            yield f"{one.target}{escalated}: told {clock(one.sent_at_us)}, message {one.message}"
        else:
            times = "once" if one.attempts == 1 else f"{one.attempts} times"
            tried = f", tried {times}: {one.said}" if one.attempts else ""
            why = tried or (f": {one.said}" if one.said else "")
            until = f" until {clock(one.due_us)}" if one.state == "waiting" else ""
            yield f"{one.target}{escalated}: {one.state}{until}{why}"
    if alert.seen_at_us is not None:
        yield f"acknowledged by {alert.seen_by} {clock(alert.seen_at_us)}"


def highest(alerts: Sequence[Alert]) -> list[Alert]:
    """Without those that a higher threshold of the same standing says as well."""
    found: dict[tuple[str, str, str], Alert] = {}
    for alert in alerts:
        standing = (alert.source, alert.budget, alert.value)
        found[standing] = worst([alert, found.get(standing, alert)])
    return list(found.values())


def worst(alerts: Sequence[Alert]) -> Alert:
    """The one that matters most: what is over what will be, then the highest threshold."""
    return max(alerts, key=lambda one: (*_height(one), one.used / one.limit, one.id))


def _height(alert: Alert) -> tuple[bool, int]:
    if alert.is_forecast:
        return False, 0
    return True, _REFUSAL_HEIGHT if alert.is_refusal else int(alert.threshold)


def state_of(alert: Alert) -> str:
    """How far it has come: `more than 90 % of $50.00 used`, `limit of $50.00 reached`."""
    limit = display.amount(alert.limit, alert.measure)
    if alert.is_forecast:
        return f"will reach {limit}"
    if alert.is_refusal:
        left = display.amount(max(0, alert.limit - alert.used), alert.measure)
        return f"a call was refused: it {_asked(alert)}, and {left} of {limit} is left"
    refused = "; calls are refused" if alert.action is Action.BLOCK else ""
    if int(alert.threshold) >= 100 or alert.used >= alert.limit:
        return f"limit of {limit} reached{refused}"
    return f"more than {alert.threshold} % of {limit} used{refused}"


def _asked(alert: Alert) -> str:
    if alert.expected is None:
        return "may use nobody can say how much"
    return f"may use {display.amount(alert.expected, alert.measure)}"


def _whose(alert: Alert) -> str:
    value = f" · {_harmless(alert.value)}" if alert.value else ""
    return f"{_harmless(alert.budget)}{value}"


def _facts(alert: Alert, zone: tzinfo) -> str:
    held = " or held" if alert.is_refusal else ""
    used = f"{display.amount(alert.used, alert.measure)} used{held}"
    facts = [used]
    if alert.is_forecast and alert.expected is not None:
        expected = f"about {display.amount(alert.expected, alert.measure)} expected"
        facts.append(f"{expected} by {_end(alert, zone)}" if alert.end_us else expected)
        if alert.reaches_at_us is not None:
            is_soon = alert.reaches_at_us - alert.at_us < DAY_US
            when = _moment if is_soon else _day
            facts.append(f"the limit around {when(alert.reaches_at_us, zone)}")
    elif alert.end_us is not None:
        facts.append(f"resets {_moment(alert.end_us, zone)}")
    if alert.is_refusal:
        facts.append(_LESS if alert.expected is not None else _BOUNDED)
    return ", ".join([*facts, f"noticed {_moment(alert.at_us, zone)}"])


def _end(alert: Alert, zone: tzinfo) -> str:
    end_us = alert.end_us or 0
    is_soon = end_us - alert.at_us < DAY_US
    return _moment(end_us, zone) if is_soon else _day(end_us - 1, zone)


def _moment(at_us: int, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at_us / SECOND_US, zone):%Y-%m-%d %H:%M %Z}"


def _day(at_us: int, zone: tzinfo) -> str:
    moment = datetime.fromtimestamp(at_us / SECOND_US, zone)
    return f"{moment:%b} {moment.day}"


def _harmless(text: str) -> str:
    """A label of the user's traffic: it calls nobody, links nowhere, begins no markup."""
    text = display.plain(text)[:_MOST_NAME_CHARS].replace("<", "‹").replace(">", "›")
    text = text.replace("://", ": //").replace("`", "'").replace("](", "] (")
    return _CALLS_OUT.sub("@\u200b", text)
