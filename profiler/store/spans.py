"""Spans of time cut into whole months, days and hours, and what is left at the edges."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from profiler.domain.periods import HOUR_US, Span
from profiler.store.layout import Grain

DAY_H = 24
_LONGEST_MONTH_H = 31 * DAY_H


@lru_cache(maxsize=1024)
def month_of(hour: int) -> int:
    """The hour that the month of `hour` begins with."""
    moment = datetime.fromtimestamp(hour * 3600, UTC)
    return int(moment.replace(day=1, hour=0).timestamp()) // 3600


_BEGIN: dict[Grain, Callable[[int], int]] = {
    Grain.HOUR: lambda hour: hour,
    Grain.DAY: lambda hour: hour - hour % DAY_H,
    Grain.MONTH: month_of,
}
"""The hour that the hour's stretch of each grain begins with."""

_LENGTH = {Grain.HOUR: 1, Grain.DAY: DAY_H, Grain.MONTH: _LONGEST_MONTH_H}
"""In hours; a moment so much later is in the stretch after, if the stretch is begun with."""


class Pieces(NamedTuple):
    """A span, cut."""

    whole: list[tuple[Grain, int | None, int | None]]
    """Stretches in hours since the epoch: those of each grain from the first to before the second;
    `None` is open."""
    edges: list[Span]
    """What no whole hour covers."""


def pieces(span: Span, grains: Sequence[Grain], gone_us: int = 0) -> Pieces:
    """`span` cut into as few stretches of `grains` as will do, and what is left of it.

    Of calls that began before `gone_us` only sums are left. There an edge moves on to where the
    finest grain begins next, so that every sum counts once, with the moment it begins at.
    """
    cut = Pieces([], [])
    ends = (_moved(end_us, grains, gone_us) for end_us in (span.start_us, span.end_us))
    _cut(Span(*ends), sorted(grains, reverse=True), cut)
    return cut


def _moved(at_us: int | None, grains: Sequence[Grain], gone_us: int) -> int | None:
    if at_us is None or at_us >= gone_us or not grains:
        return at_us
    return _at_or_after(at_us, min(grains)) * HOUR_US


def _cut(span: Span, grains: Sequence[Grain], cut: Pieces) -> None:
    if span.is_empty:
        return
    if not grains:
        cut.edges.append(span)
        return
    grain, *finer = grains
    first = None if span.start_us is None else _at_or_after(span.start_us, grain)
    after = None if span.end_us is None else _BEGIN[grain](span.end_us // HOUR_US)
    if first is not None and after is not None and first >= after:
        _cut(span, finer, cut)
        return
    cut.whole.append((grain, first, after))
    if first is not None:
        _cut(Span(span.start_us, first * HOUR_US), finer, cut)
    if after is not None:
        _cut(Span(after * HOUR_US, span.end_us), finer, cut)


def _at_or_after(at_us: int, grain: Grain) -> int:
    hour = -(-at_us // HOUR_US)
    begin = _BEGIN[grain](hour)
    return begin if begin == hour else _BEGIN[grain](begin + _LENGTH[grain])
