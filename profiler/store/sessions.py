"""Sessions, however many: the latest and the dearest of them, and what each was about.

A session is short and there are many, so they are summed by day alone and nothing is kept of
when they began. The few that are listed are read from their own calls, which are found by the
stretches of time they occur in.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from operator import add

from sqlalchemy import Connection

from profiler.domain.periods import HOUR_US, Span
from profiler.domain.scopes import Among, Dimension, Filter
from profiler.domain.totals import NOTHING, Totals
from profiler.store import dialect, digests
from profiler.store.circumstances import MODEL, circumstances_of
from profiler.store.crowds import starts
from profiler.store.cuts import axis_of
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.layout import GRAINS, SPLIT, STRETCH_BITS, UNSET, Axis, Grain, Presence
from profiler.store.narrow import Condition, Narrowed, narrow, of_calls, where, within
from profiler.store.pages import Cursor, next_rows, page
from profiler.store.rows import COLUMNS
from profiler.store.sources import closed, kept_in
from profiler.store.spans import DAY_H, pieces
from profiler.store.sums import (
    SCANNED,
    grouped,
    of_circumstance,
    overlap,
    totals_in,
)

_PAGE = 2_000
_MOST_WALKED = 20_000
"""So many calls are looked at for the latest sessions before the days that have others."""
_MOST_NAMED = 2_000
"""So many sessions of a day are looked for by their names, more by looking at its calls."""
_MOST_STRETCHES = 512
"""What occurs in more stretches than these is long: more than eighteen hours at work."""
_SESSION = COLUMNS.index("session_id")
_MOST_DAYS = 50_000
"""So many days of sessions are summed for the dearest, the newest of them: a day is one row.

And what else there is of the day that the last of them lies in.
"""
_MOST_CALLS = 50_000
"""So many calls are looked at for those where no sums tell which calls are wanted."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Some of the sessions, by what they cost."""

    sessions: list["Session"]
    number: int = 0
    """How many were compared."""
    since_us: int | None = None
    """Only calls from then on were summed; `None` where it was all of them."""


@dataclass(frozen=True, slots=True)
class Session:
    """Calls that were made under one name."""

    name: str
    totals: Totals
    first_at_us: int
    """When its first call began."""
    last_end_us: int
    """When the last of its calls was over; one of unknown length is over when it begins."""
    models: tuple[str, ...]
    """The dearest first; none of a session too long to look at its every call."""


def latest(store: Store, wanted: Filter, limit: int, skipped: int = 0) -> list[Session]:
    """The sessions that made the latest of the wanted calls, the latest first."""
    with store.reading() as connection:
        narrowed = narrow(connection, wanted)
        ids = _latest(connection, narrowed, skipped + limit)[skipped:]
        found = _read(store, connection, narrowed, ids)
    return [_whole(store, one, wanted) for one in found]


def dearest(store: Store, wanted: Filter, limit: int, skipped: int = 0) -> Ranking:
    """The sessions whose wanted calls cost most, the dearest first.

    Where there are so many that summing them would take long, the older are left out.
    """
    with store.reading() as connection:
        narrowed = narrow(connection, wanted)
        if narrowed.is_nothing:
            return Ranking([])
        by_day = axis_of((Dimension.SESSION,), narrowed) is Axis.SESSION
        since_us = _since(connection, wanted.span, by_day=by_day)
        if since_us is not None:
            wanted = replace(wanted, span=Span(since_us, wanted.span.end_us))
            narrowed = replace(narrowed, wanted=wanted)
        ids, number = _dearest(connection, narrowed, limit, skipped, by_day=by_day)
        found = _read(store, connection, narrowed, ids)
    return Ranking([_whole(store, one, wanted) for one in found], number, since_us)


def _since(connection: Connection, span: Span, *, by_day: bool) -> int | None:
    """From when on there are not too many to sum; `None` where that is all of the span.

    What begins together stays together, so that of a day with however many there are some.
    """
    most = _MOST_DAYS if by_day else _MOST_CALLS
    found = _beginning(connection, span, by_day=by_day, skipped=most)
    if found is None:
        return None
    before = Span(span.start_us, found)
    is_all = all(_beginning(connection, before, by_day=one) is None for one in {by_day, False})
    return None if is_all else found


def _beginning(connection: Connection, span: Span, *, by_day: bool, skipped: int = 0) -> int | None:
    """When a day of a session or a call begins that has so many after it in `span`."""
    if by_day:
        hours = Span(
            *(None if at is None else -(-at // HOUR_US) for at in (span.start_us, span.end_us))
        )
        keys = [
            Condition("axis = ? AND grain = ?", (int(Axis.SESSION), int(Grain.DAY))),
            *within("start_h", hours),
        ]
        table, when, unit_us = "rollups", "start_h", HOUR_US
    else:
        keys = within("at_us", span)
        table, when, unit_us = "calls", "at_us", 1
    condition = where(keys)
    text = (
        f"SELECT {when} FROM {table} WHERE {condition.text} ORDER BY {when} DESC LIMIT 1 OFFSET ?"
    )
    row = connection.exec_driver_sql(text, (*condition.values, skipped)).first()
    return None if row is None else row[0] * unit_us


def _latest(connection: Connection, narrowed: Narrowed, limit: int) -> list[int]:
    """The ids of the latest; where the newest calls name too few, by the days that name more."""
    found: dict[int, None] = {}
    cursor = _add_newest(connection, narrowed, limit, found)
    if cursor is not None:
        _add_older(connection, narrowed, limit, cursor, found)
    return list(found)[:limit]


def _add_newest(
    connection: Connection, narrowed: Narrowed, limit: int, found: dict[int, None]
) -> Cursor | None:
    """Add what the newest calls name; the last of those, where there is more to look for."""
    cursor: Cursor | None = None
    for _ in range(_MOST_WALKED // _PAGE):
        rows = next_rows(connection, narrowed, _PAGE, cursor, is_back=True)
        found.update((row[_SESSION], None) for row in rows if row[_SESSION] != UNSET)
        if len(rows) < _PAGE or len(found) >= limit:
            return None
        cursor = rows[-1][:2]
    return cursor


def _add_older(
    connection: Connection, narrowed: Narrowed, limit: int, cursor: Cursor, found: dict[int, None]
) -> None:
    """Add those that are named before `cursor` alone, the latest first, until they are enough."""
    span = overlap(narrowed.wanted.span, Span(None, cursor[0] + 1))
    first_h, last_h = (span.start_us or 0) // HOUR_US - DAY_H, cursor[0] // HOUR_US
    for start_h in reversed(starts(connection, Axis.SESSION, Grain.DAY, first_h, last_h + 1)):
        here = overlap(span, Span(start_h * HOUR_US, (start_h + DAY_H) * HOUR_US))
        of_day = replace(narrowed, wanted=replace(narrowed.wanted, span=here))
        while len(found) < limit:
            others = _of_others(connection, of_day, start_h, found)
            rows = next_rows(connection, others, _PAGE, cursor, is_back=True)
            found.update((row[_SESSION], None) for row in rows)
            if len(rows) < _PAGE:
                break
            cursor = rows[-1][:2]


def _of_others(
    connection: Connection, narrowed: Narrowed, start_h: int, found: Collection[int]
) -> Narrowed:
    """Of the wanted calls of a day those that name a session that is not found yet."""
    own = narrowed.ids.get(Dimension.SESSION)
    text = """SELECT label_id FROM rollups
        WHERE axis = ? AND grain = ? AND start_h = ? AND label_id <> ? LIMIT ?"""
    most = _MOST_NAMED + len(found)
    bound = (int(Axis.SESSION), int(Grain.DAY), start_h, UNSET, most)
    named = frozenset(row[0] for row in dialect.plain_rows(connection, text, bound))
    if len(named) == most:
        apart = narrowed.without.get(Dimension.SESSION, frozenset()).union((UNSET,), found)
        return replace(narrowed, without={**narrowed.without, Dimension.SESSION: apart})
    others = (named if own is None else named & own).difference(found)
    return replace(narrowed, ids={**narrowed.ids, Dimension.SESSION: others})


def _dearest(
    connection: Connection, narrowed: Narrowed, limit: int, skipped: int, *, by_day: bool
) -> tuple[list[int], int]:
    """The ids of the dearest, and how many sessions there are: whole days from their sums."""
    gone_us = digests.horizon_us(connection)
    cut = pieces(narrowed.wanted.span, GRAINS[Axis.SESSION] if by_day else (), gone_us)
    parts = []
    for grain, first, after in cut.whole:
        days = Condition("start_h >= ? AND start_h < ?", closed(first, after))
        condition = where([*kept_in(narrowed, Axis.SESSION, grain), days])
        text = (
            f"SELECT label_id AS id, spend_pusd_high * {SPLIT}.0 + spend_pusd AS spend "
            f"FROM rollups WHERE {condition.text}"
        )
        parts.append(Condition(text, condition.values))
    for edge in cut.edges:
        condition = where([*within("at_us", edge), *of_calls(narrowed)])
        text = (
            "SELECT session_id AS id, IFNULL(cost_pusd, 0) * 1.0 AS spend "
            f"FROM calls WHERE {condition.text}"
        )
        parts.append(Condition(text, condition.values))
    if not parts:
        return [], 0
    text = (
        "WITH spent AS MATERIALIZED (SELECT id, SUM(spend) AS spend FROM "
        f"({' UNION ALL '.join(part.text for part in parts)}) WHERE id <> {UNSET} GROUP BY id) "
        "SELECT id, (SELECT COUNT(*) FROM spent) FROM spent "
        "ORDER BY spend DESC, id LIMIT ? OFFSET ?"
    )
    bound = (*(value for part in parts for value in part.values), limit, skipped)
    rows = dialect.plain_rows(connection, text, bound)
    return [row[0] for row in rows], rows[0][1] if rows else 0


def _whole(store: Store, session: Session, wanted: Filter) -> Session:
    """The session, if it is too long to be read call by call, by what is summed of it."""
    if session.models:
        return session
    named = Among(Dimension.SESSION, (session.name,))
    theirs = replace(wanted, among=(*wanted.among, named))
    totals = dict(grouped(store, (Dimension.SESSION,), theirs)).get((session.name,), NOTHING)
    first = page(store, theirs, None, 1, towards="newer")
    last = page(store, theirs, None, 1)
    if not (first and last):
        return session
    end_us = last[0].started_at_us + (last[0].latency_us or 0)
    return replace(session, totals=totals, first_at_us=first[0].started_at_us, last_end_us=end_us)


def _long(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Which of them go on for so long that their calls are too many to be looked at."""
    text = f"""SELECT value FROM json_each(?) WHERE {_MOST_STRETCHES} < (SELECT COUNT(*) FROM (
        SELECT 1 FROM presence WHERE kind = ? AND presence.id = value
        LIMIT {_MOST_STRETCHES + 1}))"""
    bound = (json.dumps(ids), int(Presence.SESSION))
    return {row[0] for row in connection.exec_driver_sql(text, bound)}


def _read(
    store: Store, connection: Connection, narrowed: Narrowed, ids: Sequence[int]
) -> list[Session]:
    """Those sessions, in their order, by the calls of theirs that are wanted.

    Of long ones nothing is read but the name.
    """
    long = _long(connection, ids)
    # the plus keeps SQLite from finding the calls by the span instead of by their stretches
    condition = where([*within("+at_us", narrowed.wanted.span), *of_calls(narrowed)])
    text = f"""SELECT session_id, circumstance_id, MIN(at_us), MAX(at_us + IFNULL(latency_us, 0)),
        {", ".join(SCANNED.values())}
        FROM json_each(?) AS named CROSS JOIN presence ON kind = ? AND presence.id = named.value
        CROSS JOIN calls ON at_us >= stretch << {STRETCH_BITS}
        AND at_us < (stretch + 1) << {STRETCH_BITS} AND session_id = presence.id
        WHERE {condition.text} GROUP BY session_id, circumstance_id"""
    short = [i for i in ids if i not in long]
    bound = (json.dumps(short), int(Presence.SESSION), *condition.values)
    rows = dialect.plain_rows(connection, text, bound)
    made = circumstances_of(connection, (row[1] for row in rows), store.circumstances)
    reading: dict[int, _Reading] = {}
    for session, circumstance, first, end, *scanned in rows:
        made_in = made[circumstance]
        there = reading.setdefault(session, _Reading(first, end))
        there.add(first, end, made_in.label_ids[MODEL], of_circumstance(scanned, made_in))
    models = {model for one in reading.values() for model in one.models}
    label = texts(connection, {*ids, *models}, store.label_texts)
    return [
        reading[i].read(label[i], label) if i in reading else Session(label[i], NOTHING, 0, 0, ())
        for i in ids
        if i in reading or i in long
    ]


class _Reading:
    """A session as its calls come in."""

    def __init__(self, first_at_us: int, last_end_us: int) -> None:
        self.first_at_us = first_at_us
        self.last_end_us = last_end_us
        self.models: dict[int, list[int]] = {}

    def add(self, first_at_us: int, last_end_us: int, model: int, sums: list[int]) -> None:
        """Take in what calls of one circumstance add up to."""
        self.first_at_us = min(self.first_at_us, first_at_us)
        self.last_end_us = max(self.last_end_us, last_end_us)
        there = self.models.get(model)
        self.models[model] = list(map(add, there, sums)) if there else sums

    def read(self, name: str, label: dict[int, str]) -> Session:
        """All of it."""
        by_model = [(totals_in(sums), label[model]) for model, sums in self.models.items()]
        by_model.sort(key=lambda one: (-one[0].spend_pusd, one[1]))
        totals = totals_in([sum(column) for column in zip(*self.models.values(), strict=True)])
        models = tuple(dict.fromkeys(model for _, model in by_model))
        return Session(name, totals, self.first_at_us, self.last_end_us, models)
