"""Every covered operation, with the real clients: recorded as it was, seen as without us."""

from typing import Any

import pytest

from tests.shim.clients import Operation, async_operations, seen_either_way, sync_operations
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer, Received, Reply, canned, usage_in

CASES = [
    pytest.param(name, operation, id=f"{kind}-{name}")
    for kind, operations in (("sync", sync_operations()), ("async", async_operations()))
    for name, operation in operations.items()
]

CHAT = {
    "input": 342,
    "cache_read": 1536,
    "cache_write": 128,
    "output": 300,
    "reasoning": 192,
    "input_audio_tokens": 40,
    "input_image_tokens": 60,
    "output_audio_tokens": 12,
}
RESPONSES = {
    "input": 264,
    "cache_read": 1280,
    "cache_write": 256,
    "output": 420,
    "reasoning": 320,
}
MESSAGES = {
    "input": 340,
    "cache_read": 2048,
    "cache_write_5m": 600,
    "cache_write_1h": 300,
    "output": 275,
    "reasoning": 150,
    "web_searches": 3,
}
CONTENT = {
    "input": 430,
    "cache_read": 1100,
    "output": 250,
    "reasoning": 160,
    "input_image_tokens": 258,
    "input_audio_tokens": 42,
    "cache_audio_read_tokens": 20,
    "cache_image_read_tokens": 0,
}

EXPECTED: dict[str, tuple[str, str, dict[str, int] | None, str | None]] = {
    "chat": ("openai", "chat", CHAT, "openai_chat.json"),
    "chat_parse": ("openai", "chat", CHAT, "openai_chat.json"),
    "chat_stream": ("openai", "chat", CHAT, "openai_chat.json"),
    "chat_manager": ("openai", "chat", CHAT, "openai_chat.json"),
    "responses": ("openai", "chat", RESPONSES, "openai_response.json"),
    "responses_parse": ("openai", "chat", RESPONSES, "openai_response.json"),
    "responses_stream": ("openai", "chat", RESPONSES, "openai_response.json"),
    "responses_manager": ("openai", "chat", RESPONSES, "openai_response.json"),
    "embeddings": ("openai", "embeddings", {"input": 17, "output": 0}, "openai_embeddings.json"),
    "messages": ("anthropic", "chat", MESSAGES, "anthropic_message.json"),
    "messages_create_stream": ("anthropic", "chat", MESSAGES, "anthropic_message.json"),
    "messages_stream": ("anthropic", "chat", MESSAGES, "anthropic_message.json"),
    "beta_messages": ("anthropic", "chat", MESSAGES, "anthropic_message.json"),
    "generate_content": ("google", "generate_content", CONTENT, "gemini_generate.json"),
    "generate_content_stream": ("google", "generate_content", CONTENT, "gemini_generate.json"),
    "embed_content": ("google", "embeddings", None, None),
}
"""Provider, operation, our buckets, and the body whose usage object must be kept as it is."""


@pytest.mark.parametrize(("name", "operation"), CASES)
def test_the_events_usage_is_the_bodys_field_by_field(
    name: str, operation: Operation, log: Log, server: ProviderServer
) -> None:
    operation(server)
    event = log.only()
    provider, kind, usage, body = EXPECTED[name]
    assert (event["provider"], event["operation"], event["outcome"]) == (provider, kind, "ok")
    assert event.get("usage") == usage
    assert event.get("raw") == (usage_in(body) if body else None)
    assert event.get("stream", False) == ("stream" in name or "manager" in name)
    assert ("first_chunk_us" in event) == event.get("stream", False)
    assert event["latency_us"] >= event.get("first_chunk_us", 0)


@pytest.mark.parametrize(("name", "operation"), CASES)
def test_the_host_sees_what_it_saw_without_us(
    name: str, operation: Operation, quiet_log: Log, server: ProviderServer
) -> None:
    bare, instrumented = seen_either_way(operation, server)
    assert instrumented == bare
    assert quiet_log.only(), name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("chat", ("gpt-5.1", "gpt-5.1-2025-11-13", "default", None, "stop")),
        ("chat_stream", ("gpt-5.1", "gpt-5.1-2025-11-13", "default", None, "stop")),
        ("responses", ("gpt-5.1", "gpt-5.1-2025-11-13", "flex", None, "completed")),
        (
            "messages_stream",
            ("claude-opus-4-5", "claude-opus-4-5-20251101", "standard", "fast", "end_turn"),
        ),
        ("generate_content", ("gemini-2.5-pro", "gemini-2.5-pro", "standard", None, "STOP")),
    ],
)
def test_an_event_tells_models_tier_speed_and_finish(
    name: str, told: tuple[Any, ...], log: Log, server: ProviderServer
) -> None:
    sync_operations()[name](server)
    event = log.only()
    fields = ("model", "answered", "tier", "speed", "finish")
    assert tuple(event.get(field) for field in fields) == told


def test_calls_that_bill_nothing_are_not_recorded(log: Log, server: ProviderServer) -> None:
    from tests.shim.clients import MESSAGES as WORDS, anthropic_client, google_client, openai_client

    def answer(received: Received) -> Reply:
        if "countTokens" in received.path:
            return Reply(b'{"totalTokens": 3}')
        if "count_tokens" in received.path:
            return Reply(b'{"input_tokens": 3}')
        return Reply(b'{"object": "list", "data": [], "id": "b", "has_more": false}')

    server.answer = answer
    list(openai_client(server).models.list())
    openai_client(server).batches.create(
        input_file_id="f", endpoint="/v1/chat/completions", completion_window="24h"
    )
    anthropic_client(server).messages.count_tokens(model="claude-opus-4-5", messages=WORDS)
    google = google_client(server)
    google.models.count_tokens(model="gemini-2.5-pro", contents="x")
    assert log.events() == []


def test_a_usage_chunk_the_host_asked_for_is_handed_on(log: Log, server: ProviderServer) -> None:
    from tests.shim.clients import CHAT as ASKED, openai_client

    stream = openai_client(server).chat.completions.create(
        **ASKED, stream=True, stream_options={"include_usage": True}
    )
    last = list(stream)[-1]
    assert last.choices == []
    assert last.usage is not None
    assert log.only()["usage"] == CHAT


@pytest.mark.parametrize(
    "options", [None, {"include_usage": False}, {"include_obfuscation": False}]
)
def test_a_usage_chunk_the_host_did_not_ask_for_is_not(
    options: dict[str, bool] | None, log: Log, server: ProviderServer
) -> None:
    from tests.shim.clients import CHAT as ASKED, openai_client

    given: dict[str, Any] = {"stream_options": options} if options is not None else {}
    chunks = list(openai_client(server).chat.completions.create(**ASKED, stream=True, **given))
    assert len(chunks) == 4
    assert all(chunk.choices and chunk.usage is None for chunk in chunks)
    assert server.received[0].body["stream_options"] == {**(options or {}), "include_usage": True}
    assert options is None or "include_usage" not in options or options["include_usage"] is False
    assert log.only()["usage"] == CHAT


def test_usage_is_not_asked_of_a_service_that_may_refuse(log: Log, server: ProviderServer) -> None:
    import httpx2

    from tests.shim.clients import CHAT as ASKED, openai_client

    sent: list[bytes] = []

    def transport(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.content)
        reply = canned(Received("/v1/chat/completions", {"stream": True}, {}))
        headers = {"content-type": reply.content_type}
        return httpx2.Response(200, content=reply.body, headers=headers)

    client = openai_client(
        server,
        base_url="https://llm.example/v1",
        http_client=httpx2.Client(transport=httpx2.MockTransport(transport)),
    )
    list(client.chat.completions.create(**ASKED, stream=True))
    assert b"stream_options" not in sent[0]
    event = log.only()
    assert (event["outcome"], event["estimated"]) == ("ok", True)
    # a quarter of the bytes of what was asked, and of what was answered
    assert event["usage"] == {"input": 6, "output": 5}
