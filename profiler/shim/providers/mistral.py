"""Mistral's SDK: chat, agents, fill-in-the-middle and embeddings, at its one way out to HTTP."""

from __future__ import annotations

from profiler.shim.providers.hosts import biller
from profiler.shim.providers.reading import (
    Asked,
    Reading,
    counted,
    first,
    inner,
    part,
    plain_usage,
    sent_json,
    whole,
    word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NAME = "mistral"

_OPERATIONS = {
    "/chat/completions": "chat",
    "/agents/completions": "chat",
    "/fim/completions": "completion",
    "/embeddings": "embeddings",
    "/conversations": "chat",
    "/batch/jobs": "job",
    "/fine_tuning/jobs": "job",
}


def asked(client: object, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Asked | None:
    """What a call asks for; `None` if it bills nothing."""
    del client
    request = kwargs["request"] if "request" in kwargs else args[1]
    operation = operation_of(request.url.path) if request.method == "POST" else ""
    if not operation:
        return None
    body = sent_json(request)
    return Asked(
        biller(request.url.host, request.url.port, NAME),
        operation,
        body,
        is_stream=bool(kwargs.get("stream")),
    )


def operation_of(path: str) -> str:
    """What a POST to `path` is, or an empty text where it is not a call billed by tokens."""
    return next((known for ending, known in _OPERATIONS.items() if path.endswith(ending)), "")


def read_answer(reading: Reading, answer: object) -> None:
    """Learns from a whole answer, as JSON."""
    reading.answered = word(part(answer, "model")) or reading.answered
    finish = word(part(first(part(answer, "choices")), "finish_reason"))
    reading.finish = finish or reading.finish
    usage = part(answer, "usage")
    if usage is not None:
        reading.tier = word(part(usage, "service_tier")) or reading.tier
        reading.raw = plain_usage(usage)
        reading.is_final = True


def read_chunk(reading: Reading, chunk: object) -> None:
    """Learns from one event of a stream; the last one has the usage."""
    read_answer(reading, chunk)
    delta = part(first(part(chunk, "choices")), "delta")
    reading.hear(part(delta, "content"))


def buckets(raw: Mapping[str, Any], operation: str) -> dict[str, int] | None:
    """Mistral's counts, where input contains cache, made disjoint."""
    asked_for = whole(raw, "prompt_tokens")
    details = inner(raw, "prompt_tokens_details", "prompt_token_details")
    cached = whole(details, "cached_tokens") or whole(raw, "num_cached_tokens") or 0
    if asked_for is None or cached > asked_for:
        return None
    output = whole(raw, "completion_tokens")
    return counted(
        input=asked_for - cached,
        cache_read=cached,
        output=0 if output is None and operation == "embeddings" else output,
    )
