"""Who is told: settings that make sense, and addresses that stay secret."""

import sqlite3
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from profiler.alerts import channel
from profiler.alerts.channel import send, shown, without_secrets
from profiler.alerts.courier import Courier
from profiler.alerts.foreseen import is_coming, tell
from profiler.alerts.record import all_alerts, deliveries
from profiler.alerts.sender import Sender
from profiler.alerts.targets import Plan, Target, plan_in
from profiler.alerts.wording import body_of, line_of, title_of
from profiler.budgets.changes import Acknowledge
from profiler.budgets.registry import Registry
from profiler.domain.alerts import Alert
from profiler.domain.budgets import SOFT_THRESHOLDS, Action, Forecast, Measure, Standing
from profiler.domain.periods import Period, window
from profiler.domain.totals import Totals
from profiler.errors import NotFound, UsageError
from profiler.ledger.book import Ledger, path_in
from profiler.ledger.definitions import COMMAND, save
from tests.support.cli import profiler
from tests.support.events import START_US
from tests.support.ledgers import USD, Clock, a_bid, a_budget, a_ledger, an_ask
from tests.support.loopback import a_hook
from tests.support.opened import opened
from tests.support.workspaces import UTC

TOKYO = ZoneInfo("Asia/Tokyo")
CANARIES = {
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#team",
    "discord": "discord://417421629812345678/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "mail": "mailtos://somebody:canarypassword@gmail.com",
    "telegram": "tgram://123456789:abcdefg_hijklmnop/12315544/",
    "hook": "json://user:canarypassword@127.0.0.1:8080/canarypath?+X-Api=canaryheader",
    "form": "forms://127.0.0.1/canarypath/?-secret=canaryquery",
}
_SECRETS = (
    "TIiajkdnlazkcOXrIdevi7FQ", "JHMHI8qBe7bk2ZwO5U711o3dV_js", "canary", "abcdefg_hijklmnop",
)  # fmt: skip


def a_file(home: Path, text: str) -> Path:
    (home / "profiler.toml").write_text(text)
    return home


def an_alert(**changes: object) -> Alert:
    fields: dict[str, object] = {
        "id": 7, "budget": "team", "source": "command", "value": "", "threshold": "90",
        "at_us": START_US, "action": Action.NOTIFY, "measure": Measure.COST,
        "used": 95 * USD // 100, "limit": USD, **changes,
    }  # fmt: skip
    return Alert(**fields)  # type: ignore[arg-type]  # fields by name


def test_targets_are_read_with_when_they_are_told(tmp_path: Path) -> None:
    found = plan_in(
        a_file(
            tmp_path,
            "[alerts]\ndigest_minutes = 30\nescalate_minutes = 20\nforecast = false\n"
            '[alerts.targets.team]\nurl_env = "TEAM"\n'
            '[alerts.targets.boss]\nurl_file = "~/boss"\nescalation = true\n'
            "[alerts.targets.here]\ndesktop = true\n",
        )
    )
    assert found.targets == (
        Target("team", "url_env", "TEAM"),
        Target("boss", "url_file", "~/boss", is_escalation=True),
        Target("here", "desktop", ""),
    )
    minute_us = 60_000_000
    assert (found.cooldown_us, found.digest_us, found.escalate_us, found.tells_forecasts) == (
        15 * minute_us,
        30 * minute_us,
        20 * minute_us,
        False,
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[alerts]\ncool = 3\n", "line 2: alerts.cool is no key that is known; known here"),
        ("[alerts]\ncooldown_minutes = -1\n", "line 2: alerts.cooldown_minutes is -1; write a who"),
        ("[alerts.targets.x]\n", "line 1: alerts.targets.x says nowhere where alerts go; write on"),
        ('[alerts.targets.x]\nurl = "a://b"\n', "line 2: alerts.targets.x.url is no key that is"),
        (
            '[alerts.targets.x]\nurl_env = "A"\ndesktop = true\n',
            "line 1: alerts.targets.x gives several of them; write one of url_env",
        ),
        (
            '[alerts.targets.x]\nurl_env = "A"\nescalation = true\n',
            "line 3: alerts.targets.x.escalation is true, but nothing escalates; write escalate_m",
        ),
        (
            '[alerts.targets.x]\nurl_env = "slack://canary"\n',
            "line 2: alerts.targets.x.url_env is an address, and those hold secrets; put it into",
        ),
    ],
)
def test_what_makes_no_sense_is_told_with_its_line_and_the_fix(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(UsageError) as caught:
        plan_in(a_file(tmp_path, text))
    assert f"profiler.toml, {says}" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_projects_file_may_not_say_who_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    a_file(project, "[alerts.targets.x]\ndesktop = true\n")
    monkeypatch.chdir(project)
    found = profiler("config", "check", home=tmp_path / "home")
    assert found.returncode == 2
    assert "is about everything in the home, not one project; move it there" in found.stderr


def test_a_file_that_others_can_read_holds_no_secret(tmp_path: Path) -> None:
    kept = tmp_path / "url"
    kept.write_text("json://127.0.0.1/\n")
    target = Target("x", "url_file", str(kept))
    kept.chmod(0o644)
    with pytest.raises(UsageError, match="can be read by others; run chmod 600"):
        target.address({})
    kept.chmod(0o600)
    assert target.address({}) == "json://127.0.0.1/"


def test_an_address_that_is_not_there_says_where_it_should_be() -> None:
    with pytest.raises(UsageError, match="the variable TEAM holds no address"):
        Target("x", "url_env", "TEAM").address({})


@pytest.mark.parametrize("kind", CANARIES)
def test_an_address_is_shown_without_its_secrets(kind: str) -> None:
    address = CANARIES[kind]
    words = shown(address)
    assert words.startswith(address.partition("://")[0][:4])
    assert not any(secret in words for secret in _SECRETS)


@pytest.mark.parametrize("kind", CANARIES)
def test_what_went_wrong_is_said_without_secrets(kind: str) -> None:
    words = without_secrets(f"failed: POST {CANARIES[kind]} gave 500", CANARIES[kind])
    assert not any(secret in words for secret in _SECRETS)
    assert words.startswith("failed: POST ")


def test_what_apprise_does_not_know_is_not_repeated() -> None:
    fault = send("nowhere://canary/canary", "t", "b")
    assert "nowhere://… is none that apprise understands" in fault
    assert "canary" not in fault


def test_a_service_that_takes_its_time_is_waited_for() -> None:
    (service,) = channel._opened(CANARIES["hook"])
    connect_s, read_s = service.request_timeout
    assert read_s >= 15
    assert connect_s + read_s < channel.TIMEOUT_S


def test_secrets_are_in_no_file_of_the_home(tmp_path: Path) -> None:
    ledger = a_ledger(path_in(str(tmp_path)), a_budget(thresholds=SOFT_THRESHOLDS), clock=Clock())
    ledger.reserve(an_ask("1", a_bid(cost_pusd=95 * USD // 100)))
    ledger.settle("1", None)
    plan = Plan((Target("good", "url_env", "GOOD"), Target("bad", "url_env", "BAD")))
    with a_hook() as hook:
        addresses = {"GOOD": hook.address, "BAD": hook.address.replace("json://", "xml://")}
        hook.answers = 500
        Sender(ledger, plan, addresses).send_due()
        with ledger.reading() as (connection, _, _now_us):
            told = deliveries(connection, [one.id for one in all_alerts(connection)])
    assert all("500" in one.said for one in told)
    ledger.close()
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"canary" not in path.read_bytes()


def test_a_users_label_calls_nobody_and_links_nowhere() -> None:
    alert = an_alert(value="@everyone <!channel> [x](https://evil.example) \x1b[2J")
    words = title_of([alert]) + body_of([alert], "ab")
    for bad in ("@everyone", "<!", "](", "https://", "\x1b"):
        assert bad not in words


def test_a_message_says_whose_budget_how_far_and_what_to_do() -> None:
    beyond = an_alert(value="ada", used=3 * USD, action=Action.BLOCK, threshold="100")
    assert title_of([beyond]) == "Budget team · ada: limit of $1.00 reached; calls are refused"
    said, _, commands = body_of([beyond], "ab").partition("\n\nWhat can be done:\n")
    assert "$3.00 used" in said
    assert commands.splitlines() == [
        "profiler budget status team",
        "profiler budget override team 3 --value ada --reason WHY",
        "profiler alerts ack 7",
        "",
        "message ab",
    ]
    passed = an_alert(threshold="80", used=2 * USD)
    assert title_of([passed]) == "Budget team: limit of $1.00 reached"


def test_what_is_shown_here_is_told_in_the_zone_it_is_shown_in() -> None:
    alert = an_alert(end_us=START_US + 3600 * 10**6)
    assert line_of(alert).endswith(f"noticed {time_in(UTC)} UTC")
    assert line_of(alert, TOKYO).endswith(f"noticed {time_in(TOKYO)} JST")
    assert "UTC" not in line_of(alert, TOKYO)


def time_in(zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(START_US / 10**6, zone):%Y-%m-%d %H:%M}"


def test_many_alerts_stay_a_message() -> None:
    alerts = [an_alert(id=number, value=f"{number} " + "u" * 500) for number in range(500)]
    body = body_of(alerts, "ab")
    assert len(body) <= 2_000
    assert body.endswith("message ab")
    assert title_of(alerts) == "Budget team: more than 90 % of $1.00 used and 499 more"
    few = body_of([an_alert(id=number, value=f"{number}") for number in range(13)], "ab")
    assert [line for line in few.splitlines() if line.startswith("- and")] == ["- and 1 more"]
    assert few.count("- team") == 12


def a_coming(**changes: object) -> Standing:
    budget = a_budget(thresholds=SOFT_THRESHOLDS)
    fields: dict[str, object] = {
        "forecast": Forecast(30, USD, 2 * USD, 3 * USD, START_US + 10**9),
        "spent": Totals(calls=1, spend_pusd=USD // 2),
        **changes,
    }
    span = window(Period.MONTHLY, START_US, UTC)
    return Standing(budget, span, **fields)  # type: ignore[arg-type]  # fields by name


def test_what_will_be_reached_is_told_once_in_its_window(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "l.db", a_budget(thresholds=SOFT_THRESHOLDS), clock=Clock())
    assert [tell(ledger, [a_coming()]) for _ in range(3)] == [1, 0, 0]
    with ledger.reading() as (connection, _, _now_us):
        (found,) = all_alerts(connection)
    assert (found.threshold, found.expected) == ("forecast", 2 * USD)
    assert "will reach $1.00; $0.5000 used, about $2.00 expected by Sep 30" in body_of([found], "x")


def test_budgets_of_one_name_are_foreseen_apart(tmp_path: Path) -> None:
    of_file = a_budget(thresholds=SOFT_THRESHOLDS, limit_pusd=2 * USD)
    a_ledger(tmp_path / "l.db", a_budget(thresholds=SOFT_THRESHOLDS), clock=Clock()).close()
    ledger = opened(Ledger(tmp_path / "l.db", (COMMAND, "a.toml"), Clock()))
    with ledger.defining() as (connection, _, now_us):
        save(connection, of_file, "a.toml", "", now_us)
    standings = [a_coming(), replace(a_coming(), budget=of_file)]
    assert tell(ledger, standings) == 2
    with ledger.reading() as (connection, _, _now_us):
        found = all_alerts(connection)
    assert {(one.source, one.limit) for one in found} == {(COMMAND, USD), ("a.toml", 2 * USD)}
    ledger.close()


def test_what_was_reached_or_will_not_be_is_not_foreseen() -> None:
    assert is_coming(a_coming())
    assert not is_coming(a_coming(forecast=Forecast(30, 0, 1, 2)))
    assert not is_coming(a_coming(forecast=Forecast(3)))
    assert not is_coming(a_coming(spent=Totals(calls=1, spend_pusd=USD)))


def test_an_alert_that_is_not_there_cannot_be_seen(tmp_path: Path) -> None:
    a_ledger(path_in(str(tmp_path)), a_budget()).close()
    registry = opened(Registry(tmp_path, "", UTC))
    with pytest.raises(NotFound, match="there is no alert 9"):
        Acknowledge((9,)).make(registry)
    assert Acknowledge().make(registry) == "none was left to acknowledge"


def test_a_ledger_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    ledger = a_ledger(path_in(str(tmp_path)), a_budget())
    ledger.close()
    with sqlite3.connect(ledger.file.path) as connection:
        connection.executescript(
            "DROP TABLE deliveries; DROP TABLE alerts;"
            "ALTER TABLE budgets DROP COLUMN is_unbooked;"
            "ALTER TABLE state DROP COLUMN first_lease_us; PRAGMA user_version = 1;"
        )
    with ledger.reading() as (again, terms, _now_us):
        assert [one.budget.name for one in terms.defined] == ["team"]
        assert all_alerts(again) == []
    ledger.close()


def test_what_is_coming_is_looked_for_once_in_a_while(tmp_path: Path) -> None:
    courier = Courier(tmp_path, a_ledger(tmp_path / "ledger.db"))
    looks: list[int] = []

    def standings() -> list[Standing]:
        looks.append(1)
        return []

    courier.foresee(standings)
    courier.foresee(standings)
    assert looks == [1]
