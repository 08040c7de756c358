"""What waits for a target that is renamed, taken out, or down for long, is not lost."""

from dataclasses import replace
from pathlib import Path

from profiler.alerts import posting
from profiler.alerts.targets import Plan
from profiler.alerts.wording import told_words
from profiler.domain.periods import DAY_US, SECOND_US
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
from tests.support.ledgers import Clock


def test_what_waits_for_a_target_goes_to_it_under_its_new_name_once(tmp_path: Path) -> None:
    clock, kept = Clock(), Kept()
    ledger = a_spender(tmp_path / "l.db", clock=clock)
    kept.fault = "it was not accepted"
    spend(ledger, "1")
    a_sender(ledger, Plan((TEAM, BOSS), escalate_us=MINUTE_US), kept).send_due()
    kept.fault = ""
    clock.pass_us(30 * SECOND_US)
    crew, chief = replace(TEAM, name="crew"), replace(BOSS, name="chief")
    now = a_sender(ledger, Plan((crew, chief), escalate_us=MINUTE_US), kept)
    now.send_due()
    assert len(kept.bodies) == 1
    clock.pass_us(MINUTE_US)
    now.send_due()
    assert len(kept.bodies) == 2
    assert "Nobody has acknowledged this yet." in kept.bodies[1]
    ((alert, told),) = logged(ledger)
    gone = "there is no such target any more; told instead"
    assert list(told_words(alert, told, lambda _: "now"))[::2] == [
        f"team: dropped, tried once: {gone}: crew",
        f"crew: told now, message {told[2].message}",
    ]
    assert (told[1].said, told[3].state) == (f"{gone}: chief", "sent")


def test_who_was_told_already_is_not_told_again_of_what_another_was_to_be(tmp_path: Path) -> None:
    clock, kept = Clock(), Kept()
    ledger = a_spender(tmp_path / "l.db", clock=clock)
    spend(ledger, "1")
    other = replace(TEAM, name="other")
    with ledger.writing() as (connection, _, now_us):
        posting.address(connection, Plan((other, TEAM)), now_us)
    for _ in range(3):
        a_sender(ledger, Plan((other,)), kept).send_due()
        clock.pass_us(MINUTE_US)
    assert len(kept.bodies) == 1


def test_a_digest_that_could_not_be_sent_for_a_day_arrives_whole(tmp_path: Path) -> None:
    clock, kept = Clock(), Kept()
    ledger = a_spender(tmp_path / "l.db", clock=clock)
    sender = a_sender(ledger, Plan((TEAM,), digest_us=30 * MINUTE_US), kept)
    kept.fault = "connection refused"
    for hour in range(24):
        spend(ledger, str(hour), user=f"user {hour}")
        sender.send_due()
        clock.pass_us(60 * MINUTE_US)
    sender.send_due()
    for _, (told,) in logged(ledger):
        assert (told.state, told.said) == ("waiting", "connection refused")
    kept.fault = ""
    clock.pass_us(15 * MINUTE_US)
    sender.send_due()
    assert all(told.state == "sent" for _, (told,) in logged(ledger))
    said = "\n".join(kept.bodies)
    assert [said.count(f"- team · user {hour}:") for hour in range(24)] == [1] * 24


def test_an_old_alert_is_tried_for_an_hour_at_least_before_it_is_given_up(tmp_path: Path) -> None:
    clock, kept = Clock(), Kept()
    ledger = a_spender(tmp_path / "l.db", clock=clock)
    spend(ledger, "1")
    kept.fault = "connection refused"
    clock.pass_us(10 * DAY_US)
    sender = a_sender(ledger, Plan((TEAM,)), kept)
    for _ in range(60):
        sender.send_due()
        clock.pass_us(MINUTE_US)
    ((alert, (told,)),) = logged(ledger)
    assert told.state == "waiting"
    for _ in range(5):
        clock.pass_us(15 * MINUTE_US)
        sender.send_due()
    ((alert, (told,)),) = logged(ledger)
    assert list(told_words(alert, [told], str)) == [
        f"team: dropped, tried {told.attempts} times: given up: connection refused"
    ]
