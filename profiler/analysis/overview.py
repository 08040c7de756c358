"""The Snapshot: everything the screens draw, read at one moment."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from profiler.analysis import parts
from profiler.analysis.asked import Asked
from profiler.analysis.changes import Change
from profiler.analysis.figures import Freshness, Spending
from profiler.analysis.models import models
from profiler.analysis.results.snapshot import OverviewPart, Snapshot
from profiler.analysis.trend import trend
from profiler.domain.budgets import Standing
from profiler.domain.outcomes import Outcome
from profiler.domain.periods import EVER, HOUR_US, Span
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import NOTHING
from profiler.domain.usual import WEEK_US, before, periods, usual_hours
from profiler.pricing.card import Card
from profiler.store import reads
from profiler.store.engine import Store

RECENT_CALLS = 50
MOVERS = 8


def snapshot(
    store: Store,
    card: Card,
    asked: Asked,
    now_us: int,
    standings: Sequence[Standing],
    *,
    pending_bytes: int = 0,
) -> Snapshot:
    """Everything about the calls wanted, and about the periods people ask for first."""
    with store.in_one_state():
        wanted = asked.wanted
        found = models(store, card, wanted)
        has_ended = wanted.span.end_us is not None and wanted.span.end_us <= now_us
        newest = wanted if has_ended else replace(wanted, span=EVER)
        return Snapshot(
            taken_at_us=now_us,
            span=wanted.span,
            totals=reads.totals(store, wanted),
            spending=spending(store, wanted, now_us, asked.zone),
            standings=tuple(standings),
            models=found.rows,
            other_models=found.left_out,
            others=found.others,
            recent=tuple(reads.page(store, newest, None, RECENT_CALLS)),
            freshness=freshness(store, pending_bytes),
            part=parts.part(store, card, asked, now_us),
        )


def part(store: Store, asked: Asked, now_us: int) -> OverviewPart:
    """Spend over time by what the screen groups by, what changed, and how fast it goes now."""
    by, wanted = Dimension(asked.by or Dimension.MODEL), asked.wanted
    usual = reads.totals(store, replace(wanted, span=usual_hours(now_us)))
    return OverviewPart(
        trend=trend(store, by, wanted, now_us, asked.zone, step=asked.picked),
        movers=_movers(store, by, wanted, now_us, asked.zone),
        hour=reads.totals(store, replace(wanted, span=Span(now_us - HOUR_US))),
        usual_pusd=usual.spend_pusd * HOUR_US // WEEK_US if usual.calls else None,
        failed=reads.totals(store, replace(wanted, outcome=Outcome.ERROR))
        if wanted.outcome in {None, Outcome.ERROR}
        else NOTHING,
    )


def _movers(
    store: Store, by: Dimension, wanted: Filter, now_us: int, zone: ZoneInfo
) -> tuple[Change, ...]:
    """What changed most against the stretch before; none where nothing was called then."""
    span = before(wanted.span, now_us, zone)
    if span is None:
        return ()
    against = replace(wanted, span=span)
    if not reads.totals(store, against).calls:
        return ()
    rows = reads.moved(store, [by], wanted, against, MOVERS, is_counted=False).rows
    changes = (Change(*row) for row in rows)
    return tuple(row for row in changes if row.pusd)


def spending(store: Store, wanted: Filter, now_us: int, zone: ZoneInfo) -> Spending:
    """Spend in the periods people ask about first and in those before, whatever the span."""
    return Spending(
        *(reads.totals(store, replace(wanted, span=span)) for span in periods(now_us, zone))
    )


def freshness(store: Store, pending_bytes: int) -> Freshness:
    """How far the store has followed the log."""
    return Freshness(
        calls=reads.calls_ever(store),
        last_call_at_us=reads.last_call_at_us(store),
        rejections=reads.rejection_count(store),
        pending_bytes=pending_bytes,
        lost_calls=reads.lost_calls(store),
        swallowed_faults=reads.swallowed_faults(store),
    )
