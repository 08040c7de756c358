"""Attempts: what each retried one failed with, how long was waited, what may be on the bill."""

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from google.genai import errors

import profiler
from profiler.log.fields import ERROR_CLASSES
from tests.shim.clients import (
    CHAT,
    CONTENT,
    MESSAGE,
    anthropic_client,
    async_anthropic_client,
    async_openai_client,
    google_client,
    openai_client,
)
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer, Received, Reply, body, canned

SOON = {"retry-after-ms": "20"}


def failing(*statuses: int) -> Callable[[Received], Reply]:
    """Answers with each of these statuses once, then as always."""
    left = list(statuses)

    def answer(received: Received) -> Reply:
        if not left:
            return canned(received)
        return Reply(body("error.json"), status=left.pop(0), headers=SOON)

    return answer


def asked_openai(server: ProviderServer) -> None:
    openai_client(server, max_retries=3).chat.completions.create(**CHAT)


def asked_openai_later(server: ProviderServer) -> None:
    client = async_openai_client(server, max_retries=3)
    asyncio.run(client.chat.completions.create(**CHAT))


def asked_anthropic(server: ProviderServer) -> None:
    anthropic_client(server, max_retries=3).messages.create(**MESSAGE)


def asked_anthropic_later(server: ProviderServer) -> None:
    asyncio.run(async_anthropic_client(server, max_retries=3).messages.create(**MESSAGE))


def streamed_openai(server: ProviderServer) -> None:
    list(openai_client(server, max_retries=3).chat.completions.create(**CHAT, stream=True))


def raw_openai(server: ProviderServer) -> None:
    openai_client(server, max_retries=3).chat.completions.with_raw_response.create(**CHAT).parse()


def wrapped_openai(server: ProviderServer) -> None:
    profiler.uninstrument()
    profiler.wrap(openai_client(server, max_retries=3)).chat.completions.create(**CHAT)


def asked_while_handling(server: ProviderServer) -> None:
    """The exception being handled is the host's own, and none of ours to tell."""
    try:
        int("none")
    except ValueError:
        asked_anthropic(server)


RETRYING = {"attempts": 4, "initial_delay": 0.02, "max_delay": 0.03, "jitter": 0.001}


def asked_google(server: ProviderServer) -> None:
    client = google_client(server, retry_options=RETRYING)
    client.models.generate_content(**CONTENT)


def asked_google_later(server: ProviderServer) -> None:
    client = google_client(server, retry_options=RETRYING)
    asyncio.run(client.aio.models.generate_content(**CONTENT))


ASKED = [
    asked_openai,
    asked_openai_later,
    asked_anthropic,
    asked_anthropic_later,
    asked_google,
    asked_google_later,
    streamed_openai,
    raw_openai,
    wrapped_openai,
    asked_while_handling,
]


@pytest.mark.parametrize("ask", ASKED)
def test_each_retried_attempt_is_told_with_its_error(
    ask: Callable[[ProviderServer], None], log: Log, server: ProviderServer
) -> None:
    server.answer = failing(429, 500, 408)
    ask(server)
    event = log.only()
    assert event["attempts"] == len(server.received) == 4
    assert event["failures"] == ["rate_limit", "server_error", "timeout"]
    assert 3 * 15_000 < event["retry_wait_us"] <= event["latency_us"]
    assert (event["outcome"], "billed" in event, "error" in event) == ("ok", False, False)


def test_a_call_of_one_attempt_tells_of_none(log: Log, server: ProviderServer) -> None:
    asked_openai(server)
    asked_google(server)
    for event in log.exactly(2):
        assert not event.keys() & {"attempts", "failures", "retry_wait_us"}


@pytest.mark.parametrize(
    ("statuses", "failures", "error", "billed"),
    [
        ([429, 429], ["rate_limit"], "rate_limit", "no"),
        ([500, 429], ["server_error"], "rate_limit", "unknown"),
        ([429, 500], ["rate_limit"], "server_error", "unknown"),
        ([429, 401], ["rate_limit"], "auth", "no"),
    ],
)
def test_a_call_is_surely_not_billed_only_if_no_attempt_may_be(
    statuses: list[int],
    failures: list[str],
    error: str,
    billed: str,
    log: Log,
    server: ProviderServer,
) -> None:
    server.answer = failing(*statuses)
    with pytest.raises(openai.APIStatusError):
        openai_client(server, max_retries=1).chat.completions.create(**CHAT)
    server.answer = failing(*statuses)
    client = google_client(server, retry_options={**RETRYING, "attempts": 2})
    with pytest.raises(errors.APIError):
        client.models.generate_content(**CONTENT)
    for event in log.exactly(2):
        assert (event["attempts"], event["failures"]) == (2, failures)
        assert (event["error"], event["billed"]) == (error, billed)
        assert event["status"] == statuses[-1]


def test_attempts_that_reach_nobody_are_told_too(log: Log, server: ProviderServer) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        with pytest.raises(openai.APIConnectionError):
            openai_client(server, base_url=url, max_retries=1).chat.completions.create(**CHAT)
    event = log.only()
    assert (event["attempts"], event["failures"]) == (2, ["connection"])
    assert (event["error"], event["billed"]) == ("connection", "no")


def test_a_call_given_up_between_attempts_has_the_failure_it_waited_after(
    log: Log, server: ProviderServer
) -> None:
    server.answer = lambda _: Reply(
        body("error.json"), status=429, headers={"retry-after-ms": "30000"}
    )

    async def main() -> None:
        client = async_openai_client(server, max_retries=1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.chat.completions.create(**CHAT), 0.5)

    asyncio.run(main())
    event = log.only()
    assert (event["outcome"], event["error"]) == ("aborted", "cancelled")
    assert (event["failures"], event["billed"]) == (["rate_limit"], "no")
    assert "attempts" not in event


def test_calls_at_once_keep_their_own_attempts(log: Log, server: ProviderServer) -> None:
    tried: set[str] = set()

    def answer(received: Received) -> Reply:
        model = received.body["model"]
        if model in tried:
            return canned(received)
        tried.add(model)
        status = {"a": 429, "b": 500}[model]
        return Reply(body("error.json"), status=status, headers=SOON)

    server.answer = answer
    client = async_openai_client(server, max_retries=2)

    async def main() -> None:
        asks = [client.chat.completions.create(**{**CHAT, "model": name}) for name in "ab"]
        await asyncio.gather(*asks)

    asyncio.run(main())
    told = {event["model"]: event["failures"] for event in log.events()}
    assert told == {"a": ["rate_limit"], "b": ["server_error"]}


def over(reply: Callable[[httpx2.Request], httpx2.Response]) -> openai.OpenAI:
    """A client whose answers are made in this process."""
    http = httpx2.Client(transport=httpx2.MockTransport(reply))
    return openai.OpenAI(
        api_key="k", base_url="http://127.0.0.1:9", max_retries=0, http_client=http
    )


UNBILLED = {400, 401, 402, 403, 404, 405, 409, 410, 411, 412, 413, 415, 422, 429, 431}
SPECIAL = {401: "auth", 403: "auth", 407: "auth", 408: "timeout", 429: "rate_limit"}
SPECIAL |= {499: "cancelled", 504: "timeout", 524: "timeout"}


@pytest.mark.parametrize("is_stream", [False, True])
def test_every_status_has_a_class_and_a_bill(is_stream: bool, log: Log) -> None:
    statuses = range(400, 600)
    client = over(lambda request: httpx2.Response(json.loads(request.content)["seed"], json={}))
    for status in statuses:
        with pytest.raises(openai.APIStatusError):
            client.chat.completions.create(**CHAT, seed=status, stream=is_stream)
    events = log.events()
    assert [event["status"] for event in events] == list(statuses)
    for event in events:
        status = event["status"]
        usual = "server_error" if status >= 500 else "invalid_request"
        assert event["error"] == SPECIAL.get(status, usual)
        assert event["billed"] == ("no" if status in UNBILLED else "unknown")
        assert (event["outcome"], "usage" in event) == ("error", False)


def events_of(name: str) -> list[bytes]:
    return [event + b"\n\n" for event in body(name).split(b"\n\n") if event.strip()]


MID_STREAM = [
    ("overloaded_error", "server_error"),
    ("api_error", "server_error"),
    ("rate_limit_error", "rate_limit"),
    ("timeout_error", "timeout"),
    ("authentication_error", "auth"),
    ("invalid_request_error", "invalid_request"),
    ("something_new", "unknown"),
]


@pytest.mark.parametrize(("kind", "error"), MID_STREAM)
def test_an_error_within_a_stream_is_classed_by_its_name(
    kind: str, error: str, log: Log, server: ProviderServer
) -> None:
    told = json.dumps({"type": "error", "error": {"type": kind, "message": "no"}}).encode()
    failed = b"event: error\ndata: " + told + b"\n\n"

    def answer(received: Received) -> Reply:
        name = "anthropic_stream.sse" if "messages" in received.path[-9:] else None
        begun = events_of(name or "openai_chat_stream.sse")[:2]
        return Reply(b"".join([*begun, failed]), content_type="text/event-stream")

    server.answer = answer
    with pytest.raises(anthropic.APIStatusError):
        list(anthropic_client(server).messages.create(**MESSAGE, stream=True))
    with pytest.raises(openai.APIError):
        list(openai_client(server).chat.completions.create(**CHAT, stream=True))
    for event in log.exactly(2):
        assert (event["outcome"], event["error"]) == ("error", error)
        assert event["billed"] == "unknown"


def points() -> list[int]:
    return list(range(1, len(events_of("openai_chat_stream.sse")) - 1))


@pytest.mark.parametrize("point", points())
def test_a_stream_that_breaks_may_be_billed_until_its_usage_has_come(
    point: int, log: Log, server: ProviderServer
) -> None:
    sent = events_of("openai_chat_stream.sse")
    server.answer = lambda _: Reply(
        b"".join(sent), content_type="text/event-stream", cut_after=point
    )
    stream = openai_client(server).chat.completions.create(**CHAT, stream=True)
    with pytest.raises(openai.APIConnectionError):
        list(stream)
    event = log.only()
    assert (event["outcome"], event["error"]) == ("error", "connection")
    assert event["billed"] == "unknown"


def test_a_stream_that_breaks_behind_its_usage_is_billed(log: Log, server: ProviderServer) -> None:
    sent = events_of("openai_chat_stream.sse")
    server.answer = lambda _: Reply(
        b"".join(sent), content_type="text/event-stream", cut_after=len(sent) - 1
    )
    stream = openai_client(server).chat.completions.create(**CHAT, stream=True)
    with pytest.raises(openai.APIConnectionError):
        list(stream)
    event = log.only()
    assert (event["outcome"], "billed" in event) == ("error", False)
    assert event["usage"]["output"]


@pytest.mark.parametrize("point", points())
def test_a_stream_let_go_of_is_estimated(point: int, log: Log, server: ProviderServer) -> None:
    stream = openai_client(server).chat.completions.create(**CHAT, stream=True)
    for _ in range(point):
        next(stream, None)
    stream.close()
    event = log.only()
    is_whole = "estimated" not in event
    assert event["outcome"] == ("ok" if is_whole else "aborted")
    assert not is_whole or event["usage"]["output"]
    assert "billed" not in event


FILTERS: list[tuple[int, dict[str, Any]]] = [
    (400, {"code": "content_filter", "innererror": {"code": "ResponsibleAIPolicyViolation"}}),
    (400, {"code": "400", "innererror": {"code": "ResponsibleAIPolicyViolation"}}),
    (400, {"code": "content_policy_violation", "type": "invalid_request_error"}),
    (400, {"code": "moderation_blocked", "type": "image_generation_user_error"}),
]


@pytest.mark.parametrize(("status", "told"), FILTERS)
def test_a_refusal_for_what_was_asked_may_be_billed(
    status: int, told: dict[str, Any], log: Log
) -> None:
    client = over(lambda _: httpx2.Response(status, json={"error": {"message": "no", **told}}))
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(**CHAT)
    event = log.only()
    assert (event["error"], event["billed"]) == ("content_filter", "unknown")


def test_every_class_of_error_is_known_to_the_tables() -> None:
    from profiler.shim import failures

    told = {meaning for _, meaning in failures._BY_NAME}  # the tables themselves
    told |= set(failures._BY_STATUS.values()) | set(failures._BY_WORD.values())
    assert told | {"unknown"} == set(ERROR_CLASSES)
