"""Handing over from the ledger to the store: a call counts in one of them, never in both.

While a call is in the log alone, the ledger counts what it was settled at. Once its event is
loaded, the store's sum counts it, exactly priced, and the ledger lets its own entry go. The sum
is taken over whole, not added to, so that a crash between the two repeats work and nothing else.

The store is asked which calls it has before it is asked for sums, so every call that is let go
is in the sum. A call loaded in between is counted twice until the next time: on the safe side.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from profiler.budgets.counted import counted
from profiler.domain.budgets import NOTHING, Amounts
from profiler.domain.calls import CALL_ID_CHARS
from profiler.domain.periods import Period, Span
from profiler.domain.totals import Totals
from profiler.ledger import counters, definitions
from profiler.ledger.book import Ledger
from profiler.ledger.breaches import Breach, cross
from profiler.ledger.counters import HELD, Counter
from profiler.ledger.defined import Defined
from profiler.ledger.terms import Terms
from profiler.store.engine import Store
from profiler.store.known import Loaded, loaded_among

_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One call that the ledger counts on one counter."""

    call: str
    counter: int
    budget: int
    value: str
    window: Span

    @property
    def may_go(self) -> bool:
        """Whether the store files it in the same window; a clock that was set may part them."""
        return self.window.contains(int(self.call[:14], 16))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the store says, to be taken over if nobody else has, and all budgets stand as they did.

    It is of every source: whoever ingests lets go of all that is loaded, and so books it for all.
    """

    bookings: int
    terms: Terms
    known: dict[str, Loaded]
    """The calls that the store has."""
    waiting: list[_Waiting]
    sums: list[tuple[Defined, Span, dict[str, Totals]]]


def book(store: Store, ledger: Ledger, *, has_all: bool = True) -> list[Breach]:
    """Take over what the store has counted; the thresholds that are crossed by it.

    Unless the store `has_all` that the log tells, what was spent before a budget stays unknown.

    Raises:
        LedgerError: the ledger is out of reach; the next time does it.
        StoreError: the same of the store.

    """
    for _ in range(_TRIES):
        plan = _plan(store, ledger)
        with ledger.writing() as (connection, terms, now_us):
            (bookings,) = connection.execute("SELECT bookings FROM state").fetchone()
            if (bookings, terms.version) == (plan.bookings, plan.terms.version):
                _let_go(connection, plan)
                breaches = _take_over(connection, terms, plan, now_us)
                if has_all:
                    definitions.booked(connection, terms.by_id)
                return breaches
    return []


def amounts_of(totals: Totals) -> Amounts:
    """What a budget counts of a sum."""
    return Amounts(totals.spend_pusd, totals.tokens, totals.calls)


def _plan(store: Store, ledger: Ledger) -> _Plan:
    with ledger.reading() as (connection, terms, now_us):
        (bookings,) = connection.execute("SELECT bookings FROM state").fetchone()
        waiting = _waiting(connection)
    known = loaded_among(store, {one.call for one in waiting if _is_id(one.call)})
    windows = {
        (one.id, terms.window(one, now_us))
        for one in terms.by_id.values()
        if one.budget.period is not Period.CALL
    }
    windows |= {(one.budget, one.window) for one in waiting if one.budget in terms.by_id}
    sums = []
    for budget, window in windows:
        one = terms.by_id[budget]
        named = {each.value for each in waiting if each.budget == budget}
        sums.append((one, window, counted(store, one.budget, window, named)))
    return _Plan(bookings, terms, known, waiting, sums)


def _let_go(connection: sqlite3.Connection, plan: _Plan) -> None:
    for one in plan.waiting:
        if one.call not in plan.known or not one.may_go:
            continue
        row = connection.execute(
            "SELECT pusd, tokens, calls, state FROM holds WHERE call = ? AND counter = ?",
            (one.call, one.counter),
        ).fetchone()
        if row is None:
            continue
        amounts = Amounts(*row[:3])
        stays = _stays(amounts, plan.known[one.call])
        gone = stays.minus(amounts)
        if row[3] == HELD:
            counters.hold(connection, one.counter, gone)
        else:
            counters.correct(connection, one.counter, gone)
            counted_now = gone.plus(plan.known[one.call].amounts)
            counters.repent(connection, one.counter, row[3], counted_now)
        connection.execute(
            "UPDATE holds SET pusd = ?, tokens = ?, calls = ? WHERE call = ? AND counter = ?",
            (*stays, one.call, one.counter),
        )
        if stays == NOTHING:
            connection.execute(
                "DELETE FROM holds WHERE call = ? AND counter = ?", (one.call, one.counter)
            )


def _stays(amounts: Amounts, loaded: Loaded) -> Amounts:
    """What of a call stays charged here: what the store cannot say of it."""
    if loaded.is_priced:
        return NOTHING
    return amounts._replace(tokens=0 if loaded.has_usage else amounts.tokens, calls=0)


def _take_over(
    connection: sqlite3.Connection, terms: Terms, plan: _Plan, now_us: int
) -> list[Breach]:
    breaches: list[Breach] = []
    for defined, window, sums in plan.sums:
        there = _there(connection, defined, window, sums)
        for value, total in _with_emptied(there, sums):
            booked = amounts_of(total)
            known = there.get(value)
            counter = known or counters.counter_of(connection, defined.id, value, window)
            if known is None or counter.booked != booked:
                counters.book(connection, counter.id, booked)
                counter = counter.booked_as(booked)
            # where nothing was used since, a limit may have been lowered
            if counter is not known or window.contains(now_us):
                more = terms.granted(defined, value, now_us)
                breaches += cross(connection, defined, value, counter, more, now_us)
    connection.execute("UPDATE state SET bookings = bookings + 1")
    return breaches


def _there(
    connection: sqlite3.Connection, defined: Defined, window: Span, sums: Mapping[str, Totals]
) -> dict[str, Counter]:
    """The counters of the window; where they are of sessions, those that have sums."""
    if defined.budget.period is not Period.SESSION:
        return dict(counters.in_window(connection, defined.id, window))
    found = ((value, counters.find(connection, defined.id, value, window)) for value in sums)
    return {value: counter for value, counter in found if counter is not None}


def _with_emptied(
    there: Mapping[str, Counter], sums: dict[str, Totals]
) -> Iterable[tuple[str, Totals]]:
    """The sums, and nothing for those values that were counted once and no longer are."""
    return (sums | {value: Totals() for value in there.keys() - sums.keys()}).items()


def _waiting(connection: sqlite3.Connection) -> list[_Waiting]:
    rows = connection.execute(
        "SELECT call, counter, budget, value, start_us, end_us FROM holds "
        "JOIN counters ON counters.id = holds.counter"
    )
    return [
        _Waiting(call, counter, budget, value, counters.span_of(start_us, end_us))
        for call, counter, budget, value, start_us, end_us in rows
    ]


def _is_id(call: str) -> bool:
    return len(call) == CALL_ID_CHARS
