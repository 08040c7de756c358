"""Real clients of the SDKs beside the three main ones, and every operation of theirs."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.shim.clients import MESSAGES, PROMPT, Operation, google_client
from tests.support.provider_server import ProviderServer

mistral = pytest.importorskip("mistralai.client", reason="needs mistralai 3")
cohere = pytest.importorskip("cohere", reason="needs cohere")
ollama = pytest.importorskip("ollama", reason="needs ollama")

MISTRAL: dict[str, Any] = {"model": "mistral-large-latest", "messages": MESSAGES}
COHERE: dict[str, Any] = {"model": "command-a-03-2025", "messages": MESSAGES}
COHERE_1: dict[str, Any] = {"model": "command-r", "message": PROMPT}
EMBED: dict[str, Any] = {
    "model": "embed-v4.0",
    "texts": [PROMPT],
    "input_type": "search_query",
    "embedding_types": ["float"],
}
RERANK: dict[str, Any] = {"model": "rerank-v3.5", "query": PROMPT, "documents": ["x"]}
OLLAMA: dict[str, Any] = {"model": "llama3.2", "messages": MESSAGES}
INTERACTION: dict[str, Any] = {"model": "gemini-3-pro", "input": PROMPT}


def mistral_client(server: ProviderServer) -> Any:
    """A client of Mistral's, synchronous and not."""
    return mistral.Mistral(api_key="key-of-a-test", server_url=server.url + "/mistral")


def cohere_client(server: ProviderServer, kind: str = "ClientV2") -> Any:
    """A client of Cohere's, of that class."""
    return getattr(cohere, kind)(api_key="key-of-a-test", base_url=server.url)


def sync_operations() -> dict[str, Operation]:
    """Every covered operation of the synchronous clients."""
    return {
        "mistral_chat": lambda s: mistral_client(s).chat.complete(**MISTRAL),
        "mistral_stream": lambda s: list(mistral_client(s).chat.stream(**MISTRAL)),
        "mistral_embeddings": lambda s: mistral_client(s).embeddings.create(
            model="mistral-embed", inputs=[PROMPT]
        ),
        "cohere_v2_chat": lambda s: cohere_client(s).chat(**COHERE),
        "cohere_v2_stream": lambda s: list(cohere_client(s).chat_stream(**COHERE)),
        "cohere_v1_chat": lambda s: cohere_client(s, "Client").chat(**COHERE_1),
        "cohere_v1_stream": lambda s: list(cohere_client(s, "Client").chat_stream(**COHERE_1)),
        "cohere_embed": lambda s: cohere_client(s).embed(**EMBED),
        "cohere_rerank": lambda s: cohere_client(s).rerank(**RERANK),
        "ollama_chat": lambda s: ollama.Client(host=s.url).chat(**OLLAMA),
        "ollama_stream": lambda s: list(ollama.Client(host=s.url).chat(**OLLAMA, stream=True)),
        "ollama_generate": lambda s: ollama.Client(host=s.url).generate("llama3.2", PROMPT),
        "ollama_embed": lambda s: ollama.Client(host=s.url).embed("nomic-embed-text", PROMPT),
        "interaction": lambda s: _kept(
            google_client(s), lambda client: client.interactions.create(**INTERACTION)
        ),
        "interaction_stream": lambda s: _kept(
            google_client(s),
            lambda client: list(client.interactions.create(**INTERACTION, stream=True)),
        ),
    }


def async_operations() -> dict[str, Operation]:
    """The same operations of the asynchronous clients."""
    return {
        "mistral_chat": lambda s: asyncio.run(mistral_client(s).chat.complete_async(**MISTRAL)),
        "mistral_stream": lambda s: asyncio.run(
            _listed(mistral_client(s).chat.stream_async(**MISTRAL))
        ),
        "cohere_v2_chat": lambda s: asyncio.run(cohere_client(s, "AsyncClientV2").chat(**COHERE)),
        "cohere_v2_stream": lambda s: asyncio.run(
            _all(cohere_client(s, "AsyncClientV2").chat_stream(**COHERE))
        ),
        "cohere_v1_stream": lambda s: asyncio.run(
            _all(cohere_client(s, "AsyncClient").chat_stream(**COHERE_1))
        ),
        "ollama_chat": lambda s: asyncio.run(ollama.AsyncClient(host=s.url).chat(**OLLAMA)),
        "ollama_stream": lambda s: asyncio.run(
            _listed(ollama.AsyncClient(host=s.url).chat(**OLLAMA, stream=True))
        ),
        "interaction": lambda s: asyncio.run(
            google_client(s).aio.interactions.create(**INTERACTION)
        ),
        "interaction_stream": lambda s: asyncio.run(
            _listed(google_client(s).aio.interactions.create(**INTERACTION, stream=True))
        ),
    }


def _kept(client: Any, use: Callable[[Any], Any]) -> Any:
    """Google's client closes itself when it is dropped, even in the middle of a call."""
    return use(client)


async def _listed(opened: Any) -> list[Any]:
    return await _all(await opened)


async def _all(chunks: Any) -> list[Any]:
    return [chunk async for chunk in chunks]
