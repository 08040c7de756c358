from hypothesis import given, strategies as st

from profiler.analysis.nesting import SPAN_DIGITS, steps
from profiler.domain.calls import Call
from tests.support.snapshots import a_call


def own_span(call: Call) -> str:
    return call.id[-SPAN_DIGITS:]


FIRST, SECOND, THIRD = (a_call(number, parent="") for number in (3, 2, 1))


def test_a_call_stands_below_the_call_it_was_made_in() -> None:
    inner = a_call(0, parent=own_span(SECOND))
    found = steps([FIRST, SECOND, THIRD, inner])
    assert [(step.depth, step.call) for step in found] == [
        (0, FIRST),
        (0, SECOND),
        (1, inner),
        (0, THIRD),
    ]


def test_calls_of_one_span_of_the_program_stand_together() -> None:
    two = [a_call(number, parent="ab" * 8) for number in (5, 4)]
    [span, first, second, alone] = steps([*two, FIRST])
    assert (span.call, span.span, span.calls) == (None, "ab" * 8, tuple(two))
    assert [(step.depth, step.call) for step in (first, second, alone)] == [
        (1, two[0]),
        (1, two[1]),
        (0, FIRST),
    ]


def test_a_span_of_one_call_is_that_call() -> None:
    call = a_call(4, parent="cd" * 8)
    assert [(step.depth, step.call) for step in steps([call])] == [(0, call)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-1, 10)), max_size=10))
def test_every_call_stands_once_whatever_parents_claim(pairs: list[tuple[int, int]]) -> None:
    spans = {number: own_span(a_call(number)) for number in range(10)}
    calls = {
        number: a_call(number, parent=spans.get(parent, "ff" * 8 if parent == 10 else ""))
        for number, parent in pairs
    }
    found = [step.call for step in steps(list(calls.values())) if step.call is not None]
    assert sorted(call.id for call in found) == sorted(call.id for call in calls.values())
