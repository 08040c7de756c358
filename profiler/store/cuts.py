"""A question cut into what sums tell and what only calls do."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import NamedTuple

from sqlalchemy import Connection

from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension, Filter
from profiler.store import digests
from profiler.store.crowds import MOST_SOUGHT, are_circumstances_many, sought, starts
from profiler.store.engine import Store
from profiler.store.layout import GRAINS, Axis, Grain
from profiler.store.narrow import PER_CALL, Narrowed, narrow
from profiler.store.sources import (
    MOST_AXES,
    Kind,
    Source,
    Stretch,
    closed,
    looked_up,
    scanned_in,
)
from profiler.store.spans import Ends, balanced


def axis_of(by: Sequence[Kind], narrowed: Narrowed) -> Axis | None:
    """By what the sums are kept that can tell; `None` where only the calls can."""
    if narrowed.has_bounds:
        return None
    named: set[Kind] = {*narrowed.dimensions, *by}
    others = named.difference(MOST_AXES)
    is_of_session = Dimension.SESSION in named and len(named) > 1
    if len(others) > 1 or narrowed.has_facts or is_of_session or "stack" in others:
        return None if others.intersection(PER_CALL) else Axis.CIRCUMSTANCE
    if others == {Dimension.USER} and named != others:
        return Axis.USER_AND_MODEL
    return Axis[others.pop().upper()] if others else Axis.MODEL


def summed_by(by: Sequence[Kind], narrowed: Narrowed) -> Axis | None:
    """The same; where nothing is told apart and nothing left out, that needs no model."""
    axis = axis_of(by, narrowed)
    is_whole = axis is Axis.MODEL and not by and not narrowed.dimensions
    return Axis.WHOLE if is_whole else axis


def grains_of(axis: Axis) -> dict[Grain, Axis]:
    """By which stretches of time sums answer a question about `axis`, and those of which axis.

    What calls were made in tells every label that combines, and is summed by shorter stretches.
    """
    if axis in {Axis.USER, Axis.USER_AND_MODEL, Axis.SESSION, Axis.MODEL, Axis.WHOLE}:
        return dict.fromkeys(GRAINS[axis], axis)
    return dict.fromkeys(GRAINS[Axis.CIRCUMSTANCE], Axis.CIRCUMSTANCE) | dict.fromkeys(
        GRAINS[axis], axis
    )


def ends_of(connection: Connection, by: Sequence[Kind], narrowed: Narrowed) -> Ends:
    """Where the ends of a span come to lie when it is told by those kinds."""
    axis = summed_by(by, narrowed)
    return Ends(tuple(grains_of(axis)) if axis else (), digests.horizon_us(connection))


def settled(store: Store, by: Sequence[Kind], wanted: Filter) -> Filter:
    """The same filter over the span that sums by those kinds tell.

    It differs where calls were removed: of them no more than sums are left, of whole hours by
    model, of a quarter of a day or of days by other labels.
    """
    with store.reading() as connection:
        ends = ends_of(connection, tuple(by), narrow(connection, wanted))
    return replace(wanted, span=ends.of(wanted.span))


class Cuts(NamedTuple):
    """Stretches of time, cut into what is summed and what is not."""

    kept_by: dict[Grain, Axis]
    """Of which axis the sums of each grain are."""
    whole: dict[Grain, list[Stretch]]
    edges: list[Stretch]


def cut_up(
    connection: Connection, by: Sequence[Kind], narrowed: Narrowed, stretches: Sequence[Span]
) -> Cuts:
    """`stretches` cut into as little as will do to tell the wanted calls apart."""
    axis = summed_by(by, narrowed)
    kept_by = {} if axis is None else grains_of(axis)
    cuts = Cuts(kept_by, {grain: [] for grain in kept_by}, [])
    gone_us = digests.horizon_us(connection)
    for number, span in enumerate(stretches):
        for sign, cut in zip((1, -1), balanced(span, tuple(kept_by), gone_us), strict=True):
            for grain, first, after in cut.whole:
                cuts.whole[grain].append((number, *closed(first, after), sign))
            cuts.edges.extend(
                (number, *closed(one.start_us, one.end_us), sign) for one in cut.edges
            )
    return cuts


def kept_source(
    connection: Connection,
    narrowed: Narrowed,
    axis: Axis,
    grain: Grain,
    parts: Sequence[Stretch],
) -> Source | None:
    """Where sums are read: looked up if few of many are wanted, else one after another.

    `None` where those may be a million in one stretch, so that each is a question by itself.
    """
    few = sought(connection, narrowed, axis)
    if not few:
        may_be_many = axis is not Axis.WHOLE and are_circumstances_many(connection)
        return None if may_be_many else scanned_in("rollups", "start_h", parts)
    ends = min(part[1] for part in parts), max(part[2] for part in parts)
    begun = starts(connection, axis, grain, *ends)
    if len(begun) * prod(map(len, few.values())) > MOST_SOUGHT:
        return scanned_in("rollups", "start_h", parts)
    each = [
        (number, start, sign)
        for number, first, after, sign in parts
        for start in begun[bisect_left(begun, first) : bisect_left(begun, after)]
    ]
    return looked_up(each, few)
