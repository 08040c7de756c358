"""Secrets and prompt text in every field of every variant: in no file we write, nor on stderr.

With text capture on, the text is in its own files and nowhere else, and the keys are in none.
"""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import profiler
from profiler.config import read_settings
from profiler.domain.scopes import Filter
from profiler.workspace import Workspace
from tests.shim.clients import CHAT, openai_client
from tests.shim.conftest import Log
from tests.support.cli import profiler as run
from tests.support.planted import (
    KEY,
    SECRETS,
    WORD,
    operations,
    planted_answer,
    planted_break,
    planted_error,
)
from tests.support.provider_server import ProviderServer

ANSWERS = {
    "answered": planted_answer,
    "refused": planted_error(400),
    "unknown key": planted_error(401),
    "failed": planted_error(500),
    "broken off": planted_break,
}


def written_in(home: Path, *, but: str = "") -> dict[str, bytes]:
    """Everything in a folder, by where it is, names and all."""
    return {
        str(path.relative_to(home)): str(path).encode() + path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and not (but and but in path.parts)
    }


def holding(home: Path, secrets: tuple[str, ...], *, but: str = "") -> list[str]:
    """The files in which a secret stands, also in the ways JSON and SQLite write text."""
    wanted = [secret.encode(code) for secret in secrets for code in ("utf-8", "utf-16-le")]
    return [
        path
        for path, content in written_in(home, but=but).items()
        if any(secret in content for secret in wanted)
    ]


def ask(operation: Callable[[ProviderServer], Any], server: ProviderServer) -> None:
    """Makes the call; what it raises is the provider's, and quotes secrets."""
    with contextlib.suppress(Exception):
        operation(server)


def read_everything(home: Path) -> str:
    """Loads the log, looks at it and exports it in every way, the database open all along."""
    said = ""
    with Workspace.open(read_settings(home)) as workspace:
        workspace.drain()
        for form in ("csv", "jsonl", "parquet"):
            ran = run(
                "export", "calls", "--format", form, "-o", str(home / f"calls.{form}"), home=home
            )
            assert ran.returncode == 0, ran.stderr
        for words in (("report", "--json"), ("calls", "--json"), ("calls",), ("doctor",)):
            ran = run(*words, home=home)
            said += ran.stdout + ran.stderr
        (newest, *_) = workspace.page(Filter(), None, 1).calls
        shown = run("calls", "show", newest.id, "--json", home=home)
        assert holding(home, SECRETS, but="text") == []
    return said + shown.stdout + shown.stderr


@pytest.mark.parametrize("answer", ANSWERS)
def test_nothing_secret_is_written_or_said(
    answer: str, log: Log, server: ProviderServer, capfd: pytest.CaptureFixture[str]
) -> None:
    server.answer = ANSWERS[answer]
    for name, operation in operations().items():
        before = len(log.events())
        with profiler.context(feature="canaries"):
            ask(operation, server)
        assert len(log.events()) == before + 1, name
        assert holding(log.home, SECRETS) == [], name
    said = read_everything(log.home) + "".join(capfd.readouterr())
    assert not any(secret in said for secret in SECRETS)


@pytest.mark.parametrize("answer", ANSWERS)
def test_captured_text_is_redacted_and_in_its_own_files_alone(
    answer: str,
    quiet_log: Log,
    server: ProviderServer,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PROFILER_CAPTURE_TEXT", "1")
    profiler.instrument()
    server.answer = ANSWERS[answer]
    for operation in operations().values():
        ask(operation, server)
    said = read_everything(quiet_log.home) + "".join(capfd.readouterr())
    assert not any(secret in said for secret in SECRETS)
    assert holding(quiet_log.home, (KEY[8:24],)) == []
    kept = holding(quiet_log.home, (WORD,))
    assert kept
    assert {Path(path).parts[0] for path in kept} == {"text"}
    text = b"".join(written_in(quiet_log.home / "text").values())
    assert text.count(b'{"v":1,"call":"') == len(operations())
    assert b"[redacted:openai]" in text


@pytest.mark.parametrize("name", ["user", "session", "feature", "prompt_version", "team"])
def test_a_key_given_as_a_label_is_not_written(name: str, log: Log, server: ProviderServer) -> None:
    with profiler.context(**{name: f"x {KEY}"}):  # type: ignore[arg-type]
        openai_client(server).chat.completions.create(**CHAT)
    event = log.only()
    assert (event.get(name) or event["tags"][name]) == "x [redacted:openai]"
    assert holding(log.home, (KEY[8:24],)) == []


def test_a_key_in_the_environment_s_labels_is_not_written(
    quiet_log: Log, server: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFILER_USER", KEY)
    monkeypatch.setenv("PROFILER_TAGS", f"owner={KEY},{KEY}=x")
    profiler.instrument()
    openai_client(server).chat.completions.create(**CHAT)
    assert quiet_log.only()["user"] == "[redacted:openai]"
    assert holding(quiet_log.home, (KEY[8:24],)) == []


def test_a_label_is_kept_as_it_was_set_where_it_is_no_key(log: Log, server: ProviderServer) -> None:
    with profiler.context(user="ada@example.com", feature="task-list-of-the-whole-department"):
        openai_client(server).chat.completions.create(**CHAT)
    event = log.only()
    assert event["user"] == "ada@example.com"
    assert event["feature"] == "task-list-of-the-whole-department"


def test_the_search_for_secrets_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "a").write_bytes(os.urandom(99) + WORD.encode())
    assert holding(tmp_path, SECRETS) == ["log/a"]
