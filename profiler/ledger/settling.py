"""What becomes of what was held: settled, given back, renewed, or charged when nobody does."""

import sqlite3
from typing import NamedTuple

from profiler.domain.budgets import NOTHING, Amounts
from profiler.domain.periods import Period
from profiler.ledger import audit, counters
from profiler.ledger.breaches import Breach, cross
from profiler.ledger.counters import CHARGED, FORGIVEN, HELD, SETTLED, Counter
from profiler.ledger.scoping import Labels
from profiler.ledger.terms import Terms

_HOLDS = (
    "SELECT call, pusd, tokens, holds.calls, state, budget, value, "  # noqa: S608  # constants
    f"{counters.COLUMNS} FROM holds JOIN counters ON counters.id = holds.counter WHERE "
)


class _Hold(NamedTuple):
    """One call on one counter."""

    call: str
    amounts: Amounts
    state: int
    budget: int
    value: str
    counter: Counter


class Doubt(NamedTuple):
    """What of a call nobody can say; strict budgets charge the most that it may be."""

    attempts: int = 0
    """So many of its attempts may be billed beside what it is known to have used."""
    of: int = 1
    """As many were held for."""
    is_estimate: bool = False
    """Whether what it used is only thought to be so; that attempt counts as in doubt."""

    def charged(self, held: Amounts, used: Amounts | None) -> Amounts:
        """What a strict budget that held so much is charged."""
        cost, tokens = (amount * self.attempts // self.of for amount in held[:2])
        if used is None:
            return Amounts(cost, tokens, held.calls) if self.attempts else held
        if self.is_estimate:
            return Amounts(max(cost, used.cost_pusd), max(tokens, used.tokens), used.calls)
        return Amounts(cost + used.cost_pusd, tokens + used.tokens, used.calls)


SURE = Doubt()


def settle(
    connection: sqlite3.Connection,
    terms: Terms,
    call: str,
    used: Amounts | None,
    doubt: Doubt,
    now_us: int,
) -> list[Breach]:
    """The call has ended and used so much; where nobody knows, all that was held.

    Settling twice changes nothing. A call that was charged because it was silent for too long is
    charged what it really used after all.
    """
    breaches: list[Breach] = []
    for hold in _holds(connection, "call = ?", call):
        if hold.state & ~FORGIVEN == SETTLED:
            continue
        defined = terms.by_id.get(hold.budget)
        if defined is not None and defined.is_strict:
            amounts = doubt.charged(hold.amounts, used)
        else:
            amounts = hold.amounts if used is None else used
        if hold.state == HELD:
            counters.settle(connection, hold.counter.id, hold.amounts, amounts)
            more = amounts
        else:
            more = amounts.minus(hold.amounts)
            counters.correct(connection, hold.counter.id, more)
            counters.repent(connection, hold.counter.id, hold.state, more)
        connection.execute(
            "UPDATE holds SET pusd = ?, tokens = ?, calls = ?, state = ? "
            "WHERE call = ? AND counter = ?",
            (*amounts, SETTLED | hold.state & FORGIVEN, call, hold.counter.id),
        )
        breaches += _crossed(connection, terms, hold, more, now_us)
    return breaches


def charge(
    connection: sqlite3.Connection,
    terms: Terms,
    call: str,
    labels: Labels,
    used: Amounts,
    now_us: int,
) -> list[Breach]:
    """A call that nothing was held for has ended: it was told of, not made through us.

    It is charged on every budget it falls under, until its event is loaded. Told of twice, the
    first telling holds.
    """
    breaches: list[Breach] = []
    for one, value in terms.applying(labels):
        if one.budget.period is Period.CALL:
            continue
        window = terms.window(one, now_us)
        counter = counters.counter_of(connection, one.id, value, window)
        added = connection.execute(
            "INSERT OR IGNORE INTO holds (call, counter, pusd, tokens, calls, state, lease_us) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (call, counter.id, *used, SETTLED, now_us),
        ).rowcount
        if added:
            counters.correct(connection, counter.id, used)
            now = counter.settled_more(used)
            breaches += cross(
                connection, one, value, now, terms.granted(one, value, now_us), now_us
            )
    return breaches


def release(connection: sqlite3.Connection, call: str) -> None:
    """The provider surely did not bill the call: what was held for it is free again."""
    for hold in _holds(connection, "call = ?", call):
        if hold.state == HELD:
            counters.hold(connection, hold.counter.id, NOTHING.minus(hold.amounts))
        elif hold.state & ~FORGIVEN == CHARGED:
            given_back = NOTHING.minus(hold.amounts)
            counters.correct(connection, hold.counter.id, given_back)
            counters.repent(connection, hold.counter.id, hold.state, given_back)
        else:
            continue
        connection.execute(
            "DELETE FROM holds WHERE call = ? AND counter = ?", (call, hold.counter.id)
        )


def rename(connection: sqlite3.Connection, call: str, new: str) -> None:
    """The call's event will have another id; told of twice, the first telling holds."""
    if _holds(connection, "call = ?", new):
        release(connection, call)
    else:
        connection.execute("UPDATE holds SET call = ? WHERE call = ?", (new, call))


def renew(connection: sqlite3.Connection, call: str, until_us: int) -> None:
    """The call is still being answered."""
    connection.execute(
        "UPDATE holds SET lease_us = ? WHERE call = ? AND state = ?", (until_us, call, HELD)
    )


def charge_silent(connection: sqlite3.Connection, terms: Terms, now_us: int) -> None:
    """Charge in full every call whose lease has run out: it was sent, and may have been billed."""
    silent = connection.execute(
        "SELECT call, counter FROM holds WHERE state = 0 AND lease_us <= ?", (now_us,)
    ).fetchall()
    for call, counter in silent:
        (hold,) = _holds(connection, "call = ? AND counter = ?", call, counter)
        counters.settle(connection, hold.counter.id, hold.amounts, hold.amounts)
        connection.execute(
            "UPDATE holds SET state = ? WHERE call = ? AND counter = ?",
            (CHARGED, hold.call, hold.counter.id),
        )
        defined = terms.by_id.get(hold.budget)
        named = defined.named if defined else ("", str(hold.budget))
        told = hold.amounts._asdict()
        audit.write(
            connection, now_us, audit.Kind.CHARGED, named, hold.value, "", call=hold.call, **told
        )
        _crossed(connection, terms, hold, hold.amounts, now_us)


def look_again(connection: sqlite3.Connection, latest_us: int) -> None:
    """Remember when the first lease may run out; of holds to come, none does before `latest_us`."""
    connection.execute(
        "UPDATE state SET first_lease_us = "
        "coalesce((SELECT min(lease_us) FROM holds WHERE state = 0), ?)",
        (latest_us,),
    )


def _crossed(
    connection: sqlite3.Connection, terms: Terms, hold: _Hold, by: Amounts, now_us: int
) -> list[Breach]:
    """The thresholds that a counter has crossed by so much more."""
    defined = terms.by_id.get(hold.budget)
    if defined is None:
        return []
    now = hold.counter.settled_more(by)
    more = terms.granted(defined, hold.value, now_us)
    return cross(connection, defined, hold.value, now, more, now_us)


def _holds(connection: sqlite3.Connection, which: str, *given: str | int) -> list[_Hold]:
    rows = connection.execute(_HOLDS + which, given).fetchall()
    return [
        _Hold(row[0], Amounts(*row[1:4]), row[4], row[5], row[6], counters.read(row[7:]))
        for row in rows
    ]
