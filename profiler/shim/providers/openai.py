"""OpenAI's SDK: chat completions, responses, embeddings; and the services that speak like it."""

from __future__ import annotations

import functools

from profiler.shim.providers.hosts import LOOPBACK, biller, host_of
from profiler.shim.providers.reading import (
    Reading,
    counted,
    first,
    inner,
    part,
    plain_usage,
    whole,
    word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NAME = "openai"

_OPERATIONS = {
    "/chat/completions": "chat",
    "/responses": "chat",
    "/responses/compact": "chat",
    "/embeddings": "embeddings",
}

_TELLS_USAGE = frozenset({"openai", "openrouter", "groq", "deepseek", "x-ai"})
"""Billers known to accept `stream_options`; a service that does not would refuse the call."""

_AZURE_SINCE = "2024-09-01"
"""The first version of Azure's interface that accepts `stream_options`."""


@functools.lru_cache(maxsize=256)
def operation_of(path: str) -> str:
    """What a POST to `path` is, or an empty text where it is not a billed call."""
    path = "/" + path.partition("?")[0].strip("/")
    for ending, operation in _OPERATIONS.items():
        if path.endswith(ending):
            return operation
    return ""


def billed_by(client: object) -> str:
    """Who bills for this client's calls."""
    if "Azure" in type(client).__name__:
        return "azure"
    return biller(*host_of(client), NAME)


def may_ask_for_usage(client: object, path: str, body: Mapping[str, Any]) -> bool:
    """Whether a stream's usage can be asked for without risk that the service refuses."""
    if not path.partition("?")[0].rstrip("/").endswith("/chat/completions"):
        return False
    who = billed_by(client)
    if who == "azure":
        # with the user's own data attached, Azure refuses the option
        version = getattr(client, "_api_version", "")
        return "data_sources" not in body and (
            not isinstance(version, str) or not version[:1].isdigit() or version >= _AZURE_SINCE
        )
    host = host_of(client)[0]
    if host in LOOPBACK:
        return True
    return who in _TELLS_USAGE and biller(*host_of(client), "") == who


def read_answer(reading: Reading, answer: object) -> None:
    """Learns from a whole answer."""
    reading.answered = word(part(answer, "model")) or reading.answered
    reading.tier = word(part(answer, "service_tier")) or reading.tier
    reading.finish = _finish(answer) or reading.finish
    usage = part(answer, "usage")
    if usage is not None:
        reading.raw = plain_usage(usage)
        reading.is_final = True


def read_chunk(reading: Reading, chunk: object) -> None:
    """Learns from one chunk of a stream: a chat chunk, or an event of a response."""
    response = part(chunk, "response")
    if response is not None:
        read_answer(reading, response)
        return
    if not reading.answered:
        reading.answered = word(part(chunk, "model"))
    tier = part(chunk, "service_tier")
    if tier is not None:
        reading.tier = word(tier)
    choice = first(part(chunk, "choices"))
    if choice is not None:
        finish = part(choice, "finish_reason")
        if finish is not None:
            reading.finish = word(finish)
    usage = part(chunk, "usage")
    if usage is not None:
        reading.raw = plain_usage(usage)
        reading.is_final = choice is None or bool(reading.finish)


def buckets(raw: Mapping[str, Any], operation: str) -> dict[str, int] | None:
    """OpenAI's counts, where input contains cache and output contains reasoning, made disjoint.

    `None` where they are missing or contradict each other.
    """
    asked = whole(raw, "prompt_tokens", "input_tokens")
    output = whole(raw, "completion_tokens", "output_tokens")
    if output is None and operation == "embeddings":
        output = 0
    asked_parts = inner(raw, "prompt_tokens_details", "input_tokens_details")
    output_parts = inner(raw, "completion_tokens_details", "output_tokens_details")
    cached = whole(asked_parts, "cached_tokens") or 0
    written = whole(asked_parts, "cache_write_tokens") or 0
    if asked is not None and cached + written > asked:
        return None
    reasoning = whole(output_parts, "reasoning_tokens") or 0
    return counted(
        input=None if asked is None else asked - cached - written,
        cache_read=cached,
        cache_write=written,
        output=_whole_output(raw, asked, output, reasoning),
        reasoning=reasoning,
        input_audio_tokens=whole(asked_parts, "audio_tokens"),
        input_image_tokens=whole(asked_parts, "image_tokens"),
        output_audio_tokens=whole(output_parts, "audio_tokens"),
        output_image_tokens=whole(output_parts, "image_tokens"),
    )


def _whole_output(
    raw: Mapping[str, Any], asked: int | None, output: int | None, reasoning: int
) -> int | None:
    """Output with reasoning in it: some services that speak like OpenAI count it beside."""
    if output is None or not reasoning or asked is None:
        return output
    stands_beside = whole(raw, "total_tokens") == asked + output + reasoning
    return output + reasoning if stands_beside else output


def _finish(answer: object) -> str:
    choice = first(part(answer, "choices"))
    if choice is not None:
        return word(part(choice, "finish_reason"))
    details = part(answer, "incomplete_details")
    return word(part(details, "reason")) or word(part(answer, "status"))
