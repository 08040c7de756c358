"""Pages of the history, single calls, and all of them."""

from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from profiler.domain.calls import Call
from profiler.domain.scopes import EVERYTHING, Dimension, Filter, Match
from profiler.errors import NotFound
from profiler.store import pages, reads, stretches
from tests.support.oracle import is_wanted, totals_of
from tests.support.stored import START_US, a_call, a_store, batches, filters

property_of_stores = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def newest_first(held: list[Call], wanted: Filter) -> list[Call]:
    return sorted(
        (call for call in held if is_wanted(call, wanted)), key=lambda c: c.cursor, reverse=True
    )


@property_of_stores
@given(
    held=batches,
    questions=st.lists(
        st.tuples(filters(), st.integers(1, 7), st.sampled_from(["older", "newer"])),
        min_size=1,
        max_size=6,
    ),
)
def test_paging_through_equals_slicing(
    tmp_path_factory: pytest.TempPathFactory,
    held: list[Call],
    questions: list[tuple[Filter, int, Literal["older", "newer"]]],
) -> None:
    with a_store(tmp_path_factory.mktemp("s") / "p.db", held) as store:
        for wanted, limit, towards in questions:
            left = newest_first(held, wanted)
            cursor = None
            while True:
                page = reads.page(store, wanted, cursor, limit, towards=towards)
                if towards == "older":
                    expected, left = left[:limit], left[limit:]
                else:
                    expected, left = left[-limit:], left[:-limit]
                assert page == expected
                if not page:
                    break
                cursor = (page[-1] if towards == "older" else page[0]).cursor


@property_of_stores
@given(held=batches, wanted=filters())
def test_every_way_to_find_a_page_finds_the_same(
    tmp_path_factory: pytest.TempPathFactory, held: list[Call], wanted: Filter
) -> None:
    path = tmp_path_factory.mktemp("s") / "p.db"
    with a_store(path, held) as store, pytest.MonkeyPatch.context() as patch:
        for walked, most_lists in ((2000, 64), (1, 64), (0, 2), (0, 0)):
            patch.setattr(pages, "WALKED", walked)
            patch.setattr(stretches, "MOST_LISTS", most_lists)
            assert reads.page(store, wanted, None, 10) == newest_first(held, wanted)[:10]


@property_of_stores
@given(held=batches, wanted=filters(), size=st.integers(1, 9), limit=st.integers(0, 12))
def test_all_calls_come_oldest_first_and_are_counted(
    tmp_path_factory: pytest.TempPathFactory,
    held: list[Call],
    wanted: Filter,
    size: int,
    limit: int,
) -> None:
    expected = newest_first(held, wanted)[::-1]
    path = tmp_path_factory.mktemp("s") / "p.db"
    with a_store(path, held) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "_STREAMED", size)
        assert list(reads.each(store, wanted)) == expected
        assert reads.count_upto(store, wanted, limit) == min(limit, len(expected))


@property_of_stores
@given(held=batches)
def test_a_call_is_found_by_its_id(
    tmp_path_factory: pytest.TempPathFactory, held: list[Call]
) -> None:
    with a_store(tmp_path_factory.mktemp("s") / "p.db", held) as store:
        assert [reads.one(store, call.id) for call in held] == held


def test_the_beginning_of_an_id_is_enough_when_it_is_the_only_one(tmp_path: Path) -> None:
    one, other = a_call(tail=0x1234 << 40), a_call(tail=0x1235 << 40)
    with a_store(tmp_path / "p.db", [one, other]) as store:
        assert reads.one(store, one.id[:22].upper()) == one
        with pytest.raises(NotFound, match="several calls"):
            reads.one(store, one.id[:19])


@pytest.mark.parametrize("odd", ["", "xyz", "f" * 30, "f" * 31, "0", "%", "' OR 1=1 --"])
def test_an_id_that_no_call_has_is_not_found(tmp_path: Path, odd: str) -> None:
    with a_store(tmp_path / "p.db", []) as store, pytest.raises(NotFound):
        reads.one(store, odd)


def test_a_pattern_may_match_thousands_of_labels(tmp_path: Path) -> None:
    held = [
        a_call(START_US + n, session=f"s{n}", feature="f" if n % 2 else "g") for n in range(3_000)
    ]
    sessions = Match(Dimension.SESSION, "S*")
    with a_store(tmp_path / "p.db", held) as store:
        both = Filter(matches=(sessions, Match(Dimension.FEATURE, "f")))
        assert reads.page(store, both, None, 3) == [held[2999], held[2997], held[2995]]
        assert reads.totals(store, Filter(matches=(sessions,))).calls == 3_000
        assert reads.totals(store, both).calls == 1_500


def test_labels_are_listed_by_their_beginning(tmp_path: Path) -> None:
    names = ["search", "Seal", "s%x", "rag"]
    held = [a_call(tail=n, feature=name) for n, name in enumerate(names)]
    with a_store(tmp_path / "p.db", held) as store:
        assert reads.labels(store, Dimension.FEATURE, "se", 9) == ["Seal", "search"]
        assert reads.labels(store, Dimension.FEATURE, "s%", 9) == ["s%x"]
        assert reads.labels(store, Dimension.FEATURE, "", 2) == ["rag", "s%x"]
        assert reads.labels(store, Dimension.USER, "s", 9) == []
        assert reads.last_call_at_us(store) == START_US
        assert reads.page(store, EVERYTHING, None, 0) == []


def test_calls_are_found_by_their_ids_in_pages_and_in_sums(tmp_path: Path) -> None:
    calls = [a_call(START_US + number, tail=number + 1) for number in range(9)]
    wanted = Filter(ids=(calls[2].id, calls[7].id, "f" * 30))
    with a_store(tmp_path / "p.db", calls) as store:
        assert reads.page(store, wanted, None, 5) == [calls[7], calls[2]]
        assert reads.totals(store, wanted) == totals_of([calls[2], calls[7]])
