"""Functions offered and called, refusals, and why a model stopped; as each provider tells it."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from profiler.shim.providers.reading import Reading
from profiler.shim.providers.tools import MAX_NAME_CHARS, MAX_TOOLS, note_chat, offered
from tests.shim.clients import (
    CHAT,
    CONTENT,
    MESSAGE,
    PROMPT,
    anthropic_client,
    async_openai_client,
    google_client,
    openai_client,
)
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer, Reply, body, json_reply, sse_reply

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
CHAT_TOOLS: list[Any] = [
    {"type": "function", "function": {"name": "weather", "parameters": SCHEMA}},
    {"type": "function", "function": {"name": "news", "parameters": SCHEMA}},
    {"type": "custom", "custom": {"name": "shell"}},
]
RESPONSE_TOOLS: list[Any] = [
    {"type": "function", "name": "weather", "parameters": SCHEMA, "strict": False},
    {"type": "web_search"},
]
MESSAGE_TOOLS: list[Any] = [
    {"name": "weather", "input_schema": SCHEMA},
    {"type": "web_search_20250305", "name": "web_search"},
]
GOOGLE_TOOLS: list[Any] = [
    {"function_declarations": [{"name": "weather"}, {"name": "news"}]},
    {"google_search": {}},
]
CALLS: list[dict[str, Any]] = [
    {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}},
    {"id": "c2", "type": "function", "function": {"name": "weather", "arguments": "{}"}},
    {"id": "c3", "type": "custom", "custom": {"name": "shell", "input": "ls"}},
]


def changed(name: str, change: Callable[[dict[str, Any]], None]) -> Reply:
    """A canned answer, changed."""
    document = json.loads(body(name))
    change(document)
    return json_reply(document)


def chat_answer(finish: str = "tool_calls", **message: Any) -> Reply:
    def change(document: dict[str, Any]) -> None:
        document["choices"][0]["message"].update(message)
        document["choices"][0]["finish_reason"] = finish

    return changed("openai_chat.json", change)


def events(*documents: dict[str, Any], named: bool = False) -> Reply:
    lines = [
        (f"event: {each['type']}\n" if named else "") + f"data: {json.dumps(each)}\n\n"
        for each in documents
    ]
    return sse_reply(("".join(lines) + ("" if named else "data: [DONE]\n\n")).encode())


def deltas(*parts: dict[str, Any], finish: str = "tool_calls") -> Reply:
    """A streamed chat, whose message comes in these parts."""
    common: dict[str, Any] = {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-5.1",
    }
    choices: list[dict[str, Any]] = [
        {"index": 0, "delta": part, "finish_reason": None} for part in parts
    ]
    choices.append({"index": 0, "delta": {}, "finish_reason": finish})
    return events(*({**common, "choices": [choice]} for choice in choices))


def test_a_chat_tells_the_tools_it_offered_and_called(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: chat_answer(content=None, tool_calls=CALLS)
    openai_client(server).chat.completions.create(**CHAT, tools=CHAT_TOOLS)
    event = log.only()
    assert event["tools_offered"] == ["weather", "news", "shell"]
    assert event["tools_called"] == ["weather", "weather", "shell"]
    assert event["finish"] == "tool_calls"


def test_functions_of_the_older_kind_are_told_too(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: chat_answer(function_call={"name": "old", "arguments": "{}"})
    functions: list[Any] = [{"name": "old", "parameters": SCHEMA}]
    openai_client(server).chat.completions.create(**CHAT, functions=functions)
    event = log.only()
    assert (event["tools_offered"], event["tools_called"]) == (["old"], ["old"])


@pytest.mark.parametrize("is_async", [False, True])
def test_a_streamed_chat_tells_each_call_once(
    is_async: bool, log: Log, server: ProviderServer
) -> None:
    pieces: list[dict[str, Any]] = [
        {"role": "assistant", "tool_calls": [{"index": 0, **CALLS[0]}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"a"'}}]},
        {"tool_calls": [{"index": 1, **CALLS[1]}]},
        {"tool_calls": [{"index": 1, **CALLS[1]}]},
    ]
    server.answer = lambda _: deltas(*pieces)
    if is_async:

        async def main() -> None:
            client = async_openai_client(server)
            stream = await client.chat.completions.create(**CHAT, tools=CHAT_TOOLS, stream=True)
            assert [chunk async for chunk in stream]

        asyncio.run(main())
    else:
        list(openai_client(server).chat.completions.create(**CHAT, tools=CHAT_TOOLS, stream=True))
    assert log.only()["tools_called"] == ["weather", "weather"]


def test_a_response_tells_its_own_tools_by_their_kind(log: Log, server: ProviderServer) -> None:
    output = [
        {"type": "web_search_call", "id": "w", "status": "completed"},
        {"type": "function_call", "id": "f", "call_id": "x", "name": "weather", "arguments": "{}"},
    ]
    server.answer = lambda _: changed(
        "openai_response.json", lambda document: document.update(output=output)
    )
    openai_client(server).responses.create(model="gpt-5.1", input=PROMPT, tools=RESPONSE_TOOLS)
    event = log.only()
    assert event["tools_offered"] == ["weather", "web_search"]
    assert event["tools_called"] == ["web_search", "weather"]


@pytest.mark.parametrize("is_whole", [False, True])
def test_a_streamed_response_tells_each_call_once(
    is_whole: bool, log: Log, server: ProviderServer
) -> None:
    item = {"type": "function_call", "id": "f", "call_id": "x", "name": "weather", "arguments": ""}
    done = {**json.loads(body("openai_response.json")), "output": [item]}
    told: list[dict[str, Any]] = [
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": done},
    ]
    told = [{**each, "sequence_number": n} for n, each in enumerate(told)]
    server.answer = lambda _: events(*(told if is_whole else told[:2]), named=True)
    list(openai_client(server).responses.create(model="gpt-5.1", input=PROMPT, stream=True))
    assert log.only()["tools_called"] == ["weather"]


USES: list[dict[str, Any]] = [
    {"type": "text", "text": "hm"},
    {"type": "tool_use", "id": "t1", "name": "weather", "input": {}},
    {"type": "server_tool_use", "id": "t2", "name": "web_search", "input": {}},
]


def test_a_message_tells_the_tools_it_offered_and_called(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: changed(
        "anthropic_message.json",
        lambda document: document.update(content=USES, stop_reason="tool_use"),
    )
    anthropic_client(server).messages.create(**MESSAGE, tools=MESSAGE_TOOLS)
    event = log.only()
    assert event["tools_offered"] == ["weather", "web_search"]
    assert event["tools_called"] == ["weather", "web_search"]
    assert event["finish"] == "tool_use"


def test_a_streamed_message_tells_its_calls(log: Log, server: ProviderServer) -> None:
    message = json.loads(body("anthropic_message.json"))
    told: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**message, "content": []}},
        *(
            {"type": "content_block_start", "index": index, "content_block": block}
            for index, block in enumerate(USES)
        ),
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use"},
            "usage": {"output_tokens": 9},
        },
        {"type": "message_stop"},
    ]
    server.answer = lambda _: events(*told, named=True)
    list(anthropic_client(server).messages.create(**MESSAGE, tools=MESSAGE_TOOLS, stream=True))
    assert log.only()["tools_called"] == ["weather", "web_search"]


@pytest.mark.parametrize("is_stream", [False, True])
def test_gemini_tells_the_tools_it_offered_and_called(
    is_stream: bool, log: Log, server: ProviderServer
) -> None:
    document = json.loads(body("gemini_generate.json"))
    parts = [{"functionCall": {"name": "weather", "args": {}}}, {"text": "and"}]
    document["candidates"][0]["content"]["parts"] = parts
    pieces = sse_reply(f"data: {json.dumps(document)}\n\n".encode() * 2)
    server.answer = lambda _: pieces if is_stream else json_reply(document)
    client = google_client(server)
    asked: dict[str, Any] = {**CONTENT, "config": {"tools": GOOGLE_TOOLS}}
    if is_stream:
        list(client.models.generate_content_stream(**asked))
    else:
        client.models.generate_content(**asked)
    event = log.only()
    assert sorted(event["tools_offered"]) == ["googleSearch", "news", "weather"]
    assert event["tools_called"] == ["weather"] * (2 if is_stream else 1)


def test_without_tools_nothing_is_told_of_them(log: Log, server: ProviderServer) -> None:
    openai_client(server).chat.completions.create(**CHAT)
    anthropic_client(server).messages.create(**MESSAGE)
    client = google_client(server)
    client.models.generate_content(**CONTENT)
    for event in log.exactly(3):
        assert not event.keys() & {"tools_offered", "tools_called", "error"}


ODD: list[tuple[Any, list[str]]] = [
    (None, []),
    ([], []),
    ({}, []),
    ({"tools": None}, []),
    ({"tools": "weather"}, []),
    ({"tools": [None, 3, "x", [], {}]}, []),
    ({"tools": [{"name": 7}, {"function": "x"}, {"type": "y"}]}, ["function", "y"]),
    ({"tools": ({"name": "a"},)}, ["a"]),
    ({"tools": iter([{"name": "once"}])}, []),
    ({"tools": [{"function_declarations": [{"name": "a"}, None]}]}, ["a"]),
]


@pytest.mark.parametrize(("sent", "names"), ODD)
def test_odd_tools_do_no_harm(sent: Any, names: list[str]) -> None:
    assert offered(sent) == names


def test_names_are_bounded() -> None:
    tools = [{"name": f"{number:03}" + "x" * 200} for number in range(1000)]
    names = offered({"tools": tools})
    assert len(names) == MAX_TOOLS
    assert {len(name) for name in names} == {MAX_NAME_CHARS}
    declared = [{"functionDeclarations": tools}] * 3
    assert len(offered({"tools": declared})) == MAX_TOOLS
    reading = Reading()
    for number in range(1000):
        note_chat(reading, [{"index": number, "function": {"name": "x" * 200}}])
    assert len(reading.called) == MAX_TOOLS
    assert set(reading.called.values()) == {"x" * MAX_NAME_CHARS}


def test_a_chat_that_refuses_is_told_so(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: chat_answer("stop", content=None, refusal="I will not.")
    openai_client(server).chat.completions.create(**CHAT)
    server.answer = lambda _: deltas({"refusal": "I "}, {"refusal": "will not."}, finish="stop")
    list(openai_client(server).chat.completions.create(**CHAT, stream=True))
    content = [{"type": "refusal", "refusal": "I will not."}]
    said = {"type": "message", "id": "m", "role": "assistant", "content": content}
    server.answer = lambda _: changed(
        "openai_response.json", lambda document: document.update(output=[said])
    )
    openai_client(server).responses.create(model="gpt-5.1", input=PROMPT)
    for event in log.exactly(3):
        assert (event["finish"], event["error"]) == ("refusal", "content_filter")
        assert (event["outcome"], "billed" in event) == ("ok", False)


def filtered_message(document: dict[str, Any]) -> None:
    document["stop_reason"] = "refusal"


def filtered_content(document: dict[str, Any]) -> None:
    document["candidates"][0]["finishReason"] = "SAFETY"


def blocked_prompt(document: dict[str, Any]) -> None:
    del document["candidates"]
    document["promptFeedback"] = {"blockReason": "PROHIBITED_CONTENT"}


def incomplete(reason: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        document.update(status="incomplete", incomplete_details={"reason": reason})

    return change


Ask = Callable[[ProviderServer], Any]


def ask_gemini(server: ProviderServer) -> Any:
    client = google_client(server)
    return client.models.generate_content(**CONTENT)


def ask_response(server: ProviderServer) -> Any:
    return openai_client(server).responses.create(model="gpt-5.1", input=PROMPT)


def ask_message(server: ProviderServer) -> Any:
    return anthropic_client(server).messages.create(**MESSAGE)


FILTERED: list[tuple[Ask, str, Callable[[dict[str, Any]], None], str]] = [
    (ask_message, "anthropic_message.json", filtered_message, "refusal"),
    (ask_gemini, "gemini_generate.json", filtered_content, "SAFETY"),
    (ask_gemini, "gemini_generate.json", blocked_prompt, "PROHIBITED_CONTENT"),
    (ask_response, "openai_response.json", incomplete("content_filter"), "content_filter"),
]


@pytest.mark.parametrize(("ask", "name", "change", "finish"), FILTERED)
def test_a_filtered_answer_is_classed_and_billed(
    ask: Ask,
    name: str,
    change: Callable[[dict[str, Any]], None],
    finish: str,
    log: Log,
    server: ProviderServer,
) -> None:
    server.answer = lambda _: changed(name, change)
    ask(server)
    event = log.only()
    assert (event["finish"], event["error"]) == (finish, "content_filter")
    assert (event["outcome"], "billed" in event) == ("ok", False)
    assert event["usage"]


def test_a_chat_cut_by_a_filter_is_classed(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: chat_answer("content_filter", content="")
    openai_client(server).chat.completions.create(**CHAT)
    assert log.only()["error"] == "content_filter"


def test_a_truncated_answer_says_so_in_its_providers_word(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: chat_answer("length")
    openai_client(server).chat.completions.create(**CHAT)
    server.answer = lambda _: changed("openai_response.json", incomplete("max_output_tokens"))
    ask_response(server)
    server.answer = lambda _: changed(
        "anthropic_message.json", lambda document: document.update(stop_reason="max_tokens")
    )
    ask_message(server)
    told = log.events()
    assert [event["finish"] for event in told] == ["length", "max_output_tokens", "max_tokens"]
    assert not any("error" in event for event in told)


def test_a_response_that_failed_is_an_error(log: Log, server: ProviderServer) -> None:
    def fail(document: dict[str, Any]) -> None:
        error = {"code": "rate_limit_exceeded", "message": "no"}
        document.update(status="failed", error=error, usage=None, output=[])

    server.answer = lambda _: changed("openai_response.json", fail)
    ask_response(server)
    event = log.only()
    assert (event["outcome"], event["error"]) == ("error", "rate_limit")
    assert event["billed"] == "unknown"


def test_the_tier_is_the_one_the_answer_names(log: Log, server: ProviderServer) -> None:
    server.answer = lambda _: changed(
        "openai_chat.json", lambda document: document.update(service_tier="default")
    )
    openai_client(server).chat.completions.create(**CHAT, service_tier="flex")
    assert log.only()["tier"] == "default"
