"""Calls while the ledger of budgets is out of reach: only what a budget may refuse is refused."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import profiler
from profiler.config import Settings
from profiler.domain.budgets import SOFT_THRESHOLDS
from profiler.domain.scopes import Dimension, Match
from profiler.errors import BudgetExceeded
from profiler.ledger import file, spare
from profiler.ledger.book import path_in
from profiler.shim.budgets import Budgets
from profiler.workspace import Workspace
from tests.shim.clients import openai_client
from tests.shim.conftest import Log
from tests.support.ledgers import a_budget, a_ledger
from tests.support.provider_server import ProviderServer

HELLO: Any = [{"role": "user", "content": "Hello"}]
SOFT = a_budget("soft", thresholds=SOFT_THRESHOLDS)
HARD_FOR_SEARCH = a_budget("search", scope=(Match(Dimension.FEATURE, "search"),))


@pytest.fixture
def path(quiet_log: Log) -> Path:
    return path_in(str(quiet_log.home))


def ask(server: ProviderServer) -> None:
    openai_client(server).chat.completions.create(
        model="gpt-5-mini", messages=HELLO, max_completion_tokens=50
    )


def refused_soon(server: ProviderServer) -> str:
    """What a program is told once it has noticed: it looks now and then."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            ask(server)
        except BudgetExceeded as error:
            return str(error)
    return ""


def garble(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"this is no database" * 1_000)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    yield
    holder.close()


def test_calls_pass_where_no_budget_is_known_to_refuse_any(
    path: Path, quiet_log: Log, server: ProviderServer, capsys: pytest.CaptureFixture[str]
) -> None:
    a_ledger(path, SOFT).close()
    garble(path)
    profiler.instrument()
    for _ in range(3):
        ask(server)
    assert len(server.received) == len(quiet_log.events()) == 3
    said = capsys.readouterr().err
    assert said.count("budgets do not count now") == 1
    assert "`profiler rebuild --ledger` sets it aside" in said


def test_calls_pass_where_nothing_is_known_of_budgets(path: Path, server: ProviderServer) -> None:
    garble(path)
    profiler.instrument()
    ask(server)
    assert profiler.remaining() == []
    assert profiler.choose_model("gpt-5") == "gpt-5"
    assert profiler.check(model="gpt-5", input_tokens=1, max_output_tokens=1) is None


def test_only_calls_that_a_hard_budget_applies_to_are_refused(
    path: Path, server: ProviderServer
) -> None:
    a_ledger(path, SOFT, HARD_FOR_SEARCH).close()
    garble(path)
    profiler.instrument()
    ask(server)
    with (
        profiler.context(feature="search"),
        pytest.raises(BudgetExceeded, match=r"'search' may refuse .* damaged") as e,
    ):
        ask(server)
    assert (e.value.budget, len(server.received)) == ("search", 1)
    with profiler.context(feature="search"):
        told = profiler.check(model="gpt-5", input_tokens=1, max_output_tokens=1)
    assert isinstance(told, BudgetExceeded)


def test_a_hard_budget_in_a_file_refuses_without_a_ledger(
    path: Path, server: ProviderServer
) -> None:
    garble(path)
    (path.parent / "profiler.toml").write_text(
        '[[budget]]\nname = "team"\nlimit = 1\nperiod = "daily"\nhard = true\n'
    )
    profiler.instrument()
    with pytest.raises(BudgetExceeded, match="'team' may refuse"):
        ask(server)
    assert server.received == []


def test_a_ledger_that_is_garbled_while_a_program_runs_refuses_hard_budgets_only(
    path: Path, server: ProviderServer
) -> None:
    a_ledger(path, SOFT, HARD_FOR_SEARCH).close()
    profiler.instrument()
    ask(server)
    path.unlink()
    spare.path_of(path).unlink()
    path.mkdir()
    with profiler.context(feature="search"):
        assert "is a folder" in refused_soon(server)
    ask(server)


def test_a_soft_budget_keeps_no_call_waiting_for_long(
    path: Path, server: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file.LedgerFile.__init__, "__defaults__", (0.4, None))
    a_ledger(path, SOFT).close()
    profiler.instrument()
    ask(server)
    with locked(path):
        ask(server)
        began = time.monotonic()
        for _ in range(5):
            ask(server)
    assert time.monotonic() - began < 5 * 0.4


def test_what_was_spent_meanwhile_counts_once_the_ledger_is_made_anew(
    path: Path, quiet_log: Log, server: ProviderServer
) -> None:
    a_ledger(path, a_budget("calls", None, limit_calls=3, thresholds=SOFT_THRESHOLDS)).close()
    profiler.instrument()
    ask(server)
    garble(path)
    profiler.uninstrument()
    profiler.instrument()
    ask(server)
    file.LedgerFile(path).set_aside(path.with_name("aside"))
    with Workspace.open(Settings(home=quiet_log.home, zone=ZoneInfo("UTC"))) as workspace:
        workspace.drain()
        (standing,) = workspace.standings(time.time_ns() // 1000)
    assert standing.used_up.calls == 2


def test_who_waited_long_for_the_ledger_asks_again_only_after_thirty_times_as_long(
    quiet_log: Log,
) -> None:
    budgets, now_s = Budgets(), time.monotonic()
    budgets.lose(OSError("it is busy"), now_s - 2)
    assert 60 <= budgets._look_at_s - now_s < 90
    budgets.lose(OSError("it is gone"), time.monotonic())
    assert budgets._look_at_s - time.monotonic() < 5
    assert quiet_log.events() == []
