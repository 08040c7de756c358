from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from profiler.budgets.define import define, scope_words
from profiler.budgets.models import misfits
from profiler.domain.budgets import Budget
from profiler.domain.money import PUSD_PER_USD
from profiler.domain.periods import Period
from profiler.domain.scopes import Dimension, Match
from profiler.errors import BadBudget
from profiler.ledger.sources import budgets_of
from profiler.options.file import read_file
from profiler.pricing.card import Card
from tests.support.sizes import OFTEN

UTC = ZoneInfo("UTC")


def test_a_budget_is_what_was_typed() -> None:
    assert define("team", "$50", "monthly", "feature:search user:ada", UTC) == Budget(
        name="team",
        limit_pusd=50 * PUSD_PER_USD,
        period=Period.MONTHLY,
        zone="UTC",
        scope=(Match(Dimension.FEATURE, "search"), Match(Dimension.USER, "ada")),
    )


@pytest.mark.parametrize(
    ("name", "limit", "period", "scope", "complaint"),
    [
        ("", "5", "daily", "", "name"),
        ("x" * 61, "5", "daily", "", "name"),
        ("a\x1b[2J", "5", "daily", "", "name"),
        ("a", "0", "daily", "", "more than 0"),
        ("a", "-5", "daily", "", "more than 0"),
        ("a", "lots", "daily", "", "not an amount"),
        ("a", "5", "fortnightly", "", "hourly, daily, weekly, monthly, total"),
        ("a", "5", "daily", "colour:red", "colour"),
        ("a", "5", "daily", "since:2d", "only labels"),
        ("a", "5", "daily", "status:error", "only labels"),
    ],
)
def test_a_budget_that_cannot_be_says_why(
    name: str, limit: str, period: str, scope: str, complaint: str
) -> None:
    with pytest.raises(BadBudget, match=complaint):
        define(name, limit, period, scope, UTC)


def test_a_scope_reads_as_it_was_typed() -> None:
    assert scope_words(define("a", "1", "total", "feature:search", UTC)) == "feature:search"
    assert scope_words(define("a", "1", "total", "", UTC)) == "everything"


@OFTEN
@given(st.text())
def test_a_scope_can_be_typed_again(label: str) -> None:
    budget = Budget("a", 1, Period.TOTAL, "UTC", (Match(Dimension.FEATURE, label),))
    assert define("a", "1", "total", scope_words(budget), UTC).scope == budget.scope


def test_a_key_that_no_budget_can_have_is_answered_with_the_labels_alone() -> None:
    with pytest.raises(BadBudget, match=r"'foo' is no label; write one of provider, model") as told:
        define("a", "1", "total", "foo:bar", UTC)
    assert "cost" not in str(told.value)
    assert "since" not in str(told.value)


@pytest.mark.parametrize(
    ("line", "is_known"),
    [
        ('scope = "model:gpt-5*"', True),
        ('scope = "model:gpt-5-mini-2025-08-07"', True),
        ('scope = "model:gtp-5"', False),
        ('rules = [{ below = 40, from = "gpt-5", to = "gpt-5-mini" }]', True),
        ('rules = [{ below = 40, from = "gpt-5", to = "gpt-5-mimi" }]', False),
    ],
)
def test_a_model_that_matches_nothing_is_told_with_its_line(
    tmp_path: Path, line: str, is_known: bool
) -> None:
    path = tmp_path / "profiler.toml"
    path.write_text(f'[[budget]]\nname = "a"\nlimit = 5\n{line}\n')
    file = read_file(path, is_users=False)
    found = [str(one) for one in misfits(file, budgets_of(file, "UTC"), Card.load())]
    assert bool(found) is not is_known
    assert all("line 4" in one and "matches no model" in one for one in found)
