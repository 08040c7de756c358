"""A grouped report as a page: its sums, its spend over time, its table."""

from zoneinfo import ZoneInfo

from profiler.analysis.results import Grouped
from profiler.analysis.trend import trend
from profiler.domain.scopes import Dimension, Filter
from profiler.report.document import Document, alone, untitled
from profiler.report.sheet import Sheet, figures_of
from profiler.report.summary import chart_of_trend
from profiler.store.engine import Store


def page_of_groups(
    store: Store, grouped: Grouped, sheet: Sheet, wanted: Filter, now_us: int, zone: ZoneInfo
) -> Document:
    """What a page of `sheet`, which lays out `grouped`, holds beside it; nothing without calls."""
    if not grouped.totals.calls:
        return alone(sheet)
    by = next((one for one in Dimension if one.value == grouped.by[-1]), Dimension.MODEL)
    found = trend(store, by, wanted, now_us, zone)
    parts = (figures_of(grouped.totals), chart_of_trend(found, zone, sheet), untitled(sheet))
    return Document(sheet.title, sheet.subtitle, parts)
