"""The commands that alerts advise run as they are printed, about whom the alert is about."""

import shlex
from pathlib import Path

import pytest

from profiler.alerts.record import all_alerts
from profiler.alerts.sender import Sender
from profiler.alerts.targets import Plan, Target
from profiler.alerts.wording import MOST_CHARS, body_of, suggestions
from profiler.domain.alerts import Alert
from profiler.domain.budgets import Action, Amounts, Measure
from profiler.domain.periods import HOUR_US
from profiler.ledger import overrides
from profiler.ledger.book import Ledger, path_in
from profiler.ledger.overrides import Wanted
from tests.support.cli import profiler
from tests.support.ledgers import USD, Clock, a_bid, a_budget, a_ledger, an_ask
from tests.support.opened import opened

_TOLD_BY_NUMBER = ("ada@example.com", "`id`", "x" * 200, "see https://example.com", "a\nb")


def a_refusal(home: Path, name: str, user: str) -> Alert:
    """An alert of a call that did not fit what a user has."""
    ledger = a_ledger(path_in(str(home)), a_budget(name, each=("user",)))
    assert refuses(ledger, user, "1")
    with ledger.reading() as (connection, _, _now_us):
        (found,) = all_alerts(connection)
    ledger.close()
    return found


def refuses(ledger: Ledger, user: str, call: str) -> bool:
    return bool(ledger.reserve(an_ask(call, a_bid(3 * USD, user=user))).refusals)


def run_all(commands: list[str], home: Path) -> None:
    for command in commands:
        program, *words = shlex.split(command)
        ran = profiler(*words, home=home)
        assert (program, ran.returncode) == ("profiler", 0), ran.stderr


def commands_in(body: str) -> list[str]:
    _, _, said = body.partition("What can be done:\n")
    return said.partition("\n\n")[0].splitlines()


@pytest.mark.parametrize(
    ("name", "user"),
    [
        ("per customer", "customer 0042 of Example Ltd"),
        ("what's new", "-ada"),
        ("-x", "ada@example.com"),
        ("users", "a\nb"),
    ],
)
def test_the_commands_of_a_message_run_and_let_in_who_was_refused(
    tmp_path: Path, name: str, user: str
) -> None:
    alert = a_refusal(tmp_path, name, user)
    body = body_of([alert], "ab")
    assert len(body) <= MOST_CHARS
    run_all(commands_in(body), tmp_path)
    ledger = opened(Ledger(path_in(str(tmp_path))))
    assert refuses(ledger, "somebody else", "2")
    assert not refuses(ledger, user, "3")


@pytest.mark.parametrize("user", _TOLD_BY_NUMBER)
def test_what_would_do_something_in_a_channel_is_not_in_its_commands(user: str) -> None:
    alert = an_alert("users", user)
    assert "profiler budget override users 4 --alert 7 --reason WHY" in body_of([alert], "ab")


def test_a_budget_whose_name_would_call_somebody_is_left_out_of_commands() -> None:
    commands = commands_in(body_of([an_alert("@everyone", "ada")], "ab"))
    assert commands == ["profiler budget status", "profiler alerts ack 7"]
    assert suggestions(an_alert("@everyone", "ada"))[0] == "profiler budget status @everyone"


def test_open_alerts_are_listed_with_a_command_on_each_line(tmp_path: Path) -> None:
    alert = a_refusal(tmp_path, "users", "ada@example.com")
    lines = profiler("alerts", home=tmp_path).stdout.splitlines()
    assert [line.strip() for line in lines[1:]] == list(suggestions(alert))
    assert "--value ada@example.com" in lines[2]
    run_all(lines[1:], tmp_path)


def test_an_alert_of_another_budget_allows_nothing(tmp_path: Path) -> None:
    alert = a_refusal(tmp_path, "users", "ada")
    a_ledger(path_in(str(tmp_path)), a_budget("team")).close()
    more = ("3", "--alert", str(alert.id), "--reason", "launch")
    ran = profiler("budget", "override", "team", *more, home=tmp_path)
    assert ran.returncode != 0
    assert f"there is no alert {alert.id} of budget 'team'" in ran.stderr
    both = profiler("budget", "override", "users", *more, "--value", "ada", home=tmp_path)
    assert "write --alert or --value" in both.stderr


def test_an_alert_that_came_up_twice_within_a_cooldown_is_named_once(tmp_path: Path) -> None:
    clock, bodies = Clock(), list[str]()
    ledger = a_ledger(tmp_path / "l.db", a_budget(), clock=clock)
    plan = Plan((Target("team", "url_env", "HOOK"),), cooldown_us=HOUR_US)

    def keep(_address: str, _title: str, body: str) -> str:
        bodies.append(body)
        return ""

    sender = Sender(ledger, plan, {"HOOK": "json://h/"}, keep)
    for call in ("1", "2", "3"):
        assert refuses(ledger, "ada", call)
        sender.send_due()
        with ledger.writing() as (connection, terms, now_us):
            more = Wanted(Amounts(1), "launch")
            overrides.grant(connection, terms.defined[0], more, "ada", now_us)
    clock.pass_us(HOUR_US)
    sender.send_due()
    assert [commands_in(body)[-1] for body in bodies] == ["profiler alerts ack 1"] * 2


def an_alert(name: str, user: str) -> Alert:
    """A refused call of three dollars, where a dollar is the limit."""
    return Alert(
        7, name, "command", user, "refused", 10**15, Action.BLOCK, Measure.COST, USD, USD, None,
        3 * USD,
    )  # fmt: skip
