"""What single calls tell of their prompts: hashes of the beginnings, and what came from a cache."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from profiler.domain.calls import call_id
from profiler.domain.scopes import Dimension, Filter
from profiler.store import dialect
from profiler.store.circumstances import circumstances_of
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.layout import CIRCUMSTANCES
from profiler.store.narrow import narrow
from profiler.store.pages import next_rows
from profiler.store.rows import AT, Row
from profiler.store.tables import extras

PLACED_BY = (Dimension.PROVIDER, Dimension.MODEL, Dimension.FEATURE, Dimension.SITE)
"""What tells the places apart that send prompts."""

_PLACES = tuple(CIRCUMSTANCES.index(one) for one in PLACED_BY)


class Prompt(NamedTuple):
    """One call's prompt, as far as its caching goes."""

    id: str
    """The call's."""
    at_us: int
    place: tuple[str, ...]
    """The labels of `PLACED_BY`."""
    session: int
    """Tells sessions apart."""
    prefixes: tuple[str, ...]
    """Hashes of its beginnings, the shortest first; empty where they were not kept."""
    read: int
    """Tokens read from a cache."""
    written: int
    """Tokens written to one."""
    is_kept_long: bool
    """Whether some were written for an hour."""
    is_priced: bool
    premium_pusd: int
    missed_pusd: int


def prompts(store: Store, wanted: Filter, limit: int) -> list[Prompt]:
    """Of the newest of the wanted calls, up to `limit` of them, newest first."""
    with store.reading() as connection:
        rows = next_rows(connection, narrow(connection, wanted), limit, None, is_back=True)
        made = circumstances_of(connection, {row[2] for row in rows}, store.circumstances)
        ids = {number: tuple(one.label_ids[p] for p in _PLACES) for number, one in made.items()}
        text = texts(connection, {i for own in ids.values() for i in own}, store.label_texts)
        kept = dialect.rows_at(connection, extras, [row[:2] for row in rows])
    places = {number: tuple(text[i] for i in own) for number, own in ids.items()}
    prefixes = {
        (at_us, tail): tuple(json.loads(fields).get("prefixes", ()))
        for at_us, tail, fields in kept
        if '"prefixes"' in fields
    }
    return _prompts(rows, places, prefixes)


def _prompts(
    rows: Sequence[Row],
    places: Mapping[int, tuple[str, ...]],
    prefixes: Mapping[tuple[int, int], tuple[str, ...]],
) -> list[Prompt]:
    session, read, cost = AT["session_id"], AT["cache_read"], AT["cost_pusd"]
    short, brief, long = AT["cache_write"], AT["cache_write_5m"], AT["cache_write_1h"]
    premium, missed = AT["cache_premium_pusd"], AT["cache_missed_pusd"]
    return [
        Prompt(
            call_id(row[0], row[1]),
            row[0],
            places[row[2]],
            row[session],
            prefixes.get((row[0], row[1]), ()),
            row[read],
            row[short] + row[brief] + row[long],
            row[long] > 0,
            row[cost] is not None,
            row[premium],
            row[missed],
        )
        for row in rows
    ]
