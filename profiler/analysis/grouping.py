"""Spend by what the user asks: any dimensions, or days."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from zoneinfo import ZoneInfo

from profiler import display
from profiler.analysis.results.snapshot import Group, Grouped
from profiler.analysis.trend import edges
from profiler.display import share
from profiler.domain.periods import to_moment
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import NOTHING, Totals
from profiler.store import reads
from profiler.store.engine import Store

MOST_READ = 1_000
"""More rows nobody reads; who wants all takes them as rows for programs."""


def grouped(
    store: Store, by: Sequence[Dimension], wanted: Filter, most: int | None = None
) -> Grouped:
    """Spend by `by`, the dearest first; a model's row carries its provider too if asked for.

    Beyond `most` rows, the others are one row together.
    """
    told = reads.settled(store, by, wanted)
    rows, others, left_out = reads.dearest(store, by, told, most)
    if left_out:
        rest = (f"({display.count(left_out)} more)", *[""] * (len(by) - 1))
        rows = [*rows, (rest, others)]
    found = _as_grouped(tuple(d.value for d in by), told, rows)
    asked = None if told.span == wanted.span else wanted.span
    return replace(found, left_out=left_out, asked=asked)


def by_day(store: Store, wanted: Filter, now_us: int, zone: ZoneInfo) -> Grouped:
    """Spend by calendar day in `zone`, oldest first, days without calls included."""
    return by_step(store, wanted, now_us, zone, "day")


def by_step(store: Store, wanted: Filter, now_us: int, zone: ZoneInfo, step: str) -> Grouped:
    """The same by `day`, `week` or `month`; a week is called by its Monday."""
    starts = edges(store, wanted, now_us, zone, step=step)
    found = {index: totals for index, _, totals in reads.series(store, None, starts, wanted)}
    written = "%Y-%m" if step == "month" else "%Y-%m-%d"
    rows = [
        ((f"{to_moment(start, zone):{written}}",), found.get(index, NOTHING))
        for index, start in enumerate(starts[:-1])
    ]
    return _as_grouped((step,), wanted, rows)


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
