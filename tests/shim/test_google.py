"""Google beyond one answer: Vertex, chats, caches, embeddings, kinds of input, broken streams."""

import asyncio
import json
from typing import Any

import pytest
from google import genai
from google.genai import types

from profiler.domain.calls import Basis
from profiler.shim.providers import google, interactions
from tests.shim.clients import CONTENT, PROMPT, google_client
from tests.shim.conftest import Log
from tests.shim.test_anthropic import priced
from tests.support.provider_server import ProviderServer, body, json_reply, sse_reply


def vertex_client(server: ProviderServer) -> genai.Client:
    """A client of Vertex, which needs no more than a key."""
    http = types.HttpOptions(base_url=server.url)
    return genai.Client(vertexai=True, api_key="key-of-a-test", http_options=http)


def answer_with(server: ProviderServer, **usage: Any) -> None:
    """Lets the server answer with that usage beside what it has."""
    document = json.loads(body("gemini_generate.json"))
    document["usageMetadata"] |= usage
    server.answer = lambda _: json_reply(document)


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("traffic", ["ON_DEMAND", "ON_DEMAND_FLEX"])
def test_vertex_names_its_tier_by_its_traffic(
    traffic: str, is_async: bool, log: Log, server: ProviderServer
) -> None:
    answer_with(server, serviceTier=None, trafficType=traffic)
    client = vertex_client(server)
    if is_async:
        asyncio.run(client.aio.models.generate_content(**CONTENT))
    else:
        client.models.generate_content(**CONTENT)
    event = log.only()
    assert (event["provider"], event["tier"]) == ("google", traffic)
    assert priced(event).cost.pusd


def test_a_chats_messages_are_calls(log: Log, server: ProviderServer) -> None:
    client = google_client(server)
    chat = client.chats.create(model="gemini-2.5-pro")
    chat.send_message(PROMPT)
    list(chat.send_message_stream(PROMPT))
    assert [event.get("stream", False) for event in log.events()] == [False, True]


def test_vertex_counts_what_it_embeds(log: Log, server: ProviderServer) -> None:
    client = vertex_client(server)
    texts: list[Any] = [PROMPT, PROMPT]
    client.models.embed_content(model="text-embedding-005", contents=texts)
    event = log.only()
    assert (event["operation"], event["usage"]) == ("embeddings", {"input": 11, "output": 0})


def test_what_is_put_into_a_cache_is_read_once(log: Log, server: ProviderServer) -> None:
    client = google_client(server)
    config = types.CreateCachedContentConfig(contents=PROMPT, ttl="3600s")
    client.caches.create(model="gemini-2.5-flash", config=config)
    event = log.only()
    assert (event["operation"], event["model"]) == ("caching", "gemini-2.5-flash")
    assert event["usage"] == {"input": 4100, "output": 0}
    assert priced(event).cost.pusd == 4100 * 300_000


def test_sound_beside_cached_text_is_priced_as_fresh_sound(
    log: Log, server: ProviderServer
) -> None:
    answer_with(
        server,
        promptTokensDetails=[
            {"modality": "TEXT", "tokenCount": 1200},
            {"modality": "AUDIO", "tokenCount": 100},
        ],
        cacheTokensDetails=[{"modality": "TEXT", "tokenCount": 1100}],
    )
    client = google_client(server)
    client.models.generate_content(model="gemini-2.5-flash", contents=PROMPT)
    event = log.only()
    assert event["usage"]["cache_audio_read_tokens"] == 0
    call = priced({**event, "answered": "gemini-2.5-flash"})
    assert call.usage.more["cache_audio_read_tokens"] == 0
    assert call.cost.basis is Basis.MEASURED
    assert call.cost.pusd


@pytest.mark.parametrize(
    ("module", "raw"),
    [
        (
            google,
            {
                "promptTokenCount": 50,
                "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": 9}],
            },
        ),
        (
            interactions,
            {
                "total_input_tokens": 50,
                "input_tokens_by_modality": [{"modality": "audio", "tokens": 9}],
            },
        ),
    ],
)
def test_no_zero_is_made_up_where_cached_kinds_are_not_told(
    module: Any, raw: dict[str, Any]
) -> None:
    assert module.buckets(raw, "chat") == {"input": 50, "output": 0, "input_audio_tokens": 9}


@pytest.mark.parametrize("is_async", [False, True])
def test_a_stream_given_up_counts_what_was_read_and_heard(
    is_async: bool, log: Log, server: ProviderServer
) -> None:
    client = google_client(server)

    async def give_up() -> None:
        stream = await client.aio.models.generate_content_stream(**CONTENT)
        async for _ in stream:
            break
        await stream.aclose()  # type: ignore[attr-defined]  # an asynchronous generator

    if is_async:
        asyncio.run(give_up())
    else:
        stream = client.models.generate_content_stream(**CONTENT)
        next(stream)
        stream.close()  # type: ignore[attr-defined]  # a generator
    event = log.only()
    assert (event["outcome"], event["estimated"]) == ("aborted", True)
    assert event["usage"]["input"] > 0
    assert event["usage"]["output"] > 0
    assert priced(event).cost.basis is Basis.ESTIMATED
    assert priced(event).cost.pusd


def test_long_text_counts_for_more_than_the_providers_early_count(
    log: Log, server: ProviderServer
) -> None:
    chunk = {
        "candidates": [{"content": {"role": "model", "parts": [{"text": "word " * 400}]}}],
        "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 4},
        "modelVersion": "gemini-2.5-pro",
    }
    event_ = b"data: " + json.dumps(chunk).encode() + b"\n\n"
    server.answer = lambda _: sse_reply(event_ * 2, cut_after=1)
    client = google_client(server)
    with pytest.raises(Exception, match=r".+"):
        list(client.models.generate_content_stream(**CONTENT))
    event = log.only()
    assert (event["outcome"], event["estimated"]) == ("error", True)
    assert event["usage"] == {"input": 10, "output": 500}
