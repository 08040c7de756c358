"""Calls by their ids, however many."""

from collections.abc import Sequence

from sqlalchemy import Connection

from profiler.domain.calls import Call, call_id
from profiler.store import dialect, digests
from profiler.store.engine import Store
from profiler.store.rows import calls_of
from profiler.store.suspects import Key, Suspects
from profiler.store.tables import calls


def calls_by_id(store: Store, connection: Connection, ids: Sequence[str]) -> dict[str, Call]:
    """Those of the calls `ids` that are there."""
    keys = [(int(one[:14], 16), int(one[14:], 16)) for one in ids]
    rows = [tuple(row) for row in dialect.rows_at(connection, calls, keys)]
    return {call.id: call for call in calls_of(store, connection, rows)}


def filed_ids(connection: Connection, keys: Sequence[Key]) -> dict[Key, str]:
    """Under which ids those calls are filed whose own time is not believed."""
    return {key: call_id(at_us, key[1]) for key, at_us in Suspects(connection).filed(keys).items()}


def gone_before_us(connection: Connection) -> int:
    """Calls that began before this were removed."""
    return digests.horizon_us(connection)
