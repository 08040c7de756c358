"""Streams that broke off: never free, never absent, and what is ours is marked as ours."""

import asyncio
import gc
from pathlib import Path
from typing import Any

import openai
import pytest
from hypothesis import given, strategies as st

from profiler.domain.calls import Basis
from profiler.domain.scopes import EVERYTHING
from profiler.ingest.drain import drain
from profiler.pricing.card import Card
from profiler.shim.estimate import asked_bytes
from profiler.store import reads
from profiler.store.engine import Store
from tests.shim.clients import (
    CHAT,
    MESSAGE,
    anthropic_client,
    async_openai_client,
    openai_client,
)
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer, Reply, body, sse_reply

ASKED = 6
"""A quarter of the prompt's 24 bytes."""


def break_off(stream: Any, chunks: int) -> None:
    for _ in range(chunks):
        next(stream)
    stream.close()


@pytest.mark.parametrize(("chunks", "output"), [(0, 1), (1, 1), (2, 3), (3, 5)])
def test_a_chat_broken_off_is_estimated_by_its_text(
    chunks: int, output: int, log: Log, server: ProviderServer
) -> None:
    break_off(openai_client(server).chat.completions.create(**CHAT, stream=True), chunks)
    event = log.only()
    assert (event["outcome"], event["estimated"]) == ("aborted", True)
    assert event["usage"] == {"input": ASKED, "output": output}


def test_a_response_broken_off_is_estimated_by_its_text(log: Log, server: ProviderServer) -> None:
    client = openai_client(server)
    break_off(
        client.responses.create(model="gpt-5.1", input="When is the invoice due?", stream=True), 4
    )
    assert log.only()["usage"] == {"input": ASKED, "output": 5}


def test_an_asynchronous_chat_broken_off_is_estimated(log: Log, server: ProviderServer) -> None:
    async def read_some() -> None:
        stream = await async_openai_client(server).chat.completions.create(**CHAT, stream=True)
        async for chunk in stream:
            if chunk.choices[0].delta.content:
                break
        await stream.close()

    asyncio.run(read_some())
    assert log.only()["usage"] == {"input": ASKED, "output": 3}


def test_a_stream_the_provider_cuts_is_estimated(log: Log, server: ProviderServer) -> None:
    import httpx2

    content = body("openai_chat_stream.sse")
    server.answer = lambda _: sse_reply(content, cut_after=2)
    stream = openai_client(server).chat.completions.create(**CHAT, stream=True)
    with pytest.raises((openai.APIError, httpx2.HTTPError)):
        list(stream)
    event = log.only()
    assert (event["outcome"], event["error"], event["estimated"]) == ("error", "connection", True)
    assert event["usage"] == {"input": ASKED, "output": 3}


def test_calls_of_tools_count_as_text(log: Log, server: ProviderServer) -> None:
    chunk = (
        b'data: {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-5.1",'
        b' "choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "id": "t", "type":'
        b' "function", "function": {"name": "find", "arguments": "{\\"invoice\\": 1}"}}]}}]}\n\n'
    )
    server.answer = lambda _: sse_reply(chunk)
    list(openai_client(server).chat.completions.create(**CHAT, stream=True))
    assert log.only()["usage"]["output"] == 5


def test_a_refused_stream_is_no_estimate(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: Reply(b"{}", status=400)
    with pytest.raises(openai.BadRequestError):
        openai_client(server).chat.completions.create(**CHAT, stream=True)
    event = log.only()
    assert event["billed"] == "no"
    assert "usage" not in event


def test_a_raw_stream_nobody_asked_usage_of_is_estimated(log: Log, server: ProviderServer) -> None:
    create = openai_client(server).chat.completions.with_streaming_response.create
    with create(**CHAT, stream=True) as response:
        list(response.iter_lines())
    event = log.only()
    assert (event["outcome"], event["estimated"]) == ("ok", True)
    assert event["usage"] == {"input": ASKED, "output": 5}


def test_a_raw_stream_never_read_is_estimated(log: Log, server: ProviderServer) -> None:
    create = openai_client(server).chat.completions.with_streaming_response.create
    with create(**CHAT, stream=True):
        pass
    gc.collect()
    assert log.only()["usage"] == {"input": ASKED, "output": 1}


def test_a_stream_broken_off_costs_something(
    log: Log, server: ProviderServer, tmp_path: Path
) -> None:
    break_off(openai_client(server).chat.completions.create(**CHAT, stream=True), 1)
    with Store.open(tmp_path / "store.db") as store:
        drain(store, Card.load(), log.folder)
        (call,) = reads.each(store, EVERYTHING)
    # six tokens at 1.25 dollars a million, and one at ten
    assert (call.cost.pusd, call.cost.basis) == (6 * 1_250_000 + 10_000_000, Basis.ESTIMATED)


@pytest.mark.parametrize(
    ("sent", "size"),
    [
        ({"messages": [{"role": "user", "content": "abcd"}]}, 4),
        ({"messages": [{"content": [{"type": "text", "text": "né"}]}]}, 3),
        ({"messages": [{"content": [{"type": "image_url", "image_url": {"url": "x" * 99}}]}]}, 1),
        ({"input": "abc", "instructions": "de"}, 5),
        ({"prompt": [1, 2, 3]}, 12),
        ({"model": "m"}, 1),
        ({"messages": (part for part in ["never"])}, 1),
        (None, 0),
    ],
)
def test_only_text_that_is_read_has_a_size(sent: Any, size: int) -> None:
    assert asked_bytes(sent) == size


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["content", "text"]), inner),
)


@given(JSON)
def test_no_conversation_fails_or_has_no_size(content: object) -> None:
    assert asked_bytes({"messages": content}) >= 1


def test_what_the_provider_counted_before_the_end_stands_beside_what_is_ours(
    log: Log, server: ProviderServer
) -> None:
    client = anthropic_client(server)
    stream = client.messages.create(**MESSAGE, stream=True)
    break_off(stream, 4)
    event = log.only()
    assert event["estimated"] is True
    assert event["told"].keys() <= event["usage"].keys()
    assert event["usage"]["input"] == event["told"]["input"]
    assert (event["sent_bytes"], event["heard_bytes"] > 0) == (ASKED * 4, True)


def test_a_stream_read_to_its_end_tells_how_much_text_it_was(
    log: Log, server: ProviderServer
) -> None:
    list(openai_client(server).chat.completions.create(**CHAT, stream=True))
    event = log.only()
    assert (event["sent_bytes"], event["heard_bytes"] > 0) == (ASKED * 4, True)
    assert not event.keys() & {"estimated", "told", "derived"}
