"""Spans of time cut into whole months, days, quarters and hours, and what is left at the edges."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from profiler.domain.periods import HOUR_US, Span
from profiler.store.layout import Grain

DAY_H = 24
QUARTER_H = 6
_LONGEST_MONTH_H = 31 * DAY_H


@lru_cache(maxsize=1024)
def month_of(hour: int) -> int:
    """The hour that the month of `hour` begins with."""
    moment = datetime.fromtimestamp(hour * 3600, UTC)
    return int(moment.replace(day=1, hour=0).timestamp()) // 3600


_BEGIN: dict[Grain, Callable[[int], int]] = {
    Grain.HOUR: lambda hour: hour,
    Grain.QUARTER: lambda hour: hour - hour % QUARTER_H,
    Grain.DAY: lambda hour: hour - hour % DAY_H,
    Grain.MONTH: month_of,
}
"""The hour that the hour's stretch of each grain begins with."""

_LENGTH = {
    Grain.HOUR: 1,
    Grain.QUARTER: QUARTER_H,
    Grain.DAY: DAY_H,
    Grain.MONTH: _LONGEST_MONTH_H,
}
"""In hours; a moment so much later is in the stretch after, if the stretch is begun with."""


def begin_of(grain: Grain) -> Callable[[int], int]:
    """What tells with which hour the stretch of `grain` begins that an hour lies in."""
    return _BEGIN[grain]


class Pieces(NamedTuple):
    """A span, cut."""

    whole: list[tuple[Grain, int | None, int | None]]
    """Stretches in hours since the epoch: those of each grain from the first to before the second;
    `None` is open."""
    edges: list[Span]
    """What no whole hour covers."""


class Ends(NamedTuple):
    """Where the ends of a span come to lie where calls were removed: where sums begin."""

    grains: tuple[Grain, ...]
    """Of the sums that tell; without any only calls do, and no end moves."""
    gone_us: int
    """Of calls that began before only sums are left."""

    def at(self, at_us: int) -> int:
        """An end on or after which the finest grain begins."""
        if at_us >= self.gone_us or not self.grains:
            return at_us
        return _at_or_after(at_us, min(self.grains)) * HOUR_US

    def of(self, span: Span) -> Span:
        """The same span between ends that can be told."""
        return Span(*(None if us is None else self.at(us) for us in (span.start_us, span.end_us)))


def pieces(span: Span, grains: Sequence[Grain], gone_us: int = 0) -> Pieces:
    """`span` cut into as few stretches of `grains` as will do, and what is left of it.

    Of calls that began before `gone_us` only sums are left. There an edge moves on to where the
    finest grain begins next, so that every sum counts once, with the moment it begins at.
    """
    cut = Pieces([], [])
    _cut(Ends(tuple(grains), gone_us).of(span), sorted(grains, reverse=True), cut)
    return cut


def balanced(span: Span, grains: Sequence[Grain], gone_us: int = 0) -> tuple[Pieces, Pieces]:
    """The same as what to add up and what to take away from that.

    Where most of a stretch is wanted, that is the whole of it without the rest: what is left at
    an edge is never more than half a stretch of the finest grain.
    """
    added, taken = Pieces([], []), Pieces([], [])
    moved = Ends(tuple(grains), gone_us).of(span)
    _balance(moved, sorted(grains, reverse=True), added, taken)
    return added, taken


def _cut(span: Span, grains: Sequence[Grain], cut: Pieces) -> None:
    if span.is_empty:
        return
    if not grains:
        cut.edges.append(span)
        return
    grain, *finer = grains
    first, after = _whole_of(span, grain)
    if first is not None and after is not None and first >= after:
        _cut(span, finer, cut)
        return
    cut.whole.append((grain, first, after))
    if first is not None:
        _cut(Span(span.start_us, first * HOUR_US), finer, cut)
    if after is not None:
        _cut(Span(after * HOUR_US, span.end_us), finer, cut)


def _balance(span: Span, grains: Sequence[Grain], added: Pieces, taken: Pieces) -> None:
    if span.is_empty:
        return
    if not grains:
        added.edges.append(span)
        return
    first, after = _whole_of(span, grains[0])
    if first is not None and after is not None and first > after:
        _balance_within(span, grains, added, taken)
        return
    if first is None or first != after:
        added.whole.append((grains[0], first, after))
    if first is not None:
        _balance_within(Span(span.start_us, first * HOUR_US), grains, added, taken)
    if after is not None:
        _balance_within(Span(after * HOUR_US, span.end_us), grains, added, taken)


def _balance_within(span: Span, grains: Sequence[Grain], added: Pieces, taken: Pieces) -> None:
    """The same for a span that lies in one stretch of the first of `grains`."""
    grain, *finer = grains
    if span.is_empty or span.start_us is None or span.end_us is None:
        return
    begin = _BEGIN[grain](span.start_us // HOUR_US)
    end = _BEGIN[grain](begin + _LENGTH[grain])
    begin_us, end_us = begin * HOUR_US, end * HOUR_US
    if 2 * (span.end_us - span.start_us) <= end_us - begin_us:
        _balance(span, finer, added, taken)
        return
    added.whole.append((grain, begin, end))
    _balance(Span(begin_us, span.start_us), finer, taken, added)
    _balance(Span(span.end_us, end_us), finer, taken, added)


def _whole_of(span: Span, grain: Grain) -> tuple[int | None, int | None]:
    """Where in `span` whole stretches of `grain` begin and end; `None` where it is open."""
    first = None if span.start_us is None else _at_or_after(span.start_us, grain)
    after = None if span.end_us is None else _BEGIN[grain](span.end_us // HOUR_US)
    return first, after


def _at_or_after(at_us: int, grain: Grain) -> int:
    hour = -(-at_us // HOUR_US)
    begin = _BEGIN[grain](hour)
    return begin if begin == hour else _BEGIN[grain](begin + _LENGTH[grain])
