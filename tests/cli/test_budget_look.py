"""Where budgets stand, where they stood, and what would become of a call."""

import csv
import io
import json
import tomllib
from pathlib import Path

import pytest

from profiler.budgets.templates import TEMPLATES
from tests.support.cli import a_sample_home, profiler, profiler_json, started
from tests.support.events import a_segment, an_event


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = a_sample_home(tmp_path_factory.mktemp("look"))
    for words in (
        ("set", "all", "--limit", "100000", "--period", "total"),
        ("set", "days", "--limit", "2", "--period", "daily", "--zone", "America/New_York"),
        ("set", "users", "--tokens", "1000", "--period", "total", "--each", "user", "--hard"),
        ("set", "calls", "--limit", "0.01", "--period", "call", "--hard"),
    ):
        assert profiler("budget", *words, home=home).returncode == 0
    return home


def test_the_exit_code_tells_whether_a_budget_is_over(loaded: Path) -> None:
    assert profiler("budget", "status", "all", home=loaded).returncode == 0
    ran = profiler("budget", "status", "users", home=loaded)
    assert ran.returncode == 1
    assert "over the limit: users" in ran.stderr
    assert started("budget", "status", home=loaded).returncode == 1
    assert started("budget", "status", "users", "--fail-over", "1000", home=loaded).returncode == 1


def test_a_script_reads_which_are_over(loaded: Path) -> None:
    ran = profiler("budget", "status", "--json", "--fail-over", "100", home=loaded)
    document = json.loads(ran.stdout)
    assert {one["name"] for one in document["over"]} <= {"users", "days"}
    assert document["saved"] == []


def test_of_many_values_the_fullest_are_shown(loaded: Path) -> None:
    whole = profiler_json("budget", "list", "--json", home=loaded)["budgets"]
    count = sum(one["name"] == "users" for one in whole)
    ran = profiler("budget", "list", "--top", "2", home=loaded)
    rows = [line for line in ran.stdout.splitlines() if " everything " in line]
    assert sum(row.startswith("users · ") for row in rows) == 2
    assert f"users: the fullest 2 of {count}" in ran.stdout


def test_a_budget_is_shown_whole(loaded: Path) -> None:
    text = profiler("budget", "show", "users", home=loaded).stdout
    for fact in ("1,000 tokens", "each      user", "100=block", "by command or in the app"):
        assert fact in text
    written = tomllib.loads(profiler("budget", "show", "users", "--toml", home=loaded).stdout)
    assert written["budget"][0]["tokens"] == 1000


def test_a_budget_of_a_file_says_on_which_line(tmp_path: Path) -> None:
    (tmp_path / "profiler.toml").write_text('zone = "UTC"\n\n[[budget]]\nname = "t"\nlimit = 5\n')
    shown = profiler_json("budget", "show", "t", "--json", home=tmp_path)
    assert shown["defined"] == f"{tmp_path / 'profiler.toml'}, line 3"
    ran = profiler("budget", "rm", "t", home=tmp_path)
    assert "line 3; remove it there" in ran.stderr


def test_history_adds_up_to_what_the_report_says(loaded: Path) -> None:
    windows = profiler_json("budget", "history", "days", "--days", "60", "--json", home=loaded)
    report = profiler_json("report", "--since", "60d", "--format", "json", home=loaded)
    spent = sum(int(one["actual"].replace(".", "")) for one in windows["windows"])
    assert spent == report["totals"]["spend_pusd"] > 0
    assert len(windows["windows"]) == 60
    for one in windows["windows"]:
        limit, actual, variance = (
            int(one[name].replace(".", "")) for name in ("limit", "actual", "variance")
        )
        assert (limit, variance) == (2 * 10**12, actual - limit)
    assert windows["windows"][0]["since"].endswith(("T04:00:00.000000Z", "T05:00:00.000000Z"))


def test_history_is_cut_at_a_year_and_needs_windows(loaded: Path) -> None:
    assert profiler("budget", "history", "all", "--days", "366", home=loaded).returncode == 2
    ran = profiler("budget", "history", "calls", home=loaded)
    assert (ran.returncode, "each call alone" in ran.stderr) == (2, True)
    text = profiler("budget", "history", "users", "--value", "nobody", home=loaded).stdout
    assert "nobody" in text


def test_windows_are_held_against_the_limit_as_it_was(tmp_path: Path) -> None:
    for words in (
        ("set", "t", "--limit", "5", "--period", "daily"),
        ("edit", "t", "--limit", "8"),
        ("override", "t", "2", "--reason", "x"),
    ):
        assert profiler("budget", *words, home=tmp_path).returncode == 0
    found = profiler_json("budget", "history", "t", "--days", "2", "--json", home=tmp_path)
    assert [one["limit"][:5] for one in found["windows"]] == ["5.000", "10.00"]


def test_what_one_value_was_allowed_beyond_its_limit_is_not_anothers(tmp_path: Path) -> None:
    for words in (
        ("set", "t", "--limit", "5", "--period", "daily", "--each", "user"),
        ("override", "t", "2", "--value", "ada", "--reason", "x"),
    ):
        assert profiler("budget", *words, home=tmp_path).returncode == 0
    words = ("budget", "history", "t", "--days", "1", "--json", "--value")
    limits = [
        profiler_json(*words, who, home=tmp_path)["windows"][-1]["limit"] for who in ("ada", "bob")
    ]
    assert [limit[:4] for limit in limits] == ["7.00", "5.00"]


def test_the_audit_trail_is_exported(loaded: Path, tmp_path: Path) -> None:
    lines = profiler("budget", "history", "--audit", "--json", home=loaded).stdout.splitlines()
    entries = [json.loads(line) for line in lines]
    assert [one["budget"] for one in entries if one["kind"] == "set"] == [
        "all", "days", "users", "calls",
    ]  # fmt: skip
    file = tmp_path / "trail.csv"
    ran = profiler("budget", "history", "users", "--audit", "-o", str(file), home=loaded)
    assert ran.returncode == 0, ran.stderr
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
    assert {row["budget"] for row in rows} == {"users"}
    assert profiler("budget", "history", "--audit", home=loaded).stdout.count("\n") == len(entries)
    assert profiler("budget", "history", "-o", str(file), home=loaded).returncode == 2


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_a_template_is_printed_as_it_is_set(template: object, tmp_path: Path) -> None:
    name = getattr(template, "name", "")
    printed, applied = tmp_path / "printed", tmp_path / "applied"
    printed.mkdir()
    ran = profiler("budget", "template", name, home=printed)
    (printed / "profiler.toml").write_text(ran.stdout, "utf-8")
    assert profiler("budget", "template", name, "--apply", home=applied).returncode == 0
    found = [
        profiler_json("budget", "list", "--json", home=home)["budgets"]
        for home in (printed, applied)
    ]
    assert found[0] == found[1]
    assert profiler("budget", "template", name, "--apply", home=applied).returncode == 2
    assert profiler("budget", "template", name, "--apply", "--force", home=applied).returncode == 0


def test_a_call_is_judged_before_it_is_made(loaded: Path) -> None:
    words = ("check", "--model", "gpt-5.1", "--input-tokens", "200")
    passes = profiler("budget", *words, "--max-output", "50", "user:nobody", home=loaded)
    assert passes.returncode == 0, passes.stdout
    assert "would pass" in passes.stdout
    ran = profiler("budget", *words, "--max-output", "5000", "--json", home=loaded)
    document = json.loads(ran.stdout)
    assert ran.returncode == 7
    assert (document["is_allowed"], document["refused_by"]) == (False, "users")
    assert {one["budget"] for one in document["remaining"]} == {"all", "days", "users", "calls"}


def test_a_call_without_a_maximum_is_bounded_by_the_models_context(tmp_path: Path) -> None:
    assert profiler("budget", "set", "t", "--limit", "2", "--period", "total", "--hard",
                    home=tmp_path).returncode == 0  # fmt: skip
    words = ("budget", "check", "--model", "gpt-5.1", "--input-tokens", "200", "--json")
    ran = profiler(*words, home=tmp_path)
    whole = profiler(*words, "--max-output", "400000", home=tmp_path)
    assert (ran.returncode, json.loads(ran.stdout)) == (7, json.loads(whole.stdout))
    assert json.loads(ran.stdout)["most_pusd"] > 2 * 10**12


def test_a_check_of_nothing_in_particular_reads_the_files(tmp_path: Path) -> None:
    file = tmp_path / "profiler.toml"
    file.write_text('[[budget]]\nname = "t"\nlimit = 5\nscope = "model:gpt-5-hyper"\n')
    ran = profiler("budget", "check", home=tmp_path)
    assert ran.returncode == 2
    assert f"{file}, line 4: budget[1].scope names 'gpt-5-hyper'" in ran.stderr
    file.write_text('[[budget]]\nname = "t"\nlimit = 5\nscope = "model:gpt-5*"\n')
    ran = profiler("budget", "check", home=tmp_path)
    assert (ran.returncode, "1 budget in files makes sense" in ran.stderr) == (0, True)
    for words in (("user:ada",), ("--model", "gpt-5", "shoe:9")):
        assert profiler("budget", "check", *words, home=tmp_path).returncode == 2


def test_a_model_named_alone_is_its_makers_here_as_in_an_estimate(tmp_path: Path) -> None:
    words = ("--input-tokens", "1000", "--max-output", "0", "--json")
    prices = [
        json.loads(profiler("budget", "check", "--model", name, *words, home=tmp_path).stdout)
        for name in ("grok-4", "x-ai/grok-4")
    ]
    assert prices[0] == prices[1]
    assert prices[0]["most_pusd"] > 0


def test_without_budgets_every_call_passes(tmp_path: Path) -> None:
    ran = profiler("budget", "check", "--model", "gpt-5.1", home=tmp_path)
    assert ran.returncode == 0
    assert "none counts such a call" in ran.stdout
    assert not (tmp_path / "ledger.db").exists()


def test_a_long_label_is_shortened_for_people_and_kept_for_programs(tmp_path: Path) -> None:
    long = "session-" + "x" * 90 + "-end"
    a_segment(tmp_path / "log", [an_event(session=long)])
    options = ("--limit", "0.00001", "--period", "session", "--each", "session")
    assert profiler("budget", "set", "runs", *options, home=tmp_path).returncode == 0
    assert profiler("budget", "reset", "runs", "--value", long, "--reason", long,
                    home=tmp_path).returncode == 0  # fmt: skip
    for words in (
        ("status",),
        ("history", "runs", "--days", "365"),
        ("history", "runs", "--audit"),
    ):
        text = profiler("budget", *words, home=tmp_path).stdout
        assert "session-xxx" in text
        assert "x-end" in text
        assert max(map(len, text.splitlines())) < 500
    assert long in profiler("budget", "status", "--json", home=tmp_path).stdout
    assert long in profiler("budget", "history", "--audit", "--format", "csv", home=tmp_path).stdout
