"""The Snapshot: everything the screens draw, read at one moment."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from profiler.analysis.models import cache, models
from profiler.analysis.results import Freshness, Snapshot, Spending, Trend
from profiler.analysis.trend import trend
from profiler.domain.budgets import Standing
from profiler.domain.periods import Span, midnight_us, to_moment
from profiler.domain.scopes import EVERYTHING, Dimension, Filter
from profiler.domain.totals import Totals
from profiler.store import reads
from profiler.store.engine import Store

RECENT_CALLS = 50

NO_TREND = Trend((), "day", ())
"""Not read yet."""


def snapshot(
    store: Store,
    span: Span,
    now_us: int,
    zone: ZoneInfo,
    standings: Sequence[Standing],
    *,
    pending_bytes: int = 0,
    with_trend: bool = True,
) -> Snapshot:
    """Everything about the calls in `span`, and about the periods people ask for first."""
    wanted = Filter(span=span)
    rows = models(store, wanted)
    return Snapshot(
        taken_at_us=now_us,
        span=span,
        totals=reads.totals(store, wanted),
        spending=spending(store, now_us, zone),
        standings=tuple(standings),
        trend=trend(store, Dimension.MODEL, wanted, now_us, zone) if with_trend else NO_TREND,
        models=rows,
        cache=cache(rows),
        recent=tuple(reads.page(store, EVERYTHING, None, RECENT_CALLS)),
        freshness=freshness(store, pending_bytes),
    )


def spending(store: Store, now_us: int, zone: ZoneInfo) -> Spending:
    """Spend in the periods people ask about first, and in those before them."""

    def spent(start_us: int | None, end_us: int | None = None) -> Totals:
        return reads.totals(store, Filter(span=Span(start_us, end_us)))

    today = to_moment(now_us, zone).date()
    first = today.replace(day=1)
    day, day_before, week, week_before, month, month_before = (
        midnight_us(date, zone)
        for date in (
            today,
            today - timedelta(days=1),
            today - timedelta(days=6),
            today - timedelta(days=13),
            first,
            (first - timedelta(days=1)).replace(day=1),
        )
    )
    return Spending(
        today=spent(day),
        yesterday=spent(day_before, day),
        week=spent(week),
        month=spent(month),
        week_before=spent(week_before, week),
        month_before=spent(month_before, month),
    )


def freshness(store: Store, pending_bytes: int) -> Freshness:
    """How far the store has followed the log."""
    return Freshness(
        calls=reads.calls_ever(store),
        last_call_at_us=reads.last_call_at_us(store),
        rejections=reads.rejection_count(store),
        pending_bytes=pending_bytes,
        lost_calls=reads.lost_calls(store),
    )
