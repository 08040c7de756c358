"""How much a call may use at most, read off what is about to be sent.

A token of text covers at least one byte of it, so what is sent as JSON bounds the input; the
program's own maximum bounds the output. What the body does not show (a picture, a conversation
that the provider keeps) is bounded by the model's context window, and what has none is not.
"""

import json
from collections.abc import Mapping
from enum import Enum
from math import ceil, inf
from typing import NamedTuple

_MARGIN_TOKENS = 64
"""For what providers put around a prompt, beside the braces and names that are counted already."""

_TOOLS_TOKENS = 1_024
"""For what they tell a model of how to use tools: Anthropic hundreds of tokens."""

_MOST = ("max_tokens", "max_completion_tokens", "max_output_tokens", "max_tokens_to_sample",
         "maxOutputTokens")  # fmt: skip
_CHOICES = ("n", "best_of", "candidate_count", "candidateCount")
_INSIDE = ("generationConfig", "generation_config", "config", "options")
"""Where the maximum may stand one step further in."""

_KEPT = ("previous_response_id", "conversation", "cachedContent", "cached_content", "container")
"""What is read by a name alone."""

_BINARY = tuple(
    json.dumps(name)
    for name in (
        "image", "image_url", "input_image", "input_audio", "input_file", "file", "document",
        "inlineData", "inline_data", "fileData", "file_data", "video", "audio", "file_id",
        "image_file", "images", "video_url", "input_video", "audio_url", "document_url",
        "container_upload", "item_reference",
    )
)  # fmt: skip
"""What is more than its text, as the JSON of a body has it."""

_PAID = ("web_search_options", "search_parameters", "plugins", "mcp_servers", "connectors")
"""Asks the provider for what it bills apart, as its tools are."""
_PAID_MODELS = ("deep-research", "search-preview", "search-api", ":online")
"""In the names of models that search whether or not they are told to."""

_MOST_BATCHED = 50_000
"""What a file of a batch may hold."""

_TEXT_ONLY = frozenset({"function", "custom", ""})
"""Kinds of tools that the program itself runs; all others the provider runs, for a fee."""

_WITHOUT_OUTPUT = frozenset({"embeddings", "embed_content", "rerank", "moderations"})
_WITH_TEXT = frozenset({"chat", "text_completion", "generate_content", *_WITHOUT_OUTPUT})


class Bounds(NamedTuple):
    """The most that one attempt of a call may use; `None`: nobody can say."""

    input_tokens: int | None
    output_tokens: int | None
    why: str = ""
    """What keeps it from being bounded, as the end of `the budget is strict and …`."""
    text_bytes: int = 0
    has_media: bool = False
    """Whether some of the input may be sound or pictures, which may cost more than text."""


def bounds_of(body: object, operation: str, window: int | None, wider: int = 0) -> Bounds:
    """The bounds of a call whose body is `body`, for a model with that context window.

    `wider` is the context that the call asks for beyond that, in tokens: what it sends is then
    bounded by its bytes alone.
    """
    if operation not in _WITH_TEXT:
        return Bounds(None, None, f"what {operation or 'such a call'} uses cannot be bounded")
    if not isinstance(body, Mapping):
        return Bounds(None, None, "what it sends cannot be read beforehand")
    try:
        text = json.dumps(body, default=_unread)
    except (TypeError, ValueError, RecursionError):
        return Bounds(None, None, "what it sends cannot be read beforehand")
    why = _unbounded(body)
    if why:
        return Bounds(None, None, why, len(text))
    sent = len(text) + _MARGIN_TOKENS + (_TOOLS_TOKENS if body.get("tools") else 0)
    is_hidden = _has_kept(body) or any(name in text for name in _BINARY)
    asked = _output(body)
    most_in = window if is_hidden else min(sent, window or sent)
    if wider:
        window = max(window or 0, wider)
        most_in = max(window, sent) if is_hidden else sent
    most_out = 0 if operation in _WITHOUT_OUTPUT else asked or window
    if most_in is None:
        return Bounds(None, most_out, "it sends more than text to a model of unknown size", sent)
    if most_out is None:
        return Bounds(most_in, None, "it sets no maximum of output tokens", sent)
    return Bounds(most_in, most_out * _choices(body), "", sent, is_hidden)


def batched(body: object) -> tuple[set[str], int]:
    """The models that a batch asks, and its calls; of one that names a file, as many as it may."""
    requests = body.get("requests") if isinstance(body, Mapping) else None
    if not isinstance(requests, list) or not requests:
        model = body.get("model") if isinstance(body, Mapping) else ""
        return {model if isinstance(model, str) else ""}, _MOST_BATCHED
    each = [one.get("params") for one in requests if isinstance(one, Mapping)]
    models = {str(one.get("model", "")) for one in each if isinstance(one, Mapping)}
    return models or {""}, len(requests)


def _unread(value: object) -> object:
    # an SDK's own object: its fields are sent, so its text is about as long
    fields = getattr(value, "model_dump", None) or getattr(value, "to_dict", None)
    if callable(fields):
        return fields()
    if isinstance(value, Enum):
        return value.value
    # SDKs mark what is left out by an object that is false, or by an ellipsis; of all else
    # nobody can say how long it will be
    return {"file": str(value)} if value and value is not ... else ""


def _inside(body: Mapping[str, object]) -> list[Mapping[str, object]]:
    inner = (body.get(name) for name in _INSIDE)
    return [body, *(one for one in inner if isinstance(one, Mapping))]


def _output(body: Mapping[str, object]) -> int | None:
    """The largest of the maxima given: which of two a provider heeds is not ours to know."""
    return max(_counts(body, _MOST), default=None)


def _choices(body: Mapping[str, object]) -> int:
    return max(_counts(body, _CHOICES), default=1)


def _counts(body: Mapping[str, object], names: tuple[str, ...]) -> list[int]:
    """What the body has by these names, where it is a number above 0; no other is a maximum."""
    given = [part.get(name) for part in _inside(body) for name in names]
    return [
        ceil(one)
        for one in given
        if isinstance(one, int | float) and not isinstance(one, bool) and 0 < one < inf
    ]


def _has_kept(body: Mapping[str, object]) -> bool:
    return any(body.get(name) for name in _KEPT)


def _unbounded(body: Mapping[str, object]) -> str:
    """Why nobody can say what the call may cost beside its tokens; empty where somebody can."""
    model = str(body.get("model", ""))
    paid = (body.get(name) for name in _PAID)
    if any(isinstance(one, Mapping) or one for one in paid) or any(
        n in model for n in _PAID_MODELS
    ):
        return "what the provider looks up for it is billed apart"
    if isinstance(body.get("prompt"), Mapping):
        return "a stored prompt may name tools that are billed apart"
    if body.get("models"):
        return "it names other models to fall back to"
    return "tools that the provider runs are billed apart" if _has_paid_tools(body) else ""


def _has_paid_tools(body: Mapping[str, object]) -> bool:
    tools = body.get("tools")
    if not isinstance(tools, list):
        return False
    return any(isinstance(one, Mapping) and _is_paid(one) for one in tools)


def _is_paid(tool: Mapping[str, object]) -> bool:
    kind = tool.get("type", "")
    if "functionDeclarations" in tool or "function_declarations" in tool:
        return len(tool) > 1
    has_own_shape = "input_schema" in tool or "name" in tool
    return kind not in _TEXT_ONLY if kind else not has_own_shape
