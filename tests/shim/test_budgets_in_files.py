"""Budgets that a program is the first to find in a file, when calls were made before."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import profiler
from profiler.config import Settings
from profiler.domain.money import usd
from profiler.domain.scopes import Filter
from profiler.errors import BudgetExceeded
from profiler.ledger.book import path_in
from profiler.workspace import Workspace
from tests.shim.conftest import Log
from tests.shim.test_budgets import ask_openai
from tests.support.provider_server import ProviderServer


def test_a_files_budget_that_only_warns_refuses_nothing_for_what_is_not_known(
    log: Log, server: ProviderServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ask_openai(server)
    profiler.uninstrument()
    (tmp_path / "profiler.toml").write_text('[[budget]]\nname = "soft"\nlimit = 5\n')
    profiler.instrument()
    ask_openai(server)
    assert len(server.received) == 2
    assert path_in(str(log.home)).exists()


@pytest.mark.parametrize("is_loaded", [False, True])
def test_what_was_spent_before_a_files_budget_is_known_before_a_call_is_sent(
    log: Log,
    server: ProviderServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_loaded: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    ask_openai(server)
    profiler.uninstrument()
    settings = Settings(home=log.home, zone=ZoneInfo("UTC"))
    with Workspace.open(settings) as workspace:
        workspace.drain()
        spent = workspace.grouped([], Filter()).totals.spend_pusd
    if is_loaded:
        for segment in log.segments():
            segment.unlink()
    limit_usd = f"{usd(spent + 1):f}"
    a_file = tmp_path / "profiler.toml"
    a_file.write_text(
        f'[[budget]]\nname = "tiny"\nlimit = {limit_usd}\nperiod = "total"\nhard = true\n'
    )
    profiler.instrument()
    with pytest.raises(BudgetExceeded, match=f"run `profiler ingest` once in {tmp_path}"):
        ask_openai(server)
    with Workspace.open(settings) as workspace:
        workspace.drain()
    with pytest.raises(BudgetExceeded, match=r"tiny.*has used"):
        ask_openai(server)
    assert len(server.received) == 1
    a_file.write_text(a_file.read_text().replace(limit_usd, "5"))
    with Workspace.open(settings):
        ask_openai(server)
    assert len(server.received) == 2
