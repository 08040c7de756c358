"""A call on its way into the store, as it lies there, and as it comes back.

On its way in it is an *entry*: its key, what it was made in, user and session as texts, its
numbers, and as JSON what few calls have.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from profiler.domain.calls import Band, Call, Cost, call_id
from profiler.domain.usage import Usage
from profiler.store import dialect
from profiler.store.circumstances import Circumstance, Told, circumstances_of
from profiler.store.dictionary import kept_list, kept_tags, list_of, list_text, texts
from profiler.store.engine import Store
from profiler.store.layout import CIRCUMSTANCES, LISTS, NO_STATUS
from profiler.store.tables import calls, extras

Row = tuple[Any, ...]
"""Values in the order of the columns of `calls`."""

Entry = tuple[Any, ...]
"""(start, tail, told, user, session, a tuple of the columns of `NUMBERS`, extras or `None`)."""

COLUMNS = tuple(column.name for column in calls.columns)
AT = {name: place for place, name in enumerate(COLUMNS)}
"""Where each column stands in a row."""

_FIRST_NUMBER = AT["session_id"] + 1
NUMBERS = COLUMNS[_FIRST_NUMBER:]
"""What an entry has as a row has it."""

TOLD, USER, SESSION, MEASURED = 2, 3, 4, 5
"""Where they stand in an entry."""

_labels_of = attrgetter(*("cost.rate" if kind == "rate" else kind for kind in CIRCUMSTANCES))
_numbers_of = attrgetter(
    "attempts",
    "latency_us",
    "first_chunk_us",
    "usage.input",
    "usage.cache_read",
    "usage.cache_write",
    "usage.cache_write_5m",
    "usage.cache_write_1h",
    "usage.output",
    "usage.reasoning",
    "cost.pusd",
    "cost.cache_saved_pusd",
    "cost.cache_premium_pusd",
    "cost.cache_missed_pusd",
)
_LISTED = tuple(map(CIRCUMSTANCES.index, LISTS))


def entry_of(call: Call) -> Entry:
    """`call` on its way into the store."""
    labels = list(_labels_of(call))
    for place in _LISTED:
        labels[place] = list_text(labels[place])
    status = NO_STATUS if call.status is None else call.status
    told: Told = (*labels, int(call.outcome), int(call.cost.basis), int(call.is_streamed), status)
    return (*call.cursor, told, call.user, call.session, _numbers_of(call), extras_of(call))


def extras_of(call: Call) -> str | None:
    """What few calls have, as JSON; `None` where the call has nothing of it."""
    cost, band = call.cost, call.cost.band
    return extras_text(
        tags=call.tags,
        tools_called=call.tools_called,
        failures=call.failures,
        retry_wait_us=call.retry_wait_us,
        reported_pusd=cost.reported_pusd,
        band=[band.low_per_mille, band.high_per_mille, band.learned_calls] if band else None,
        more=dict(call.usage.more),
        trace=call.trace,
        parent=call.parent,
        fingerprint=call.fingerprint,
        prefixes=list(call.prefixes),
    )


_CLEANED: dict[str, Callable[[Any], object]] = {
    "tags": kept_tags,
    "tools_called": kept_list,
    "failures": kept_list,
}
_NOTHING: tuple[object, ...] = (None, "", [], (), {})


def extras_text(**fields: object) -> str | None:
    """Such fields as they are stored: those that are not empty, user's texts cleaned."""
    kept = {
        name: _CLEANED[name](value) if name in _CLEANED else value
        for name, value in fields.items()
        if value not in _NOTHING
    }
    if not kept:
        return None
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def calls_of(store: Store, connection: Connection, rows: Sequence[Row]) -> list[Call]:
    """The calls that `rows` are, in their order."""
    made_in = circumstances_of(connection, (row[2] for row in rows), store.circumstances)
    ids = {i for one in made_in.values() for i in one.label_ids}
    ids.update(i for row in rows for i in row[3:_FIRST_NUMBER])
    text = texts(connection, ids, store.label_texts)
    further = _extras_of_rows(connection, rows)
    return [_call_of(row, made_in[row[2]], text, further.get(row[:2], {})) for row in rows]


def _extras_of_rows(
    connection: Connection, rows: Iterable[Row]
) -> dict[tuple[int, int], dict[str, Any]]:
    keys = [row[:2] for row in rows]
    return {
        (at_us, tail): json.loads(fields)
        for at_us, tail, fields in dialect.rows_at(connection, extras, keys)
    }


def _call_of(
    row: Row, made_in: Circumstance, text: Mapping[int, str], further: Mapping[str, Any]
) -> Call:
    labels = dict(zip(CIRCUMSTANCES, (text[i] for i in made_in.label_ids), strict=True))
    rate = labels.pop("rate")
    stack, tools_offered = (list_of(labels.pop(kind)) for kind in LISTS)
    value = dict(zip(NUMBERS, row[_FIRST_NUMBER:], strict=True))
    return Call(
        id=call_id(row[0], row[1]),
        started_at_us=row[0],
        outcome=made_in.outcome,
        usage=_usage_of(value, further.get("more", {})),
        cost=Cost(
            value["cost_pusd"],
            made_in.basis,
            rate,
            value["cache_saved_pusd"],
            value["cache_premium_pusd"],
            value["cache_missed_pusd"],
            further.get("reported_pusd"),
            Band(*further["band"]) if "band" in further else None,
        ),
        is_streamed=made_in.is_streamed,
        status=made_in.status,
        attempts=value["attempts"],
        failures=tuple(further.get("failures", ())),
        retry_wait_us=further.get("retry_wait_us"),
        tools_called=tuple(further.get("tools_called", ())),
        latency_us=value["latency_us"],
        first_chunk_us=value["first_chunk_us"],
        user=text[row[3]],
        session=text[row[4]],
        trace=further.get("trace", ""),
        parent=further.get("parent", ""),
        fingerprint=further.get("fingerprint", ""),
        prefixes=tuple(further.get("prefixes", ())),
        tags=further.get("tags", {}),
        stack=stack,
        tools_offered=tools_offered,
        **labels,
    )


def _usage_of(value: Mapping[str, Any], more: Mapping[str, int]) -> Usage:
    return Usage(
        value["input"],
        value["cache_read"],
        value["cache_write"],
        value["cache_write_5m"],
        value["cache_write_1h"],
        value["output"],
        value["reasoning"],
        more,
    )
