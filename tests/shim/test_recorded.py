"""Answers recorded from the real providers: the event's usage is theirs, field by field."""

import asyncio
from typing import Any

import pytest

from tests.shim.clients import (
    anthropic_client,
    async_anthropic_client,
    async_openai_client,
    google_client,
    openai_client,
)
from tests.shim.conftest import Log
from tests.support.cassettes import Exchange, exchanges, folder
from tests.support.provider_server import ProviderServer, Reply

NAMES = sorted(
    path.stem
    for path in folder().glob("*.yaml")
    if path.stem.startswith(("openai__", "anthropic__", "google-"))
)
pytestmark = pytest.mark.skipif(not NAMES, reason=f"no recorded answers in {folder()}")


def last_usage(exchange: Exchange) -> dict[str, Any] | None:
    """The provider's final word on usage; a stream's later events replace what they name."""
    usage: dict[str, Any] = {}
    for document in exchange.documents():
        inner = document.get("message") or document.get("response") or document
        usage |= inner.get("usage") or inner.get("usageMetadata") or {}
    return {name: value for name, value in usage.items() if value is not None} or None


def replay(exchange: Exchange, server: ProviderServer, *, is_async: bool) -> None:
    """Makes the recorded request again, with the newest client."""
    if ":generateContent" in exchange.path:
        client = google_client(server)
        client.models.generate_content(model="gemini-2.5-flash", contents="x")
        return
    is_openai = "/messages" not in exchange.path
    path = "/" + exchange.path.partition("?")[0].partition("/v1/")[2]
    if is_openai and "/deployments/" in exchange.path:
        path = "/chat/completions"
    make, make_async = (
        (openai_client, async_openai_client)
        if is_openai
        else (anthropic_client, async_anthropic_client)
    )
    wanted: dict[str, Any] = {"cast_to": object, "body": exchange.sent}
    kinds = _stream_kinds(is_openai=is_openai)
    if is_async:
        asyncio.run(_read(make_async(server), path, wanted, kinds[1], exchange))
        return
    client_: Any = make(server)
    if exchange.is_stream:
        list(client_.post(path, **wanted, stream=True, stream_cls=kinds[0]))
    else:
        client_.post(path, **wanted)


async def _read(
    client: Any, path: str, wanted: dict[str, Any], kind: Any, exchange: Exchange
) -> None:
    if exchange.is_stream:
        async for _ in await client.post(path, **wanted, stream=True, stream_cls=kind):
            pass
    else:
        await client.post(path, **wanted)


def _stream_kinds(*, is_openai: bool) -> tuple[Any, Any]:
    if is_openai:
        import openai

        return openai.Stream[object], openai.AsyncStream[object]
    import anthropic

    return anthropic.Stream[object], anthropic.AsyncStream[object]


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("name", NAMES)
def test_recorded_usage_is_kept_as_it_was_told(
    name: str, is_async: bool, log: Log, server: ProviderServer
) -> None:
    for exchange in exchanges(name):
        reply = Reply(exchange.answer, exchange.status, exchange.content_type)
        server.answer = lambda _, reply=reply: reply  # type: ignore[misc]  # bound per round
        replay(exchange, server, is_async=is_async)
        event = log.events()[-1]
        expected = last_usage(exchange)
        assert event.get("raw") == expected
        assert event["outcome"] == "ok"
        if expected is not None:
            assert total_of(event["usage"]) == total_told(expected)
        elif exchange.is_stream:
            # nobody asked for usage: what is told is ours, and says so
            assert (event["estimated"], sorted(event["usage"])) == (True, ["input", "output"])
        else:
            assert "usage" not in event


def total_of(usage: dict[str, int]) -> int:
    """All tokens in our buckets."""
    inside = ("input", "cache_read", "cache_write", "cache_write_5m", "cache_write_1h", "output")
    return sum(usage.get(name, 0) for name in inside)


def total_told(usage: dict[str, Any]) -> int:
    """All tokens in the provider's own words."""
    for name in ("total_tokens", "totalTokenCount"):
        if name in usage:
            return int(usage[name])
    names = (
        "input_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
        "output_tokens",
    )
    return sum(usage.get(name, 0) for name in names)
