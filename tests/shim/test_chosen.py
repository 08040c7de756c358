"""`profiler.toml` says what a program records, and never hurts it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import profiler
from profiler.shim.chosen import Chosen
from tests.shim.clients import CHAT, openai_client
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer


@pytest.fixture
def project(quiet_log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the project that the working folder is in."""
    quiet_log.home.mkdir()
    (tmp_path / "project" / "src").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project" / "src")
    return tmp_path / "project" / "profiler.toml"


def recorded(log: Log, server: ProviderServer) -> dict[str, Any]:
    profiler.instrument()
    openai_client(server).chat.completions.create(**CHAT)
    profiler.uninstrument()
    return log.only()


def test_a_project_says_what_its_programs_record(
    project: Path, quiet_log: Log, server: ProviderServer
) -> None:
    project.write_text('[capture]\ntext = true\nsite = "one"\nfingerprint = false\n')
    event = recorded(quiet_log, server)
    assert "site" in event
    assert not {"stack", "fingerprint"} & set(event)
    assert len([*(quiet_log.home / "text").iterdir()]) == 1


def test_a_variable_wins_over_the_project_and_that_over_the_user(
    project: Path, quiet_log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    (quiet_log.home / "profiler.toml").write_text('[capture]\ntext = true\nsite = "off"\n')
    assert (Chosen().text, Chosen().site) == (True, "off")
    project.write_text('[capture]\nsite = "one"\n')
    assert (Chosen().text, Chosen().site) == (True, "one")
    monkeypatch.setenv("PROFILER_SITE", "stack")
    monkeypatch.setenv("PROFILER_CAPTURE_TEXT", "0")
    assert (Chosen().text, Chosen().site) == (False, "stack")


@pytest.mark.parametrize(
    "text", ['[capture]\nsite = "all"\n', "[capture", "capture = 3", "a = " + "[" * 100_000]
)
def test_a_file_that_makes_no_sense_is_told_of_at_most_once_and_nothing_else(
    text: str,
    project: Path,
    quiet_log: Log,
    server: ProviderServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project.write_text(f"{text}")
    assert "stack" in recorded(quiet_log, server)
    assert not (quiet_log.home / "text").exists()
    told = capsys.readouterr().err.splitlines()
    assert len(told) <= 1
    assert all(str(project) in line for line in told)


def test_the_file_is_looked_for_when_instrumenting(
    project: Path, quiet_log: Log, server: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write_text('[capture]\nsite = "off"\n')
    profiler.instrument()
    monkeypatch.chdir(project.parent.parent)
    openai_client(server).chat.completions.create(**CHAT)
    profiler.uninstrument()
    assert "site" not in quiet_log.only()


def test_without_a_file_nothing_is_imported_to_read_one(tmp_path: Path) -> None:
    program = (
        "import sys, profiler; profiler.instrument(); "
        "print([name for name in ('tomllib', 'profiler.options.read') if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={"PROFILER_HOME": str(tmp_path), "PYTHONPATH": str(Path(profiler.__file__).parents[1])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "[]\n"
