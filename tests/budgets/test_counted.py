"""What the store has counted for a budget: by value, by tags, for none at all."""

from pathlib import Path

from profiler.budgets.counted import counted
from profiler.domain.budgets import Budget
from profiler.domain.periods import Period, Span
from profiler.domain.scopes import TagMatch
from profiler.domain.totals import NOTHING
from tests.support.ledgers import a_budget
from tests.support.stored import START_US, a_call, a_store

EVER = Span(None, None)
CALLS = (
    a_call(tail=1, user="ada", tags={"team": "x"}),
    a_call(tail=2, user="ada", feature="f", tags={"team": "y"}),
    a_call(tail=3, user="bob"),
)


def calls_by_value(folder: Path, budget: Budget, *named: str) -> dict[str, int]:
    store = a_store(folder / "p.db", CALLS)
    found = counted(store, budget, EVER, named)
    return {value: totals.calls for value, totals in found.items()}


def test_a_budget_on_single_calls_has_counted_nothing(tmp_path: Path) -> None:
    assert calls_by_value(tmp_path, a_budget(period=Period.CALL)) == {"": 0}


def test_one_sum_without_a_label_to_tell_apart_by(tmp_path: Path) -> None:
    assert calls_by_value(tmp_path, a_budget()) == {"": 3}


def test_each_value_is_counted_apart(tmp_path: Path) -> None:
    assert calls_by_value(tmp_path, a_budget(each=("user",))) == {"ada": 2, "bob": 1}


def test_a_tag_narrows_and_of_none_that_matches_nothing_is_counted(tmp_path: Path) -> None:
    team = a_budget(tags=(TagMatch("team", "x"),))
    assert calls_by_value(tmp_path, team) == {"": 1}
    nobody = a_budget(tags=(TagMatch("team", "z"),))
    assert counted(a_store(tmp_path / "q.db", CALLS), nobody, EVER) == {"": NOTHING}


def test_a_tag_tells_apart_with_a_label_or_without(tmp_path: Path) -> None:
    assert calls_by_value(tmp_path, a_budget(each=("tag:team",))) == {"x": 1, "y": 1, "": 1}
    both = a_budget(each=("user", "tag:team"), tags=(TagMatch("team", "x"),))
    found = counted(a_store(tmp_path / "q.db", CALLS), both, EVER)
    assert [one.calls for one in found.values()] == [1]


def test_calls_of_one_user_and_several_tags_add_up(tmp_path: Path) -> None:
    anybody = a_budget(each=("user",), tags=(TagMatch("team", "*"),))
    assert calls_by_value(tmp_path, anybody) == {"ada": 2, "bob": 1}


def test_labels_that_come_to_the_same_text_are_counted_together(tmp_path: Path) -> None:
    alike = (
        a_call(tail=1, user="a / b", feature="c"),
        a_call(tail=2, user="a", feature="b / c"),
    )
    store = a_store(tmp_path / "p.db", alike)
    (total,) = counted(store, a_budget(each=("user", "feature")), EVER).values()
    assert total.calls == 2


def test_sessions_of_long_ago_are_counted_where_they_are_named(tmp_path: Path) -> None:
    long_ago = a_call(START_US - 90 * 86_400_000_000, tail=9, session="old")
    store = a_store(tmp_path / "p.db", (long_ago, a_call(tail=1, session="new")))
    budget = a_budget(period=Period.SESSION, each=("session",))
    assert set(counted(store, budget, EVER)) == {"new"}
    assert set(counted(store, budget, EVER, ["old"])) == {"new", "old"}
