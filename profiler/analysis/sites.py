"""Where in the code, or for what, the money goes: the tree of frames a face draws."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from profiler import display
from profiler.analysis.asked import Asked
from profiler.analysis.flame import Frame, Measure, Path, grow, unset
from profiler.analysis.results.runs import SitesPart
from profiler.domain.periods import Span, moment_us
from profiler.domain.scopes import Among, Dimension, Filter
from profiler.domain.totals import NOTHING, Totals
from profiler.domain.usual import before
from profiler.store import reads, sessions
from profiler.store.engine import Store
from profiler.store.sources import Kind

STACK, SESSION = "stack", "session"
_KINDS: dict[str, tuple[Kind, ...]] = {
    STACK: ("stack",),
    "labels": (Dimension.FEATURE, Dimension.AGENT, Dimension.MODEL),
}

MOST_PATHS = 1_000
"""More than these nobody can tell apart on a screen; the rest stand together."""
MOST_SESSIONS = 200


def part(store: Store, asked: Asked, now_us: int) -> SitesPart:
    """The tree by what the screen groups by; with `picked`, the one it is compared with too."""
    by = asked.by or STACK
    root = _tree(store, by, asked.wanted)
    span = compared_with(asked, now_us) if asked.picked else None
    if span is None:
        return SitesPart(root, by=by)
    other = _tree(store, by, replace(asked.wanted, span=span))
    return SitesPart(root, other, by, asked.picked)


def compared_with(asked: Asked, now_us: int) -> Span | None:
    """The range that `picked` names: `before`, or two moments in words around `..`.

    `None` where the range has no beginning: then there is nothing before it.
    """
    since, dots, until = asked.picked.partition("..")
    if dots:
        ends = [moment_us(text, now_us, asked.zone) if text else None for text in (since, until)]
        return Span(*ends)
    return before(asked.wanted.span, now_us, asked.zone)


def tree(
    store: Store, kinds: Sequence[Kind], wanted: Filter, measure: Measure = Measure.COST
) -> Frame:
    """The wanted calls by the ways they were made, the largest by `measure` first.

    A label that nobody set is named.
    """
    return grow(_named(store, kinds, wanted), measure)


def _named(store: Store, kinds: Sequence[Kind], wanted: Filter) -> Iterator[tuple[Path, Totals]]:
    for way, totals in reads.by_path(store, kinds, wanted):
        frames = [
            text or unset(kind) for kind, texts in zip(kinds, way, strict=True) for text in texts
        ]
        yield tuple(frames), totals


def _tree(store: Store, by: str, wanted: Filter) -> Frame:
    kinds: Sequence[Kind] = (Dimension.SESSION,) if by == SESSION else _KINDS[by]
    # the sum of all may tell hours where those by label tell days
    wanted = reads.settled(store, kinds, wanted)
    if by == SESSION:
        listed = sessions.dearest(store, wanted, MOST_SESSIONS).sessions
        # where sessions are too many, the dearest are those of late: what is drawn is all of theirs
        among = Among(Dimension.SESSION, tuple(one.name for one in listed))
        found: list[tuple[Path, Totals]] = list(
            reads.grouped(store, kinds, replace(wanted, among=(*wanted.among, among)))
        )
    else:
        ways = reads.by_path(store, kinds, wanted, MOST_PATHS)
        found = [(tuple(chain.from_iterable(way)), totals) for way, totals in ways]
    rest = reads.totals(store, wanted) - sum((totals for _, totals in found), NOTHING)
    return grow([*found, ((display.ALL_OTHERS,), rest)] if rest.calls else found)
