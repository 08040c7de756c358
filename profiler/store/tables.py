"""The tables, as SQLAlchemy Core sees them.

Labels are small integers into one dictionary; label 0 is the empty label everywhere and has
no row. Most labels of a call come in combinations that repeat, so each combination has a row
in `circumstances` and a call has its number. A call's own numbers fit into some eighty bytes.

Calls are clustered on (start, tail), which is the call's id: a line read twice collides with
itself, paging by time walks the table, and the id needs no index of its own. They have no
other index: `presence` says in which stretches of time a label occurs, at a tenth of the size.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
)

from profiler.store.layout import CIRCUMSTANCES, SUMS

_WHOLE = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on every database; STRICT tables of SQLite know the type by this name only."""

metadata = MetaData()


def _number(name: str, *, optional: bool = False, key: bool = False) -> Column[int]:
    return Column(name, _WHOLE, nullable=optional, primary_key=key, autoincrement=False)


def _table(name: str, *parts: Column[int] | Column[str] | UniqueConstraint) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=False)


meta = _table(
    "meta",
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""The schema's version and layout, and when the database was made."""

labels = Table(
    "labels",
    metadata,
    Column("id", _WHOLE, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    UniqueConstraint("value", "kind"),
    sqlite_strict=True,
)
"""The dictionary; a label is never changed and never removed."""

# The unique key begins with the value, so that a planner without statistics has one index left
# for questions about a kind, and this one answers them alone.
Index("labels_folded", labels.c.kind, func.lower(labels.c.value), labels.c.value)

_COMBINED = (*(f"{kind}_id" for kind in CIRCUMSTANCES), "outcome", "basis", "streamed", "status")

circumstances = Table(
    "circumstances",
    metadata,
    Column("id", _WHOLE, primary_key=True),
    *(_number(name) for name in _COMBINED),
    UniqueConstraint(*_COMBINED),
    sqlite_strict=True,
)
"""Every combination of labels that a call was made in; never changed and never removed."""

calls = _table(
    "calls",
    _number("at_us", key=True),
    _number("tail", key=True),
    _number("circumstance_id"),
    _number("user_id"),
    _number("session_id"),
    _number("attempts"),
    _number("latency_us", optional=True),
    _number("first_chunk_us", optional=True),
    _number("input", optional=True),
    _number("cache_read"),
    _number("cache_write"),
    _number("cache_write_5m"),
    _number("cache_write_1h"),
    _number("output", optional=True),
    _number("reasoning"),
    _number("cost_pusd", optional=True),
    _number("cache_saved_pusd"),
    _number("cache_premium_pusd"),
    _number("cache_missed_pusd"),
)
"""One row per call."""

extras = _table(
    "extras",
    _number("at_us", key=True),
    _number("tail", key=True),
    Column("fields", Text, nullable=False),
)
"""What few calls have, or none twice: a JSON object of the fields of `rows.EXTRAS`."""

rollups = _table(
    "rollups",
    _number("axis", key=True),
    _number("grain", key=True),
    _number("start_h", key=True),
    _number("label_id", key=True),
    _number("provider_id", key=True),
    _number("model_id", key=True),
    *(_number(name) for name in SUMS),
)
"""Sums per stretch of time, which begins so many hours after the epoch.

Within an axis and a grain every call is counted under exactly one label.
"""

histograms = _table(
    "histograms",
    _number("measure", key=True),
    _number("grain", key=True),
    _number("start_h", key=True),
    _number("provider_id", key=True),
    _number("model_id", key=True),
    _number("bucket", key=True),
    _number("calls"),
)
"""Calls per stretch of time and bucket of a `Measure`, where it is known."""

presence = _table(
    "presence",
    _number("kind", key=True),
    _number("id", key=True),
    _number("stretch", key=True),
    _number("low", optional=True),
    _number("high", optional=True),
)
"""In which stretches of time something occurs; stretch n begins n * 2^27 us after the epoch.

`low` and `high` are what the cheapest and the dearest of those calls cost, in nano-dollars; `NULL`
where none has a cost.
"""

calibration = _table(
    "calibration",
    Column("family", Text, primary_key=True),
    Column("side", Text, primary_key=True),
    _number("calls"),
    _number("units"),
    _number("tokens"),
    _number("logs"),
    _number("squares"),
    _number("most_tokens"),
)
"""Sums over measured calls, as `domain.calibration` has them."""

suspects = _table(
    "suspects",
    _number("claimed_us", key=True),
    _number("tail", key=True),
    _number("filed_us"),
)
"""Calls that claim to have begun long after they were read, and the time they are filed under."""

segments = _table(
    "segments",
    Column("generation", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    _number("offset_bytes"),
    _number("marker_bytes"),
    Column("marker", Text, nullable=False),
    _number("skipping_from", optional=True),
    _number("size_bytes"),
    _number("mtime_ns"),
)
"""How far each segment has been read; a copy of a segment has a row of its own."""

rejections = _table(
    "rejections",
    Column("generation", Text, primary_key=True),
    _number("offset_bytes", key=True),
    _number("length_bytes"),
    Column("name", Text, nullable=False),
    Column("reason", Text, nullable=False),
    _number("at_us"),
)
"""Stretches of the log that were no events."""

losses = _table(
    "losses",
    Column("generation", Text, primary_key=True),
    _number("offset_bytes", key=True),
    _number("dropped"),
    _number("faults"),
    _number("at_us"),
)
"""Calls that programs could not log, and faults of our own in them, where their segments tell."""

budgets = _table(
    "budgets",
    Column("name", Text, primary_key=True),
    _number("limit_pusd"),
    Column("period", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("scope", Text, nullable=False),
)
"""Limits the user set; `scope` is a JSON list of [dimension, pattern]."""

digests = _table(
    "digests",
    _number("kind", key=True),
    _number("day", key=True),
    _number("rows"),
    Column("sum", Text, nullable=False),
)
"""What was written, by `store.digests`: a sum of hashes for every UTC day of calls."""
