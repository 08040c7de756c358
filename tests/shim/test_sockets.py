"""Conversations over a socket, against a real one: each response in them is one event."""

import asyncio
import gc
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openai
import pytest

import profiler
from tests.shim.conftest import Log

sync_server = pytest.importorskip(
    "websockets.sync.server", reason="OpenAI's SDK needs websockets for its sockets"
)

# of the SDK's way to use websockets
pytestmark = pytest.mark.filterwarnings("ignore:connect:DeprecationWarning")

USAGE = {
    "total_tokens": 372,
    "input_tokens": 100,
    "output_tokens": 272,
    "input_token_details": {
        "cached_tokens": 50,
        "text_tokens": 10,
        "audio_tokens": 90,
        "cached_tokens_details": {"text_tokens": 10, "audio_tokens": 40},
    },
    "output_token_details": {"text_tokens": 12, "audio_tokens": 260},
}
COUNTED = {
    "input": 50,
    "cache_read": 50,
    "output": 272,
    "input_audio_tokens": 90,
    "cache_audio_read_tokens": 40,
    "output_audio_tokens": 260,
}
SESSION = {
    "type": "session.created",
    "event_id": "e0",
    "session": {
        "type": "realtime",
        "model": "gpt-realtime",
        "audio": {"input": {"transcription": {"model": "gpt-4o-transcribe"}}},
    },
}


def created(name: str, **rest: Any) -> dict[str, Any]:
    return {
        "type": "response.created",
        "event_id": "e1",
        "response": {"id": name, "status": "in_progress", **rest},
    }


def delta(name: str, text: str) -> dict[str, Any]:
    return {"type": "response.output_text.delta", "response_id": name, "delta": text}


def done(name: str, **rest: Any) -> dict[str, Any]:
    response = {"id": name, "object": "realtime.response", "status": "completed", "usage": USAGE}
    return {"type": "response.done", "event_id": "e9", "response": {**response, **rest}}


TALK = [SESSION, created("r1"), delta("r1", "Fri"), done("r1")]


@contextmanager
def speaking(*events: dict[str, Any]) -> Iterator[str]:
    """A service that says these events to whoever connects, and hangs up."""

    def speak(connection: Any) -> None:
        for event in events:
            connection.send(json.dumps(event))

    with sync_server.serve(speak, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.socket.getsockname()[1]}/v1"
        finally:
            server.shutdown()
            thread.join()


def heard(url: str, count: int) -> list[Any]:
    """What a program hears in a conversation."""
    client = openai.OpenAI(api_key="k", base_url=url)
    with client.realtime.connect(model="gpt-realtime") as connection:
        return [connection.recv().to_dict() for _ in range(count)]


async def heard_async(url: str, count: int) -> list[Any]:
    client = openai.AsyncOpenAI(api_key="k", base_url=url)
    async with client.realtime.connect(model="gpt-realtime") as connection:
        return [(await connection.recv()).to_dict() for _ in range(count)]


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_a_spoken_response_is_one_event_and_unseen(is_async: bool, quiet_log: Log) -> None:
    def hear(url: str) -> list[Any]:
        return asyncio.run(heard_async(url, 4)) if is_async else heard(url, 4)

    with speaking(*TALK) as url:
        bare = hear(url)
        profiler.instrument()
        assert hear(url) == bare
    event = quiet_log.only()
    assert (event["operation"], event["model"], event["usage"]) == (
        "realtime",
        "gpt-realtime",
        COUNTED,
    )
    assert (event["outcome"], event["stream"]) == ("ok", True)
    assert event["latency_us"] >= event["first_chunk_us"]
    assert "test_sockets.py" in event["site"]


def test_responses_at_the_same_time_are_kept_apart(log: Log) -> None:
    both: list[dict[str, Any]] = [
        SESSION,
        created("r1"),
        created("r2"),
        done("r2"),
        done("r1", status="cancelled"),
    ]
    with speaking(*both) as url:
        heard(url, 5)
    assert [event["finish"] for event in log.events()] == ["cancelled", "completed"]


def test_what_is_written_down_of_the_users_speech_is_billed_by_its_own_model(log: Log) -> None:
    written = {
        "type": "conversation.item.input_audio_transcription.completed",
        "event_id": "e5",
        "item_id": "i",
        "content_index": 0,
        "transcript": "When?",
        "usage": {"type": "duration", "seconds": 2.5},
    }
    with speaking(SESSION, written) as url:
        heard(url, 2)
    event = log.only()
    assert (event["operation"], event["model"]) == ("transcription", "gpt-4o-transcribe")
    assert event["usage"] == {"input": 0, "output": 0, "audio_seconds": 3}


def test_a_response_that_failed_is_an_error(log: Log) -> None:
    with speaking(SESSION, created("r1"), done("r1", status="failed", usage=None)) as url:
        heard(url, 3)
    event = log.only()
    assert (event["outcome"], event["billed"]) == ("error", "unknown")


def test_a_response_cut_off_is_told_when_the_connection_goes(log: Log) -> None:
    with speaking(SESSION, created("r1"), delta("r1", "Friday it is")) as url:
        heard(url, 3)
        gc.collect()
    event = log.only()
    assert (event["outcome"], event["estimated"]) == ("aborted", True)
    # how much was heard is known, how much was listened to is not
    assert event["usage"] == {"output": 3}


LIVE = {"type": "session.started", "session": {"model": "gpt-live-1"}}


def lasted(kind: str, seconds: float) -> dict[str, Any]:
    return {"type": kind, "event_id": "e", "usage": {"seconds": seconds}}


def lived(url: str, count: int) -> None:
    client = openai.OpenAI(api_key="k", base_url=url)
    with client.live.connect() as connection:
        for _ in range(count):
            connection.recv()


@pytest.mark.parametrize(("last", "seconds"), [("session.closed", 8), ("session.usage.updated", 8)])
def test_a_live_session_is_one_event_of_its_whole_length(last: str, seconds: int, log: Log) -> None:
    with speaking(LIVE, lasted("session.usage.updated", 3.5), lasted(last, 7.2)) as url:
        lived(url, 3)
        gc.collect()
    event = log.only()
    assert (event["operation"], event["model"]) == ("realtime", "gpt-live-1")
    assert event["usage"] == {"input": 0, "output": 0, "audio_seconds": seconds}


def test_what_a_live_session_has_others_do_is_billed_apart(log: Log) -> None:
    usage = {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12}
    answer = {"type": "response.completed", "response": response("completed", usage)}
    decision = {"model": "gpt-6-luna", "answers": [], "usage": usage}
    with speaking(
        LIVE,
        {"type": "response.event", "event_id": "e", "event": answer},
        {
            "type": "decision.event",
            "event_id": "e",
            "event": {"type": "decision.completed", "decision": decision},
        },
    ) as url:
        lived(url, 3)
    told = {(event["provider"], event["operation"]) for event in log.events()}
    assert told == {("openai", "chat"), ("openai-decisions", "decision")}


def response(status: str, usage: Any = None) -> dict[str, Any]:
    return {"id": "resp_1", "model": "gpt-5.1-2025-11-13", "status": status, "usage": usage}


def test_a_response_over_a_socket_is_one_event(log: Log) -> None:
    usage = {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": response("in_progress")},
        {"type": "response.output_text.delta", "delta": "Friday", "item_id": "m"},
        {"type": "response.completed", "response": response("completed", usage)},
    ]
    with speaking(*events) as url:
        client = openai.OpenAI(api_key="k", base_url=url)
        with client.responses.connect() as connection:
            list(zip(range(3), connection, strict=False))
    event = log.only()
    assert (event["operation"], event["usage"]) == ("chat", {"input": 9, "output": 3})
    assert event["answered"] == "gpt-5.1-2025-11-13"


def test_the_sdk_gets_its_own_methods_back(quiet_log: Log) -> None:
    from openai.resources.realtime.realtime import RealtimeConnection

    del quiet_log
    own = vars(RealtimeConnection)["parse_event"]
    profiler.instrument()
    assert vars(RealtimeConnection)["parse_event"] is not own
    profiler.uninstrument()
    assert vars(RealtimeConnection)["parse_event"] is own
