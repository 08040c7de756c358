"""The dictionary of labels: text to small integer when writing, back again when reading."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from sqlalchemy import Connection, insert, select

from profiler.log.fields import MAX_LABEL_CHARS
from profiler.store import digests
from profiler.store.layout import LISTS, UNSET
from profiler.store.tables import labels

_MOST_KEPT = 200_000
"""Labels remembered at once; more are looked up again."""

_CHUNK = 500

MOST_TAGS = 64
MOST_LISTED = 128

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Dictionary:
    """Ids of labels, remembered for the length of a drain.

    Labels are never changed or removed, so an id stays right whoever writes meanwhile; but ids
    given out in a transaction that failed never were. Drop the dictionary with it.
    """

    def __init__(self) -> None:
        self._ids: dict[str, dict[str, int]] = {}
        self._kept = 0

    def ids(self, connection: Connection, kind: str, values: Iterable[str]) -> Mapping[str, int]:
        """The ids of `kind`, those of `values` among them, cleaned and written where new."""
        known = self._ids.setdefault(kind, {"": UNSET})
        missing = set(values).difference(known)
        if missing:
            if self._kept > _MOST_KEPT:
                self._ids = {kind: {"": UNSET}}
                self._kept = 0
                return self.ids(connection, kind, {*values, *missing})
            clean = missing if kind in LISTS else set(map(cleaned, missing))
            ids = _found_or_made(connection, kind, clean)
            for value in missing:
                known[value] = ids[value if kind in LISTS else cleaned(value)]
            self._kept += len(missing)
        return known


def _found_or_made(connection: Connection, kind: str, values: Collection[str]) -> dict[str, int]:
    found = _found(connection, kind, values)
    new = [value for value in values if value not in found]
    if new:
        statement = insert(labels).returning(*labels.columns)
        rows = connection.execute(statement, [{"kind": kind, "value": value} for value in new])
        made = [tuple(row) for row in rows]
        digests.grow(connection, labels, made)
        found.update((value, number) for number, _, value in made)
    return found


def _found(connection: Connection, kind: str, values: Collection[str]) -> dict[str, int]:
    ordered = list(values)
    found: dict[str, int] = {}
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        wanted = select(labels.c.value, labels.c.id).where(
            labels.c.kind == kind, labels.c.value.in_(chunk)
        )
        found.update((row[0], row[1]) for row in connection.execute(wanted))
    return found


def ids_of(connection: Connection, kind: str, values: Collection[str]) -> list[int]:
    """The ids of those of `values` that are labels of that kind, or empty."""
    unset = [UNSET] if "" in values else []
    return [*unset, *_found(connection, kind, values).values()]


def texts(connection: Connection, ids: Iterable[int], known: dict[int, str]) -> dict[int, str]:
    """The texts of `ids`; what is looked up is kept in `known` for the next time."""
    if len(known) > _MOST_KEPT:
        known.clear()
    known[UNSET] = ""
    wanted = set(ids)
    missing = list(wanted.difference(known))
    for start in range(0, len(missing), _CHUNK):
        query = select(labels.c.id, labels.c.value).where(
            labels.c.id.in_(missing[start : start + _CHUNK])
        )
        known.update((row[0], row[1]) for row in connection.execute(query))
    return {label_id: known[label_id] for label_id in wanted}


def cleaned(label: str) -> str:
    """`label` as it is stored: cut, and with U+FFFD for what could steer a terminal.

    Faces clean text again when they draw it; this is for whoever reads the database itself.
    """
    if len(label) <= MAX_LABEL_CHARS and label.isascii() and label.isprintable():
        return label
    return _CONTROLS.sub("\ufffd", label[:MAX_LABEL_CHARS])


def kept_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags as they are stored: cleaned, and so many at most."""
    return {cleaned(name): cleaned(text) for name, text in islice(tags.items(), MOST_TAGS)}


def kept_list(texts: Sequence[str]) -> list[str]:
    """A list of texts as it is stored: cleaned, order kept, and so many at most."""
    return [cleaned(text) for text in texts[:MOST_LISTED]]


def list_text(texts: Sequence[str]) -> str:
    """A list of texts as one label."""
    if not texts:
        return ""
    return json.dumps(kept_list(texts), separators=(",", ":"), ensure_ascii=False)


def list_of(text: str) -> tuple[str, ...]:
    """The list that `list_text` wrote."""
    return tuple(map(str, json.loads(text))) if text else ()
