"""`profiler alerts`: what is open, who was told, and whether telling works."""

import json
from pathlib import Path

import pytest

from profiler.alerts.sender import Sender
from profiler.alerts.targets import plan_in
from profiler.domain.budgets import SOFT_THRESHOLDS
from profiler.domain.periods import Period
from profiler.ledger.book import Ledger, path_in
from tests.support.cli import profiler
from tests.support.events import a_segment, an_event
from tests.support.ledgers import USD, a_budget, a_ledger
from tests.support.loopback import a_hook
from tests.support.opened import opened


def a_full_budget(home: Path, limit_pusd: int = USD) -> Path:
    """A home where a call that was logged fills a budget twice over."""
    a_ledger(
        path_in(str(home)),
        a_budget(period=Period.TOTAL, limit_pusd=limit_pusd, thresholds=SOFT_THRESHOLDS),
    ).close()
    a_segment(home / "log", [an_event(usage={"input": 8_000_000, "output": 0})])
    return home


def test_what_is_open_is_listed_until_somebody_has_seen_it(tmp_path: Path) -> None:
    home = a_full_budget(tmp_path)
    found = profiler("alerts", home=home)
    assert "team: limit of $1.00 reached; $2.00 used" in found.stdout
    assert "    profiler budget status team\n    profiler alerts ack 2\n" in found.stdout
    seen = profiler("alerts", "ack", "--all", home=home)
    assert seen.stderr == "profiler: 2 alerts are acknowledged\n"
    assert profiler("alerts", "list", home=home).stdout == ""
    told = json.loads(profiler("alerts", "log", "--json", home=home).stdout)["alerts"]
    assert [(one["threshold"], bool(one["seen_by"])) for one in told] == [
        ("100", True),
        ("90", True),
    ]


def test_the_log_says_who_was_told_and_what_went_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = a_full_budget(tmp_path)
    (home / "profiler.toml").write_text(
        '[alerts.targets.good]\nurl_env = "GOOD"\n[alerts.targets.bad]\nurl_env = "BAD"\n'
    )
    monkeypatch.setattr("profiler.alerts.courier.Courier.look", lambda _: "")
    profiler("ingest", home=home)
    with a_hook() as hook:
        ledger = opened(Ledger(path_in(str(home))))
        Sender(ledger, plan_in(home), {"GOOD": hook.address}).send_due()
        ledger.close()
    told = profiler("alerts", "log", home=home).stdout
    assert "good: told 20" in told
    assert "bad: waiting until" in told
    assert "tried once: the variable BAD holds no address; put one there" in told


def test_every_target_is_tried_and_says_how_it_went(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "profiler.toml").write_text(
        '[alerts.targets.good]\nurl_env = "GOOD"\n[alerts.targets.bad]\nurl_env = "BAD"\n'
    )
    with a_hook() as hook:
        monkeypatch.setenv("GOOD", hook.address)
        monkeypatch.setenv("BAD", "json://127.0.0.1:9/canary")
        found = profiler("alerts", "test", home=tmp_path)
        alone = profiler("alerts", "test", "good", home=tmp_path)
        assert len(hook.posts) == 2
        assert f"good (json://127.0.0.1:{hook.port}/…) was told\n" in found.stdout
    assert "bad (json://127.0.0.1:9/…) could not be told: " in found.stdout
    assert (found.returncode, alone.returncode) == (1, 0)
    assert "canary" not in found.stdout + found.stderr


def test_with_nobody_to_tell_the_test_says_how_to_change_that(tmp_path: Path) -> None:
    found = profiler("alerts", "test", home=tmp_path)
    assert found.returncode == 1
    assert "write [alerts.targets.NAME] into profiler.toml" in found.stderr


def test_a_target_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "profiler.toml").write_text("[alerts.targets.here]\ndesktop = true\n")
    found = profiler("alerts", "test", "there", home=tmp_path)
    assert found.returncode == 3
    assert "there is no target 'there'; there are here" in found.stderr
