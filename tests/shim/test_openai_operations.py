"""Every operation of OpenAI's SDK: one event of the right kind, and the host sees no difference."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import profiler
from tests.shim.clients import async_openai_client, openai_client, seen
from tests.shim.conftest import Log
from tests.support.openai_service import service
from tests.support.provider_server import ProviderServer

SOUND = ("question.wav", b"RIFF")
IMAGE: dict[str, Any] = {"model": "gpt-image-1.5", "prompt": "An invoice"}
SCRIPT: dict[str, Any] = {"model": "gpt-4o-transcribe", "file": SOUND}
SPOKEN: dict[str, Any] = {"voice": "alloy", "input": "Due on Friday."}
COMPLETION: dict[str, Any] = {"model": "gpt-3.5-turbo-instruct", "prompt": "When is it due?"}

CALLS: dict[str, tuple[Callable[[Any], Any], str, dict[str, int] | None]] = {
    "completions": (
        lambda c: c.completions.create(**COMPLETION),
        "text_completion",
        {"input": 7, "output": 2},
    ),
    "completions_stream": (
        lambda c: c.completions.create(**COMPLETION, stream=True),
        "text_completion",
        {"input": 7, "output": 2},
    ),
    "images": (
        lambda c: c.images.generate(**IMAGE),
        "images",
        {"input": 50, "output": 272, "input_image_tokens": 40, "output_image_tokens": 260},
    ),
    "images_edit": (
        lambda c: c.images.edit(**IMAGE, image=("a.png", b"PNG")),
        "images",
        {"input": 50, "output": 272, "input_image_tokens": 40, "output_image_tokens": 260},
    ),
    "images_stream": (
        lambda c: c.images.generate(**IMAGE, stream=True),
        "images",
        {"input": 50, "output": 272, "input_image_tokens": 40, "output_image_tokens": 272},
    ),
    "transcriptions": (
        lambda c: c.audio.transcriptions.create(**SCRIPT),
        "transcription",
        {"input": 14, "output": 45, "input_audio_tokens": 14},
    ),
    "transcriptions_stream": (
        lambda c: c.audio.transcriptions.create(**SCRIPT, stream=True),
        "transcription",
        {"input": 14, "output": 45, "input_audio_tokens": 14},
    ),
    "translations": (
        lambda c: c.audio.translations.create(
            model="whisper-1", file=SOUND, response_format="verbose_json"
        ),
        "translation",
        {"input": 0, "output": 0, "audio_seconds": 9},
    ),
    "speech_by_the_letter": (
        lambda c: c.audio.speech.create(model="tts-1", **SPOKEN),
        "speech",
        {"input": 0, "output": 0, "input_characters": 14},
    ),
    "speech_by_tokens": (
        lambda c: c.audio.speech.create(model="gpt-4o-mini-tts", **SPOKEN),
        "speech",
        None,
    ),
    "speech_events": (
        lambda c: c.audio.speech.create(model="gpt-4o-mini-tts", **SPOKEN, stream_format="sse"),
        "speech",
        {"input": 14, "output": 101},
    ),
    "moderations": (lambda c: c.moderations.create(input="x"), "moderation", None),
    "decisions": (
        lambda c: c.post("/decisions", body={"model": "gpt-6-luna"}, cast_to=object),
        "decision",
        {"input": 40, "output": 1},
    ),
    "videos": (
        lambda c: c.post("/videos", body={"model": "sora-2"}, cast_to=object),
        "video",
        None,
    ),
    "low_level": (
        lambda c: c.post("/completions", body=COMPLETION, cast_to=object),
        "text_completion",
        {"input": 7, "output": 2},
    ),
    "with_options": (
        lambda c: c.with_options(timeout=9).completions.create(**COMPLETION),
        "text_completion",
        {"input": 7, "output": 2},
    ),
    "with_raw_response": (
        lambda c: c.images.with_raw_response.generate(**IMAGE),
        "images",
        {"input": 50, "output": 272, "input_image_tokens": 40, "output_image_tokens": 260},
    ),
}
"""How each is called, what it is, and its usage."""


def answered(answer: Any) -> Any:
    """An answer read to its end, as a host sees it."""
    if hasattr(answer, "parse"):
        answer = answer.parse()
    if hasattr(answer, "content"):
        return answer.content
    return seen(list(answer) if hasattr(answer, "__next__") else answer)


def sync_call(name: str, server: ProviderServer) -> Any:
    return answered(CALLS[name][0](openai_client(server)))


def async_call(name: str, server: ProviderServer) -> Any:
    async def called() -> Any:
        answer = await CALLS[name][0](async_openai_client(server))
        if hasattr(answer, "__anext__"):
            return seen([chunk async for chunk in answer])
        return answered(answer)

    return asyncio.run(called())


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
@pytest.mark.parametrize("make", [sync_call, async_call], ids=["sync", "async"])
@pytest.mark.parametrize("name", CALLS)
def test_an_operation_is_one_event_and_unseen(
    name: str, make: Callable[[str, ProviderServer], Any], quiet_log: Log, server: ProviderServer
) -> None:
    server.answer = service
    bare = make(name, server)
    profiler.instrument()
    try:
        assert make(name, server) == bare
    finally:
        profiler.uninstrument()
    event = quiet_log.only()
    _, operation, usage = CALLS[name]
    assert (event["operation"], event["outcome"]) == (operation, "ok")
    assert event.get("usage") == usage


def test_a_moderation_is_counted_and_free(log: Log, server: ProviderServer) -> None:
    server.answer = service
    openai_client(server).moderations.create(input="x", model="omni-moderation-latest")
    assert log.only()["billed"] == "no"


def test_letters_counted_by_us_are_exact_but_not_measured(log: Log, server: ProviderServer) -> None:
    server.answer = service
    openai_client(server).audio.speech.create(model="tts-1-hd", **SPOKEN)
    event = log.only()
    assert event["derived"] is True
    assert "estimated" not in event


def test_speech_read_as_it_comes_is_one_event(log: Log, server: ProviderServer) -> None:
    server.answer = service
    create = openai_client(server).audio.speech.with_streaming_response.create
    with create(model="tts-1", **SPOKEN) as response:
        heard = b"".join(response.iter_bytes())
    assert heard.startswith(b"ID3")
    assert log.only()["usage"]["input_characters"] == len(SPOKEN["input"])


def test_speech_that_is_refused_is_not_billed(log: Log, server: ProviderServer) -> None:
    import openai

    with pytest.raises(openai.NotFoundError):
        openai_client(server).audio.speech.create(model="tts-1", **SPOKEN)
    event = log.only()
    assert event["billed"] == "no"
    assert "usage" not in event
