"""From the outbox to those who are told: addressed, claimed for a while, sent, marked."""

import secrets
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from profiler.alerts.record import alerts_by_id
from profiler.alerts.targets import Plan, Target
from profiler.domain.alerts import NOBODY, Alert
from profiler.domain.periods import DAY_US, SECOND_US
from profiler.ledger import audit

LEASE_US = 60 * SECOND_US
"""How long a claim lasts: longer than any message may take to send."""
GIVES_UP_US = 7 * DAY_US
_LEAST_ATTEMPTS = 12
"""Before it gives up, however old an alert is: more than an hour of them."""

_FIRST_PAUSE_US, _LONGEST_PAUSE_US = 5 * SECOND_US, 900 * SECOND_US


class Message(NamedTuple):
    """One message to one target, claimed."""

    id: str
    """Stays the same however often it is sent."""
    target: str
    is_escalation: bool
    attempts: int
    """This one included."""
    deliveries: tuple[int, ...]
    alerts: tuple[Alert, ...]


def address(connection: sqlite3.Connection, plan: Plan, now_us: int) -> None:
    """Say for every new alert who is to be told of it, and when.

    What came up while nobody was to be told is told to nobody later either: it is in the log.
    """
    fresh = connection.execute(
        "SELECT id, budget, round FROM alerts WHERE addressed = '' ORDER BY id"
    ).fetchall()
    for alert, budget, round_ in fresh:
        first_us = now_us
        for one in plan.targets:
            if one.is_escalation:
                continue
            due_us = _due_us(connection, plan, one, budget, now_us)
            first_us = max(first_us, due_us)
            _add(connection, alert, round_, one, due_us)
        for one in plan.targets:
            if one.is_escalation:
                _add(connection, alert, round_, one, first_us + plan.escalate_us)
        who = ", ".join(one.name for one in plan.targets) or NOBODY
        connection.execute("UPDATE alerts SET addressed = ? WHERE id = ?", (who, alert))


def claim(connection: sqlite3.Connection, plan: Plan, now_us: int) -> Message | None:
    """The next message that is due, this sender's alone until its claim runs out; or `None`."""
    row = connection.execute(
        "SELECT deliveries.id, target, is_escalation, message, budget FROM deliveries "
        "JOIN alerts ON alerts.id = alert "
        "WHERE state = 'waiting' AND due_us <= ? AND lease_us <= ? ORDER BY due_us, deliveries.id",
        (now_us, now_us),
    ).fetchone()
    if row is None:
        return None
    _, target, is_escalation, message, budget = row
    bound: tuple[object, ...]
    if message:
        which, bound = "message = ?", (message,)
    elif plan.digest_us:
        which, bound = "message = '' AND target = ? AND is_escalation = ?", (target, is_escalation)
    else:
        which = "message = '' AND target = ? AND is_escalation = ? AND budget = ?"
        bound = (target, is_escalation, budget)
    rows = connection.execute(
        "SELECT deliveries.id, alert, attempts FROM deliveries JOIN alerts ON alerts.id = alert "  # noqa: S608  # constants
        f"WHERE state = 'waiting' AND due_us <= ? AND {which} ORDER BY alert",
        (now_us, *bound),
    ).fetchall()
    message = message or secrets.token_hex(4)
    connection.executemany(
        "UPDATE deliveries SET message = ?, lease_us = ?, attempts = attempts + 1 WHERE id = ?",
        [(message, now_us + LEASE_US, one[0]) for one in rows],
    )
    # two rounds of one alert may have waited for the same moment
    alerts = alerts_by_id(connection, list(dict.fromkeys(one[1] for one in rows)))
    ids = tuple(one[0] for one in rows)
    return Message(message, target, bool(is_escalation), rows[0][2] + 1, ids, alerts)


def settle(connection: sqlite3.Connection, message: Message, fault: str, now_us: int) -> None:
    """It was sent, or, with a `fault`, it is to be tried again later."""
    if not fault:
        _mark(connection, message.deliveries, "sent", "", now_us)
        for alert in message.alerts:
            named = (alert.source, alert.budget)
            told = {"alert": alert.id, "threshold": alert.threshold, "target": message.target}
            audit.write(
                connection, now_us, audit.Kind.ALERT, named, alert.value, "",
                message=message.id, **told,
            )  # fmt: skip
        return
    oldest_us = min((alert.at_us for alert in message.alerts), default=now_us)
    if now_us - oldest_us > GIVES_UP_US and message.attempts >= _LEAST_ATTEMPTS:
        drop(connection, message.deliveries, f"given up: {fault}")
        return
    pause_us = min(_LONGEST_PAUSE_US, _FIRST_PAUSE_US << min(message.attempts - 1, 20))
    connection.executemany(
        "UPDATE deliveries SET due_us = ?, lease_us = 0, said = ? WHERE id = ?",
        [(now_us + pause_us, fault, one) for one in message.deliveries],
    )


def drop(connection: sqlite3.Connection, deliveries: Sequence[int], why: str) -> None:
    """Nobody is told any more."""
    _mark(connection, deliveries, "dropped", why, None)


def withdraw(connection: sqlite3.Connection, message: Message, why: str) -> None:
    """A message that was claimed is not sent after all, nor was it now."""
    drop(connection, message.deliveries, why)
    connection.executemany(
        "UPDATE deliveries SET attempts = attempts - 1 WHERE id = ?",
        [(one,) for one in message.deliveries],
    )


def redirect(connection: sqlite3.Connection, plan: Plan, message: Message, now_us: int) -> None:
    """Its target is gone, or has another name now: those that there are now are told instead.

    Who was to be told of it anyway is not told twice.
    """
    kin = [one for one in plan.targets if one.is_escalation == message.is_escalation]
    others = kin or list(plan.targets)
    names = ", ".join(one.name for one in others)
    for delivery in message.deliveries:
        alert, round_ = connection.execute(
            "SELECT alert, round FROM deliveries WHERE id = ?", (delivery,)
        ).fetchone()
        for one in others:
            _add(connection, alert, round_, one, now_us)
        if others:
            connection.execute("UPDATE alerts SET addressed = ? WHERE id = ?", (names, alert))
    why = f"told instead: {names}" if others else "and no other is set"
    withdraw(connection, message, f"there is no such target any more; {why}")


def next_due_us(connection: sqlite3.Connection) -> int | None:
    """When somebody is to be told next, `None` if nobody is; a claim that runs out counts."""
    (found,) = connection.execute(
        "SELECT min(max(due_us, lease_us)) FROM deliveries WHERE state = 'waiting'"
    ).fetchone()
    return None if found is None else int(found)


def _due_us(
    connection: sqlite3.Connection, plan: Plan, target: Target, budget: int, now_us: int
) -> int:
    if plan.digest_us:
        return (now_us // plan.digest_us + 1) * plan.digest_us
    row = connection.execute(
        "SELECT max(coalesce(sent_at_us, due_us)), "
        "max(CASE WHEN state = 'waiting' AND message = '' THEN due_us END) "
        "FROM deliveries JOIN alerts ON alerts.id = alert "
        "WHERE target = ? AND budget = ? AND state != 'dropped'",
        (target.name, budget),
    ).fetchone()
    last_us, waiting_us = row
    if waiting_us is not None:
        return max(now_us, int(waiting_us))
    return now_us if last_us is None else max(now_us, int(last_us) + plan.cooldown_us)


def _add(
    connection: sqlite3.Connection, alert: int, round_: int, target: Target, due_us: int
) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO deliveries (alert, round, target, is_escalation, due_us) "
        "VALUES (?, ?, ?, ?, ?)",
        (alert, round_, target.name, target.is_escalation, due_us),
    )


def _mark(
    connection: sqlite3.Connection,
    deliveries: Sequence[int],
    state: str,
    said: str,
    sent_at_us: int | None,
) -> None:
    connection.executemany(
        "UPDATE deliveries SET state = ?, said = ?, sent_at_us = ?, lease_us = 0 WHERE id = ?",
        [(state, said, sent_at_us, one) for one in deliveries],
    )
