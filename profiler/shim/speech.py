"""Request and answer bodies -> who said what, as text; only where text is captured."""

from __future__ import annotations

import json

from profiler.shim.fingerprint import MESSAGES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from profiler.log.text import Said

_BEFORE_MESSAGES = (
    ("tools", "tools"),
    ("functions", "tools"),
    ("system", "system"),
    ("instructions", "system"),
    ("systemInstruction", "system"),
    ("preamble", "system"),
)
_CONTENT = ("content", "parts", "text", "message", "output", "thinking")
_CALLS = ("tool_calls", "function_call", "refusal", "reasoning_content")

_MAX_DEPTH = 24
_MAX_ENTRIES = 2_000
_BLOB_CHARS = 1_000
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": "), skipkeys=True).encode


def asked_in(fields: Mapping[str, Any]) -> Iterator[Said]:
    """What a request's body says, in the order a model reads it."""
    for name, role in _BEFORE_MESSAGES:
        value = plain(fields.get(name))
        if value:
            yield role, text_of(value) if role == "system" else _ENCODE(value)
    for name in MESSAGES:
        value = plain(fields.get(name))
        if isinstance(value, list):
            yield from (_said(entry, "user") for entry in value)
        elif value:
            yield _said(value, "user")


def answered_in(answer: object) -> Iterator[Said]:
    """What a whole answer says."""
    body = plain(_body(answer))
    if not isinstance(body, dict):
        return
    for choice in (*_entries(body, "choices"), *_entries(body, "candidates")):
        yield _said(choice.get("message") or choice.get("content") or choice, "assistant")
    for item in (*_entries(body, "output"), *_entries(body, "outputs")):
        yield _said(item, "assistant")
    if "choices" not in body and any(body.get(name) for name in ("content", "message", "text")):
        yield _said(body, "assistant")
    elif isinstance(body.get("response"), str):
        yield "assistant", body["response"]


def heard_in(chunk: object) -> Iterator[str]:
    """The pieces of text that one chunk of a stream brings."""
    body = plain(_body(chunk))
    if not isinstance(body, dict):
        return
    for choice in _entries(body, "choices"):
        yield from _pieces(choice.get("delta"))
        yield from _pieces(choice.get("text"))
    for candidate in _entries(body, "candidates"):
        yield text_of(candidate.get("content"))
    # some say the text itself, others a message or a part of one; an object is no piece
    yield from _pieces(body.get("delta"))
    yield from _pieces(body.get("message"))
    for name in ("text", "response"):
        if isinstance(body.get(name), str):
            yield body[name]
    block = body.get("content_block")
    if isinstance(block, dict) and block.get("name"):
        yield f"\n{block['name']} "


def is_whole(chunk: object) -> Any:
    """The whole answer that the last event of a stream of OpenAI's responses repeats."""
    kind = _part(chunk, "type")
    ends = {"response.completed", "response.incomplete", "response.failed"}
    return _part(chunk, "response") if isinstance(kind, str) and kind in ends else None


def text_of(value: object) -> str:
    """The text in a part of a message, whatever shape it has; else the part as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(filter(None, map(text_of, value)))
    if not isinstance(value, dict):
        return "" if value is None else str(value)
    held = [value[name] for name in _CONTENT if value.get(name)]
    if held:
        return text_of(held)
    shown = {name: part for name, part in value.items() if name != "cache_control" and part}
    return _ENCODE(shown) if shown else ""


def plain(value: object, depth: int = _MAX_DEPTH) -> Any:
    """`value` as plain JSON; what is not, by its type's name, and pictures by their length.

    Nothing of the host's is called or iterated.
    """
    kind = type(value)
    if value is None or kind in {bool, int, float}:
        return value
    if isinstance(value, str):
        return _without_blob(str.__str__(value))
    if depth > 0 and isinstance(value, dict):
        pairs = list(dict.items(value))[:_MAX_ENTRIES]
        return {name: plain(part, depth - 1) for name, part in pairs if type(name) is str}
    if depth > 0 and isinstance(value, (list, tuple)) and kind in {list, tuple}:
        return [plain(part, depth - 1) for part in value[:_MAX_ENTRIES]]
    if value is ...:
        # how some SDKs write that nothing was given
        return None
    fields = _fields(value) if depth > 0 else None
    return f"<{kind.__name__}>" if fields is None else plain(fields, depth)


def _said(message: Any, role: str) -> Said:
    if not isinstance(message, dict):
        return role, text_of(message)
    said = [text_of(message)]
    said += [_ENCODE(message[name]) for name in _CALLS if message.get(name)]
    named = message.get("role")
    return named if isinstance(named, str) else role, "\n".join(filter(None, said))


def _pieces(delta: Any) -> Iterator[str]:
    if isinstance(delta, str):
        yield delta
    elif isinstance(delta, dict):
        for name in ("content", "text", "partial_json", "thinking", "refusal", "reasoning_content"):
            piece = text_of(delta.get(name))
            if piece:
                yield piece
        yield from _pieces(delta.get("message"))
        for call in _entries(delta, "tool_calls"):
            function = call.get("function") or {}
            yield from (str(function[name]) for name in ("name", "arguments") if function.get(name))


def _entries(body: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = body.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _body(answer: object) -> object:
    """An answer, or the JSON within it: Google's SDK hands on its body as text."""
    body = getattr(answer, "body", None)
    if isinstance(answer, dict) or not isinstance(body, (str, bytes)) or not body:
        return answer
    decoded: object = json.loads(body)
    return decoded[0] if isinstance(decoded, list) and decoded else decoded


def _fields(value: object) -> dict[str, Any] | None:
    """The fields of a pydantic model, its unknown ones too."""
    if not hasattr(type(value), "__pydantic_fields__"):
        return None
    fields = object.__getattribute__(value, "__dict__")
    extra = getattr(value, "__pydantic_extra__", None)
    return {**fields, **extra} if isinstance(extra, dict) else dict(fields)


def _without_blob(text: str) -> str:
    is_blob = text.startswith("data:") or (
        len(text) > _BLOB_CHARS and not any(c.isspace() for c in text[:_BLOB_CHARS])
    )
    return f"[{len(text)} characters of data]" if is_blob else text


def _part(value: object, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)
