"""Budgets in words, and what is said where they make no sense."""

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from profiler.domain.budgets import (
    HARD_THRESHOLDS,
    Action,
    Budget,
    Grace,
    Measure,
    Mode,
    ModelRule,
    Tag,
    Threshold,
)
from profiler.domain.periods import Period
from profiler.domain.scopes import Dimension, Match
from profiler.errors import BadBudget, UsageError
from profiler.ledger.rules import rule_for
from profiler.ledger.sources import budgets_of, sources_in_force
from profiler.ledger.words import budget_of, words_of
from profiler.options import budget_keys
from profiler.options.file import read_file
from tests.support.ledgers import USD
from tests.support.sizes import OFTEN

PATTERNS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@st.composite
def budgets(draw: st.DrawFn) -> Budget:
    amounts = st.integers(1, 2**60)
    limits = draw(st.lists(amounts | st.none(), min_size=3, max_size=3).filter(any))
    applied = draw(st.lists(st.booleans(), max_size=2))
    thresholds = draw(st.lists(st.integers(1, 1000), min_size=1, max_size=4, unique=True))
    actions = st.sampled_from([one for one in Action if one is not Action.DOWNGRADE])
    crossed = [Threshold(percent, draw(actions)) for percent in thresholds]
    is_hard = any(one.action is Action.BLOCK for one in crossed)
    graces = st.builds(Grace, st.integers(0, 10**15), st.integers(0, 99))
    return Budget(
        name="b",
        limit_pusd=limits[0],
        period=draw(st.sampled_from(Period)),
        zone=draw(st.sampled_from(["UTC", "Europe/Berlin"])),
        scope=tuple(Match(Dimension.FEATURE, p) for p in draw(st.lists(PATTERNS, max_size=2))),
        limit_tokens=limits[1],
        limit_calls=limits[2],
        tags=tuple(Tag("team", p) for p in draw(st.lists(PATTERNS, max_size=1))),
        each=draw(st.sampled_from([(), ("user",), ("user", "tag:team")])),
        week_start=draw(st.integers(0, 6)),
        thresholds=tuple(sorted(crossed)),
        grace=None if is_hard else draw(st.none() | graces),
        mode=draw(st.sampled_from(Mode)),
        reserve_percent=draw(st.integers(0, 99)),
        rules=tuple(ModelRule(40, "gpt-5", "gpt-5-mini", is_applied=a) for a in applied),
    )


@OFTEN
@given(budgets())
def test_a_budget_can_be_written_down_and_read_again(budget: Budget) -> None:
    assert budget_of(json.loads(json.dumps(words_of(budget))), "Asia/Tokyo") == budget


def test_a_file_says_all_that_a_budget_can_be(tmp_path: Path) -> None:
    path = tmp_path / "profiler.toml"
    path.write_text(
        """
zone = "Europe/Berlin"

[[budget]]
name = "search"
limit = 2.50
tokens = 1_000_000
period = "weekly"
week_starts = "sunday"
scope = "feature:search tag:team=blue"
each = ["user"]
hard = true
mode = "expected"
reserve = 10
rules = [
    { below = 40, from = "gpt-5", to = "gpt-5-mini" },
    { below = 20, to = "gpt-5-nano", apply = "asked" },
]
"""
    )
    (found,) = budgets_of(read_file(path, is_users=False), "UTC")
    assert found == Budget(
        name="search",
        limit_pusd=25 * USD // 10,
        period=Period.WEEKLY,
        zone="Europe/Berlin",
        scope=(Match(Dimension.FEATURE, "search"),),
        limit_tokens=1_000_000,
        tags=(Tag("team", "blue"),),
        each=("user",),
        week_start=6,
        thresholds=HARD_THRESHOLDS,
        mode=Mode.EXPECTED,
        reserve_percent=10,
        rules=(
            ModelRule(40, "gpt-5", "gpt-5-mini"),
            ModelRule(20, "*", "gpt-5-nano", is_applied=False),
        ),
    )
    assert [limit.measure for limit in found.limits] == [Measure.COST, Measure.TOKENS]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("limitt = 5", "did you mean limit"),
        ("limit = -5", "more than 0"),
        (
            "limit = 5\nhard = true\ngrace = 1",
            ".grace makes no sense: a budget that blocks calls gives no grace",
        ),
        (
            'limit = 5\ngrace_minutes = 9\nthresholds = [{ at = 90, action = "block" }]',
            ".grace_minutes makes no sense: a budget that blocks calls gives no grace",
        ),
        ('limit = "lots"', "not an amount"),
        ("tokens = 0", "from 1"),
        ('limit = 5\nzone = "Mars/Base"', "Europe/Berlin"),
        ('limit = 5\nperiod = "yearly"', '"monthly"'),
        ('limit = 5\nscope = "colour:red"', "no label"),
        ('limit = 5\nscope = "tag:team"', "tag:team=blue"),
        ('limit = 5\neach = ["shoe"]', "tag:name"),
        ('limit = 5\nthresholds = [{ at = 80, action = "shout" }]', '"warn"'),
        ('limit = 5\nrules = [{ from = "a", to = "b" }]', "below = 40"),
        ('limit = 5\nrules = [{ below = 40, from = "a", to = "b*" }]', "names the model"),
        ('limit = 5\nthresholds = [{ at = 80, action = "downgrade" }]', "no rule says"),
        ('limit = 5\nrules = [{ below = 4, to = "b", apply = "never" }]', '"always" or "asked"'),
        ('limit = 5\nscope = "feature:search,chat"', "one value of a label"),
        ('limit = 5\nscope = "feature:=search"', "without the ="),
        ('period = "daily"', "write limit"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line_and_what_would(
    tmp_path: Path, line: str, complaint: str
) -> None:
    path = tmp_path / "profiler.toml"
    path.write_text(f'zone = "UTC"\n[[budget]]\nname = "team"\n{line}\n')
    with pytest.raises(UsageError, match=r"profiler\.toml, line [2-6]: budget\[1\]") as told:
        budgets_of(read_file(path, is_users=False), "UTC")
    assert complaint in str(told.value)


def test_two_budgets_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "profiler.toml"
    path.write_text('[[budget]]\nname = "a"\nlimit = 1\n[[budget]]\nname = "a"\nlimit = 2\n')
    with pytest.raises(UsageError, match=r"line 5: budget\[2\]\.name is given twice"):
        budgets_of(read_file(path, is_users=False), "UTC")


def test_a_command_the_users_file_and_the_projects_define_budgets(tmp_path: Path) -> None:
    home, project = tmp_path / "home", tmp_path / "project" / "deep"
    project.mkdir(parents=True)
    (tmp_path / "project" / "profiler.toml").touch()
    assert sources_in_force(str(home), str(project)) == (
        "command",
        str(home / "profiler.toml"),
        str(tmp_path / "project" / "profiler.toml"),
    )


def test_the_files_words_are_those_of_the_domain() -> None:
    assert tuple(Period) == budget_keys.PERIODS
    assert tuple(Action) == budget_keys.ACTIONS
    assert tuple(Mode) == budget_keys.MODES


def rules_of(*rules: tuple[int, str, str]) -> tuple[ModelRule, ...]:
    told = [{"below": below, "from": model, "to": to} for below, model, to in rules]
    return budget_of({"name": "a", "calls": 100, "rules": told}, "UTC").rules


def led(rules: tuple[ModelRule, ...], model: str, remains: int) -> list[str]:
    passed: list[str] = []
    while rule := rule_for(rules, model, remains, is_asked=not passed):
        passed.append(model := rule.to)
    return passed


def test_of_the_rules_that_hold_the_last_to_begin_decides() -> None:
    rules = rules_of((40, "gpt-5", "gpt-5-mini"), (20, "gpt-5", "gpt-5-nano"))
    assert [led(rules, "gpt-5", left) for left in (40, 39, 20, 19)] == [
        [], ["gpt-5-mini"], ["gpt-5-mini"], ["gpt-5-nano"],
    ]  # fmt: skip


def test_rules_form_chains_by_names_and_not_by_patterns() -> None:
    chain = rules_of((40, "gpt-5", "gpt-5-mini"), (20, "gpt-5-mini", "gpt-5-nano"))
    assert led(chain, "gpt-5", 10) == ["gpt-5-mini", "gpt-5-nano"]
    mixed = rules_of((40, "*", "gpt-5-mini"), (20, "gpt-5", "gpt-5-nano"))
    assert led(mixed, "gpt-5", 10) == ["gpt-5-nano"]
    assert led(mixed, "o3", 10) == ["gpt-5-mini"]


@pytest.mark.parametrize(
    "rules",
    [
        [(40, "a", "b"), (20, "b", "a")],
        [(40, "a", "b"), (40, "b", "c"), (10, "c", "b")],
        [(40, "*", "a"), (40, "a", "b"), (40, "b", "a")],
    ],
)
def test_rules_that_lead_in_a_circle_are_refused(rules: list[tuple[int, str, str]]) -> None:
    with pytest.raises(BadBudget, match=r"rules: they lead in a circle, \w → .*take one of them"):
        rules_of(*rules)


def test_a_rule_that_takes_over_from_another_closes_no_circle() -> None:
    rules = rules_of((40, "a", "b"), (20, "a", "c"), (10, "c", "d"), (5, "c", "e"))
    assert [led(rules, "a", left) for left in (30, 15, 7, 1)] == [
        ["b"], ["c"], ["c", "d"], ["c", "e"],
    ]  # fmt: skip
