"""Everything that can be asked of the store, exact for any span: the one place to import from."""

from sqlalchemy import func, select

from profiler.domain.periods import HOUR_US
from profiler.domain.scopes import Dimension
from profiler.store.cuts import settled
from profiler.store.digests import horizon_us
from profiler.store.distributions import distribution, latencies
from profiler.store.engine import Store
from profiler.store.glimpses import Glimpse, counted, newest, one_in, usages
from profiler.store.layout import Axis, Grain, Measure
from profiler.store.pages import Towards, count_upto, each, one, page
from profiler.store.prompts import Prompt, prompts
from profiler.store.ranking import Dearest, Moved, Worth, dearest, dearest_series, moved
from profiler.store.sums import grouped, grouped_series, series, totals
from profiler.store.tables import (
    calls,
    labels as label_table,
    losses,
    rejections as rejected,
    rollups,
)
from profiler.store.ways import by_path
from profiler.store.writes import StoredRejection

__all__ = [
    "Dearest",
    "Glimpse",
    "Measure",
    "Moved",
    "Prompt",
    "StoredRejection",
    "Towards",
    "Worth",
    "by_path",
    "calls_ever",
    "count_upto",
    "counted",
    "dearest",
    "dearest_series",
    "distribution",
    "each",
    "first_at_us",
    "grouped",
    "grouped_series",
    "labels",
    "last_call_at_us",
    "latencies",
    "lost_calls",
    "moved",
    "newest",
    "one",
    "one_in",
    "page",
    "prompts",
    "rejection_count",
    "rejections",
    "series",
    "settled",
    "totals",
    "usages",
]


def labels(store: Store, dimension: Dimension, prefix: str, limit: int) -> list[str]:
    """Labels in use that begin with `prefix`, in alphabetical order; case is ignored."""
    folded = func.lower(label_table.c.value)
    query = (
        select(label_table.c.value)
        .where(
            label_table.c.kind == dimension.value,
            folded.startswith(prefix.lower(), autoescape=True),
        )
        .order_by(folded, label_table.c.value)
        .limit(limit)
    )
    with store.reading() as connection:
        return list(connection.execute(query).scalars())


def calls_ever(store: Store) -> int:
    """How many calls the store holds."""
    query = select(func.sum(rollups.c.calls)).where(
        rollups.c.axis == Axis.WHOLE, rollups.c.grain == Grain.MONTH
    )
    with store.reading() as connection:
        return int(connection.execute(query).scalar() or 0)


def first_at_us(store: Store) -> int | None:
    """When the oldest call began; of those that were removed, the hour is known. `None` without."""
    held = select(func.min(calls.c.at_us))
    summed = select(func.min(rollups.c.start_h)).where(
        rollups.c.axis == Axis.WHOLE, rollups.c.grain == Grain.HOUR
    )
    with store.reading() as connection:
        oldest_us = connection.execute(held).scalar()
        hour = connection.execute(summed).scalar()
        gone_us = horizon_us(connection)
    if hour is not None and hour * HOUR_US < gone_us:
        return int(hour) * HOUR_US
    return None if oldest_us is None else int(oldest_us)


def last_call_at_us(store: Store) -> int | None:
    """When the newest call started; `None` without calls."""
    query = select(func.max(calls.c.at_us))
    with store.reading() as connection:
        newest = connection.execute(query).scalar()
    return None if newest is None else int(newest)


def lost_calls(store: Store) -> int:
    """How many calls programs say they could not log."""
    with store.reading() as connection:
        return int(connection.execute(select(func.sum(losses.c.dropped))).scalar() or 0)


def swallowed_faults(store: Store) -> int:
    """How often programs say our own code failed in them, unseen."""
    with store.reading() as connection:
        return int(connection.execute(select(func.sum(losses.c.faults))).scalar() or 0)


def rejections(store: Store, limit: int) -> list[StoredRejection]:
    """Stretches of the log that were no events, the latest read first."""
    query = (
        select(
            rejected.c.generation,
            rejected.c.name,
            rejected.c.offset_bytes,
            rejected.c.length_bytes,
            rejected.c.reason,
            rejected.c.at_us,
        )
        .order_by(rejected.c.at_us.desc(), rejected.c.generation, rejected.c.offset_bytes)
        .limit(limit)
    )
    with store.reading() as connection:
        return [StoredRejection(*row) for row in connection.execute(query)]


def rejection_count(store: Store) -> int:
    """How many stretches of the log were no events."""
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(rejected)).scalar_one())
