"""More than a budget allows, asked for, granted, ended; and windows started afresh."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from profiler.domain.budgets import Limit, Measure
from profiler.domain.remedy import more_of
from tests.support.cli import a_sample_home, profiler, profiler_json


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = a_sample_home(tmp_path_factory.mktemp("allow"))
    done("set", "team", "--limit", "10", "--period", "total", home=home)
    return home


def done(*words: str, home: Path) -> str:
    """Run `profiler budget`, which must succeed; what it said."""
    ran = profiler("budget", *words, home=home)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout + ran.stderr


def refused(*words: str, home: Path) -> tuple[int, str]:
    ran = profiler("budget", *words, home=home)
    return ran.returncode, ran.stderr


def overrides(home: Path, name: str = "team") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = profiler_json("budget", "show", name, "--json", home=home)[
        "overrides"
    ]
    return found


def test_an_override_allows_more_until_it_is_revoked(loaded: Path) -> None:
    (before,) = profiler_json("budget", "list", "--json", home=loaded)["budgets"]
    said = done("override", "team", "$90", "--reason", "launch", "--who", "ada", home=loaded)
    number = overrides(loaded)[-1]["number"]
    assert f"override {number}: $90.00 more on team" in said
    (after,) = profiler_json("budget", "list", "--json", home=loaded)["budgets"]
    assert after["used"] == pytest.approx(before["used"] / 10)
    done("revoke", str(number), home=loaded)
    assert overrides(loaded)[-1]["state"] == "revoked"


def test_the_command_that_a_refusal_advises_runs_as_printed(loaded: Path) -> None:
    name = "what's new: 5 % of $HOME"
    limits = ("--limit", "0.25", "--calls", "3", "--period", "daily", "--each", "user")
    done("set", name, *limits, home=loaded)
    for limit in (Limit(Measure.COST, 25 * 10**10), Limit(Measure.CALLS, 3)):
        words = shlex.split(more_of(name, "ada l.", limit, lacking=1))
        assert words[:2] == ["profiler", "budget"]
        done(*words[2:], home=loaded)
    more = [(one["extra_usd"], one["extra_calls"], one["value"]) for one in overrides(loaded, name)]
    assert more == [("0.030000000000", 0, "ada l."), ("0.000000000000", 2, "ada l.")]
    done("rm", name, home=loaded)


def test_a_request_changes_nothing_before_it_is_approved(loaded: Path) -> None:
    done("request", "team", "5", "--reason", "demo", "--for", "2h", "--who", "bob", home=loaded)
    asked = overrides(loaded)[-1]
    assert (asked["state"], asked["asked_by"], asked["decided_by"]) == ("asked", "bob", None)
    status = profiler("budget", "status", home=loaded).stdout
    assert f"waits for an answer: team: {asked['number']} asked: $5.00" in status
    done("approve", str(asked["number"]), "--who", "grace", home=loaded)
    granted = overrides(loaded)[-1]
    assert (granted["state"], granted["decided_by"]) == ("granted", "grace")
    code, said = refused("approve", str(asked["number"]), home=loaded)
    assert (code, "was granted before; nothing was changed" in said) == (3, True)


def test_a_request_can_be_denied(loaded: Path) -> None:
    done("request", "team", "5", "--reason", "fun", home=loaded)
    number = overrides(loaded)[-1]["number"]
    done("deny", str(number), home=loaded)
    assert overrides(loaded)[-1]["state"] == "denied"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("override", "team", "--reason", "x"), "how much more"),
        (("override", "team", "5"), "--reason"),
        (("override", "team", "5", "--reason", " "), "needs a reason"),
        (("override", "team", "lots", "--reason", "x"), "10k tokens"),
        (("override", "team", "10k tokens", "--reason", "x"), "no limit on tokens"),
        (("override", "team", "--reserve", "--reason", "x"), "no emergency reserve"),
        (("override", "team", "5", "--reason", "x", "--for", "2020-01-01"), "has passed"),
        (("override", "team", "5", "--reason", "x", "--for", "soon"), "2h, 3d"),
    ],
)
def test_what_makes_no_sense_says_what_would(
    loaded: Path, words: tuple[str, ...], said: str
) -> None:
    code, told = refused(*words, home=loaded)
    assert (code, said in told) == (2, True), told


def test_a_name_that_is_not_there_is_told_what_is_near(loaded: Path) -> None:
    code, said = refused("override", "tean", "5", "--reason", "x", home=loaded)
    assert (code, "did you mean 'team'" in said) == (3, True)


def test_a_reset_starts_the_window_afresh_and_reports_stay(loaded: Path) -> None:
    spent = profiler_json("report", "--format", "json", home=loaded)["totals"]["spend_pusd"]
    done("reset", "team", "--reason", "a test run", home=loaded)
    (standing,) = profiler_json("budget", "list", "--json", home=loaded)["budgets"]
    assert standing["spent_pusd"] == 0
    again = profiler_json("report", "--format", "json", home=loaded)["totals"]["spend_pusd"]
    assert again == spent
    assert "nothing to reset" in done("reset", "team", home=loaded)


def test_an_edit_changes_what_it_names_and_keeps_what_was_counted(tmp_path: Path) -> None:
    home = a_sample_home(tmp_path)
    done("set", "t", "--limit", "9", "--period", "total", "--grace", "2", home=home)
    done("override", "t", "1", "--reason", "x", home=home)
    assert "gives no grace; take it out" in refused("edit", "t", "--hard", home=home)[1]
    words = ("--rename", "u", "--hard", "--at", "80=warn", "--without", "grace")
    done("edit", "t", *words, home=home)
    shown = profiler_json("budget", "show", "u", "--json", home=home)
    assert shown["limit"] == "9"
    assert shown["thresholds"] == [{"at": 80, "action": "warn"}, {"at": 100, "action": "block"}]
    assert "grace" not in shown
    assert len(shown["overrides"]) == 1
    assert refused("edit", "u", home=home)[0] == 2
    assert refused("show", "t", home=home)[0] == 3
    done("edit", "u", "--soft", home=home)
    assert profiler_json("budget", "show", "u", "--json", home=home).get("hard") is None
