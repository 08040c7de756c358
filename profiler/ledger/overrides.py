"""Extra allowances, asked for and decided on, and windows that are started afresh by hand."""

import sqlite3
from dataclasses import dataclass

from profiler.domain.budgets import NOTHING, Amounts
from profiler.domain.remedy import about
from profiler.errors import NotFound, UsageError
from profiler.ledger import audit, counters, outbox
from profiler.ledger.arming import arm_again
from profiler.ledger.counters import Counter
from profiler.ledger.defined import Defined
from profiler.ledger.definitions import count_version

ASKED, GRANTED, DENIED, REVOKED = "asked", "granted", "denied", "revoked"


@dataclass(frozen=True, slots=True)
class Wanted:
    """More than a budget allows, for a reason and for a time."""

    extra: Amounts
    reason: str
    until_us: int | None = None
    """`None`: for as long as the budget lasts."""
    value: str | None = None
    """Whose standing it is for; `None`: everybody's."""
    opens_reserve: bool = False
    """Whether the budget's emergency reserve may be used."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An override as it stands."""

    id: int
    budget: int
    wanted: Wanted
    state: str
    asked_by: str
    asked_at_us: int
    decided_by: str | None
    decided_at_us: int | None


def ask(
    connection: sqlite3.Connection, defined: Defined, wanted: Wanted, who: str, at_us: int
) -> int:
    """Ask for more; nothing changes until somebody grants it. Returns the request's number."""
    number = _record(connection, defined, wanted, ASKED, who, at_us)
    _tell(connection, at_us, audit.Kind.ASKED, defined, wanted, who, number)
    return number


def grant(
    connection: sqlite3.Connection, defined: Defined, wanted: Wanted, who: str, at_us: int
) -> int:
    """Allow more at once. Returns the override's number."""
    number = _record(connection, defined, wanted, GRANTED, who, at_us)
    _decide(connection, number, GRANTED, who, at_us)
    arm_again(connection, defined, defined.budget.thresholds, at_us)
    _tell(connection, at_us, audit.Kind.GRANTED, defined, wanted, who, number)
    return number


def decide(
    connection: sqlite3.Connection,
    defined: Defined,
    number: int,
    who: str,
    at_us: int,
    *,
    is_granted: bool,
) -> None:
    """Answer a request.

    Raises:
        NotFound: the budget has no such request that waits for an answer.

    """
    found = _one(connection, defined, number, ASKED)
    _decide(connection, number, GRANTED if is_granted else DENIED, who, at_us)
    if is_granted:
        arm_again(connection, defined, defined.budget.thresholds, at_us)
    kind = audit.Kind.GRANTED if is_granted else audit.Kind.DENIED
    _tell(connection, at_us, kind, defined, found.wanted, who, number)


def revoke(
    connection: sqlite3.Connection, defined: Defined, number: int, who: str, at_us: int
) -> None:
    """End an override before its time.

    Raises:
        NotFound: the budget has no such override in force.

    """
    found = _one(connection, defined, number, GRANTED)
    _decide(connection, number, REVOKED, who, at_us)
    _tell(connection, at_us, audit.Kind.REVOKED, defined, found.wanted, who, number)


def recorded(connection: sqlite3.Connection, budget: int) -> list[Recorded]:
    """A budget's requests and overrides, oldest first."""
    rows = connection.execute(
        "SELECT id, budget, pusd, tokens, calls, reason, until_us, value, opens_reserve, state, "
        "asked_by, asked_at_us, decided_by, decided_at_us FROM overrides "
        "WHERE budget = ? ORDER BY id",
        (budget,),
    )
    return [
        Recorded(
            row[0],
            row[1],
            Wanted(Amounts(*row[2:5]), row[5], row[6], row[7], bool(row[8])),
            *row[9:14],
        )
        for row in rows
    ]


def reset(
    connection: sqlite3.Connection,
    defined: Defined,
    value: str,
    counter: Counter,
    who: str,
    at_us: int,
    reason: str = "",
) -> None:
    """Start a window afresh: what was used of it is forgiven, not forgotten."""
    counters.forgive(connection, counter.id, counter.used)
    outbox.end_rounds(connection, defined.id)
    told = {**counter.used._asdict(), "reason": reason}
    audit.write(connection, at_us, audit.Kind.RESET, defined.named, value, who, **told)


def _record(
    connection: sqlite3.Connection,
    defined: Defined,
    wanted: Wanted,
    state: str,
    who: str,
    at_us: int,
) -> int:
    if not wanted.reason.strip():
        raise UsageError("an override needs a reason, for those who read the audit trail")
    if min(wanted.extra) < 0 or (wanted.extra == NOTHING and not wanted.opens_reserve):
        raise UsageError("an override allows more; write an amount above 0")
    if wanted.until_us is not None and wanted.until_us <= at_us:
        raise UsageError("an override ends in the future; write a later moment")
    cursor = connection.execute(
        "INSERT INTO overrides (budget, value, pusd, tokens, calls, opens_reserve, state, reason, "
        "asked_by, asked_at_us, until_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            defined.id,
            wanted.value,
            *wanted.extra,
            wanted.opens_reserve,
            state,
            wanted.reason,
            who,
            at_us,
            wanted.until_us,
        ),
    )
    return int(cursor.lastrowid or 0)


def _decide(connection: sqlite3.Connection, number: int, state: str, who: str, at_us: int) -> None:
    connection.execute(
        "UPDATE overrides SET state = ?, decided_by = ?, decided_at_us = ? WHERE id = ?",
        (state, who, at_us, number),
    )
    count_version(connection)


def _one(connection: sqlite3.Connection, defined: Defined, number: int, state: str) -> Recorded:
    name = defined.budget.name
    found = next((one for one in recorded(connection, defined.id) if one.id == number), None)
    if found is None:
        raise NotFound(
            f"budget {name!r} has no override {number}; `{about('show', name)}` lists them"
        )
    if found.state != state:
        what = "is not granted yet" if found.state == ASKED else f"was {found.state} before"
        raise NotFound(f"override {number} of budget {name!r} {what}; nothing was changed")
    return found


def _tell(
    connection: sqlite3.Connection,
    at_us: int,
    kind: audit.Kind,
    defined: Defined,
    wanted: Wanted,
    who: str,
    number: int,
) -> None:
    audit.write(
        connection,
        at_us,
        kind,
        defined.named,
        wanted.value or "",
        who,
        number=number,
        reason=wanted.reason,
        until_us=wanted.until_us,
        opens_reserve=wanted.opens_reserve,
        **wanted.extra._asdict(),
    )
