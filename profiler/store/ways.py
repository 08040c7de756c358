"""Sums by the ways that calls were made: labels and whole call stacks."""

from collections.abc import Mapping, Sequence

from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import NOTHING, Totals
from profiler.store.dictionary import list_of
from profiler.store.engine import Store
from profiler.store.ranking import dearest
from profiler.store.sources import Kind

Way = tuple[tuple[str, ...], ...]
"""For each kind asked for, its texts: one of a label, a stack's frames."""

_READ: dict[Kind, tuple[Kind, ...]] = {"stack": ("stack", Dimension.SITE)}
"""What must be read to tell a kind, where that is more than itself."""


def by_path(
    store: Store, kinds: Sequence[Kind], wanted: Filter, most: int | None = None
) -> list[tuple[Way, Totals]]:
    """What the wanted calls add up to per way they were made, exact for any span.

    A label is one text, empty where nobody set it. A stack is its frames, outermost first; where
    only the site is known, that alone; where not even that is, none. Up to `most` of them are
    told, the dearest, or all.
    """
    read = tuple(dict.fromkeys(one for kind in kinds for one in _READ.get(kind, (kind,))))
    found: dict[Way, Totals] = {}
    for labels, totals in dearest(store, read, wanted, most).rows:
        told = dict(zip(read, labels, strict=True))
        way = tuple(_stack(told) if kind == "stack" else (told[kind],) for kind in kinds)
        found[way] = found.get(way, NOTHING) + totals
    return list(found.items())


def _stack(told: Mapping[Kind, str]) -> tuple[str, ...]:
    site = told[Dimension.SITE]
    return list_of(told["stack"]) or ((site,) if site else ())
