"""Holding what a call may use on every budget it falls under, at once or not at all."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from profiler.domain.alerts import REFUSED
from profiler.domain.budgets import Action, Amounts, Limit, Measure
from profiler.domain.calls import CALL_ID_CHARS
from profiler.domain.periods import SECOND_US, Period, window as window_of
from profiler.ledger import audit, counters, outbox
from profiler.ledger.allowance import Cap, ceiling
from profiler.ledger.counters import HELD, Counter
from profiler.ledger.defined import Defined
from profiler.ledger.downgrade import Step, steps
from profiler.ledger.refusals import Refusal
from profiler.ledger.scoping import Labels
from profiler.ledger.terms import Terms

LEASE_US = 900 * SECOND_US
"""A hold that is not renewed for so long is charged: its program is gone, or has forgotten it."""


_MOST_KEPT = 2**50
"""More of one call is nonsense, such as a maximum of tokens that nobody could answer with."""
_MOST_TOLD = 2**62
_LONGEST_WAIT_US = 10 * SECOND_US


class Bid(NamedTuple):
    """What a call would take if it were sent to one model."""

    labels: Labels
    most: Cap
    expected: Cap


Bids = Callable[[str], Bid]
"""What a call would take from the model named."""


class Ask(NamedTuple):
    """A call that is about to be made."""

    call: str
    """Its id."""
    model: str
    """As the program asked for it."""
    bids: Bids
    who: str = ""
    """The program, for the audit trail."""
    may_downgrade: bool = True


class Reserved(NamedTuple):
    """What became of an ask."""

    model: str
    """To be sent to."""
    steps: tuple[Step, ...] = ()
    """How it came to be another than was asked for."""
    refusals: tuple[Refusal, ...] = ()
    """The budgets it does not fit; empty where it may be sent."""
    held_on: int = 0
    """On how many counters something is held for it."""


class _Place(NamedTuple):
    """One budget that the call falls under, and its standing."""

    defined: Defined
    value: str
    counter: Counter | None
    """`None` where every call stands for itself."""


def reserve(connection: sqlite3.Connection, terms: Terms, now_us: int, ask: Ask) -> Reserved:
    """Hold what the call may use, or say which budgets refuse it; within a write transaction."""
    taken: list[Step] = []
    if ask.may_downgrade and terms.downgrades:
        taken = steps(connection, terms, labelled(ask.bids), ask.model, now_us, is_asked=False)
    model = taken[-1].to if taken else ask.model
    bid = ask.bids(model)
    at_us = _files_at(ask.call, now_us)
    places = [
        _place(connection, terms, one, value, at_us) for one, value in terms.applying(bid.labels)
    ]
    refusals = tuple(
        refusal for place in places for refusal in _refusals(terms, place, bid, now_us)
    )
    for step in taken:
        _write_down(connection, now_us, audit.Kind.DOWNGRADE, step.defined, step.value, ask, {
            "from": step.model, "to": step.to, "remains_percent": step.remains_percent,
        })  # fmt: skip
    if refusals:
        for one in refusals:
            _tell_block(connection, now_us, places, one, ask)
        return Reserved(model, tuple(taken), refusals)
    held_on = 0
    for place in places:
        if place.counter is not None:
            amounts = _kept(place.defined, _cap(place.defined, bid).amounts)
            _hold(connection, ask.call, place.counter.id, amounts, now_us)
            held_on += 1
    return Reserved(model, tuple(taken), held_on=held_on)


def labelled(bids: Bids) -> Callable[[str], Labels]:
    """What calls of each model are labelled with."""
    return lambda model: bids(model).labels


def refusals_of(
    connection: sqlite3.Connection, terms: Terms, bid: Bid, now_us: int
) -> list[Refusal]:
    """The budgets that such a call would not fit now; nothing is held, nothing written."""
    found = []
    for one, value in terms.applying(bid.labels):
        counter = counters.find(connection, one.id, value, terms.window(one, now_us))
        found += _refusals(terms, _Place(one, value, counter), bid, now_us)
    return found


def _files_at(call: str, now_us: int) -> int:
    """The time whose windows a call counts in: its event's, as the store goes by that.

    It began a moment ago and may have waited for its turn since. Where more has passed, a clock
    was set, and only our own time counts.
    """
    if len(call) != CALL_ID_CHARS:
        return now_us
    at_us = int(call[:14], 16)
    return at_us if 0 <= now_us - at_us < _LONGEST_WAIT_US else now_us


def _place(
    connection: sqlite3.Connection, terms: Terms, one: Defined, value: str, now_us: int
) -> _Place:
    if one.budget.period is Period.CALL:
        return _Place(one, value, None)
    window = terms.window(one, now_us)
    return _Place(one, value, counters.counter_of(connection, one.id, value, window))


def _cap(defined: Defined, bid: Bid) -> Cap:
    return bid.most if defined.is_strict else bid.expected


def _refusals(terms: Terms, place: _Place, bid: Bid, now_us: int) -> list[Refusal]:
    if not place.defined.can_block:
        return []
    budget = place.defined.budget
    cap, more = _cap(place.defined, bid), terms.granted(place.defined, place.value, now_us)
    found = []
    is_unbooked = place.defined.is_unbooked
    for limit in place.defined.limits:
        most = ceiling(place.defined, limit, place.counter, more, now_us)
        if most is None:
            continue
        spent, held = _taken(place.counter, limit)
        asked = cap.of(limit.measure)
        if is_unbooked or asked is None or spent + held + asked > most:
            window = terms.window(place.defined, now_us)
            found.append(
                Refusal(
                    budget,
                    place.value,
                    limit.measure,
                    spent,
                    held,
                    most,
                    asked,
                    window,
                    cap.why,
                    place.defined.source if is_unbooked else "",
                )
            )
    return found


def _taken(counter: Counter | None, limit: Limit) -> tuple[int, int]:
    if counter is None:
        return 0, 0
    return counter.used.of(limit.measure), counter.held.of(limit.measure)


def _kept(defined: Defined, amounts: Amounts) -> Amounts:
    """The same with no more than can be summed up of what the budget does not limit."""
    if max(amounts) <= _MOST_KEPT:
        return amounts
    limited = {measure for measure, _ in defined.limits} if defined.can_block else set()
    return Amounts(
        *(
            amount if measure in limited else min(amount, _MOST_KEPT)
            for measure, amount in zip(Measure, amounts, strict=True)
        )
    )


def _hold(
    connection: sqlite3.Connection, call: str, counter: int, amounts: Amounts, now_us: int
) -> None:
    connection.execute(
        "INSERT INTO holds (call, counter, pusd, tokens, calls, state, lease_us) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (call, counter, *amounts, HELD, now_us + LEASE_US),
    )
    counters.hold(connection, counter, amounts)


def _tell_block(
    connection: sqlite3.Connection,
    now_us: int,
    places: list[_Place],
    refusal: Refusal,
    ask: Ask,
) -> None:
    place = next(p for p in places if p.defined.budget is refusal.budget)
    details = {
        "measure": Measure(refusal.measure).value,
        "spent": refusal.spent,
        "held": refusal.held,
        "limit": refusal.limit,
        "requested": refusal.requested,
        "why": refusal.why,
    }
    _write_down(connection, now_us, audit.Kind.BLOCK, place.defined, refusal.value, ask, details)
    if not _is_known_full(place) and not refusal.unbooked_of:
        outbox.put_first(connection, _told(place, refusal, now_us), now_us)


def _is_known_full(place: _Place) -> bool:
    """Whether an alert said already that calls are refused: as the limit was reached."""
    blocks_at, counter = place.defined.blocks_at, place.counter
    return blocks_at is not None and counter is not None and counter.crossed_percent >= blocks_at


def _told(place: _Place, refusal: Refusal, now_us: int) -> outbox.Told:
    within = refusal.window
    if place.counter is None:
        # each call is a window of its own: a limit of one call is told of once a day
        within = window_of(Period.DAILY, now_us, ZoneInfo(refusal.budget.zone))
    return outbox.Told(
        place.defined.id,
        refusal.value,
        within,
        REFUSED,
        Action.BLOCK,
        Limit(refusal.measure, refusal.limit),
        refusal.spent + refusal.held,
        None if refusal.requested is None else min(refusal.requested, _MOST_TOLD),
    )


def _write_down(
    connection: sqlite3.Connection,
    now_us: int,
    kind: audit.Kind,
    defined: Defined,
    value: str,
    ask: Ask,
    details: Mapping[str, object],
) -> None:
    told = {"call": ask.call, "model": ask.model, **details}
    audit.write(connection, now_us, kind, defined.named, value, ask.who, **told)
