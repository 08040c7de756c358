"""Alerts arrive: soon, once, whoever sends them, and whatever dies meanwhile."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from profiler.alerts import posting
from profiler.alerts.channel import send
from profiler.alerts.record import acknowledge, open_alerts
from profiler.alerts.sender import Hung, Sender
from profiler.alerts.targets import Plan
from profiler.alerts.wording import told_words
from profiler.analysis.asked import Asked
from profiler.budgets.changes import Acknowledge
from profiler.domain.alerts import Delivery
from profiler.domain.budgets import SOFT_THRESHOLDS, Action, Threshold
from profiler.domain.periods import DAY_US, Period
from profiler.ledger.book import Ledger, path_in
from profiler.workspace import Workspace
from tests.support.alerting import (
    BOSS,
    MINUTE_US,
    TEAM,
    Kept,
    a_sender,
    a_spender,
    logged,
    spend,
)
from tests.support.events import START_US, a_segment, an_event
from tests.support.ledgers import USD, Clock, a_budget, a_ledger
from tests.support.loopback import Hook, a_hook
from tests.support.opened import opened
from tests.support.workspaces import UTC, a_workspace


@pytest.fixture(name="hook")
def _hook() -> Iterator[Hook]:
    with a_hook() as hook:
        yield hook


def a_home_that_tells(home: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace whose alerts go to the hook, with a budget that one call fills."""
    monkeypatch.setenv("ALERTS_URL", hook.address)
    home.mkdir(exist_ok=True)
    (home / "profiler.toml").write_text('[alerts.targets.team]\nurl_env = "ALERTS_URL"\n')
    workspace = a_workspace(home)
    workspace.registry.save(
        a_budget(period=Period.TOTAL, limit_pusd=USD, thresholds=SOFT_THRESHOLDS)
    )
    return workspace


def a_dear_call(home: Path) -> None:
    a_segment(home / "log", [an_event(usage={"input": 8_000_000, "output": 0})])


def test_who_is_told_is_told_within_five_seconds_of_ingest(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_home_that_tells(tmp_path, hook, monkeypatch) as workspace:
        a_dear_call(tmp_path)
        began = time.monotonic()
        workspace.drain()
        drained = time.monotonic()
        (post,) = hook.wait(1)
        arrived = time.monotonic()
    print(f"drained in {drained - began:.2f} s, told {arrived - drained:.2f} s after")
    assert arrived - began <= 5
    assert post["title"] == "Budget team: limit of $1.00 reached"
    assert "$2.00 used" in post["message"]


def test_a_channel_that_never_answers_holds_up_no_ingest(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.is_deaf = True
    with a_home_that_tells(tmp_path, hook, monkeypatch) as workspace:
        a_dear_call(tmp_path)
        began = time.monotonic()
        workspace.drain()
        hook.wait(1)
        workspace.drain()
    assert time.monotonic() - began < 10


def test_nothing_is_started_where_nobody_is_to_be_told(tmp_path: Path) -> None:
    workspace = a_workspace(tmp_path)
    with workspace:
        workspace.registry.save(
            a_budget(period=Period.TOTAL, limit_pusd=USD, thresholds=SOFT_THRESHOLDS)
        )
        a_dear_call(tmp_path)
        drained = workspace.drain()
        found = workspace.registry.open_alerts(0)
        assert workspace._courier()._sender is None
    assert drained.notices == ()
    assert [(one.threshold, one.addressed) for one in found] == [
        ("100", "nobody"),
        ("90", "nobody"),
    ]


def test_settings_that_make_no_sense_keep_alerts_waiting_and_are_told_once(tmp_path: Path) -> None:
    with a_workspace(tmp_path) as workspace:
        budget = a_budget(period=Period.TOTAL, limit_pusd=USD, thresholds=SOFT_THRESHOLDS)
        workspace.registry.save(budget)
        (tmp_path / "profiler.toml").write_text("[alerts.targets.team]\n")
        a_dear_call(tmp_path)
        (told,) = workspace.drain().notices
        workspace._courier()._not_before = 0
        again = workspace.drain().notices
        found = workspace.registry.open_alerts(0)
    assert told.startswith("alerts wait: ")
    assert "line 1: alerts.targets.team says nowhere where alerts go" in told
    assert again == ()
    assert [one.addressed for one in found] == ["", ""]


def test_one_row_per_budget_value_window_and_threshold(tmp_path: Path) -> None:
    ledger = a_spender(tmp_path / "l.db", "team", "other")
    for number, user in enumerate(("ada", "ada", "bob")):
        spend(ledger, str(number), user=user)
    found = [(one.budget, one.value, one.threshold) for one, _ in logged(ledger)]
    assert sorted(found) == sorted(
        (budget, *rest)
        for budget in ("team", "other")
        for rest in (("ada", "90"), ("ada", "100"), ("bob", "90"))
    )


def test_what_only_warns_is_no_alert(tmp_path: Path) -> None:
    budget = a_budget(thresholds=(Threshold(50, Action.NOTE), Threshold(75, Action.WARN)))
    ledger = a_ledger(tmp_path / "l.db", budget, clock=Clock())
    spend(ledger, "1")
    assert logged(ledger) == []


def test_two_senders_at_once_tell_once(tmp_path: Path) -> None:
    ledger = a_spender(tmp_path / "l.db")
    for number in range(12):
        spend(ledger, str(number), user=f"user {number}")
    kept, plan = Kept(), Plan((TEAM,))
    others = [opened(Ledger(tmp_path / "l.db", clocks=Clock())) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: a_sender(one, plan, kept).send_due(), others))
    assert all(one.state == "sent" for _, told in logged(ledger) for one in told)
    told = "\n".join(kept.bodies)
    assert [told.count(f"user {number}:") for number in range(12)] == [1] * 12


def test_a_sender_that_dies_leaves_the_message_to_the_next_under_its_id(tmp_path: Path) -> None:
    clock, kept, plan = Clock(), Kept(), Plan((TEAM,))
    ledger = a_spender(tmp_path / "l.db", clock=clock)
    spend(ledger, "1")
    with ledger.writing() as (connection, _, now_us):
        posting.address(connection, plan, now_us)
        claimed = posting.claim(connection, plan, now_us)
    assert claimed is not None
    assert a_sender(ledger, plan, kept).send_due() == 0
    clock.pass_us(posting.LEASE_US)
    assert a_sender(ledger, plan, kept).send_due() == 1
    assert kept.bodies[0].endswith(f"message {claimed.id}")


def test_a_target_that_fails_for_an_hour_is_told_then(tmp_path: Path) -> None:
    clock, kept = Clock(), Kept()
    ledger = a_spender(tmp_path / "l.db", clock=clock)
    spend(ledger, "1")
    sender = a_sender(ledger, Plan((TEAM,)), kept)
    kept.fault = "it was not accepted"
    for _ in range(60):
        sender.send_due()
        clock.pass_us(MINUTE_US)
    ((_, (told,)),) = logged(ledger)
    assert (told.state, told.said) == ("waiting", "it was not accepted")
    assert 8 <= told.attempts <= 14
    kept.fault = ""
    clock.pass_us(15 * MINUTE_US)
    sender.send_due()
    ((_, (told,)),) = logged(ledger)
    assert (told.state, len(kept.bodies)) == ("sent", 1)


def test_a_target_that_fails_for_a_week_is_given_up(tmp_path: Path) -> None:
    clock, kept = Clock(), Kept()
    ledger = a_spender(tmp_path / "l.db", clock=clock)
    spend(ledger, "1")
    sender = a_sender(ledger, Plan((TEAM,)), kept)
    kept.fault = "it was not accepted"

    def after_us(us: int) -> Delivery:
        clock.pass_us(us)
        sender.send_due()
        ((_, (told,)),) = logged(ledger)
        return told

    for _ in range(7 * 24):
        assert after_us(DAY_US // 24).state == "waiting"
    told = after_us(15 * MINUTE_US)
    assert (told.state, told.said) == ("dropped", "given up: it was not accepted")
    kept.fault = ""
    after_us(DAY_US)
    assert kept.bodies == []


def test_a_budget_that_was_told_of_waits_out_its_cooldown(tmp_path: Path) -> None:
    clock, kept = Clock(), Kept()
    ledger = a_spender(tmp_path / "l.db", "team", "other", clock=clock)
    sender = a_sender(ledger, Plan((TEAM,), cooldown_us=10 * MINUTE_US), kept)
    spend(ledger, "1")
    sender.send_due()
    assert len(kept.bodies) == 2
    for minute in range(9):
        spend(ledger, f"more {minute}", user=f"user {minute}")
        clock.pass_us(MINUTE_US)
        sender.send_due()
    assert len(kept.bodies) == 2
    clock.pass_us(MINUTE_US)
    sender.send_due()
    assert len(kept.bodies) == 4
    assert all(f"user {minute}:" in body for body in kept.bodies[2:] for minute in range(9))


def test_a_digest_is_one_message_of_all_budgets(tmp_path: Path) -> None:
    clock, kept = Clock(), Kept()
    ledger = a_spender(tmp_path / "l.db", "team", "other", clock=clock)
    sender = a_sender(ledger, Plan((TEAM,), digest_us=30 * MINUTE_US), kept)
    for minute in range(3):
        spend(ledger, str(minute), user=f"user {minute}")
        sender.send_due()
    assert kept.bodies == []
    clock.pass_us(30 * MINUTE_US)
    sender.send_due()
    (body,) = kept.bodies
    assert body.count("user ") == 6
    assert "and 5 more" in body.splitlines()[0]


def test_what_nobody_acknowledges_goes_to_the_next_one_up(tmp_path: Path) -> None:
    clock, kept = Clock(), Kept()
    ledger = a_spender(tmp_path / "l.db", clock=clock)
    sender = a_sender(ledger, Plan((TEAM, BOSS), escalate_us=20 * MINUTE_US), kept)
    spend(ledger, "1")
    spend(ledger, "2", user="bob")
    sender.send_due()
    assert len(kept.bodies) == 1
    with ledger.writing() as (connection, _, now_us):
        (bobs,) = [one.id for one in open_alerts(connection, now_us) if one.value == "bob"]
        acknowledge(connection, [bobs], "grace", now_us)
    clock.pass_us(19 * MINUTE_US)
    sender.send_due()
    assert len(kept.bodies) == 1
    clock.pass_us(MINUTE_US)
    sender.send_due()
    assert "Nobody has acknowledged this yet.\n- team · ada" in kept.bodies[1]
    assert "bob" not in kept.bodies[1]


def test_a_target_that_was_taken_out_is_not_told(tmp_path: Path) -> None:
    clock, kept = Clock(), Kept()
    ledger = a_spender(tmp_path / "l.db", clock=clock)
    spend(ledger, "1")
    with ledger.writing() as (connection, _, now_us):
        posting.address(connection, Plan((TEAM,)), now_us)
    a_sender(ledger, Plan(), kept).send_due()
    ((alert, (told,)),) = logged(ledger)
    assert (told.state, kept.bodies) == ("dropped", [])
    assert list(told_words(alert, [told], str)) == [
        "team: dropped: there is no such target any more; and no other is set"
    ]


def test_a_channel_that_hangs_ends_the_sender_and_not_the_message(tmp_path: Path) -> None:
    def hanging(_address: str, _title: str, _body: str) -> str:
        time.sleep(1)
        return ""

    ledger = a_spender(tmp_path / "l.db")
    spend(ledger, "1")
    sender = Sender(ledger, Plan((TEAM,)), {"ALERTS_URL": "json://h/"}, hanging, timeout_s=0.05)
    with pytest.raises(Hung):
        sender.send_due()
    ((_, (told,)),) = logged(ledger)
    assert (told.state, told.said) == ("waiting", "no answer in 0.05 s")


def test_a_window_that_was_reset_tells_anew(tmp_path: Path) -> None:
    kept = Kept()
    ledger = a_spender(tmp_path / "l.db")
    sender = a_sender(ledger, Plan((TEAM,)), kept)
    spend(ledger, "1")
    sender.send_due()
    with ledger.writing() as (connection, _, _now_us):
        connection.execute("UPDATE counters SET crossed_percent = 0, forgiven_pusd = settled_pusd")
    spend(ledger, "2")
    sender.send_due()
    assert len(kept.bodies) == 2
    assert len({body.rpartition(" ")[2] for body in kept.bodies}) == 2
    assert len(logged(ledger)) == 1


def test_senders_killed_at_random_lose_nothing(tmp_path: Path, hook: Hook) -> None:
    dice = random.Random(7)
    (tmp_path / "profiler.toml").write_text(
        '[alerts]\ncooldown_minutes = 0\n[alerts.targets.team]\nurl_env = "ALERTS_URL"\n'
    )
    names = [f"budget {number}" for number in range(6)]
    path = path_in(str(tmp_path))
    ledger = a_ledger(
        path, *(a_budget(name, thresholds=SOFT_THRESHOLDS, period=Period.TOTAL) for name in names)
    )
    ledger = opened(Ledger(path))
    spend(ledger, "1")
    environment = {**os.environ, "ALERTS_URL": hook.address}
    command = [sys.executable, "-m", "profiler.alerts", str(tmp_path)]
    killed = 0
    until = time.monotonic() + 40
    while not _all_sent(ledger) and time.monotonic() < until:
        sender = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        with suppress(subprocess.TimeoutExpired):
            sender.wait(dice.uniform(0.2, 1.2) if killed < 5 else 15)
        if sender.poll() is None:
            sender.send_signal(signal.SIGKILL)
            sender.wait()
            killed += 1
        with ledger.writing() as (connection, _, _now_us):
            connection.execute("UPDATE deliveries SET lease_us = 0 WHERE state = 'waiting'")
    assert _all_sent(ledger)
    told = " ".join(post["message"] for post in hook.posts)
    assert all(f"{name}:" in told for name in names)
    assert len(set(hook.messages)) == len(names)
    print(f"{killed} killed, {len(hook.posts)} posts for {len(names)} messages")


def _all_sent(ledger: Ledger) -> bool:
    return all(told and all(one.state == "sent" for one in told) for _, told in logged(ledger))


def test_apprise_says_what_went_wrong_without_the_address(hook: Hook) -> None:
    hook.answers = 503
    fault = send(hook.address, "title", "body")
    assert "503" in fault
    assert "canary" not in fault


def test_screens_are_given_what_nobody_has_seen(tmp_path: Path) -> None:
    with a_workspace(tmp_path) as workspace:
        budget = a_budget(period=Period.TOTAL, limit_pusd=USD, thresholds=SOFT_THRESHOLDS)
        workspace.registry.save(budget)
        a_dear_call(tmp_path)
        workspace.drain()
        asked = Asked(zone=UTC)
        found = workspace.snapshot(asked, START_US).alerts
        done = workspace.change_budget(Acknowledge(tuple(one.id for one in found[:1])))
        left = workspace.snapshot(asked, START_US).alerts
    assert [one.threshold for one in found] == ["100", "90"]
    assert done == f"alert {found[0].id} is acknowledged"
    assert left == found[1:]
