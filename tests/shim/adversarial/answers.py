"""Answers no provider should give, and some do."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.shim.adversarial.kits import KITS, Kit, lasting
from tests.shim.adversarial.observing import Case
from tests.support.provider_server import Answer, Received, Reply, body, json_reply, sse_reply

_USAGE = ("usage", "usageMetadata")
_CONTENT = ("choices", "output", "content", "candidates")
Change = Callable[[dict[str, Any]], Any]


def _with(names: tuple[str, ...], value: Any) -> Change:
    def change(document: dict[str, Any]) -> Any:
        return {**document, **{name: value for name in names if name in document}}

    return change


def _without(names: tuple[str, ...]) -> Change:
    return lambda document: {k: v for k, v in document.items() if k not in names}


def _texts(document: dict[str, Any]) -> Any:
    def told(value: Any) -> Any:
        return {k: told(v) for k, v in value.items()} if isinstance(value, dict) else str(value)

    return {k: told(v) if k in _USAGE else v for k, v in document.items()}


def _null_message(document: dict[str, Any]) -> Any:
    changed = json.loads(json.dumps(document))
    for choice in changed.get("choices", []):
        choice["message"] = None
    for candidate in changed.get("candidates", []):
        candidate["content"] = None
    return changed


CHANGES: dict[str, Change] = {
    "usage_absent": _without(_USAGE),
    "usage_null": _with(_USAGE, None),
    "usage_texts": _texts,
    "usage_list": _with(_USAGE, [1, 2]),
    "usage_empty": _with(_USAGE, {}),
    "usage_negative": _with(
        _USAGE, {"prompt_tokens": -5, "input_tokens": -5, "output_tokens": 1e400}
    ),
    "usage_a_word": _with(_USAGE, "many"),
    "content_null": _with(_CONTENT, None),
    "content_empty": _with(_CONTENT, []),
    "content_a_word": _with(_CONTENT, "none"),
    "content_of_nulls": _with(_CONTENT, [None]),
    "message_null": _null_message,
    "model_absent": _without(("model", "modelVersion")),
    "model_a_number": _with(("model", "modelVersion"), 7),
    "an_error_with_200": lambda _: {"error": {"message": "overloaded", "code": 502}},
    "a_list": lambda document: [document],
    "a_word": lambda _: "ok",
    "a_number": lambda _: 7,
    "null": lambda _: None,
    "an_empty_object": lambda _: {},
    "unknown_fields": lambda document: {**document, "provider": "x", "__class__": "y", "copy": 1},
    "deep": lambda document: {**document, "extra": json.loads("[" * 200 + "]" * 200)},
    "huge": lambda document: {**document, "padding": "x" * 2_000_000},
}


def _replies(content: bytes) -> dict[str, Reply]:
    refused = json.dumps(
        {"error": {"message": "no", "type": "refused", "code": "refused"}}
    ).encode()
    return {
        "html": Reply(b"<html>gateway</html>", content_type="text/html"),
        "html_called_json": Reply(b"<html>gateway</html>"),
        "nothing": Reply(b""),
        "cut_json": Reply(content[:-20]),
        "no_utf8": Reply(b'{"model":"\xff\xfe"}'),
        "no_content_type": Reply(content, content_type=""),
        "a_stream_unasked": Reply(b'data: {"a":1}\n\n', content_type="text/event-stream"),
        "status_204": Reply(b"", status=204),
        **{
            f"status_{status}": Reply(refused, status=status)
            for status in (400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 529)
        },
        "status_500_html": Reply(b"<html>", status=500, content_type="text/html"),
    }


def _events(content: bytes) -> dict[str, Reply]:
    events = [event for event in content.split(b"\n\n") if event.strip()]
    first, last = events[0], events[-1]
    broken = b"data: {not json"
    error = b'event: error\ndata: {"type":"error","error":{"type":"overloaded","message":"no"}}'
    odd = b'data: {"choices":[null],"type":"strange","candidates":[null],"usageMetadata":"x"}'
    odd_usage = b'data: {"type":"message_delta","delta":{},"usage":"x","response":{"usage":7}}'
    bare = b'data: {"object":"chat.completion.chunk","choices":[]}'

    def told(*parts: bytes, **rest: Any) -> Reply:
        return sse_reply(b"\n\n".join([*parts, b""]), **rest)

    return {
        "nothing": told(b""),
        "only_comments": told(b": ping", b": ping"),
        "malformed_json": told(first, broken, last),
        "odd_chunk": told(first, odd, *events[1:]),
        "odd_usage": told(first, odd_usage, *events[1:]),
        "odd_chunk_first": told(odd, *events),
        "chunk_without_model": told(first, bare, last),
        "a_list_for_a_chunk": told(first, b"data: [1]", last),
        "a_number_for_a_chunk": told(first, b"data: 7", last),
        "null_for_a_chunk": told(first, b"data: null", last),
        "error_event": told(first, error),
        "error_event_first": told(error),
        "dropped_connection": told(*events, cut_after=1),
        "dropped_at_once": told(*events, cut_after=0),
        "no_end": told(*events[:-1]),
        "ended_twice": told(*events, last),
        "json_instead": Reply(b'{"error":{"message":"no stream here"}}'),
        "html_instead": Reply(b"<html>", content_type="text/html"),
        "status_429": Reply(b'{"error":{"message":"slow down"}}', status=429),
        "status_500": Reply(b'{"error":{"message":"oops"}}', status=500),
    }


def _always(reply: Reply) -> Answer:
    def answer(received: Received) -> Reply:
        if received.path.endswith("/chat/completions") and not asks_for_usage(received):
            return replace(reply, body=_without_usage(reply.body))
        return reply

    return answer


def asks_for_usage(received: Received) -> bool:
    """Whether a chat's stream is to tell its usage."""
    return bool((received.body.get("stream_options") or {}).get("include_usage"))


def _without_usage(content: bytes) -> bytes:
    """A chat's stream for who did not ask: no usage in it, nor a chunk that is there for it."""
    kept = []
    for event in content.split(b"\n\n"):
        try:
            chunk = json.loads(event.removeprefix(b"data: "))
        except ValueError:
            chunk = None
        if isinstance(chunk, dict) and event.startswith(b"data: ") and "usage" in chunk:
            if chunk.get("choices") == []:
                continue
            del chunk["usage"]
            event = b"data: " + json.dumps(chunk).encode()  # noqa: PLW2901
        kept.append(event)
    return b"\n\n".join(kept)


def _case(kit: Kit, kind: str, name: str, reply: Reply, *, is_async: bool) -> Case:
    is_stream = kind == "chunks"

    def run(server: Any) -> Any:
        answer = (kit.stream if is_stream else kit.create)(lasting(kit, server))
        return list(answer) if is_stream else answer

    def run_async(server: Any) -> Any:
        async def main() -> Any:
            surface = kit.surface(kit.aclient(server))
            if not is_stream:
                return await kit.create(surface)
            return [chunk async for chunk in await kit.stream(surface)]

        return asyncio.run(main())

    named = f"{kit.name}/{kind}{'_async' if is_async else ''}/{name}"
    return Case(named, run_async if is_async else run, _always(reply))


def cases() -> list[Case]:
    """Every answer for every SDK, synchronous and asynchronous."""
    found = []
    for kit in KITS:
        content = body(kit.canned)
        document = json.loads(content)
        changed = {name: json_reply(change(document)) for name, change in CHANGES.items()}
        # the SDK decodes both of OpenAI's interfaces alike
        ways = (False,) if kit.name == "openai-responses" else (False, True)
        for is_async in ways:
            for kind, replies in (
                ("answer", {**changed, **_replies(content)}),
                ("chunks", _events(body(kit.canned_stream))),
            ):
                found += [
                    _case(kit, kind, name, reply, is_async=is_async)
                    for name, reply in replies.items()
                    # chat's own usage field is what is asked for and hidden again
                    if (kit.name, name) != ("openai-chat", "odd_usage")
                ]
    return found
