"""Sessions that were at work lately, summed over all of their lives.

Sessions are many and most are over: whoever asks where each stands is told of those that made a
call since the day before the latest one, and of those they name.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace

from profiler.domain.periods import DAY_US, Span
from profiler.domain.scopes import Dimension, Filter, Match
from profiler.domain.totals import Totals
from profiler.store.engine import Store
from profiler.store.layout import STRETCH_BITS, Presence
from profiler.store.sums import grouped

_FEW = 20
"""So many sessions are summed one by one; more are cheaper together with those of their time."""

_FIRST = f"""
    SELECT labels.value, (SELECT MIN(stretch) << {STRETCH_BITS} FROM presence
    WHERE presence.kind = ? AND presence.id = labels.id)
    FROM json_each(?) AS named CROSS JOIN labels ON labels.kind = ? AND labels.value = named.value
"""


def lifetimes(
    store: Store,
    by: Sequence[Dimension],
    wanted: Filter,
    latest_us: int,
    named: Collection[str] = (),
) -> dict[tuple[str, ...], Totals]:
    """What calls add up to per label of `by`, which has sessions in it, of those at work lately.

    `latest_us` is when the latest call began; `named` are further sessions.
    """
    since_us = (latest_us // DAY_US - 1) * DAY_US
    place = list(by).index(Dimension.SESSION)
    found = dict(grouped(store, by, replace(wanted, span=Span(since_us))))
    sessions = {labels[place] for labels in found} | set(named)
    older = _began_before(store, sessions, since_us)
    if len(older) > _FEW:
        parts = [(replace(wanted, span=Span(min(older.values()), since_us)), set(older))]
    else:
        parts = [
            (
                replace(
                    wanted,
                    span=Span(first_us, since_us),
                    matches=(*wanted.matches, Match(Dimension.SESSION, name)),
                ),
                {name},
            )
            for name, first_us in older.items()
        ]
    for earlier, names in parts:
        for labels, totals in grouped(store, by, earlier):
            # a name with an asterisk in it matches those of others as well
            if labels[place] in names:
                found[labels] = found.get(labels, Totals()) + totals
    return found


def _began_before(store: Store, sessions: Collection[str], since_us: int) -> dict[str, int]:
    """Those that had begun, and the day each did; of calls without a session nobody knows."""
    with store.reading() as connection:
        bound = (int(Presence.SESSION), json.dumps(sorted(sessions)), Dimension.SESSION.value)
        rows = connection.exec_driver_sql(_FIRST, bound).all()
    found = {
        name: first_us // DAY_US * DAY_US
        for name, first_us in rows
        if first_us is not None and first_us < since_us
    }
    return {**found, "": 0} if "" in sessions else found
