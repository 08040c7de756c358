"""Which of some calls the store has counted."""

from collections.abc import Iterable

from sqlalchemy import select, tuple_

from profiler.domain.calls import call_id
from profiler.store.engine import Store
from profiler.store.tables import calls

_CHUNK = 400
"""Keys of one look-up; SQLite takes some thousands of parameters, two of them make a key."""


def priced_among(store: Store, ids: Iterable[str]) -> set[str]:
    """Those of the calls `ids` whose cost the store knows."""
    keys = [(int(one[:14], 16), int(one[14:], 16)) for one in ids]
    found: set[str] = set()
    with store.reading() as connection:
        for start in range(0, len(keys), _CHUNK):
            query = select(calls.c.at_us, calls.c.tail).where(
                tuple_(calls.c.at_us, calls.c.tail).in_(keys[start : start + _CHUNK]),
                calls.c.cost_pusd.is_not(None),
            )
            found.update(call_id(at_us, tail) for at_us, tail in connection.execute(query))
    return found
