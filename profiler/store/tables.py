"""The tables, as SQLAlchemy Core sees them.

Labels are small integers into one dictionary: a third of the size of text, and a filter
becomes a comparison of integers. Label 0 is the empty label everywhere and has no row.

Calls are clustered on (start, tail), which is the call's id: a line read twice collides
with itself, paging by time walks the table, and the id needs no index of its own.
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
    literal_column,
)

from profiler.domain.scopes import Dimension
from profiler.domain.totals import FIELDS

UNSET = 0
"""The id of the empty label."""

STRUCTURED = ("tags", "stack", "tools_offered", "tools_called", "failures")
"""Kinds of labels whose text is JSON: an object or a list of texts."""

LABELLED = (
    *(dimension.value for dimension in Dimension),
    "requested_model",
    "answered",
    "tier",
    "speed",
    "rate",
    *STRUCTURED,
)
"""Kinds of labels; every call has an id of each in the column `<kind>_id`."""

ROLLED_UP: dict[Dimension | None, int] = {
    None: 0,
    Dimension.FEATURE: 1,
    Dimension.USER: 2,
    Dimension.SESSION: 3,
    Dimension.AGENT: 4,
    Dimension.WORKFLOW: 5,
    Dimension.PROJECT: 6,
    Dimension.SITE: 7,
    Dimension.OPERATION: 8,
    Dimension.ERROR: 9,
    Dimension.USER_TIER: 10,
    Dimension.ENVIRONMENT: 11,
    Dimension.PROMPT_VERSION: 12,
    Dimension.FINISH: 13,
}
"""What hours are summed by, besides provider and model; `None` is by those two alone."""

DEAR_PUSD = 10**10
"""Calls from a cent up are indexed by cost; below, so many match that walking is cheap."""

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
"""The schema's version and when the database was made."""

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

calls = _table(
    "calls",
    _number("at_us", key=True),
    _number("tail", key=True),
    *(_number(f"{kind}_id") for kind in LABELLED),
    _number("outcome"),
    _number("basis"),
    _number("streamed"),
    _number("status", optional=True),
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
    Column("more", Text),
    _number("cost_pusd", optional=True),
    _number("cache_saved_pusd"),
    _number("cache_premium_pusd"),
    _number("cache_missed_pusd"),
    _number("reported_pusd", optional=True),
    _number("retry_wait_us", optional=True),
    Column("trace", Text),
    Column("parent", Text),
    Column("fingerprint", Text),
    Column("prefixes", Text),
)
"""One row per call, as `store.rows` lays it out."""

INDEXED = (
    Dimension.SESSION,
    Dimension.SITE,
    Dimension.USER,
    Dimension.FEATURE,
    Dimension.MODEL,
)
"""Dimensions with an index in time order, the most selective first."""

# Written out, not bound: only then can a planner see that a query implies an index's condition.
is_failure = calls.c.outcome != literal_column("0")
is_unpriced = calls.c.cost_pusd.is_(None)
is_dear = calls.c.cost_pusd >= literal_column(str(DEAR_PUSD))

for _dimension in INDEXED:
    Index(f"calls_{_dimension}", calls.c[f"{_dimension}_id"], calls.c.at_us, calls.c.tail)

Index(
    "calls_failed",
    calls.c.at_us,
    calls.c.tail,
    sqlite_where=is_failure,
    postgresql_where=is_failure,
)
Index(
    "calls_unpriced",
    calls.c.at_us,
    calls.c.tail,
    sqlite_where=is_unpriced,
    postgresql_where=is_unpriced,
)
Index("calls_dear", calls.c.cost_pusd, sqlite_where=is_dear, postgresql_where=is_dear)

rollups = _table(
    "rollups",
    _number("dimension", key=True),
    _number("hour_us", key=True),
    _number("label_id", key=True),
    _number("provider_id", key=True),
    _number("model_id", key=True),
    *(_number(field) for field in FIELDS),
)
"""Sums per UTC hour; within a dimension every call is counted under exactly one label."""

latency_buckets = _table(
    "latency_buckets",
    _number("hour_us", key=True),
    _number("provider_id", key=True),
    _number("model_id", key=True),
    _number("bucket", key=True),
    _number("calls"),
)
"""Timed calls per UTC hour and `domain.latency` bucket."""

estimates = _table(
    "estimates",
    _number("at_us", key=True),
    _number("tail", key=True),
    _number("low_per_mille"),
    _number("high_per_mille"),
    _number("learned_calls"),
)
"""How far the cost of an estimated call may be off; the few there are make no other row longer."""

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
