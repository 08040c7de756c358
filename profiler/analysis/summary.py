"""A stretch of time in one page: what was spent, on what, and what changed since the one before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from profiler.analysis.asked import Asked
from profiler.analysis.changes import Changed, changed
from profiler.analysis.grouping import MOST_READ, by_step, grouped
from profiler.analysis.results.snapshot import Grouped, Trend
from profiler.analysis.trend import trend
from profiler.domain.budgets import Standing
from profiler.domain.scopes import Dimension
from profiler.domain.usual import before
from profiler.errors import UsageError
from profiler.store.engine import Store


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything the page tells."""

    models: Changed
    """By model; its total is the whole's."""
    features: Changed
    sites: Grouped
    """Where in the code, the dearest first."""
    trend: Trend
    """By model."""
    over_time: Grouped
    """By day, week or month, as the trend is."""
    standings: tuple[Standing, ...]


def summary(store: Store, asked: Asked, now_us: int, standings: Sequence[Standing]) -> Summary:
    """The calls asked for beside those of the stretch before.

    Raises:
        UsageError: what is asked for has no beginning, so nothing lies before it.

    """
    wanted = asked.wanted
    span_before = before(wanted.span, now_us, asked.zone)
    if span_before is None:
        raise UsageError("a summary is of a stretch of time; say since when, like --since 7d")
    against = replace(wanted, span=span_before)
    by_model = trend(store, Dimension.MODEL, wanted, now_us, asked.zone)
    # a table of hours would be longer than all the rest
    step = "day" if by_model.step == "hour" else by_model.step
    return Summary(
        models=changed(store, (Dimension.MODEL,), wanted, against, MOST_READ),
        features=changed(store, (Dimension.FEATURE,), wanted, against, MOST_READ),
        sites=grouped(store, (Dimension.SITE,), wanted, MOST_READ),
        trend=by_model,
        over_time=by_step(store, wanted, now_us, asked.zone, step),
        standings=tuple(standings),
    )
