from pathlib import Path

from tests.support.cli import profiler, profiler_json


def test_calls_are_listed_newest_first(sample: Path) -> None:
    listed = profiler_json("calls", "--limit", "50", "--json", home=sample)["calls"]
    starts = [call["started_at"] for call in listed]
    assert len(starts) == 50
    assert starts == sorted(starts, reverse=True)


def test_the_word_list_may_be_left_out(sample: Path) -> None:
    short = profiler("calls", "feature:search", "--json", home=sample)
    long = profiler("calls", "list", "feature:search", "--json", home=sample)
    assert short.stdout == long.stdout
    assert short.returncode == 0


def test_only_the_calls_asked_for_are_listed(sample: Path) -> None:
    listed = profiler_json("calls", "--status", "error", "user:priya", "--json", home=sample)[
        "calls"
    ]
    assert listed
    assert {(call["outcome"], call["user"]) for call in listed} == {("error", "priya")}


def test_the_table_says_how_many_there_are(sample: Path) -> None:
    ran = profiler("calls", "--limit", "3", home=sample)
    assert "Calls: the newest 3 of 1,500" in ran.stdout
    assert "measured" in ran.stdout


def test_a_listed_id_opens_its_call(sample: Path) -> None:
    table = profiler(
        "calls", "--limit", "1", "priced:yes", "model:claude-opus*", home=sample
    ).stdout
    listed_id = table.splitlines()[4].split()[-1]
    opened = profiler("calls", "show", listed_id, home=sample)
    assert opened.returncode == 0
    assert opened.stdout.startswith(f"Call {listed_id}")
    assert "basis" in opened.stdout


def test_the_lines_of_a_call_add_up_to_its_cost(sample: Path) -> None:
    (listed,) = profiler_json(
        "calls", "--limit", "1", "model:claude-opus*", "status:ok", "--json", home=sample
    )["calls"]
    opened = profiler_json("calls", "show", listed["id"], "--json", home=sample)
    assert opened["call"] == listed
    assert sum(line["amount_pusd"] for line in opened["lines"]) == listed["cost_pusd"]


def test_an_unknown_id_is_an_error(sample: Path) -> None:
    ran = profiler("calls", "show", "ffffffffffffff", home=sample)
    assert ran.returncode == 3
    assert "ffffffffffffff" in ran.stderr


def test_help_of_the_group_names_both_commands(tmp_path: Path) -> None:
    ran = profiler("calls", "--help", home=tmp_path)
    assert ran.returncode == 0
    assert "list" in ran.stdout
    assert "show" in ran.stdout
