from hypothesis import given, strategies as st

from profiler.analysis.flame import NO_FRAME, Measure, Path, grow
from profiler.domain.totals import NOTHING, Totals

_frames = st.sampled_from(["app.py:9 main", "rag.py:4 answer", "rag.py:9 rank", "x"])
_totals = st.builds(
    Totals,
    calls=st.integers(1, 9),
    spend_pusd=st.integers(0, 10**13),
    output_tokens=st.integers(0, 999),
)
_rows = st.lists(st.tuples(st.lists(_frames, max_size=4).map(tuple), _totals), max_size=12)


@given(_rows)
def test_nothing_is_lost_or_counted_twice(rows: list[tuple[Path, Totals]]) -> None:
    root = grow(rows)
    assert root.whole == sum((totals for _, totals in rows), NOTHING)
    assert sum((totals for _, totals in root.paths()), NOTHING) == root.whole


@given(_rows, st.sampled_from(Measure))
def test_the_largest_stands_first_and_a_frame_is_all_within_it(
    rows: list[tuple[Path, Totals]], measure: Measure
) -> None:
    waiting = [grow(rows, measure)]
    while waiting:
        frame = waiting.pop()
        sizes = [measure.of(inner.whole) for inner in frame.inner]
        assert sizes == sorted(sizes, reverse=True)
        assert frame.whole == sum((inner.whole for inner in frame.inner), frame.own)
        waiting += frame.inner


@given(_rows)
def test_a_tree_grown_from_its_own_paths_is_the_same(rows: list[tuple[Path, Totals]]) -> None:
    root = grow(rows)
    assert grow(root.paths()) == root


def test_calls_without_a_place_stand_apart() -> None:
    root = grow([((), Totals(calls=2)), (("a",), Totals(calls=1))])
    assert {frame.name: frame.whole.calls for frame in root.inner} == {NO_FRAME: 2, "a": 1}
    assert root.depth == 1
