"""Every way of asking a model through a real client, as budgets see it."""

import asyncio
from collections.abc import Callable
from itertools import islice
from typing import Any, NamedTuple

from google.genai import types

from tests.shim.clients import (
    anthropic_client,
    async_anthropic_client,
    async_openai_client,
    google_client,
    openai_client,
)
from tests.support.provider_server import ProviderServer

HELLO: Any = [{"role": "user", "content": "Hello"}]
MOST_OUTPUT = 50


class Way(NamedTuple):
    """One operation of one SDK."""

    sdk: str
    """`openai`, `responses`, `anthropic`, `google`."""
    is_async: bool
    is_stream: bool

    def __str__(self) -> str:
        kind = "stream" if self.is_stream else "whole"
        return f"{self.sdk}-{'async' if self.is_async else 'sync'}-{kind}"

    @property
    def dear(self) -> str:
        """A model with a cheaper one beside it."""
        return _MODELS[self.sdk][0]

    @property
    def cheap(self) -> str:
        """The cheaper one."""
        return _MODELS[self.sdk][1]

    @property
    def operation(self) -> Callable[..., Any]:
        """Asks a client for a model's answer."""
        return _OPERATIONS[self.sdk]


_MODELS = {
    "openai": ("gpt-5", "gpt-5-nano"),
    "responses": ("gpt-5", "gpt-5-nano"),
    "anthropic": ("claude-opus-4-5", "claude-haiku-4-5"),
    "google": ("gemini-2.5-pro", "gemini-2.5-flash"),
}

WAYS = [
    Way(sdk, is_async, is_stream)
    for sdk in _MODELS
    for is_async in (False, True)
    for is_stream in (False, True)
]
STREAMS = [way for way in WAYS if way.is_stream]


def _chat(client: Any, model: str, *, is_stream: bool) -> Any:
    more = {"stream": True} if is_stream else {}
    return client.chat.completions.create(
        model=model, messages=HELLO, max_completion_tokens=MOST_OUTPUT, **more
    )


def _respond(client: Any, model: str, *, is_stream: bool) -> Any:
    more = {"stream": True} if is_stream else {}
    return client.responses.create(
        model=model, input="Hello", max_output_tokens=MOST_OUTPUT, **more
    )


def _message(client: Any, model: str, *, is_stream: bool) -> Any:
    more = {"stream": True} if is_stream else {}
    return client.messages.create(model=model, messages=HELLO, max_tokens=MOST_OUTPUT, **more)


def _generate(client: Any, model: str, *, is_stream: bool) -> Any:
    ask = client.models.generate_content_stream if is_stream else client.models.generate_content
    return ask(model=model, contents="Hello", config={"max_output_tokens": MOST_OUTPUT})


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "openai": _chat,
    "responses": _respond,
    "anthropic": _message,
    "google": _generate,
}


class Clients:
    """Clients of one server, made once; those that are asynchronous share one loop."""

    def __init__(
        self, server: ProviderServer, *, retries: int = 0, timeout_s: float | None = None
    ) -> None:
        self._server = server
        self._runner = asyncio.Runner()
        self._made: dict[tuple[str, bool], Any] = {}
        self._more: dict[str, Any] = {"max_retries": retries}
        # without options of its own, Google's SDK tries twice over a lost connection
        options = types.HttpRetryOptions(
            attempts=retries + 1, initial_delay=0, max_delay=0, jitter=0
        )
        self._google: dict[str, Any] = {"retry_options": options}
        if timeout_s is not None:
            self._more["timeout"] = timeout_s
            self._google["timeout"] = int(timeout_s * 1000)

    def ask(self, way: Way, model: str = "", take: int | None = None) -> Any:
        """What is answered; a stream is closed when so many of its chunks were taken."""
        if way.is_async:
            return self._runner.run(self.ask_async(way, model, take))
        answer = self.open(way, model)
        if not way.is_stream:
            return answer
        chunks = [*islice(answer, take)]
        answer.close()
        return chunks

    def open(self, way: Way, model: str = "") -> Any:
        """What the SDK gives back: a stream is not yet gone through."""
        return way.operation(self._of(way), model or way.dear, is_stream=way.is_stream)

    async def ask_async(self, way: Way, model: str = "", take: int | None = None) -> Any:
        """The same, within a loop."""
        answer = await self.open(way, model)
        if not way.is_stream:
            return answer
        chunks = []
        async for chunk in answer:
            chunks.append(chunk)
            if len(chunks) == take:
                break
        await (answer.aclose if way.sdk == "google" else answer.close)()
        del answer
        # what Google's generator holds is let go of by the loop
        await asyncio.sleep(0.01 if way.sdk == "google" else 0)
        return chunks

    def run(self, work: Any) -> Any:
        """A coroutine in the loop of the asynchronous clients."""
        return self._runner.run(work)

    def close(self) -> None:
        """Lets go of the loop."""
        self._runner.close()

    def _of(self, way: Way) -> Any:
        key = (way.sdk, way.is_async)
        if key not in self._made:
            self._made[key] = self._a_client(way)
        return self._made[key]

    def _a_client(self, way: Way) -> Any:
        if way.sdk == "google":
            client = google_client(self._server, **self._google)
            return client.aio if way.is_async else client
        makes: dict[tuple[bool, bool], Callable[..., Any]] = {
            (True, False): anthropic_client,
            (True, True): async_anthropic_client,
            (False, False): openai_client,
            (False, True): async_openai_client,
        }
        return makes[way.sdk == "anthropic", way.is_async](self._server, **self._more)
