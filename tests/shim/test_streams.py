"""Streams that end early, late, badly or never: one event each, and the host sees no difference."""

import asyncio
import gc
import os
import weakref
from collections.abc import Callable
from typing import Any

import anthropic
import openai
import pytest

from tests.shim.clients import (
    CHAT,
    CONTENT,
    MESSAGE,
    PROMPT,
    anthropic_client,
    async_anthropic_client,
    async_openai_client,
    google_client,
    openai_client,
)
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer, body, sse_reply


def open_chat(server: ProviderServer) -> openai.Stream[Any]:
    stream: openai.Stream[Any] = openai_client(server).chat.completions.create(**CHAT, stream=True)
    return stream


def open_message(server: ProviderServer) -> anthropic.Stream[Any]:
    stream: anthropic.Stream[Any] = anthropic_client(server).messages.create(**MESSAGE, stream=True)
    return stream


def break_off(stream: Any) -> None:
    for _ in stream:
        break
    stream.close()


def leave_block(stream: Any) -> None:
    with stream:
        next(stream)


def close_at_once(stream: Any) -> None:
    stream.close()


def close_twice(stream: Any) -> None:
    next(stream)
    stream.close()
    stream.close()


def drop(stream: Any) -> None:
    next(stream)
    del stream


def raise_inside(stream: Any) -> None:
    def read() -> None:
        with stream:
            for _ in stream:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read()


EARLY: list[Callable[[Any], None]] = [
    break_off,
    leave_block,
    close_at_once,
    close_twice,
    drop,
    raise_inside,
]


@pytest.mark.parametrize("end", EARLY, ids=lambda end: str(end.__name__))
@pytest.mark.parametrize("opened", [open_chat, open_message], ids=["openai", "anthropic"])
def test_a_stream_ended_early_is_recorded_once(
    opened: Callable[[ProviderServer], Any],
    end: Callable[[Any], None],
    log: Log,
    server: ProviderServer,
) -> None:
    end(opened(server))
    gc.collect()
    event = log.only()
    assert event["outcome"] == "aborted"
    assert event["estimated"] is True
    assert event["stream"] is True
    assert "billed" not in event


def test_a_stream_never_read_is_recorded_when_it_is_collected(
    log: Log, server: ProviderServer
) -> None:
    stream = open_chat(server)
    assert log.events() == []
    del stream
    gc.collect()
    assert log.only()["outcome"] == "aborted"


def test_an_aborted_message_keeps_what_its_start_told(log: Log, server: ProviderServer) -> None:
    with anthropic_client(server).messages.stream(**MESSAGE) as stream:
        next(iter(stream))
    event = log.only()
    assert event["usage"] == {
        "input": 340,
        "cache_read": 2048,
        "cache_write_5m": 600,
        "cache_write_1h": 300,
        "output": 2,
    }
    assert event["estimated"] is True


def test_a_stream_let_go_after_its_last_word_is_whole(log: Log, server: ProviderServer) -> None:
    with anthropic_client(server).messages.stream(**MESSAGE) as stream:
        for event in stream:
            if event.type == "message_delta":
                break
    recorded = log.only()
    assert (recorded["outcome"], recorded["usage"]["output"]) == ("ok", 275)
    assert "estimated" not in recorded


def test_a_managers_block_left_early_is_recorded_as_it_is_left(
    log: Log, server: ProviderServer
) -> None:
    with openai_client(server).chat.completions.stream(**CHAT) as stream:
        next(iter(stream))
    assert log.only()["outcome"] == "aborted"


def test_a_google_stream_broken_off_keeps_its_running_counts(
    log: Log, server: ProviderServer
) -> None:
    client = google_client(server)
    for _ in client.models.generate_content_stream(**CONTENT):
        break
    gc.collect()
    event = log.only()
    assert (event["outcome"], event["usage"]["output"]) == ("aborted", 166)
    assert event["estimated"] is True


def test_streams_keep_their_type(log: Log, server: ProviderServer) -> None:
    chat, message = open_chat(server), open_message(server)
    assert type(chat) is openai.Stream
    assert type(message) is anthropic.Stream
    chat.close()
    message.close()
    assert len(log.events()) == 2


def test_a_dropped_stream_is_freed_without_the_collector(log: Log, server: ProviderServer) -> None:
    gc.disable()
    try:
        stream = open_message(server)
        next(stream)
        response = weakref.ref(stream.response)
        del stream
        assert response() is None
        assert log.only()["outcome"] == "aborted"
    finally:
        gc.enable()


def test_a_stream_of_plain_objects_hides_the_chunk_too(log: Log, server: ProviderServer) -> None:
    stream = openai_client(server).post(
        "/chat/completions",
        cast_to=object,
        body={**CHAT, "stream": True},
        stream=True,
        stream_cls=openai.Stream[object],
    )
    chunks = [chunk for chunk in stream if isinstance(chunk, dict)]
    assert [("usage" in chunk, len(chunk["choices"])) for chunk in chunks] == [(False, 1)] * 4
    assert log.only()["usage"]["output"] == 300


def test_an_async_stream_left_early_is_recorded(log: Log, server: ProviderServer) -> None:
    async def main() -> None:
        async with await async_openai_client(server).chat.completions.create(
            **CHAT, stream=True
        ) as stream:
            assert type(stream) is openai.AsyncStream
            async for _ in stream:
                break
        async with async_anthropic_client(server).messages.stream(**MESSAGE) as messages:
            async for _ in messages:
                break

    asyncio.run(main())
    assert [event["outcome"] for event in log.events()] == ["aborted", "aborted"]


def test_a_cancelled_stream_is_recorded_and_the_cancel_passes(
    log: Log, server: ProviderServer
) -> None:
    server.answer = lambda _: sse_reply(body("openai_chat_stream.sse"), hang_after=2)

    async def read() -> None:
        stream = await async_openai_client(server).chat.completions.create(**CHAT, stream=True)
        async for _ in stream:
            pass

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(read(), timeout=0.3)

    asyncio.run(main())
    event = log.only()
    assert (event["outcome"], event["error"]) == ("aborted", "cancelled")


def test_a_dropped_connection_is_an_error_with_an_unknown_bill(
    log: Log, server: ProviderServer
) -> None:
    server.answer = lambda _: sse_reply(body("anthropic_stream.sse"), cut_after=3)
    with pytest.raises(Exception, match="peer closed"):
        list(open_message(server))
    event = log.only()
    assert (event["outcome"], event["error"], event["billed"]) == ("error", "connection", "unknown")
    assert event["usage"]["input"] == 340
    assert event["estimated"] is True


def test_an_error_event_in_a_stream_reaches_host_and_log(log: Log, server: ProviderServer) -> None:
    failing = b'data: {"error": {"message": "overloaded", "code": null}}\n\n'
    server.answer = lambda _: sse_reply(failing)
    with pytest.raises(openai.APIError):
        list(open_chat(server))
    assert log.only()["outcome"] == "error"


def test_a_malformed_chunk_reaches_the_host_as_it_is(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: sse_reply(b'data: {"choices": [null], "usage": "none"}\n\n')
    chunks = list(open_chat(server))
    assert len(chunks) == 1
    assert log.only()["outcome"] == "ok"


def test_a_finished_stream_reads_as_finished(log: Log, server: ProviderServer) -> None:
    stream = open_chat(server)
    assert len(list(stream)) == 4
    assert list(stream) == []
    stream.close()
    assert log.only()["outcome"] == "ok"


def test_two_iterators_on_one_stream_share_it(log: Log, server: ProviderServer) -> None:
    stream = open_chat(server)
    first, second = iter(stream), iter(stream)
    read = [next(first), next(second), *first]
    assert len(read) == 4
    assert log.only()["outcome"] == "ok"


@pytest.mark.parametrize("is_stream", [False, True])
def test_raw_responses_are_recorded(is_stream: bool, log: Log, server: ProviderServer) -> None:
    create = openai_client(server).chat.completions.with_raw_response.create
    raw = create(**CHAT, stream=is_stream, stream_options={"include_usage": True})
    assert type(raw).__name__ == "LegacyAPIResponse"
    answer = raw.parse()
    if is_stream:
        assert isinstance(answer, openai.Stream)
        list(answer)
    event = log.only()
    assert (event["outcome"], event["usage"]["output"]) == ("ok", 300)


@pytest.mark.parametrize("read", ["parse", "read", "json", "iter_bytes", "iter_lines"])
def test_streamed_raw_responses_are_recorded(read: str, log: Log, server: ProviderServer) -> None:
    create = openai_client(server).chat.completions.with_streaming_response.create
    with create(**CHAT) as response:
        answer = getattr(response, read)()
        content = list(answer) if read.startswith("iter") else [answer]
    assert content
    event = log.only()
    assert (event["outcome"], event["usage"]["output"]) == ("ok", 300)


def test_a_streamed_raw_response_never_read_is_aborted(log: Log, server: ProviderServer) -> None:
    with openai_client(server).chat.completions.with_streaming_response.create(**CHAT) as response:
        assert response.status_code == 200
    assert log.only()["outcome"] == "aborted"


def test_a_response_nobody_else_holds_is_read_to_its_end(log: Log, server: ProviderServer) -> None:
    client = openai_client(server)
    opened = client.chat.completions.with_streaming_response.create(**CHAT)
    response = opened.__enter__().http_response
    del opened
    assert type(response).__name__ == "Response"
    read = response.iter_bytes
    del response
    gc.collect()
    assert b"".join(read())
    event = log.only()
    assert (event["outcome"], event["usage"]["output"]) == ("ok", 300)


def test_anthropics_raw_streams_are_recorded(log: Log, server: ProviderServer) -> None:
    client = anthropic_client(server)
    with client.messages.with_streaming_response.create(**MESSAGE, stream=True) as response:
        lines = list(response.iter_lines())
    assert any(PROMPT in line for line in lines) is False
    event = log.only()
    assert (event["outcome"], event["usage"]["output"]) == ("ok", 275)


def test_async_raw_responses_are_recorded(log: Log, server: ProviderServer) -> None:
    async def main() -> None:
        client = async_anthropic_client(server)
        async with client.messages.with_streaming_response.create(**MESSAGE) as response:
            await response.parse()

    asyncio.run(main())
    event = log.only()
    assert (event["outcome"], event["usage"]["output"]) == ("ok", 275)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # newer Pythons mind threads
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform has no fork")
def test_a_forked_child_does_not_tell_its_parents_stream(log: Log, server: ProviderServer) -> None:
    stream = open_chat(server)
    next(stream)
    child = os.fork()
    if child == 0:
        del stream
        gc.collect()
        os._exit(0)
    os.waitpid(child, 0)
    assert log.events() == []
    list(stream)
    assert log.only()["outcome"] == "ok"
