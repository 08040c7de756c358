"""Spend over time, bucketed by the user's own hours, days, weeks and months."""

from collections.abc import Sequence
from datetime import date, timedelta
from heapq import nsmallest
from zoneinfo import ZoneInfo

from profiler.analysis.results.snapshot import Trend
from profiler.domain.periods import HOUR_US, Span, midnight_us, to_moment
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import NOTHING, Totals
from profiler.store import reads
from profiler.store.engine import Store

DAY_US = 24 * HOUR_US
STEPS = {"hour": HOUR_US, "day": DAY_US, "week": 7 * DAY_US, "month": 31 * DAY_US}
"""The steps there are, the finest first, and about how long each is."""
MOST_BARS = 800


def trend(
    store: Store,
    by: Dimension,
    wanted: Filter,
    now_us: int,
    zone: ZoneInfo,
    *,
    most: int = 5,
    step: str = "",
) -> Trend:
    """Spend over time by `by`: the `most` dearest labels apart, the rest summed.

    By hours, days, weeks or months, as `step` says; empty is what suits the span, and what would
    make more bars than anybody can tell apart is made coarser.
    """
    bounds = _bounded(store, wanted.span, now_us)
    step = _no_finer(step, bounds) if step else _step(bounds)
    starts = edges(store, wanted, now_us, zone, step=step)
    sums, others, left_out = reads.dearest_series(store, by, starts, wanted, most)
    if sum((totals for _, totals in others), NOTHING).has_no_known_cost:
        others = []
    else:
        left_out = 0
    known = {label for _, label, t in sums if not t.has_no_known_cost}
    return Trend(
        starts_us=tuple(starts[:-1]),
        step=step,
        series=_series(sums, others, len(starts) - 1, most),
        unpriced=tuple(sorted({label for _, label, _ in sums} - known)),
        end_us=starts[-1],
        unpriced_others=left_out,
        by=by.value,
    )


def _series(
    sums: Sequence[tuple[int, str, Totals]],
    others: Sequence[tuple[int, Totals]],
    buckets: int,
    most: int,
) -> tuple[tuple[str | None, tuple[int, ...]], ...]:
    """Spend per bucket of each of the dearest labels, the dearest first, and of all others."""
    spent: dict[str, int] = {}
    for _, label, totals in sums:
        spent[label] = spent.get(label, 0) + totals.spend_pusd
    dearest = nsmallest(most, spent, key=lambda label: (-spent[label], label))
    # plain lists: a library that pivots takes longer to import than the screen takes to stand
    lines: dict[str | None, list[int]] = {label: [0] * buckets for label in dearest}
    for bucket, label, totals in sums:
        line = lines.get(label) or lines.setdefault(None, [0] * buckets)
        line[bucket] += totals.spend_pusd
    for bucket, totals in others:
        lines.setdefault(None, [0] * buckets)[bucket] += totals.spend_pusd
    return tuple((label, tuple(line)) for label, line in lines.items())


def usual_step(store: Store, wanted: Filter, now_us: int) -> str:
    """The step that shows the shape of a span: `hour`, `day`, `week` or `month`."""
    return _step(_bounded(store, wanted.span, now_us))


def edges(store: Store, wanted: Filter, now_us: int, zone: ZoneInfo, *, step: str) -> list[int]:
    """Where buckets begin, oldest first, and where the last ends: whole steps over the span.

    An open span begins with the first call and ends now.
    """
    start, end = _bounded(store, wanted.span, now_us)
    if step == "hour":
        first = start - start % HOUR_US
        last = end + (-end % HOUR_US)
        return list(range(first, last + 1, HOUR_US))
    day = _begin(to_moment(start, zone).date(), step)
    last_day = to_moment(max(start, end - 1), zone).date()
    found = [midnight_us(day, zone)]
    while day <= last_day:
        day = _after(day, step)
        found.append(midnight_us(day, zone))
    return found


def _bounded(store: Store, span: Span, now_us: int) -> tuple[int, int]:
    start = span.start_us
    end = now_us + 1 if span.end_us is None else span.end_us
    if start is None:
        oldest_us = reads.first_at_us(store)
        start = oldest_us if oldest_us is not None and oldest_us < end else now_us
    return start, max(end, start + 1)


def _step(bounds: tuple[int, int]) -> str:
    """The coarsest step that still shows the shape: some 24 to 120 buckets."""
    days = (bounds[1] - bounds[0]) / DAY_US
    if days <= 3:
        return "hour"
    if days <= 120:
        return "day"
    return "week" if days <= 2 * 365 else "month"


def _no_finer(step: str, bounds: tuple[int, int]) -> str:
    length_us = bounds[1] - bounds[0]
    finer = [name for name, us in STEPS.items() if length_us / us <= MOST_BARS]
    return step if step in finer else finer[0] if finer else "month"


def _begin(day: date, step: str) -> date:
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def _after(day: date, step: str) -> date:
    if step == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if step == "week" else 1)
