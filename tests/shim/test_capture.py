"""What is kept of prompts: fingerprints by default; their text only where asked for, redacted."""

import asyncio
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

import profiler
from profiler.log.captured import CallText, Speech, text_of
from profiler.log.text import MAX_CHARS, text_line
from profiler.shim.capture import Capture
from profiler.shim.redact import Redaction
from profiler.shim.speech import answered_in, asked_in, plain
from tests.shim.clients import (
    CHAT,
    CONTENT,
    MESSAGE,
    PROMPT,
    anthropic_client,
    async_operations,
    google_client,
    openai_client,
    sync_operations,
)
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer, json_reply, sse_reply

KEY = "sk-proj-" + "aB3dE5fG7hJ9kL1mN2pQ" * 3


@pytest.fixture
def capturing(monkeypatch: pytest.MonkeyPatch, quiet_log: Log) -> Log:
    monkeypatch.setenv("PROFILER_CAPTURE_TEXT", "1")
    return quiet_log


def texts(home: Path) -> list[dict[str, Any]]:
    lines = [
        line for path in (home / "text").glob("*.jsonl") for line in path.read_bytes().splitlines()
    ]
    return [held for held in map(json.loads, lines) if "call" in held]


def text_of_only(log: Log) -> CallText:
    event = log.only()
    found = text_of(log.home / "text", event["id"], event["at"])
    assert found is not None
    return found


@pytest.mark.parametrize("name", sync_operations())
def test_every_call_has_a_fingerprint(name: str, log: Log, server: ProviderServer) -> None:
    sync_operations()[name](server)
    sync_operations()[name](server)
    first, second = log.events()
    assert len(first["fingerprint"]) == 32
    assert first["fingerprint"] == second["fingerprint"]
    assert ("prefixes" in first) == ("embed" not in name)


def test_fingerprints_can_be_switched_off(
    quiet_log: Log, server: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFILER_FINGERPRINT", "0")
    profiler.instrument()
    openai_client(server).chat.completions.create(**CHAT)
    assert "fingerprint" not in quiet_log.only()
    assert not (quiet_log.home / "key").exists()


def test_without_a_key_a_call_is_recorded_all_the_same(log: Log, server: ProviderServer) -> None:
    (log.home / "key").mkdir(parents=True)
    openai_client(server).chat.completions.create(**CHAT)
    assert "fingerprint" not in log.only()


def test_no_text_is_kept_unless_asked_for(log: Log, server: ProviderServer) -> None:
    openai_client(server).chat.completions.create(**CHAT)
    assert not (log.home / "text").exists()


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("name", sync_operations())
def test_prompt_and_answer_are_kept_where_asked_for(
    name: str, is_async: bool, capturing: Log, server: ProviderServer
) -> None:
    profiler.instrument()
    (async_operations if is_async else sync_operations)()[name](server)
    kept = text_of_only(capturing)
    assert PROMPT in "".join(said.text for said in kept.prompt)
    answer = "".join(said.text for said in kept.answer)
    assert answer == "" if "embed" in name else "Friday" in answer


def test_text_files_are_their_owners_alone(capturing: Log, server: ProviderServer) -> None:
    profiler.instrument()
    openai_client(server).chat.completions.create(**CHAT)
    (path,) = (capturing.home / "text").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_secret_in_a_prompt_is_taken_out(capturing: Log, server: ProviderServer) -> None:
    profiler.instrument()
    messages: list[Any] = [{"role": "user", "content": f"my key {KEY}"}]
    openai_client(server).chat.completions.create(model="gpt-5.1", messages=messages)
    assert text_of_only(capturing).prompt == (Speech("user", "my key [redacted:openai]"),)


def test_a_secret_split_over_chunks_is_taken_out(capturing: Log, server: ProviderServer) -> None:
    pieces = [KEY[at : at + 7] for at in range(0, len(KEY), 7)]
    chunks = [
        {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
         "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]}
        for piece in ["It is ", *pieces, "."]
    ]  # fmt: skip
    lines = [b"data: " + json.dumps(chunk).encode() for chunk in chunks]
    server.answer = lambda _: sse_reply(b"\n\n".join([*lines, b"data: [DONE]\n\n"]))
    profiler.instrument()
    assert len(list(openai_client(server).chat.completions.create(**CHAT, stream=True))) > 5
    answer = text_of_only(capturing).answer
    assert answer == (Speech("assistant", "It is [redacted:openai]."),)


def test_tools_system_and_calls_are_kept_too(capturing: Log, server: ProviderServer) -> None:
    profiler.instrument()
    anthropic_client(server).messages.create(
        **MESSAGE, system="Be brief.", tools=[{"name": "look", "input_schema": {"type": "object"}}]
    )
    roles = [said.role for said in text_of_only(capturing).prompt]
    assert roles == ["tools", "system", "user"]


def test_an_aborted_stream_keeps_what_was_heard(capturing: Log, server: ProviderServer) -> None:
    profiler.instrument()
    stream = openai_client(server).chat.completions.create(**CHAT, stream=True)
    for _, _chunk in zip(range(3), stream, strict=False):
        pass
    stream.close()
    kept = text_of_only(capturing)
    assert capturing.only()["outcome"] == "aborted"
    assert kept.prompt[0].text == PROMPT
    assert len(kept.answer) <= 1


def test_a_failed_call_keeps_its_prompt_and_no_error_text(
    capturing: Log, server: ProviderServer
) -> None:
    server.answer = lambda _: json_reply({"error": {"message": "canary"}}, status=400)
    profiler.instrument()
    with pytest.raises(Exception, match="canary"):
        openai_client(server).chat.completions.create(**CHAT)
    assert text_of_only(capturing) == CallText((Speech("user", PROMPT),), (), is_cut=False)
    assert "canary" not in json.dumps(texts(capturing.home))


def test_own_patterns_and_a_file_of_them_are_obeyed(
    capturing: Log, server: ProviderServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "patterns").write_text("inv[a-z]+\n\ndue\n")
    monkeypatch.setenv("PROFILER_REDACT", str(tmp_path / "patterns"))
    profiler.instrument()
    openai_client(server).chat.completions.create(**CHAT)
    assert text_of_only(capturing).prompt[0].text == "When is the [redacted:own] [redacted:own]?"


def test_a_pattern_that_cannot_be_read_keeps_all_text_back(
    capturing: Log,
    server: ProviderServer,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PROFILER_REDACT", "secret-(")
    profiler.instrument()
    openai_client(server).chat.completions.create(**CHAT)
    openai_client(server).chat.completions.create(**CHAT)
    assert len(capturing.events()) == 2
    assert not (capturing.home / "text").exists()
    warned = capfd.readouterr().err
    assert warned.count("text is not captured") == 1
    assert "secret" not in warned


def test_long_text_is_cut_and_no_piece_of_a_secret_stays(
    capturing: Log, server: ProviderServer
) -> None:
    profiler.instrument()
    long = "word " * (MAX_CHARS // 5 - 4) + KEY + " and more" * 100_000
    messages: list[Any] = [{"role": "user", "content": long}]
    openai_client(server).chat.completions.create(model="gpt-5.1", messages=messages)
    kept = text_of_only(capturing)
    assert kept.is_cut
    assert len(kept.prompt[0].text) <= MAX_CHARS
    assert KEY[:14] not in kept.prompt[0].text


def test_pictures_are_kept_by_their_length_alone() -> None:
    part = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 5000}}
    ((_, text),) = asked_in({"messages": [{"role": "user", "content": [part]}]})
    assert "AAAA" not in text
    assert "[5022 characters of data]" in text


def test_what_is_not_plain_is_named_and_never_iterated() -> None:
    once = iter(["a", "b"])
    assert plain({"a": once, "b": object()}) == {"a": "<list_iterator>", "b": "<object>"}
    assert list(once) == ["a", "b"]


def test_functions_called_are_kept() -> None:
    call = {"function": {"name": "look", "arguments": '{"at": 1}'}}
    answer = {"choices": [{"message": {"role": "assistant", "tool_calls": [call]}}]}
    ((role, text),) = answered_in(answer)
    assert role == "assistant"
    assert "look" in text
    assert "at" in text


def test_google_s_parts_are_kept_as_text(capturing: Log, server: ProviderServer) -> None:
    profiler.instrument()
    client = google_client(server)
    client.models.generate_content(**CONTENT)
    kept = text_of_only(capturing)
    assert kept.prompt == (Speech("user", PROMPT),)
    assert kept.answer[0].role == "model"


def test_async_calls_at_once_keep_their_own_text(capturing: Log, server: ProviderServer) -> None:
    from tests.shim.clients import async_openai_client

    async def ask() -> None:
        client = async_openai_client(server)
        asked: list[Any] = [[{"role": "user", "content": f"question {n}"}] for n in range(5)]
        await asyncio.gather(
            *(client.chat.completions.create(model="m", messages=m) for m in asked)
        )

    profiler.instrument()
    asyncio.run(ask())
    assert {held["prompt"][0]["text"] for held in texts(capturing.home)} == {
        f"question {n}" for n in range(5)
    }


def open_in(folder: Path) -> int:
    """How many files of a folder this process holds open."""
    held = Path("/proc/self/fd").iterdir()
    return sum(each.resolve().is_relative_to(folder) for each in held)


def test_a_named_file_of_patterns_that_is_missing_keeps_all_text_back(
    capturing: Log, server: ProviderServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROFILER_REDACT", str(tmp_path / "absent"))
    profiler.instrument()
    openai_client(server).chat.completions.create(**CHAT)
    assert len(capturing.events()) == 1
    assert not (capturing.home / "text").exists()


def test_only_files_begun_about_then_are_searched(tmp_path: Path) -> None:
    call_id, then_us = "a" * 30, 1_790_000_000_000_000
    line = text_line(call_id, [("user", "x")], [], is_cut=False)
    (tmp_path / "20200101T000000-1-a.jsonl").write_bytes(line)
    assert text_of(tmp_path, call_id, then_us) is None
    (tmp_path / "20260921T000000-1-a.jsonl").write_bytes(line)
    assert text_of(tmp_path, call_id, then_us) is not None


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="files are counted in /proc")
def test_each_day_has_a_file_of_its_own_and_few_stay_open(tmp_path: Path) -> None:
    capture = Capture(str(tmp_path), {})
    for day in range(10):
        line = text_line(f"{day:030x}", [("user", str(day))], [], is_cut=False)
        capture.write(line, day * 86_400.0)
        capture.write(line, day * 86_400.0 + 9)
    assert open_in(tmp_path) == 2
    assert len(list((tmp_path / "text").iterdir())) == 10
    assert len(texts(tmp_path)) == 20
    capture.close()
    assert open_in(tmp_path) == 0


def test_a_forked_child_writes_text_of_its_own(capturing: Log, server: ProviderServer) -> None:
    profiler.instrument()
    openai_client(server).chat.completions.create(**CHAT)
    child = os.fork()
    if child == 0:
        openai_client(server).chat.completions.create(**CHAT)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert len(list((capturing.home / "text").iterdir())) == 2
    assert {held["call"] for held in texts(capturing.home)} == {
        event["id"] for event in capturing.events()
    }


def test_a_torn_line_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"v":1,"call":"' + "a" * 30 + '","pro')
    assert text_of(tmp_path, "a" * 30, 0) is None


def test_redaction_takes_out_what_json_holds() -> None:
    text = json.dumps({"arguments": {"api_key": KEY, "mail": "ada@example.com"}})
    clean = Redaction().redacted(text)
    assert KEY not in clean
    assert "ada@" not in clean
