"""What has a name is opened by it: no other that fits it as a pattern, or but for case."""

from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from profiler.domain.budgets import Budget, Standing
from profiler.domain.periods import Period, Span
from profiler.domain.query import parse_filter
from profiler.domain.scopes import Dimension, Filter, Match
from profiler.domain.totals import NOTHING
from profiler.store import reads
from profiler.tui.asking.counted import calls_of
from profiler.tui.asking.opened import fitting, labelled
from profiler.tui.screens.sites import calls_at
from tests.support.oracle import totals_of
from tests.support.sizes import OFTEN
from tests.support.stored import START_US, a_call, a_store

ZONE = ZoneInfo("UTC")
NAMES = ("", "Search", "search", "se*ch", "*", "**", "sear?h", "=search", "\\=", "a,b", "se\\*ch")
CALLS = [
    a_call(START_US + part, tail=number, **{one.value: name for one in Dimension})
    for number, name in enumerate(NAMES)
    for part in range(number + 1)
]
texts = st.text("aA,\\*'=\" ")


def read(words: str) -> Filter:
    return parse_filter(words, START_US, ZONE)


@OFTEN
@given(name=texts, others=st.lists(texts, max_size=2))
def test_whatever_is_opened_is_meant_to_the_letter(name: str, others: list[str]) -> None:
    (match,) = read(labelled("feature", name, *others, is_excluded=True)).matches
    assert match.patterns == (name, *others)
    assert match.is_exact is (bool(name) or bool(others))
    assert read(fitting("feature", name)).matches == (Match(Dimension.FEATURE, name),)


@pytest.mark.parametrize("dimension", Dimension)
def test_a_name_opens_its_own_calls_alone(tmp_path: Path, dimension: Dimension) -> None:
    with a_store(tmp_path / "p.db", CALLS) as store:
        for name, totals in reads.grouped(store, (dimension,), Filter()):
            wanted = read(labelled(dimension.value, *name))
            assert reads.totals(store, wanted) == totals
            assert totals_of(reads.each(store, wanted)) == totals
        others = read(labelled(dimension.value, *NAMES[2:], is_excluded=True))
        assert totals_of(reads.each(store, others)).calls == 3


def test_a_tag_opens_the_calls_that_have_it_alone(tmp_path: Path) -> None:
    calls = [
        a_call(START_US, tail=number, tags={"my team": name} if name else {})
        for number, name in enumerate(NAMES)
    ]
    with a_store(tmp_path / "p.db", calls) as store:
        for name in NAMES:
            (found,) = reads.each(store, read(labelled("tag:my team", name)))
            assert found.tags.get("my team", "") == name


def test_a_standing_counts_on_names_within_patterns() -> None:
    scope = (Match(Dimension.FEATURE, "se*"),)
    budget = Budget("b", None, Period.TOTAL, "UTC", scope, limit_calls=1, each=("user",))
    found = read(calls_of(Standing(budget, Span(), NOTHING, value="A*"), Span(), ZONE))
    assert found.matches == (*scope, Match(Dimension.USER, "A*", is_exact=True))


def test_a_frame_opens_the_calls_that_came_through_it_alone(tmp_path: Path) -> None:
    frames = ("App.py:9 main", "app.py:9 main", "app.py:9 *", "*", "a, 'b'\\")
    stacks = [*((one,) for one in frames), *product(frames, frames)]
    calls = [
        a_call(START_US, tail=number, stack=stack, site=stack[-1])
        for number, stack in enumerate(stacks)
    ]
    with a_store(tmp_path / "p.db", calls) as store:
        for stack in stacks:
            own = [one.stack for one in reads.each(store, opened_at(stack, is_own=True))]
            assert own == [stack]
            through = [one.stack for one in reads.each(store, opened_at(stack))]
            assert through == [one for one in stacks if one[: len(stack)] == stack]


def opened_at(stack: tuple[str, ...], *, is_own: bool = False) -> Filter:
    return read(calls_at("stack", stack, is_own=is_own) or "")
