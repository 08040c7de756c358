"""Sums by call stack are what the calls add up to, for any filter and any span."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from profiler.domain.calls import Call
from profiler.domain.scopes import EVERYTHING, Dimension, Filter
from profiler.domain.totals import Totals
from profiler.store import reads
from profiler.store.sources import Kind
from tests.support.oracle import is_wanted, totals_of
from tests.support.stored import START_US, a_call, a_store, batches, filters

FRAMES = ("app.py:9 main", "rag.py:4 answer", "x")
stacks = st.lists(st.sampled_from(FRAMES), max_size=3).map(tuple)
kinds = st.lists(
    st.sampled_from(["stack", Dimension.FEATURE, Dimension.SESSION, Dimension.MODEL]),
    max_size=2,
    unique=True,
)


def way_of(call: Call, asked: list[Kind]) -> tuple[tuple[str, ...], ...]:
    stack = call.stack or ((call.site,) if call.site else ())
    return tuple(stack if kind == "stack" else (str(getattr(call, kind)),) for kind in asked)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls=batches, given_stacks=st.lists(stacks, min_size=1), wanted=filters(), asked=kinds)
def test_ways_are_exact(
    tmp_path_factory: pytest.TempPathFactory,
    calls: list[Call],
    given_stacks: list[tuple[str, ...]],
    wanted: Filter,
    asked: list[Kind],
) -> None:
    stacked = [
        replace(call, stack=given_stacks[number % len(given_stacks)])
        for number, call in enumerate({call.id: call for call in calls}.values())
    ]
    expected: dict[tuple[tuple[str, ...], ...], list[Call]] = {}
    for call in stacked:
        if is_wanted(call, wanted):
            expected.setdefault(way_of(call, asked), []).append(call)
    summed: dict[tuple[tuple[str, ...], ...], Totals] = {
        way: totals_of(there) for way, there in expected.items()
    }
    with a_store(tmp_path_factory.mktemp("s") / "p.db", stacked) as store:
        assert dict(reads.by_path(store, asked, wanted)) == summed


def test_a_call_without_a_stack_stands_at_its_site(tmp_path: Path) -> None:
    calls = [
        a_call(START_US, stack=("app.py:9 main", "x"), site="x"),
        a_call(START_US + 1, site="x"),
        a_call(START_US + 2, site=""),
    ]
    with a_store(tmp_path / "p.db", calls) as store:
        found = reads.by_path(store, ["stack"], EVERYTHING)
    assert {way for way, _ in found} == {(("app.py:9 main", "x"),), (("x",),), ((),)}
