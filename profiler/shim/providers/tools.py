"""Names of the functions a model may call, and of those it did call. No argument is read."""

from __future__ import annotations

from profiler.shim.keys import SHORTEST_KEY
from profiler.shim.providers.reading import part, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from profiler.shim.providers.reading import Reading

MAX_TOOLS = 128
MAX_NAME_CHARS = 64

_CALL = "_call"


def offered(body: object) -> list[str]:
    """The tools in what is sent to any provider, by their names, else by their kinds."""
    names: list[str] = []
    for tool in _entries(part(body, "tools") or part(body, "functions")):
        if not isinstance(tool, dict):
            continue
        function = tool.get("function")
        name = function.get("name") if type(function) is dict else tool.get("name")
        if type(name) is str:
            # nearly all are, and this runs at every call; a short one can hold no key
            short = name if len(name) < SHORTEST_KEY else word(name)
            names.append(short[:MAX_NAME_CHARS])
        else:
            names += _offered_by(tool)
    return [name for name in names if name][:MAX_TOOLS]


def note(reading: Reading, key: object, name: object) -> None:
    """Takes note of one function called; the same `key` is the same call."""
    if isinstance(name, str) and name and len(reading.called) < MAX_TOOLS:
        reading.called.setdefault(key, word(name)[:MAX_NAME_CHARS])


def note_chat(reading: Reading, calls: object) -> None:
    """Notes the `tool_calls` of a chat's message, or of one piece of it."""
    for call in _entries(calls):
        # some services send the name with every piece of its arguments
        key = part(call, "id") or part(call, "index")
        note(reading, key, _function_of(call))


def note_message(reading: Reading, index: int, message: Mapping[str, Any]) -> None:
    """Notes the calls in one message of a chat's whole answer, and whether it refuses."""
    if message.get("tool_calls"):
        note_chat(reading, message["tool_calls"])
    if message.get("function_call"):
        note(reading, ("function_call", index), part(message["function_call"], "name"))
    if message.get("refusal"):
        reading.is_refused = True


def note_output(reading: Reading, output: object) -> None:
    """Notes the calls in a response's output, and whether it refuses."""
    for item in _entries(output):
        note_item(reading, item)
        for content in _entries(part(item, "content")):
            if part(content, "type") == "refusal":
                reading.is_refused = True


def note_item(reading: Reading, item: object) -> None:
    """Notes one item of a response's output, if it is a call."""
    kind = word(part(item, "type"))
    if kind.endswith(_CALL):
        name = part(item, "name") or kind.removesuffix(_CALL)
        note(reading, part(item, "id") or len(reading.called), name)


def note_block(reading: Reading, block: object) -> None:
    """Notes one block of an Anthropic message, if it is a call."""
    if word(part(block, "type")).endswith("tool_use"):
        note(reading, part(block, "id") or len(reading.called), part(block, "name"))


def note_blocks(reading: Reading, content: object) -> None:
    """Notes the calls in an Anthropic message's content."""
    for block in _entries(content):
        note_block(reading, block)


def note_parts(reading: Reading, content: object) -> None:
    """Notes the calls in one candidate's content of Gemini's."""
    for piece in _entries(part(content, "parts")):
        call = part(piece, "functionCall")
        if call is not None:
            note(reading, len(reading.called), part(call, "name"))


def _offered_by(tool: dict[str, Any]) -> Iterator[str]:
    declared = tool.get("functionDeclarations") or tool.get("function_declarations")
    if declared:
        for function in _entries(declared):
            yield _short(part(function, "name"))
        return
    name = tool.get("name") or _function_of(tool) or tool.get("type")
    # Gemini's own tools are told by their field alone: `{"googleSearch": {}}`
    yield _short(name or next(iter(tool), ""))


def _function_of(call: object) -> Any:
    return part(part(call, "function"), "name") or part(part(call, "custom"), "name")


def _entries(value: object) -> Any:
    """The entries of a list; what is read only once is the host's to read."""
    return value[:MAX_TOOLS] if isinstance(value, (list, tuple)) else ()


def _short(name: object) -> str:
    return word(name)[:MAX_NAME_CHARS]
