"""Budgets that a program is the first to find in a file, when calls were made before."""

import os
import re
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import profiler
from profiler.config import Settings
from profiler.domain.money import usd
from profiler.domain.scopes import Filter
from profiler.errors import BudgetExceeded
from profiler.ledger.book import path_in
from profiler.ledger.program import Program
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
    a_file.write_text(a_file.read_text("utf-8").replace(limit_usd, "5"))
    with Workspace.open(settings):
        ask_openai(server)
    assert len(server.received) == 2


TINY = '[[budget]]\nname = "tiny"\nlimit = 0.000001\nhard = true\n'


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("limt = 5", "limt is no key that is known"),
        ("limit = -5", "more than 0"),
        ('zone = "Mars/Base"', "an IANA"),
        ('scope = "model:gtp-5"', "'gtp-5', which matches no model.*`profiler prices find`"),
        ('rules = [{ below = 40, from = "gpt-5", to = "gpt-5-mimi" }]', "'gpt-5-mimi', which"),
        (
            'rules = [{below = 9, from = "o3", to = "o1"}, {below = 5, from = "o1", to = "o3"}]',
            "circle, o1 → o3 → o1; take one of them out",
        ),
        ("limit = = 5", "no TOML"),
    ],
)
def test_a_file_that_is_edited_into_nonsense_leaves_the_last_that_made_sense(
    quiet_log: Log,
    server: ProviderServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("profiler.shim.budgets._LOOK_EVERY_S", 0)
    a_file = tmp_path / "profiler.toml"
    a_file.write_text(TINY)
    profiler.instrument()
    with pytest.raises(BudgetExceeded, match="tiny"):
        ask_openai(server)
    a_file.write_text(f'# tiny is gone\n[[budget]]\nname = "wide"\ntokens = 5\n{line}\n')
    with pytest.raises(BudgetExceeded, match="tiny"):
        ask_openai(server)
    said = capsys.readouterr().err
    assert re.search(f"{a_file}, line 5.*{says}", said), said
    a_file.write_text(TINY.replace("0.000001", "5"))
    ask_openai(server)
    assert len(server.received) == len(quiet_log.events()) == 1


def test_a_file_that_is_emptied_to_be_written_anew_leaves_its_budgets_in_force(
    tmp_path: Path,
) -> None:
    a_file = tmp_path / "profiler.toml"
    a_file.write_text(TINY)
    program = Program(str(tmp_path / "home"), str(tmp_path), "UTC")
    program.look()
    a_file.write_text("")
    program.look()
    assert program.has_budgets()
    a_moment_ago = time.time() - 1
    os.utime(a_file, (a_moment_ago, a_moment_ago))
    program.look()
    assert not program.has_budgets()
    program.ledger.close()


def test_a_file_that_is_gone_for_a_moment_leaves_its_budgets_in_force(tmp_path: Path) -> None:
    a_file = tmp_path / "profiler.toml"
    a_file.write_text(TINY)
    program = Program(str(tmp_path / "home"), str(tmp_path), "UTC")
    program.look()
    assert program.has_budgets()
    a_file.unlink()
    program.look()
    assert program.has_budgets()
    program.look()
    assert not program.has_budgets()
    a_file.write_text(TINY)
    program.look()
    assert program.has_budgets()
    program.ledger.close()
