"""Each SDK behind one shape, so that one small program can be run on all of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import httpx2

from tests.support import provider_server
from tests.support.provider_server import Answer, ProviderServer, Received

PROMPT = "When is the invoice due?"
MESSAGES: list[Any] = [{"role": "user", "content": PROMPT}]
CHAT: dict[str, Any] = {"model": "gpt-5.1", "messages": MESSAGES}
RESPONSE: dict[str, Any] = {"model": "gpt-5.1", "input": PROMPT}
MESSAGE: dict[str, Any] = {"model": "claude-opus-4-5", "max_tokens": 64, "messages": MESSAGES}
CONTENT: dict[str, Any] = {"model": "gemini-2.5-pro", "contents": PROMPT}


@dataclass(frozen=True)
class Kit:
    """One API of one SDK."""

    name: str
    sdk: str
    make: Callable[..., Any]
    """A client: of the server's address, an HTTP client, and whether it is asynchronous."""
    create: Callable[..., Any]
    """One call on a client; on an asynchronous one it has to be awaited."""
    stream: Callable[..., Any]
    """The same, streamed."""
    canned: str
    canned_stream: str
    surface: Callable[[Any], Any] = field(default=lambda client: client)
    """Where an asynchronous client has its methods."""

    def client(self, server: ProviderServer, **rest: Any) -> Any:
        """A client of its own."""
        return self.make(server.url, httpx2.Client(verify=False), **rest)

    def aclient(self, server: ProviderServer, **rest: Any) -> Any:
        """An asynchronous client of its own."""
        return self.make(server.url, httpx2.AsyncClient(verify=False), is_async=True, **rest)

    def in_memory(self, answer: Answer = provider_server.canned, **rest: Any) -> Any:
        """A client whose provider answers in this program, without a connection."""

        def respond(request: httpx2.Request) -> httpx2.Response:
            sent = json.loads(request.content) if request.content else {}
            reply = answer(Received(request.url.path, sent, {}))
            headers = {"content-type": reply.content_type}
            return httpx2.Response(reply.status, content=reply.body, headers=headers)

        transport = httpx2.MockTransport(respond)
        return self.make("http://127.0.0.1:9", httpx2.Client(transport=transport), **rest)

    @property
    def is_stainless(self) -> bool:
        """Whether the SDK has raw responses."""
        return self.sdk != "google"


@lru_cache(maxsize=16)
def lasting(kit: Kit, server: ProviderServer) -> Any:
    """A client made once, before anything is instrumented."""
    return kit.client(server)


def _openai(url: str, http: Any, *, is_async: bool = False, **rest: Any) -> Any:
    import openai

    make = openai.AsyncOpenAI if is_async else openai.OpenAI
    return make(
        **{"api_key": "k", "base_url": url + "/v1", "max_retries": 0, **rest}, http_client=http
    )


def _anthropic(url: str, http: Any, *, is_async: bool = False, **rest: Any) -> Any:
    import anthropic

    make = anthropic.AsyncAnthropic if is_async else anthropic.Anthropic
    return make(**{"api_key": "k", "base_url": url, "max_retries": 0, **rest}, http_client=http)


def _google(url: str, http: Any, *, is_async: bool = False, **rest: Any) -> Any:
    from google import genai
    from google.genai import types

    # the SDK makes the twin it is not given, and loads certificates for it
    twin = httpx2.Client(verify=False) if is_async else httpx2.AsyncClient(verify=False)
    names = ("httpx_async_client", "httpx_client")
    given = dict(zip(names, (http, twin) if is_async else (twin, http), strict=True))
    options = types.HttpOptions(base_url=url, **given, **rest)
    return genai.Client(api_key="k", http_options=options)


OPENAI_CHAT = Kit(
    "openai-chat",
    "openai",
    _openai,
    lambda client, **more: client.chat.completions.create(**{**CHAT, **more}),
    lambda client, **more: client.chat.completions.create(**{**CHAT, "stream": True, **more}),
    "openai_chat.json",
    "openai_chat_stream.sse",
)
OPENAI_RESPONSES = Kit(
    "openai-responses",
    "openai",
    _openai,
    lambda client, **more: client.responses.create(**{**RESPONSE, **more}),
    lambda client, **more: client.responses.create(**{**RESPONSE, "stream": True, **more}),
    "openai_response.json",
    "openai_response_stream.sse",
)
ANTHROPIC = Kit(
    "anthropic",
    "anthropic",
    _anthropic,
    lambda client, **more: client.messages.create(**{**MESSAGE, **more}),
    lambda client, **more: client.messages.create(**{**MESSAGE, "stream": True, **more}),
    "anthropic_message.json",
    "anthropic_stream.sse",
)
GOOGLE = Kit(
    "google",
    "google",
    _google,
    lambda client, **more: client.models.generate_content(**{**CONTENT, **more}),
    lambda client, **more: client.models.generate_content_stream(**{**CONTENT, **more}),
    "gemini_generate.json",
    "gemini_stream.sse",
    lambda client: client.aio,
)

KITS = (OPENAI_CHAT, OPENAI_RESPONSES, ANTHROPIC, GOOGLE)
STAINLESS = tuple(kit for kit in KITS if kit.is_stainless)


def is_installed(kit: Kit) -> bool:
    """Whether its SDK is here."""
    try:
        return find_spec("google.genai" if kit.sdk == "google" else kit.sdk) is not None
    except ModuleNotFoundError:
        return False
