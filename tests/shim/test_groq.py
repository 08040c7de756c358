"""Groq's own SDK: OpenAI's in all but name, on a transport of its own."""

import asyncio
import json
from typing import Any

import pytest

from tests.shim.clients import CHAT
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer, Reply, body, json_reply, sse_reply

groq = pytest.importorskip("groq", reason="Groq's SDK is not installed")
LLAMA: dict[str, Any] = {"model": "llama-3.3-70b-versatile", "messages": CHAT["messages"]}
COUNTED = {"input": 36, "cache_read": 64, "output": 20, "reasoning": 5}


def groq_client(server: ProviderServer) -> Any:
    return groq.Groq(api_key="k", base_url=server.url, max_retries=0)


def async_groq_client(server: ProviderServer) -> Any:
    return groq.AsyncGroq(api_key="k", base_url=server.url, max_retries=0)


async def _read(server: ProviderServer, *, is_stream: bool) -> None:
    answer = await async_groq_client(server).chat.completions.create(**LLAMA, stream=is_stream)
    if is_stream:
        async for _ in answer:
            pass


def read(server: ProviderServer, *, is_stream: bool, is_async: bool) -> None:
    if is_async:
        asyncio.run(_read(server, is_stream=is_stream))
        return
    answer = groq_client(server).chat.completions.create(**LLAMA, stream=is_stream)
    if is_stream:
        list(answer)


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "stream"])
def test_groqs_own_sdk_is_recorded(
    is_stream: bool, is_async: bool, log: Log, server: ProviderServer
) -> None:
    whole, stream = body("groq_chat.json"), body("groq_stream.sse")
    server.answer = lambda _: sse_reply(stream) if is_stream else json_reply(json.loads(whole))
    read(server, is_stream=is_stream, is_async=is_async)
    event = log.only()
    assert (event["provider"], event["outcome"], event["usage"]) == ("groq", "ok", COUNTED)
    assert "stream_options" not in server.received[0].body
    assert "estimated" not in event


def test_groqs_retries_are_counted(log: Log, server: ProviderServer) -> None:
    answers = [Reply(b"{}", status=503), json_reply(json.loads(body("groq_chat.json")))]
    server.answer = lambda _: answers.pop(0)
    client = groq.Groq(api_key="k", base_url=server.url, max_retries=1)
    client.chat.completions.create(**LLAMA)
    assert log.only()["attempts"] == 2


def test_groqs_refusals_are_not_billed(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: Reply(b"{}", status=401)
    with pytest.raises(groq.AuthenticationError):
        groq_client(server).chat.completions.create(**LLAMA)
    event = log.only()
    assert (event["error"], event["billed"]) == ("auth", "no")


def test_groqs_audio_is_counted_by_the_second(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: json_reply({"text": "x", "duration": 3.2, "x_groq": {"id": "r"}})
    groq_client(server).audio.transcriptions.create(
        model="whisper-large-v3", file=("a.wav", b"RIFF"), response_format="verbose_json"
    )
    event = log.only()
    assert (event["operation"], event["usage"]["audio_seconds"]) == ("transcription", 4)
