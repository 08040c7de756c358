from pathlib import Path

import pytest

from tests.support.cli import a_sample_home, profiler, profiler_json


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return a_sample_home(tmp_path)


def set_budget(home: Path, name: str, limit: str, *more: str) -> None:
    ran = profiler("budget", "set", name, "--limit", limit, *more, home=home)
    assert ran.returncode == 0, ran.stderr


def test_a_budget_is_set_listed_and_removed(home: Path) -> None:
    set_budget(home, "reviews", "50", "--period", "total", "--scope", "feature:review")
    (listed,) = profiler_json("budget", "list", "--json", home=home)["budgets"]
    assert listed["name"] == "reviews"
    assert listed["scope"] == "feature:review"
    assert listed["limit_usd"] == "50.000000000000"
    assert profiler("budget", "rm", "reviews", home=home).returncode == 0
    assert profiler_json("budget", "list", "--json", home=home)["budgets"] == []


def test_a_budget_has_spent_what_the_report_says(home: Path) -> None:
    set_budget(home, "reviews", "50", "--period", "total", "--scope", "feature:review")
    (listed,) = profiler_json("budget", "list", "--json", home=home)["budgets"]
    report = profiler_json("report", "feature:review", "--format", "json", home=home)
    assert listed["spent_pusd"] == report["totals"]["spend_pusd"] > 0


def test_the_list_says_in_words_how_full_each_is(home: Path) -> None:
    spent = profiler_json("report", "--format", "json", home=home)["totals"]["spend_usd"]
    for name, factor in (("green", 10), ("yellow", 1.4), ("red", 1.1)):
        set_budget(home, name, f"{float(spent) * factor:.2f}", "--period", "total")
    rows = profiler("budget", "list", home=home).stdout.splitlines()
    words = {row.split()[0]: row for row in rows if row}
    assert " high " in words["red"]
    assert " watch " in words["yellow"]
    assert " ok " in words["green"]


def test_a_budget_of_the_same_name_is_replaced(home: Path) -> None:
    set_budget(home, "team", "5", "--period", "daily")
    set_budget(home, "team", "7", "--period", "weekly")
    (listed,) = profiler_json("budget", "list", "--json", home=home)["budgets"]
    assert (listed["limit_usd"], listed["period"]) == ("7.000000000000", "weekly")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--limit", "0", "--period", "daily"), "more than 0"),
        (("--limit", "ten", "--period", "daily"), "ten"),
        (("--limit", "5", "--period", "yearly"), "yearly"),
        (("--limit", "5", "--period", "daily", "--scope", "since:7d"), "scope"),
        (("--period", "daily"), "limit"),
    ],
)
def test_a_budget_that_cannot_be_is_an_error_of_usage(
    home: Path, options: tuple[str, ...], told: str
) -> None:
    ran = profiler("budget", "set", "team", *options, home=home)
    assert ran.returncode == 2
    assert told in ran.stderr


def test_a_budget_that_is_not_there_cannot_be_removed(home: Path) -> None:
    ran = profiler("budget", "rm", "nobody", home=home)
    assert ran.returncode == 3
    assert "nobody" in ran.stderr


def test_no_budgets_yet_says_how_to_set_one(home: Path) -> None:
    ran = profiler("budget", "list", home=home)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "profiler budget set" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("budget", "set", "x", "--limit", "9300000", "--period", "daily"),
            "$9,223,372 is the most",
        ),
        (("budget", "set", "x", "--limit", "2,50", "--period", "daily"), "write it like 12.50"),
        (("calls", "cost>99999999999"), "$9,223,372 is the most"),
    ],
)
def test_an_amount_that_cannot_be_kept_is_an_error_of_usage(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    ran = profiler(*arguments, home=tmp_path)
    assert ran.returncode == 2
    assert said in ran.stderr


def test_a_budget_of_tokens_holds_for_each_user(home: Path) -> None:
    words = ("--tokens", "500000", "--period", "total", "--each", "user", "--hard")
    ran = profiler("budget", "set", "users", *words, home=home)
    assert ran.returncode == 0, ran.stderr
    assert "500,000 tokens in total for each user" in ran.stderr
    listed = profiler_json("budget", "list", "--json", home=home)["budgets"]
    assert len({one["value"] for one in listed}) == len(listed) > 1
    assert {one["limit_tokens"] for one in listed} == {500_000}
    assert {one["limit_usd"] for one in listed} == {None}


def test_a_budget_for_each_session_is_listed_before_there_is_one(tmp_path: Path) -> None:
    ran = profiler("budget", "set", "s", "--limit", "1", "--period", "session", home=tmp_path)
    assert ran.returncode == 0, ran.stderr
    (listed,) = profiler_json("budget", "list", "--json", home=tmp_path)["budgets"]
    assert (listed["name"], listed["value"]) == ("s", "")


def test_a_file_defines_budgets_that_commands_leave_alone(home: Path) -> None:
    (home / "profiler.toml").write_text('[[budget]]\nname = "team"\nlimit = 5\n')
    (listed,) = profiler_json("budget", "list", "--json", home=home)["budgets"]
    assert listed["limit_usd"] == "5.000000000000"
    for words in (("rm", "team"), ("set", "team", "--limit", "9", "--period", "daily")):
        ran = profiler("budget", *words, home=home)
        assert ran.returncode == 2
        assert "profiler.toml" in ran.stderr
    (home / "profiler.toml").write_text("")
    assert profiler_json("budget", "list", "--json", home=home)["budgets"] == []


def test_options_of_a_budget_that_make_no_sense_say_what_would(home: Path) -> None:
    for words in (("--at", "80"), ("--rule", "gpt-5"), ("--each", "shoe"), ("--tokens", "0")):
        ran = profiler("budget", "set", "t", "--limit", "5", "--period", "daily", *words, home=home)
        assert ran.returncode == 2, words


def test_a_damaged_ledger_is_told_of_once(home: Path) -> None:
    set_budget(home, "reviews", "50", "--period", "total")
    (home / "ledger.db").write_bytes(b"no database" * 1000)
    for words in (("list",), ("set", "other", "--limit", "5", "--period", "daily")):
        ran = profiler("budget", *words, home=home)
        assert ran.returncode == 5
        (told,) = ran.stderr.splitlines()
        assert "ledger.db is damaged: file is not a database" in told
