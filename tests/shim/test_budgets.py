"""Budgets in real programs: what is refused is not sent, and what is cheaper is."""

import logging
import os
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import profiler
from profiler.budgets.reconcile import reconcile
from profiler.config import Settings
from profiler.domain.budgets import (
    SOFT_THRESHOLDS,
    Action,
    Amounts,
    Budget,
    Measure,
    ModelRule,
)
from profiler.domain.periods import Period
from profiler.errors import BudgetExceeded, UnknownPrice
from profiler.ledger.book import Ledger, path_in
from profiler.ledger.breaches import Breach
from profiler.shim.budgets import Budgets
from profiler.workspace import Workspace
from tests.shim.clients import (
    openai_client,
)
from tests.shim.conftest import Log
from tests.support.descriptors import held_below
from tests.support.ledgers import USD, a_bid, a_budget, a_ledger, an_ask, used
from tests.support.provider_server import ProviderServer, json_reply

HELLO: Any = [{"role": "user", "content": "Hello"}]
MINI = "gpt-5-mini"


@pytest.fixture
def ledger(quiet_log: Log) -> Ledger:
    """The ledger of the home that programs of a test live in."""
    return a_ledger(path_in(str(quiet_log.home)))


def limit(ledger: Ledger, *budgets: Budget) -> None:
    a_ledger(ledger.file.path, *budgets).close()


def ask_openai(server: ProviderServer, model: str = MINI, **more: Any) -> Any:
    return openai_client(server).chat.completions.create(
        model=model, messages=HELLO, max_completion_tokens=50, **more
    )


def test_a_program_that_instruments_time_and_again_keeps_no_file_open(quiet_log: Log) -> None:
    a_ledger(path_in(str(quiet_log.home)), a_budget()).close()
    for _ in range(2):
        profiler.instrument()
        assert profiler.remaining()
        profiler.uninstrument()
        assert held_below(quiet_log.home) == []


def test_without_a_budget_the_ledger_is_never_opened(log: Log, server: ProviderServer) -> None:
    ask_openai(server)
    assert not path_in(str(log.home)).exists()
    assert log.only()["outcome"] == "ok"


def test_without_a_budget_nothing_of_the_ledger_is_loaded(tmp_path: Path) -> None:
    program = (
        "import sys, profiler; profiler.instrument(); "
        "from profiler.shim.instrument import SHIM; SHIM.recorder.budgets.are_set(); "
        "print([m for m in sys.modules if 'ledger' in m or m in ('sqlite3', 'dataclasses')])"
    )
    home = {**os.environ, "PROFILER_HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=home,
        cwd=tmp_path,
    )
    assert ran.stdout.strip() == "[]"


def test_a_model_without_a_price_is_refused_by_a_hard_limit_on_cost(
    ledger: Ledger, log: Log, server: ProviderServer
) -> None:
    del log
    limit(ledger, a_budget())
    with pytest.raises(UnknownPrice, match="mystery"):
        ask_openai(server, "mystery-9000")
    assert server.received == []


def test_a_budget_in_the_projects_file_holds(
    quiet_log: Log, server: ProviderServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "profiler.toml").write_text(
        '[[budget]]\nname = "tiny"\nlimit = 0.000001\nhard = true\n'
    )
    monkeypatch.chdir(tmp_path)
    profiler.instrument()
    with pytest.raises(BudgetExceeded, match="tiny"):
        ask_openai(server)
    assert quiet_log.segments() == []


def test_a_call_that_was_refused_by_the_provider_holds_nothing(
    ledger: Ledger, log: Log, server: ProviderServer
) -> None:
    del log
    limit(ledger, a_budget(limit_pusd=5 * USD))
    server.answer = lambda _: json_reply({"error": {"message": "no"}}, status=400)
    with pytest.raises(Exception, match="400"):
        ask_openai(server)
    assert used(ledger) == (0, 0)


def test_a_program_can_ask_before_it_calls(ledger: Ledger, log: Log) -> None:
    del log
    limit(
        ledger,
        a_budget(limit_pusd=USD, rules=(ModelRule(100, "gpt-5", MINI),)),
        a_budget("calls", None, limit_calls=5, thresholds=()),
    )
    calls, tight = profiler.remaining(model=MINI)
    assert (tight.budget, tight.limit, tight.left, tight.is_hard) == ("team", USD, USD, True)
    assert (calls.budget, calls.left, calls.is_hard) == ("calls", 5, False)
    assert (tight.left_usd, tight.limit_usd) == (Decimal(1), Decimal(1))
    assert (calls.left_usd, calls.limit_usd) == (None, None)
    most = profiler.estimate(model=MINI, input_tokens=1_000, max_output_tokens=1_000)
    assert most is not None
    assert most >= 1_000 * 250_000 + 1_000 * 2_000_000
    assert most.usd * USD == most
    assert profiler.check(model=MINI, input_tokens=1_000, max_output_tokens=1_000) is None
    refused = profiler.check(model=MINI, input_tokens=10**6, max_output_tokens=10**6)
    assert refused is not None
    assert refused.budget == "team"
    assert profiler.choose_model("gpt-5") == "gpt-5"


def test_rules_lead_to_a_cheaper_model_when_they_are_asked(ledger: Ledger, log: Log) -> None:
    del log
    chain = (ModelRule(95, "gpt-5", MINI), ModelRule(50, MINI, "gpt-5-nano"))
    limit(ledger, a_budget(limit_pusd=None, limit_calls=10, rules=chain))
    ledger.reserve(an_ask("1"))
    assert profiler.choose_model("gpt-5") == MINI
    for number in range(2, 8):
        ledger.reserve(an_ask(str(number)))
    assert profiler.choose_model("gpt-5") == "gpt-5-nano"


def test_a_check_follows_the_rules_that_the_call_would(ledger: Ledger, log: Log) -> None:
    del log
    rule = ModelRule(100, "gpt-5", MINI)
    for is_applied in (False, True):
        rules = (rule._replace(is_applied=is_applied),)
        limit(ledger, a_budget(limit_pusd=USD // 120, rules=rules))
        ledger.reserve(an_ask(str(is_applied), a_bid(10**8)))
        found = profiler.check(model="gpt-5", input_tokens=1_000, max_output_tokens=1_000)
        assert (found is None) is is_applied


def test_without_a_budget_there_is_nothing_to_ask(log: Log) -> None:
    assert profiler.remaining(model=MINI) == []
    assert profiler.check(model=MINI, input_tokens=1, max_output_tokens=1) is None
    assert profiler.choose_model("gpt-5") == "gpt-5"
    assert profiler.estimate(model=MINI, input_tokens=1, max_output_tokens=1) is not None
    assert not path_in(str(log.home)).exists()


def test_a_listener_is_told_of_each_threshold_once(
    ledger: Ledger, log: Log, server: ProviderServer, caplog: pytest.LogCaptureFixture
) -> None:
    del log
    limit(ledger, a_budget("calls", None, limit_calls=2, thresholds=SOFT_THRESHOLDS))
    told: list[int] = []
    profiler.on_budget(lambda breach: told.append(breach.percent))
    for _ in range(3):
        ask_openai(server)
    assert told == [50, 75, 90, 100]
    assert [(one.name, one.levelname, one.message) for one in caplog.records] == [
        ("profiler", "WARNING", "budget 'calls': 100 % is used, 2 calls of 2 calls")
    ]


def test_each_window_is_told_of_and_on_stderr_where_there_is_no_log(
    quiet_log: Log, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del quiet_log
    monkeypatch.setattr(logging.getLogger("profiler"), "propagate", False)
    half = Breach("team", "command", "ada", 50, Action.WARN, Measure.COST, USD // 2, USD)
    budgets = Budgets()
    for _window in range(2):
        budgets.tell([half._replace(percent=25, action=Action.NOTE), half])
    said = "profiler: budget 'team' for ada: 50 % is used, $0.50 of $1.00"
    assert capsys.readouterr().err.splitlines() == [said] * 2


def test_a_call_that_is_told_of_counts_until_it_is_loaded(ledger: Ledger, log: Log) -> None:
    limit(
        ledger, a_budget(limit_pusd=USD, limit_calls=10), a_budget("per call", period=Period.CALL)
    )
    told: list[tuple[str, int]] = []
    profiler.instrument(on_budget=lambda breach: told.append((breach.budget, breach.percent)))
    for _ in range(6):
        profiler.record(
            provider="openai", model=MINI, usage={"input": 1_000, "output": 100}, feature="faq"
        )
    profiler.record(provider="nobody", model="nothing", usage=None)
    spent, held = used(ledger)
    assert (spent > 0, held) == (True, 0)
    assert told == [("team", 50)]
    with Workspace.open(Settings(home=log.home, zone=ZoneInfo("UTC"))) as workspace:
        workspace.drain()
        (standing,) = [s for s in workspace.standings(time.time_ns() // 1000) if s.value == ""][:1]
        assert standing.used_up.calls == 7
        assert reconcile(workspace.store, workspace.registry.ledger).untold == Amounts()
        assert used(ledger)[0] == spent


@pytest.mark.usefixtures("log")
def test_a_listener_given_at_the_start_is_kept_once(ledger: Ledger) -> None:
    heard: list[object] = []
    for _ in range(2):
        profiler.instrument(on_budget=heard.append)
    limit(ledger, a_budget(limit_pusd=None, limit_calls=1))
    profiler.record(provider="openai", model=MINI, usage={"input": 1, "output": 1})
    assert len(heard) == 4
