"""Real SDK clients against a loopback server, and every operation they can be asked for."""

import asyncio
from collections.abc import Callable
from typing import Any

import anthropic
import openai
from google import genai
from google.genai import types
from pydantic import BaseModel

import profiler
from tests.support.provider_server import ProviderServer

PROMPT = "When is the invoice due?"
MESSAGES: list[Any] = [{"role": "user", "content": PROMPT}]
CHAT: dict[str, Any] = {"model": "gpt-5.1", "messages": MESSAGES}
MESSAGE: dict[str, Any] = {"model": "claude-opus-4-5", "max_tokens": 64, "messages": MESSAGES}
CONTENT: dict[str, Any] = {"model": "gemini-2.5-pro", "contents": PROMPT}


class Due(BaseModel):
    """The shape a parsed answer is wanted in."""

    answer: str


def openai_client(server: ProviderServer, **rest: Any) -> openai.OpenAI:
    """A client of OpenAI's, without retries unless asked."""
    return openai.OpenAI(**_keyed(server.url + "/v1", rest))


def async_openai_client(server: ProviderServer, **rest: Any) -> openai.AsyncOpenAI:
    """Its asynchronous twin."""
    return openai.AsyncOpenAI(**_keyed(server.url + "/v1", rest))


def anthropic_client(server: ProviderServer, **rest: Any) -> anthropic.Anthropic:
    """A client of Anthropic's, without retries unless asked."""
    return anthropic.Anthropic(**_keyed(server.url, rest))


def async_anthropic_client(server: ProviderServer, **rest: Any) -> anthropic.AsyncAnthropic:
    """Its asynchronous twin."""
    return anthropic.AsyncAnthropic(**_keyed(server.url, rest))


def google_client(server: ProviderServer, **options: Any) -> genai.Client:
    """A client of Google's; `.aio` is its asynchronous twin."""
    http = types.HttpOptions(base_url=server.url, **options)
    return genai.Client(api_key="key-of-a-test", http_options=http)


def _keyed(url: str, rest: dict[str, Any]) -> dict[str, Any]:
    return {"api_key": "key-of-a-test", "base_url": url, "max_retries": 0, **rest}


Operation = Callable[[ProviderServer], Any]
"""Makes one call, reads its answer to the end, and returns what the host saw."""


def sync_operations() -> dict[str, Operation]:
    """Every covered operation of the synchronous clients."""
    return {
        "chat": lambda s: openai_client(s).chat.completions.create(**CHAT),
        "chat_parse": lambda s: openai_client(s).chat.completions.parse(
            **CHAT, response_format=Due
        ),
        "chat_stream": lambda s: list(
            openai_client(s).chat.completions.create(**CHAT, stream=True)
        ),
        "chat_manager": lambda s: _managed(openai_client(s).chat.completions.stream(**CHAT)),
        "responses": lambda s: openai_client(s).responses.create(model="gpt-5.1", input=PROMPT),
        "responses_parse": lambda s: openai_client(s).responses.parse(
            model="gpt-5.1", input=PROMPT, text_format=Due
        ),
        "responses_stream": lambda s: list(
            openai_client(s).responses.create(model="gpt-5.1", input=PROMPT, stream=True)
        ),
        "responses_manager": lambda s: _managed(
            openai_client(s).responses.stream(model="gpt-5.1", input=PROMPT)
        ),
        "embeddings": lambda s: openai_client(s).embeddings.create(
            model="text-embedding-3-small", input=PROMPT
        ),
        "messages": lambda s: anthropic_client(s).messages.create(**MESSAGE),
        "messages_create_stream": lambda s: list(
            anthropic_client(s).messages.create(**MESSAGE, stream=True)
        ),
        "messages_stream": lambda s: _managed(anthropic_client(s).messages.stream(**MESSAGE)),
        "beta_messages": lambda s: anthropic_client(s).beta.messages.create(**MESSAGE),
        "generate_content": lambda s: _kept(
            google_client(s), lambda client: client.models.generate_content(**CONTENT)
        ),
        "generate_content_stream": lambda s: _kept(
            google_client(s), lambda client: list(client.models.generate_content_stream(**CONTENT))
        ),
        "embed_content": lambda s: _kept(
            google_client(s),
            lambda client: client.models.embed_content(
                model="gemini-embedding-001", contents=PROMPT
            ),
        ),
    }


def async_operations() -> dict[str, Operation]:
    """The same operations of the asynchronous clients."""
    return {
        "chat": lambda s: asyncio.run(async_openai_client(s).chat.completions.create(**CHAT)),
        "chat_parse": lambda s: asyncio.run(
            async_openai_client(s).chat.completions.parse(**CHAT, response_format=Due)
        ),
        "chat_stream": lambda s: asyncio.run(
            _listed(async_openai_client(s).chat.completions.create(**CHAT, stream=True))
        ),
        "chat_manager": lambda s: asyncio.run(
            _managed_async(async_openai_client(s).chat.completions.stream(**CHAT))
        ),
        "responses": lambda s: asyncio.run(
            async_openai_client(s).responses.create(model="gpt-5.1", input=PROMPT)
        ),
        "responses_parse": lambda s: asyncio.run(
            async_openai_client(s).responses.parse(model="gpt-5.1", input=PROMPT, text_format=Due)
        ),
        "responses_stream": lambda s: asyncio.run(
            _listed(
                async_openai_client(s).responses.create(model="gpt-5.1", input=PROMPT, stream=True)
            )
        ),
        "responses_manager": lambda s: asyncio.run(
            _managed_async(async_openai_client(s).responses.stream(model="gpt-5.1", input=PROMPT))
        ),
        "embeddings": lambda s: asyncio.run(
            async_openai_client(s).embeddings.create(model="text-embedding-3-small", input=PROMPT)
        ),
        "messages": lambda s: asyncio.run(async_anthropic_client(s).messages.create(**MESSAGE)),
        "messages_create_stream": lambda s: asyncio.run(
            _listed(async_anthropic_client(s).messages.create(**MESSAGE, stream=True))
        ),
        "messages_stream": lambda s: asyncio.run(
            _managed_async(async_anthropic_client(s).messages.stream(**MESSAGE))
        ),
        "beta_messages": lambda s: asyncio.run(
            async_anthropic_client(s).beta.messages.create(**MESSAGE)
        ),
        "generate_content": lambda s: asyncio.run(
            google_client(s).aio.models.generate_content(**CONTENT)
        ),
        "generate_content_stream": lambda s: asyncio.run(
            _listed(google_client(s).aio.models.generate_content_stream(**CONTENT))
        ),
        "embed_content": lambda s: asyncio.run(
            google_client(s).aio.models.embed_content(model="gemini-embedding-001", contents=PROMPT)
        ),
    }


def _kept(client: Any, use: Callable[[Any], Any]) -> Any:
    """Google's client closes itself when it is dropped, even in the middle of a call."""
    return use(client)


def _managed(manager: Any) -> list[Any]:
    with manager as stream:
        return list(stream)


async def _managed_async(manager: Any) -> list[Any]:
    async with manager as stream:
        return [event async for event in stream]


async def _listed(opened: Any) -> list[Any]:
    return [chunk async for chunk in await opened]


def seen(answer: Any) -> Any:
    """What a host can see of an answer, as plain values that compare."""
    if isinstance(answer, list):
        return [seen(part) for part in answer]
    if isinstance(answer, BaseModel):
        fields = answer.model_dump(
            warnings=False, exclude_unset=True, exclude={"sdk_http_response"}
        )
        return type(answer).__name__, fields, sorted(answer.model_fields_set)
    return type(answer).__name__, str(answer)


def seen_either_way(operation: Operation, server: ProviderServer) -> tuple[Any, Any]:
    """What the host sees of an operation: without us, then with its call recorded."""
    bare = seen(operation(server))
    profiler.instrument()
    try:
        return bare, seen(operation(server))
    finally:
        profiler.uninstrument()
