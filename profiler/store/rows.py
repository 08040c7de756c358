"""A call as a row of `calls`, and back."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from profiler.domain.calls import Basis, Call, Cost, Outcome, call_id
from profiler.domain.usage import Usage
from profiler.store.dictionary import Dictionary, list_of, list_text, tags_of, tags_text
from profiler.store.tables import LABELLED, STRUCTURED, UNSET, calls

Row = tuple[Any, ...]
"""Values in the order of the columns of `calls`."""

COLUMNS = tuple(column.name for column in calls.columns)
AT = {name: place for place, name in enumerate(COLUMNS)}
"""Where each column stands in a row."""

_FIRST_LABEL = AT[f"{LABELLED[0]}_id"]
_AFTER_LABELS = _FIRST_LABEL + len(LABELLED)


_LISTS = STRUCTURED[1:]
"""Every structured label but the tags is a list."""


def _tags_of(call: Call) -> str:
    return tags_text(call.tags)


def _list_of(kind: str) -> Callable[[Call], str]:
    def text(call: Call) -> str:
        texts: tuple[str, ...] = getattr(call, kind)
        return list_text(texts) if texts else ""

    return text


_LABELS_OF: dict[str, Callable[[Call], str]] = {
    **{kind: attrgetter(kind) for kind in LABELLED},
    "rate": attrgetter("cost.rate"),
    "tags": _tags_of,
    **{kind: _list_of(kind) for kind in _LISTS},
}


def rows_of(connection: Connection, dictionary: Dictionary, batch: Sequence[Call]) -> list[Row]:
    """`batch` as rows, every label of it in the dictionary."""
    columns: list[Iterable[int]] = []
    for kind in LABELLED:
        texts = list(map(_LABELS_OF[kind], batch))
        if any(texts):
            ids = dictionary.ids(connection, kind, texts)
            columns.append(map(ids.__getitem__, texts))
        else:
            columns.append(repeat(UNSET, len(texts)))
    label_ids = zip(*columns, strict=True)
    return [
        (*call.cursor, *ids, *_numbers(call)) for call, ids in zip(batch, label_ids, strict=True)
    ]


def _numbers(call: Call) -> Row:
    usage, cost = call.usage, call.cost
    return (
        int(call.outcome),
        int(cost.basis),
        int(call.is_streamed),
        call.status,
        call.attempts,
        call.latency_us,
        call.first_chunk_us,
        usage.input,
        usage.cache_read,
        usage.cache_write,
        usage.cache_write_5m,
        usage.cache_write_1h,
        usage.output,
        usage.reasoning,
        json.dumps(dict(usage.more), sort_keys=True) if usage.more else None,
        cost.pusd,
        cost.cache_saved_pusd,
        cost.cache_premium_pusd,
        cost.cache_missed_pusd,
        cost.reported_pusd,
        call.retry_wait_us,
        call.trace or None,
        call.parent or None,
        call.fingerprint or None,
        ",".join(call.prefixes) or None,
    )


def label_ids_of(row: Row) -> Row:
    """The ids of all labels of a row."""
    return row[_FIRST_LABEL:_AFTER_LABELS]


def call_of(row: Row, texts: Mapping[int, str]) -> Call:
    """The call that `row` is."""
    label: dict[str, Any] = dict(zip(LABELLED, (texts[i] for i in label_ids_of(row)), strict=True))
    tags, rate = label.pop("tags"), label.pop("rate")
    label.update({kind: list_of(label[kind]) for kind in _LISTS})
    value = dict(zip(COLUMNS[_AFTER_LABELS:], row[_AFTER_LABELS:], strict=True))
    return Call(
        id=call_id(row[0], row[1]),
        started_at_us=row[0],
        outcome=Outcome(value["outcome"]),
        usage=_usage_of(value),
        cost=_cost_of(value, rate),
        is_streamed=bool(value["streamed"]),
        status=value["status"],
        attempts=value["attempts"],
        latency_us=value["latency_us"],
        first_chunk_us=value["first_chunk_us"],
        retry_wait_us=value["retry_wait_us"],
        trace=value["trace"] or "",
        parent=value["parent"] or "",
        fingerprint=value["fingerprint"] or "",
        prefixes=tuple(value["prefixes"].split(",")) if value["prefixes"] else (),
        tags=tags_of(tags),
        **label,
    )


def _usage_of(value: Mapping[str, Any]) -> Usage:
    return Usage(
        input=value["input"],
        cache_read=value["cache_read"],
        cache_write=value["cache_write"],
        cache_write_5m=value["cache_write_5m"],
        cache_write_1h=value["cache_write_1h"],
        output=value["output"],
        reasoning=value["reasoning"],
        more=json.loads(value["more"]) if value["more"] else {},
    )


def _cost_of(value: Mapping[str, Any], rate: str) -> Cost:
    return Cost(
        pusd=value["cost_pusd"],
        basis=Basis(value["basis"]),
        rate=rate,
        cache_saved_pusd=value["cache_saved_pusd"],
        cache_premium_pusd=value["cache_premium_pusd"],
        cache_missed_pusd=value["cache_missed_pusd"],
        reported_pusd=value["reported_pusd"],
    )
