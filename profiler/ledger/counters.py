"""Counters: what is used of a budget, per value it holds for and per window.

Used is what the store has counted (`booked`) and what ended since (`settled`), less what a reset
forgave; `held` comes on top for calls in flight. There are as many counters as there are values
and windows, however many calls are made.
"""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from profiler.domain.budgets import Amounts
from profiler.domain.periods import Span

HELD, SETTLED, CHARGED = 0, 1, 2
"""States of a hold: in flight; ended and told; never heard of again, so charged in full."""
FORGIVEN = 4
"""Added to the states of what had ended when a reset took it off."""

COLUMNS = (
    "id, start_us, end_us, booked_pusd, booked_tokens, booked_calls, settled_pusd, "
    "settled_tokens, settled_calls, held_pusd, held_tokens, held_calls, forgiven_pusd, "
    "forgiven_tokens, forgiven_calls, crossed_percent, over_since_us"
)
_NO_START = -(2**62)
"""The start of a window that is all of time; part of a key, so it cannot be NULL."""


class Counter(NamedTuple):
    """One counter as it stands: a row of `COLUMNS`."""

    id: int
    start_us: int
    end_us: int | None
    booked_pusd: int
    booked_tokens: int
    booked_calls: int
    settled_pusd: int
    settled_tokens: int
    settled_calls: int
    held_pusd: int
    held_tokens: int
    held_calls: int
    forgiven_pusd: int
    forgiven_tokens: int
    forgiven_calls: int
    crossed_percent: int
    """The highest threshold crossed so far."""
    over_since_us: int | None
    """When a limit was first reached."""

    @property
    def window(self) -> Span:
        """What it counts lies in this span."""
        return span_of(self.start_us, self.end_us)

    @property
    def booked(self) -> Amounts:
        """Counted by the store."""
        return Amounts(self.booked_pusd, self.booked_tokens, self.booked_calls)

    @property
    def settled(self) -> Amounts:
        """Used by calls that ended and that the store does not have yet."""
        return Amounts(self.settled_pusd, self.settled_tokens, self.settled_calls)

    @property
    def held(self) -> Amounts:
        """Kept back for calls in flight."""
        return Amounts(self.held_pusd, self.held_tokens, self.held_calls)

    @property
    def forgiven(self) -> Amounts:
        """Taken off by resets."""
        return Amounts(self.forgiven_pusd, self.forgiven_tokens, self.forgiven_calls)

    @property
    def used(self) -> Amounts:
        """Used up, calls in flight not counted."""
        return Amounts(
            self.booked_pusd + self.settled_pusd - self.forgiven_pusd,
            self.booked_tokens + self.settled_tokens - self.forgiven_tokens,
            self.booked_calls + self.settled_calls - self.forgiven_calls,
        )

    def settled_more(self, by: Amounts) -> "Counter":
        """The same once so much more is settled."""
        return read((*self[:6], *self.settled.plus(by), *self[9:]))

    def booked_as(self, booked: Amounts) -> "Counter":
        """The same once the store counts so much."""
        return read((*self[:3], *booked, *self[6:]))


def counter_of(connection: sqlite3.Connection, budget: int, value: str, window: Span) -> Counter:
    """The counter, made where there is none yet."""
    found = find(connection, budget, value, window)
    if found is None:
        connection.execute(
            "INSERT INTO counters (budget, value, start_us, end_us) VALUES (?, ?, ?, ?)",
            (budget, value, start_of(window), window.end_us),
        )
        found = find(connection, budget, value, window)
        if found is None:
            raise sqlite3.DatabaseError("a counter that was just written is not there")
    return found


def find(connection: sqlite3.Connection, budget: int, value: str, window: Span) -> Counter | None:
    """The counter, if anything was counted yet."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM counters WHERE budget = ? AND value = ? AND start_us = ?",  # noqa: S608  # constants
        (budget, value, start_of(window)),
    ).fetchone()
    return None if row is None else read(row)


def in_window(
    connection: sqlite3.Connection, budget: int, window: Span, newest: int = -1
) -> list[tuple[str, Counter]]:
    """Every value's counter in one window of a budget; if given, only so many of the newest."""
    rows = connection.execute(
        f"SELECT value, {COLUMNS} FROM counters WHERE budget = ? AND start_us = ? "  # noqa: S608
        "ORDER BY id DESC LIMIT ?",
        (budget, start_of(window), newest),
    )
    return [(row[0], read(row[1:])) for row in rows]


def stirred(connection: sqlite3.Connection, budget: int, window: Span) -> list[tuple[str, Counter]]:
    """Those of them that count more or less than the store does."""
    rows = connection.execute(
        f"SELECT value, {COLUMNS} FROM counters WHERE budget = ? AND start_us = ? AND "  # noqa: S608
        "(held_calls OR held_pusd OR held_tokens OR settled_calls OR settled_pusd "
        "OR settled_tokens OR forgiven_calls OR forgiven_pusd OR forgiven_tokens)",
        (budget, start_of(window)),
    )
    return [(row[0], read(row[1:])) for row in rows]


def crossed(connection: sqlite3.Connection, budget: int, now_us: int) -> list[tuple[str, Counter]]:
    """Every value's counter that crossed a threshold or a limit, of windows that have not ended."""
    rows = connection.execute(
        f"SELECT value, {COLUMNS} FROM counters WHERE budget = ? "  # noqa: S608
        "AND (crossed_percent > 0 OR over_since_us IS NOT NULL) "
        "AND (end_us IS NULL OR end_us > ?)",
        (budget, now_us),
    )
    return [(row[0], read(row[1:])) for row in rows]


def arm(connection: sqlite3.Connection, counter: int, percent: int, *, is_over: bool) -> None:
    """Let thresholds beyond `percent` be crossed anew."""
    connection.execute(
        "UPDATE counters SET crossed_percent = ?, "
        "over_since_us = CASE WHEN ? THEN over_since_us END "
        "WHERE id = ?",
        (percent, is_over, counter),
    )


def hold(connection: sqlite3.Connection, counter: int, amounts: Amounts) -> None:
    """Add to what is held; negative amounts give back."""
    connection.execute(
        "UPDATE counters SET held_pusd = held_pusd + ?, held_tokens = held_tokens + ?, "
        "held_calls = held_calls + ? WHERE id = ?",
        (*amounts, counter),
    )


def settle(connection: sqlite3.Connection, counter: int, held: Amounts, used: Amounts) -> None:
    """What was held is used up instead, in so far as it was."""
    connection.execute(
        "UPDATE counters SET held_pusd = held_pusd - ?, held_tokens = held_tokens - ?, "
        "held_calls = held_calls - ?, settled_pusd = settled_pusd + ?, "
        "settled_tokens = settled_tokens + ?, settled_calls = settled_calls + ? WHERE id = ?",
        (*held, *used, counter),
    )


def correct(connection: sqlite3.Connection, counter: int, by: Amounts) -> None:
    """Add to what is settled; negative amounts take away."""
    settle(connection, counter, Amounts(), by)


def book(connection: sqlite3.Connection, counter: int, booked: Amounts) -> None:
    """What the store counts is so much, whatever was said before."""
    connection.execute(
        "UPDATE counters SET booked_pusd = ?, booked_tokens = ?, booked_calls = ? WHERE id = ?",
        (*booked, counter),
    )


def forgive(connection: sqlite3.Connection, counter: int, amounts: Amounts) -> None:
    """Take so much off what is used, for ever, and let thresholds be crossed anew."""
    connection.execute(
        "UPDATE counters SET forgiven_pusd = forgiven_pusd + ?, "
        "forgiven_tokens = forgiven_tokens + ?, forgiven_calls = forgiven_calls + ?, "
        "crossed_percent = 0, over_since_us = NULL WHERE id = ?",
        (*amounts, counter),
    )
    connection.execute(
        "UPDATE holds SET state = state | ? WHERE counter = ? AND state <> ?",
        (FORGIVEN, counter, HELD),
    )


def repent(connection: sqlite3.Connection, counter: int, state: int, by: Amounts) -> None:
    """A call in that state is charged so much more or less than it was.

    What a reset forgave of it shrinks along, or what follows could use the difference once more.
    """
    if state & FORGIVEN:
        connection.execute(
            "UPDATE counters SET forgiven_pusd = forgiven_pusd + ?, "
            "forgiven_tokens = forgiven_tokens + ?, forgiven_calls = forgiven_calls + ? "
            "WHERE id = ?",
            (*(min(0, amount) for amount in by), counter),
        )


def start_of(window: Span) -> int:
    """A window's start as part of a key."""
    return _NO_START if window.start_us is None else window.start_us


def span_of(start_us: int, end_us: int | None) -> Span:
    """A window from the columns that keep it."""
    return Span(None if start_us == _NO_START else start_us, end_us)


def read(row: Sequence[int | None]) -> Counter:
    """A row of `COLUMNS`."""
    return Counter(*row)  # type: ignore[arg-type]  # columns in the order of the fields
