"""Which of some calls the store has counted."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import and_, func, select, tuple_

from profiler.domain.budgets import Amounts
from profiler.domain.calls import call_id
from profiler.store.engine import Store
from profiler.store.tables import calls

_CHUNK = 400
"""Keys of one look-up; SQLite takes some thousands of parameters, two of them make a key."""
_TOKENS = (
    func.coalesce(calls.c.input, 0)
    + calls.c.cache_read
    + calls.c.cache_write
    + calls.c.cache_write_5m
    + calls.c.cache_write_1h
    + func.coalesce(calls.c.output, 0)
)


class Loaded(NamedTuple):
    """What the store knows of a call that it has."""

    is_priced: bool
    has_usage: bool
    amounts: Amounts
    """What it counts of it."""


def loaded_among(store: Store, ids: Iterable[str]) -> dict[str, Loaded]:
    """Those of the calls `ids` that the store has."""
    keys = [(int(one[:14], 16), int(one[14:], 16)) for one in ids]
    found: dict[str, Loaded] = {}
    with store.reading() as connection:
        for start in range(0, len(keys), _CHUNK):
            query = select(
                calls.c.at_us,
                calls.c.tail,
                calls.c.cost_pusd,
                and_(calls.c.input.is_not(None), calls.c.output.is_not(None)),
                _TOKENS,
            ).where(tuple_(calls.c.at_us, calls.c.tail).in_(keys[start : start + _CHUNK]))
            for at_us, tail, pusd, has_usage, tokens in connection.execute(query):
                amounts = Amounts(pusd or 0, tokens, 1)
                found[call_id(at_us, tail)] = Loaded(pusd is not None, bool(has_usage), amounts)
    return found
