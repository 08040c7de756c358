"""Operations of real clients with a secret in every field they send, and answers full of them."""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import anthropic
import httpx2
import openai
from google import genai
from google.genai import types

from tests.support.provider_server import ProviderServer, Received, Reply, body, canned

WORD = "canary4711"
"""Text that nobody may find: as a prompt, an answer, a header or a name."""
KEY = "sk-proj-" + "4Xw9bQe7RtY2uIoP5aSdF8gHjK1lZxCv" * 2
"""A key, given where a key belongs and where none does."""
SECRETS = (WORD, KEY[8:24])

PLANTED = f"{WORD} with {KEY}"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": PLANTED,
    "properties": {"city": {"type": "string", "description": PLANTED, "enum": [WORD]}},
}
HEADERS = {"x-secret": WORD, "x-key": KEY, "cookie": f"session={WORD}"}
QUERY = {"key": KEY, "q": WORD}

_USED: dict[str, Any] = {"name": "look", "arguments": json.dumps({"city": PLANTED})}
CHAT_FIELDS: dict[str, Any] = {
    "model": KEY,
    "messages": [
        {"role": "system", "content": PLANTED},
        {"role": "user", "name": WORD, "content": [{"type": "text", "text": PLANTED}]},
        {"role": "assistant", "tool_calls": [{"id": WORD, "type": "function", "function": _USED}]},
        {"role": "tool", "tool_call_id": WORD, "content": PLANTED},
    ],
    "tools": [
        {"type": "function", "function": {"name": KEY[:60], "parameters": SCHEMA}},
        {"type": "function", "function": {"name": "look", "description": PLANTED}},
    ],
    "user": WORD,
    "safety_identifier": KEY,
    "prompt_cache_key": WORD,
    "metadata": {"note": PLANTED},
    "stop": [WORD],
    "extra_headers": HEADERS,
    "extra_query": QUERY,
    "extra_body": {"extra": PLANTED},
}
RESPONSE_FIELDS: dict[str, Any] = {
    "model": KEY,
    "instructions": PLANTED,
    "input": [
        {"role": "user", "content": [{"type": "input_text", "text": PLANTED}]},
        {"type": "function_call", "call_id": WORD, **_USED},
        {"type": "function_call_output", "call_id": WORD, "output": PLANTED},
    ],
    "tools": [{"type": "function", "name": "look", "parameters": SCHEMA, "strict": False}],
    "previous_response_id": WORD,
    "user": WORD,
    "metadata": {"note": PLANTED},
    "extra_headers": HEADERS,
    "extra_query": QUERY,
}
EMBEDDING_FIELDS: dict[str, Any] = {
    "model": KEY,
    "input": [PLANTED, WORD],
    "user": WORD,
    "extra_headers": HEADERS,
}
MESSAGE_FIELDS: dict[str, Any] = {
    "model": KEY,
    "max_tokens": 64,
    "system": [{"type": "text", "text": PLANTED, "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {"role": "user", "content": PLANTED},
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": WORD, "name": "look", "input": {"x": PLANTED}}],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": WORD, "content": PLANTED}],
        },
    ],
    "tools": [{"name": "look", "description": PLANTED, "input_schema": SCHEMA}],
    "metadata": {"user_id": WORD},
    "stop_sequences": [WORD],
    "extra_headers": HEADERS,
    "extra_query": QUERY,
    "extra_body": {"extra": PLANTED},
}
CONTENT_FIELDS: dict[str, Any] = {
    "model": "gemini-2.5-pro",
    "contents": [
        {"role": "user", "parts": [{"text": PLANTED}]},
        {"role": "model", "parts": [{"function_call": {"name": "look", "args": {"x": PLANTED}}}]},
        {
            "role": "user",
            "parts": [{"function_response": {"name": "look", "response": {"x": PLANTED}}}],
        },
    ],
    "config": {
        "system_instruction": PLANTED,
        "labels": {"note": WORD},
        "stop_sequences": [WORD],
        "tools": [{"function_declarations": [{"name": "look", "description": PLANTED}]}],
    },
}

SOON = {"retry-after-ms": "1", "x-request-id": WORD}

Operation = Callable[[ProviderServer], Any]
Ask = Callable[[Any], Any]


def planted_answer(received: Received) -> Reply:
    """The provider's own answer with a secret in each text that it or its model may choose."""
    reply = canned(received)
    content = reply.body.replace(b"Friday", PLANTED.encode())
    for name in (b'"id": "', b'"system_fingerprint": "', b'"refusal": "', b'"stop_sequence": "'):
        content = content.replace(name, name + WORD.encode())
    return Reply(content, reply.status, reply.content_type, {"x-request-id": WORD, "x-key": KEY})


def planted_error(status: int) -> Callable[[Received], Reply]:
    """A refusal that quotes prompt, key and address."""

    def answer(_received: Received) -> Reply:
        error = json.loads(body("error.json"))
        error["error"] |= dict.fromkeys(("message", "code", "param", "type"), PLANTED)
        error["error"]["details"] = [{"reason": PLANTED, "metadata": {"key": KEY}}]
        return Reply(json.dumps({**error, "request_id": WORD}).encode(), status, headers=SOON)

    return answer


def planted_break(received: Received) -> Reply:
    """A stream that breaks off with an error which quotes the prompt; else an error."""
    reply = canned(received)
    if "event-stream" not in reply.content_type:
        return planted_error(500)(received)
    error = json.dumps({"type": "error", "error": {"type": WORD, "message": PLANTED}})
    first = b"\n\n".join(reply.body.split(b"\n\n")[:3])
    return Reply(
        first + b"\n\nevent: error\ndata: " + error.encode() + b"\n\n",
        content_type=reply.content_type,
    )


def operations() -> dict[str, Operation]:
    """Each variant of each client, by a name that says which."""
    makers: tuple[tuple[str, dict[str, Ask], Ask, Ask], ...] = (
        ("openai", _OPENAI, _openai, _async_openai),
        ("anthropic", _ANTHROPIC, _anthropic, _async_anthropic),
        ("google", _GOOGLE, _google, _google),
    )
    made: dict[str, Operation] = {}
    for sdk, asks, client, async_client in makers:
        for name, ask in asks.items():
            made[f"{sdk} {name}"] = partial(_done, client, ask)
            made[f"{sdk} {name} async"] = partial(_done_async, async_client, ask)
    return made


def _done(client: Ask, ask: Ask, server: ProviderServer) -> Any:
    made = client(server)
    # Google's client closes itself when it is dropped, even in the middle of a call
    return ask(made.models if isinstance(made, genai.Client) else made)


def _done_async(client: Ask, ask: Ask, server: ProviderServer) -> Any:
    async def awaited() -> Any:
        made = client(server)
        return await ask(made.aio.models if isinstance(made, genai.Client) else made)

    return asyncio.run(awaited())


def _openai(server: ProviderServer) -> openai.OpenAI:
    return openai.OpenAI(**_given(server, "/v1"))


def _async_openai(server: ProviderServer) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(**_given(server, "/v1"))


def _anthropic(server: ProviderServer) -> anthropic.Anthropic:
    return anthropic.Anthropic(**_given(server, ""))


def _async_anthropic(server: ProviderServer) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(**_given(server, ""))


def _given(server: ProviderServer, path: str) -> dict[str, Any]:
    """A client's arguments: the key in its place, and in the address and headers too."""
    address = server.url.replace("http://", f"http://{WORD}:{KEY}@")
    return {
        "api_key": KEY,
        "base_url": f"{address}{path}",
        "default_headers": HEADERS,
        "default_query": QUERY,
        "max_retries": 1,
    }


def _google(server: ProviderServer) -> genai.Client:
    retry = types.HttpRetryOptions(attempts=1)
    options = types.HttpOptions(base_url=server.url, headers=HEADERS, retry_options=retry)
    return genai.Client(api_key=KEY, http_options=options)


_OPENAI: dict[str, Ask] = {
    "chat": lambda c: c.chat.completions.create(**CHAT_FIELDS),
    "chat stream": lambda c: _listed(c.chat.completions.create(**CHAT_FIELDS, stream=True)),
    "chat raw": lambda c: c.chat.completions.with_raw_response.create(**CHAT_FIELDS),
    "responses": lambda c: c.responses.create(**RESPONSE_FIELDS),
    "responses stream": lambda c: _listed(c.responses.create(**RESPONSE_FIELDS, stream=True)),
    "embeddings": lambda c: c.embeddings.create(**EMBEDDING_FIELDS),
    "completions": lambda c: c.completions.create(model=KEY, prompt=PLANTED, suffix=WORD),
    "post": lambda c: c.post(
        f"/chat/completions?note={WORD}", cast_to=httpx2.Response, body=CHAT_FIELDS["extra_body"]
    ),
}
_ANTHROPIC: dict[str, Ask] = {
    "messages": lambda c: c.messages.create(**MESSAGE_FIELDS),
    "messages stream": lambda c: _listed(c.messages.create(**MESSAGE_FIELDS, stream=True)),
    "messages raw": lambda c: c.messages.with_raw_response.create(**MESSAGE_FIELDS),
    "beta messages": lambda c: c.beta.messages.create(**MESSAGE_FIELDS),
}
_GOOGLE: dict[str, Ask] = {
    "content": lambda c: c.generate_content(**CONTENT_FIELDS),
    "content stream": lambda c: _listed(c.generate_content_stream(**CONTENT_FIELDS)),
    "embeddings": lambda c: c.embed_content(model=KEY, contents=PLANTED),
}


def _listed(opened: Any) -> Any:
    if hasattr(opened, "__await__"):
        return _listed_async(opened)
    return list(opened)


async def _listed_async(opened: Any) -> list[Any]:
    return [chunk async for chunk in await opened]
