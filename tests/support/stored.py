"""Strategies for calls and filters, and stores that hold calls."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from profiler.domain.calls import Basis, Call, Cost, Outcome, call_id
from profiler.domain.periods import HOUR_US, Span
from profiler.domain.scopes import (
    Among,
    Bound,
    Dimension,
    Filter,
    Match,
    Quantity,
    TagMatch,
    WayMatch,
)
from profiler.domain.usage import Usage
from profiler.store.dictionary import Dictionary
from profiler.store.engine import Store
from profiler.store.writes import record
from tests.support.opened import opened

START_US = 497_222 * HOUR_US
"""The first hour that calls fall into."""
HOURS = 6

moments_us = st.one_of(
    st.integers(START_US, START_US + HOURS * HOUR_US),
    st.integers(0, HOURS).map(lambda hour: START_US + hour * HOUR_US),
    st.integers(1, HOURS).map(lambda hour: START_US + hour * HOUR_US - 1),
)
counts = st.integers(0, 10**9)
LABELS = ("", "", "a", "A%", "ab", "b_\\", "É*", "(é)")
labels = st.sampled_from(LABELS)


@st.composite
def costs(draw: st.DrawFn) -> Cost:
    """Costs of every basis, unpriced ones without a figure."""
    basis = draw(st.sampled_from(Basis))
    if not basis.is_priced:
        return Cost(None, basis)
    pusd = draw(st.one_of(st.sampled_from([0, 1, 10**10 - 1, 10**10, 10**16]), counts))
    return Cost(pusd, basis, draw(labels), draw(counts), -draw(counts), draw(counts))


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Usage with unknown sides now and then."""
    side = st.none() | counts
    return Usage(
        draw(side),
        draw(counts),
        draw(counts),
        draw(counts),
        draw(counts),
        draw(side),
        draw(counts),
        draw(st.sampled_from([{}, {"web_searches": 3}])),
    )


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Calls that share hours, labels and moments."""
    at_us = draw(moments_us)
    tail = draw(st.sampled_from([0, 1, 2**63 - 1]) | st.integers(0, 2**63 - 1))
    plain: dict[str, Any] = {one.value: draw(labels) for one in Dimension}
    return Call(
        **plain,
        id=call_id(at_us, tail),
        started_at_us=at_us,
        requested_model=draw(labels),
        outcome=draw(st.sampled_from(Outcome)),
        usage=draw(usages()),
        cost=draw(costs()),
        is_streamed=draw(st.booleans()),
        status=draw(st.none() | st.just(429)),
        attempts=draw(st.integers(0, 3)),
        latency_us=draw(st.none() | counts),
        first_chunk_us=draw(st.none() | counts),
        tags=draw(st.sampled_from([{}, {"k": "v", "a": "é"}])),
    )


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """Spans with open ends, ends in the middle of hours, and ends before their starts."""
    return Span(draw(st.none() | moments_us), draw(st.none() | moments_us))


patterns = st.sampled_from(["", "*", "a*", "*B*", "a%", "?", "b_\\", "é*", "É\\*", "none", "(É)"])
others = st.just(()) | st.lists(patterns, min_size=1, max_size=2).map(tuple)
matches = st.one_of(
    st.builds(Match, st.sampled_from(Dimension), patterns, st.booleans(), others),
    st.builds(
        Match,
        st.sampled_from(Dimension),
        labels,
        st.booleans(),
        st.lists(labels, max_size=2).map(tuple),
        st.just(value=True),
    ),
)
tags = st.builds(
    TagMatch,
    st.sampled_from(["k", "a", "none"]),
    st.sampled_from(["", "*", "V", "v", "É*"]),
    st.booleans(),
    st.booleans(),
)
bounds = st.builds(
    Bound,
    st.sampled_from(Quantity),
    st.none() | st.sampled_from([0, 1, 10**6]),
    st.none() | st.sampled_from([1, 2, 10**9]),
)


ways = st.builds(
    WayMatch,
    st.sampled_from(["", "a", "É*", "app.py:9 main", "app.py:9 main > *", "*answer", "*rag*"]),
    st.booleans(),
    st.booleans(),
)


amongs = st.builds(Among, st.sampled_from(Dimension), st.lists(labels, max_size=3).map(tuple))


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    """Filters of every kind, the plain ones more often."""
    narrowed = tuple(draw(st.lists(matches, max_size=2)))
    if draw(st.booleans()):
        return Filter(draw(spans()), narrowed, among=tuple(draw(st.lists(amongs, max_size=1))))
    return Filter(
        draw(spans()),
        narrowed,
        draw(st.none() | st.sampled_from(Outcome)),
        draw(st.none() | st.sampled_from([0, 10**10, 10**12])),
        draw(st.none() | st.sampled_from([1, 10**10, 10**17])),
        draw(st.none() | st.booleans()),
        tuple(draw(st.lists(bounds, max_size=1))),
        tuple(draw(st.lists(tags, max_size=1))),
        tuple(draw(st.lists(st.sampled_from(Outcome), max_size=2, unique=True))),
        tuple(draw(st.lists(st.sampled_from(Basis), max_size=2, unique=True))),
        tuple(draw(st.lists(ways, max_size=1))),
    )


def a_call(at_us: int = START_US, tail: int = 1, **changes: object) -> Call:
    """A plain call."""
    call = Call(
        id=call_id(at_us, tail),
        started_at_us=at_us,
        provider="openai",
        requested_model="gpt-5-mini",
        model="gpt-5-mini",
        operation="chat",
        outcome=Outcome.OK,
        usage=Usage(input=1000, output=100),
        cost=Cost(450_000_000, Basis.MEASURED, "card openai/gpt-5-mini"),
        latency_us=900_000,
    )
    return replace(call, **changes)  # type: ignore[arg-type]  # fields by name


batches = st.lists(calls(), max_size=25, unique_by=lambda call: call.id)


def a_store(path: Path, holding: Sequence[Call] = ()) -> Store:
    """An opened store with these calls in it."""
    store = opened(Store.open(path))
    with store.writing() as connection:
        record(connection, Dictionary(), holding)
    return store
