"""A grouped report as a page: its sums, its spend over time, its table."""

from zoneinfo import ZoneInfo

from profiler.analysis.results.snapshot import Grouped
from profiler.analysis.trend import trend
from profiler.domain.scopes import Dimension, Filter
from profiler.report.document import Document, alone, untitled
from profiler.report.sheet import Sheet, figures_of
from profiler.report.summary import chart_of_trend
from profiler.store.engine import Store

_BYS = frozenset(one.value for one in Dimension)


def page_of_groups(
    store: Store, grouped: Grouped, sheet: Sheet, wanted: Filter, now_us: int, zone: ZoneInfo
) -> Document:
    """What a page of `sheet`, which lays out `grouped`, holds beside it; nothing without calls."""
    if not grouped.totals.calls:
        return alone(sheet)
    # a provider stands before its models for their names' sake alone
    is_of_models = grouped.by[:2] == (Dimension.PROVIDER, Dimension.MODEL)
    first = Dimension.MODEL.value if is_of_models else grouped.by[0]
    # days are what the bars stand on, not what they are made of
    first = first if first in _BYS else Dimension.MODEL.value
    found = trend(store, Dimension(first), wanted, now_us, zone)
    parts = (figures_of(grouped.totals), chart_of_trend(found, zone, sheet), untitled(sheet))
    return Document(sheet.title, sheet.subtitle, parts)
