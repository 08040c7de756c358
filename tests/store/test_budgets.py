"""Budgets as the user set them."""

from dataclasses import replace
from pathlib import Path

import pytest

from profiler.domain.budgets import Budget
from profiler.domain.periods import Period
from profiler.domain.scopes import Dimension, Match
from profiler.errors import NotFound
from profiler.store.budgets import all_budgets, remove, save
from tests.support.stored import a_store

BUDGET = Budget(
    'Team\'s "büdget"; DROP TABLE budgets',
    5 * 10**18,
    Period.MONTHLY,
    "Europe/Berlin",
    (Match(Dimension.FEATURE, "rag*"), Match(Dimension.USER, "")),
)


def test_budgets_are_kept_as_they_were_set_by_name(tmp_path: Path) -> None:
    other = replace(BUDGET, name="A", period=Period.TOTAL, scope=())
    with a_store(tmp_path / "p.db") as store:
        save(store, BUDGET)
        save(store, other)
    with a_store(tmp_path / "p.db") as store:
        assert all_budgets(store) == [other, BUDGET]


def test_a_budget_takes_the_place_of_its_namesake(tmp_path: Path) -> None:
    changed = replace(BUDGET, limit_pusd=1, period=Period.DAILY, zone="UTC", scope=())
    with a_store(tmp_path / "p.db") as store:
        save(store, BUDGET)
        save(store, changed)
        assert all_budgets(store) == [changed]


def test_a_removed_budget_is_gone_and_cannot_be_removed_again(tmp_path: Path) -> None:
    with a_store(tmp_path / "p.db") as store:
        save(store, BUDGET)
        remove(store, BUDGET.name)
        assert all_budgets(store) == []
        with pytest.raises(NotFound, match="there is no budget"):
            remove(store, BUDGET.name)
