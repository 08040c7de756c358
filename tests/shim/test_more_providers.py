"""Mistral, Cohere, Ollama and Google's interactions, with the real clients."""

import asyncio
from importlib import import_module
from typing import Any

import pytest

import profiler
from profiler.shim.instrument import SHIM
from tests.shim.clients import Operation, seen_either_way
from tests.shim.conftest import Log
from tests.shim.more_clients import (
    MISTRAL,
    OLLAMA,
    async_operations,
    cohere,
    cohere_client,
    mistral,
    mistral_client,
    ollama,
    sync_operations,
)
from tests.support.provider_server import ProviderServer, Reply, body, sse_reply

CASES = [
    pytest.param(name, operation, id=f"{kind}-{name}")
    for kind, operations in (("sync", sync_operations()), ("async", async_operations()))
    for name, operation in operations.items()
]

MISTRAL_CHAT = {"input": 116, "cache_read": 64, "output": 40}
COHERE_CHAT = {"input": 100, "output": 20}
INTERACTION = {
    "input": 316,
    "cache_read": 1024,
    "output": 210,
    "reasoning": 128,
    "web_searches": 2,
    "input_image_tokens": 258,
}

Told = tuple[str, str, str, str | None, str | None, dict[str, int]]
EXPECTED: dict[str, Told] = {
    "mistral_chat": ("mistral", "chat", "mistral-large-latest", "priority", "stop", MISTRAL_CHAT),
    "mistral_embeddings": (
        "mistral",
        "embeddings",
        "mistral-embed",
        None,
        None,
        {"input": 9, "output": 0},
    ),
    "cohere_chat": ("cohere", "chat", "command-a-03-2025", None, "COMPLETE", COHERE_CHAT),
    "cohere_v1": ("cohere", "chat", "command-r", None, "COMPLETE", COHERE_CHAT),
    "cohere_embed": ("cohere", "embeddings", "embed-v4.0", None, None, {"input": 2, "output": 0}),
    "cohere_rerank": (
        "cohere",
        "rerank",
        "rerank-v3.5",
        None,
        None,
        {"input": 0, "output": 0, "rerank_searches": 1},
    ),
    "ollama_chat": ("ollama", "chat", "llama3.2", None, "stop", {"input": 26, "output": 20}),
    "ollama_generate": (
        "ollama",
        "completion",
        "llama3.2",
        None,
        "stop",
        {"input": 26, "output": 20},
    ),
    "ollama_embed": (
        "ollama",
        "embeddings",
        "nomic-embed-text",
        None,
        None,
        {"input": 8, "output": 0},
    ),
    "interaction": (
        "google",
        "generate_content",
        "gemini-3-pro",
        None,
        "completed",
        INTERACTION,
    ),
}
"""Provider, operation, model asked for, tier, finish and our buckets."""


def expected(name: str) -> Told:
    """What a call of that name must be told as, streamed or not."""
    plain = name.removesuffix("_stream").replace("cohere_v2", "cohere")
    plain = "cohere_v1" if plain.startswith("cohere_v1") else plain
    return EXPECTED.get(plain) or EXPECTED[plain + "_chat"]


@pytest.mark.parametrize(("name", "operation"), CASES)
def test_a_call_is_told_as_its_provider_counts_it(
    name: str, operation: Operation, log: Log, server: ProviderServer
) -> None:
    operation(server)
    event = log.only()
    fields = ("provider", "operation", "model", "tier", "finish", "usage")
    assert tuple(event.get(field) for field in fields) == expected(name)
    assert event["outcome"] == "ok"
    assert event.get("stream", False) == name.endswith("_stream")
    assert ("first_chunk_us" in event) == event.get("stream", False)
    assert "estimated" not in event


@pytest.mark.parametrize(("name", "operation"), CASES)
def test_the_host_sees_what_it_saw_without_us(
    name: str, operation: Operation, quiet_log: Log, server: ProviderServer
) -> None:
    bare, instrumented = seen_either_way(operation, server)
    assert instrumented == bare
    assert quiet_log.only(), name


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(lambda s: mistral_client(s).chat.complete(**MISTRAL), id="mistral"),
        pytest.param(
            lambda s: cohere_client(s).chat(
                model="command-r", messages=[], request_options={"max_retries": 0}
            ),
            id="cohere",
        ),
        pytest.param(
            lambda s: list(cohere_client(s).chat_stream(model="command-r", messages=[])),
            id="cohere-stream",
        ),
        pytest.param(lambda s: ollama.Client(host=s.url).chat(**OLLAMA), id="ollama"),
        pytest.param(
            lambda s: list(ollama.Client(host=s.url).chat(**OLLAMA, stream=True)),
            id="ollama-stream",
        ),
    ],
)
def test_a_refused_call_is_an_error_that_nobody_bills(
    operation: Operation, log: Log, server: ProviderServer
) -> None:
    server.answer = lambda _: Reply(b'{"message": "slow down"}', status=429)
    with pytest.raises(Exception, match=r".+"):
        operation(server)
    event = log.only()
    told = tuple(event[field] for field in ("outcome", "error", "status", "billed"))
    assert told == ("error", "rate_limit", 429, "no")


def test_a_call_cohere_tries_again_is_one_call(log: Log, server: ProviderServer) -> None:
    def answer(_: object) -> Reply:
        if len(server.received) == 1:
            return Reply(b"{}", status=503, headers={"retry-after": "0"})
        return Reply(body("cohere_v2_chat.json"))

    server.answer = answer
    cohere_client(server).chat(model="command-a-03-2025", messages=[])
    event = log.only()
    assert (event["outcome"], event["attempts"]) == ("ok", 2)


@pytest.mark.parametrize("is_async", [False, True])
def test_each_attempt_of_mistrals_is_told_with_its_error(
    is_async: bool, log: Log, server: ProviderServer
) -> None:
    statuses = iter([503, 429, 200])
    server.answer = lambda _: Reply(body("mistral_chat.json"), status=next(statuses))
    backoff = mistral.utils.BackoffStrategy(20, 30, 1.0, 5_000, jitter_ms=1)
    retries = mistral.utils.RetryConfig("backoff", backoff, retry_connection_errors=True)
    chat = mistral_client(server).chat
    if is_async:
        asyncio.run(chat.complete_async(**MISTRAL, retries=retries))
    else:
        chat.complete(**MISTRAL, retries=retries)
    event = log.only()
    assert (event["attempts"], event["failures"]) == (3, ["server_error", "rate_limit"])
    assert 2 * 15_000 < event["retry_wait_us"] <= event["latency_us"]


@pytest.mark.parametrize("kind", ["mistral", "cohere", "ollama"])
def test_a_stream_given_up_is_told_as_far_as_it_was_heard(
    kind: str, log: Log, server: ProviderServer
) -> None:
    streams: dict[str, Any] = {
        "mistral": lambda: mistral_client(server).chat.stream(**MISTRAL),
        "cohere": lambda: cohere_client(server).chat_stream(model="command-r", messages=[]),
        "ollama": lambda: ollama.Client(host=server.url).chat(**OLLAMA, stream=True),
    }
    stream = iter(streams[kind]())
    for _ in range(2 if kind != "cohere" else 3):
        next(stream)
    stream.close() if hasattr(stream, "close") else stream.response.close()
    del stream
    event = log.only()
    assert (event["outcome"], event["estimated"]) == ("aborted", True)
    assert event["usage"]["output"] >= 2


def test_a_stream_that_breaks_off_is_an_error(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: sse_reply(body("mistral_stream.sse"), cut_after=2)
    with pytest.raises(Exception, match=r".+"):
        list(mistral_client(server).chat.stream(**MISTRAL))
    event = log.only()
    assert (event["outcome"], event["estimated"]) == ("error", True)


@pytest.mark.parametrize("kind", ["mistral", "cohere", "ollama"])
def test_one_wrapped_client_records_alone(
    kind: str, quiet_log: Log, server: ProviderServer
) -> None:
    calls: dict[str, Any] = {
        "mistral": (mistral_client, lambda c: c.chat.complete(**MISTRAL)),
        "cohere": (cohere_client, lambda c: c.chat(model="command-r", messages=[])),
        "ollama": (lambda s: ollama.Client(host=s.url), lambda c: c.chat(**OLLAMA)),
    }
    make, call = calls[kind]
    call(make(server))
    wrapped = profiler.wrap(make(server))
    profiler.wrap(wrapped)
    call(wrapped)
    assert quiet_log.only()["provider"] == kind


def test_models_on_ollamas_own_machines_are_not_the_users(log: Log, server: ProviderServer) -> None:
    ollama.Client(host=server.url).chat(model="gpt-oss:120b-cloud", messages=[])
    assert log.only()["provider"] == "ollama-cloud"


def test_what_bills_no_tokens_is_not_recorded(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: Reply(b'{"models": [], "data": [], "object": "list", "tokens": []}')
    ollama.Client(host=server.url).list()
    mistral_client(server).models.list()
    cohere_client(server, "Client").tokenize(text="x", model="command-r", offline=False)
    assert cohere.__version__
    assert log.events() == []


@pytest.mark.usefixtures("quiet_log")
@pytest.mark.parametrize(
    ("place", "sdk"),
    [
        ("mistralai.client.basesdk:BaseSDK:do_request", "mistralai"),
        ("cohere.core.http_client:HttpClient:stream", "cohere"),
        ("ollama._client:Client:_request", "ollama"),
        ("google.genai._gaos.basesdk:BaseSDK:do_request", "google-genai"),
    ],
)
def test_an_sdk_of_another_shape_is_left_alone_and_named_once(
    place: str,
    sdk: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    module, owner, name = place.split(":")
    kind = getattr(import_module(module), owner)

    def changed(self: Any, request: Any) -> Any:
        """What a later version may have made of it."""

    monkeypatch.setattr(kind, name, changed)
    monkeypatch.setattr(SHIM, "_warned", set())
    profiler.instrument()
    profiler.uninstrument()
    profiler.instrument()
    said = capsys.readouterr().err
    assert said == f"profiler: this version of {sdk} is not known; its calls are not recorded\n"
    assert vars(kind)[name] is changed
