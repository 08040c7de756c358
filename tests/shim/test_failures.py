"""Calls that fail: the host's exception untouched, the log told what it means for the bill."""

import asyncio
import socket
import threading
from typing import Any

import anthropic
import openai
import pytest
from google.genai import errors

from tests.shim.clients import (
    CHAT,
    CONTENT,
    MESSAGE,
    Due,
    anthropic_client,
    async_openai_client,
    google_client,
    openai_client,
)
from tests.shim.conftest import Log
from tests.support.provider_server import (
    ProviderServer,
    Received,
    Reply,
    body,
    canned,
    json_reply,
)

CLASSES = [
    (400, "invalid_request", "no"),
    (401, "auth", "no"),
    (403, "auth", "no"),
    (404, "invalid_request", "no"),
    (409, "invalid_request", "no"),
    (413, "invalid_request", "no"),
    (422, "invalid_request", "no"),
    (429, "rate_limit", "no"),
    (408, "timeout", "unknown"),
    (500, "server_error", "unknown"),
    (503, "server_error", "unknown"),
    (529, "server_error", "unknown"),
]


@pytest.mark.parametrize(("status", "error", "billed"), CLASSES)
def test_a_refusal_is_classed_by_its_status(
    status: int, error: str, billed: str, log: Log, server: ProviderServer
) -> None:
    server.answer = lambda _: Reply(body("error.json"), status=status)
    with pytest.raises(openai.APIStatusError):
        openai_client(server).chat.completions.create(**CHAT)
    with pytest.raises(anthropic.APIStatusError):
        anthropic_client(server).messages.create(**MESSAGE)
    client = google_client(server)
    with pytest.raises(errors.APIError):
        client.models.generate_content(**CONTENT)
    for event in log.exactly(3):
        assert (event["outcome"], event["error"]) == ("error", error)
        assert (event["status"], event["billed"]) == (status, billed)
        assert "usage" not in event


def test_the_hosts_exception_is_the_very_one_it_would_be(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: Reply(body("error.json"), status=400)
    with pytest.raises(openai.BadRequestError) as raised:
        openai_client(server).chat.completions.create(**CHAT)
    assert type(raised.value) is openai.BadRequestError
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ is True
    assert log.only()["outcome"] == "error"


def refusing(times: int) -> Any:
    """Answers 429 so many times, then as always."""
    left = [times]

    def answer(received: Received) -> Reply:
        if left[0]:
            left[0] -= 1
            return Reply(body("error.json"), status=429, headers={"retry-after-ms": "1"})
        return canned(received)

    return answer


def test_retries_are_one_call_of_several_attempts(log: Log, server: ProviderServer) -> None:
    server.answer = refusing(2)
    openai_client(server, max_retries=3).chat.completions.create(**CHAT)
    server.answer = refusing(1)
    anthropic_client(server, max_retries=3).messages.create(**MESSAGE)
    assert [event["attempts"] for event in log.events()] == [3, 2]
    assert len(server.received) == 5


def test_retries_of_asynchronous_clients_are_counted(log: Log, server: ProviderServer) -> None:
    server.answer = refusing(1)
    client = async_openai_client(server, max_retries=3)
    asyncio.run(client.chat.completions.create(**CHAT))
    assert log.only()["attempts"] == 2


@pytest.mark.parametrize("is_async", [False, True])
def test_retries_of_googles_client_are_counted(
    is_async: bool, log: Log, server: ProviderServer
) -> None:
    server.answer = refusing(1)
    options = {"attempts": 3, "initial_delay": 0.001, "max_delay": 0.002, "jitter": 0.001}
    client = google_client(server, retry_options=options)
    if is_async:
        asyncio.run(client.aio.models.generate_content(**CONTENT))
    else:
        client.models.generate_content(**CONTENT)
    assert log.only()["attempts"] == 2


def test_a_refused_connection_is_not_billed(log: Log, server: ProviderServer) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        with pytest.raises(openai.APIConnectionError):
            openai_client(server, base_url=url).chat.completions.create(**CHAT)
        with pytest.raises(anthropic.APIConnectionError):
            anthropic_client(server, base_url=url).messages.create(**MESSAGE)
    for event in log.exactly(2):
        assert (event["error"], event["billed"]) == ("connection", "no")
        assert "status" not in event


def test_a_timeout_may_be_billed(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: Reply(b"", hang_after=0)
    with pytest.raises(openai.APITimeoutError):
        openai_client(server, timeout=0.1).chat.completions.create(**CHAT)
    event = log.only()
    assert (event["outcome"], event["error"]) == ("error", "timeout")
    assert event["billed"] == "unknown"


def test_a_cancelled_call_is_recorded_and_the_cancel_passes(
    log: Log, server: ProviderServer
) -> None:
    server.answer = lambda _: Reply(b"", hang_after=0)

    async def main() -> None:
        task = asyncio.create_task(async_openai_client(server).chat.completions.create(**CHAT))
        await asyncio.to_thread(server.await_request)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    event = log.only()
    assert (event["outcome"], event["error"]) == ("aborted", "cancelled")
    assert (event["billed"], event["estimated"]) == ("unknown", True)


def test_an_interrupt_passes_and_is_recorded(log: Log, server: ProviderServer) -> None:
    import httpx2

    def interrupted(_request: httpx2.Request) -> httpx2.Response:
        raise KeyboardInterrupt

    client = openai_client(
        server, http_client=httpx2.Client(transport=httpx2.MockTransport(interrupted))
    )
    with pytest.raises(KeyboardInterrupt):
        client.chat.completions.create(**CHAT)
    assert log.only()["error"] == "cancelled"


def test_an_answer_the_host_cannot_parse_is_billed_all_the_same(
    log: Log, server: ProviderServer
) -> None:
    import json

    cut = json.loads(body("openai_chat.json"))
    cut["choices"][0]["finish_reason"] = "length"
    server.answer = lambda _: json_reply(cut)
    with pytest.raises(openai.LengthFinishReasonError):
        openai_client(server).chat.completions.parse(**CHAT, response_format=Due)
    event = log.only()
    assert event["usage"]["output"] == 300
    assert (event["outcome"], event["finish"]) == ("error", "length")
    assert "billed" not in event


ODD = [
    b"null",
    b"[]",
    b"3",
    b"{}",
    b'{"usage": null}',
    b'{"usage": "many"}',
    b'{"usage": [1, 2]}',
    b'{"usage": {"prompt_tokens": "12", "completion_tokens": true}}',
    b'{"usage": {"prompt_tokens": -1, "completion_tokens": null}}',
    b'{"usage": {"prompt_tokens": 1e400, "completion_tokens": 9007199254740993000}}',
    b'{"usage": {"input_tokens": 5, "input_tokens_details": {"cached_tokens": 9}}}',
    b'{"choices": null, "error": {"message": "upstream"}}',
]


@pytest.mark.parametrize("content", ODD, ids=range(len(ODD)))
def test_a_malformed_answer_is_recorded_without_usage(
    content: bytes, log: Log, server: ProviderServer
) -> None:
    server.answer = lambda _: Reply(content)
    openai_client(server).chat.completions.create(**CHAT)
    event = log.only()
    assert "usage" not in event
    assert event["outcome"] == "ok"


def test_a_page_in_place_of_an_answer_is_recorded(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: Reply(b"<html>busy</html>", content_type="text/html")
    answer: Any = openai_client(server).chat.completions.create(**CHAT)
    assert answer == "<html>busy</html>"
    assert "usage" not in log.only()


def test_many_threads_write_whole_lines(log: Log, server: ProviderServer) -> None:
    client = openai_client(server)
    ask = lambda: client.embeddings.create(model="m", input="x")  # noqa: E731
    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log.events()) == 12
    assert len(log.segments()) == 1
