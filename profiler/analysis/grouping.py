"""Spend by what the user asks: any dimensions, or days."""

from collections.abc import Sequence
from functools import reduce
from operator import add
from zoneinfo import ZoneInfo

from profiler.analysis.results import Group, Grouped
from profiler.analysis.trend import edges
from profiler.display import share
from profiler.domain.periods import to_moment
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import NOTHING, Totals
from profiler.store import reads
from profiler.store.engine import Store


def grouped(store: Store, by: Sequence[Dimension], wanted: Filter) -> Grouped:
    """Spend by `by`, the dearest first; a model's row carries its provider too if asked for."""
    rows = sorted(
        reads.grouped(store, by, wanted),
        key=lambda row: (-row[1].spend_pusd, -row[1].calls, row[0]),
    )
    return _as_grouped(tuple(d.value for d in by), wanted, rows)


def by_day(store: Store, wanted: Filter, now_us: int, zone: ZoneInfo) -> Grouped:
    """Spend by calendar day in `zone`, oldest first, days without calls included."""
    starts = edges(store, wanted, now_us, zone, step="day")
    found = {index: totals for index, _, totals in reads.series(store, None, starts, wanted)}
    rows = [
        ((to_moment(start, zone).date().isoformat(),), found.get(index, NOTHING))
        for index, start in enumerate(starts[:-1])
    ]
    return _as_grouped(("day",), wanted, rows)


def _as_grouped(
    by: tuple[str, ...], wanted: Filter, rows: Sequence[tuple[tuple[str, ...], Totals]]
) -> Grouped:
    whole = reduce(add, (totals for _, totals in rows), NOTHING)
    spend = whole.spend_pusd
    return Grouped(
        by=by,
        span=wanted.span,
        rows=tuple(Group(labels, t, share(t, spend)) for labels, t in rows),
        totals=whole,
    )
