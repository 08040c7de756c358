"""Ollama's SDK: chat, generate and embeddings of models that run on the user's own machine."""

from __future__ import annotations

from profiler.shim.providers.reading import Asked, Reading, counted, part, plain_usage, whole, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NAME = "ollama"
HOSTED = "ollama-cloud"
"""Who bills for models that run on Ollama's own machines; no list of rates has them."""

_OPERATIONS = {
    "/api/chat": "chat",
    "/api/generate": "completion",
    "/api/embed": "embeddings",
    "/api/embeddings": "embeddings",
}

_COUNTS = ("prompt_eval_count", "eval_count")


def asked(client: object, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Asked | None:
    """What a call asks for; `None` if no model answers it."""
    operation = _OPERATIONS.get(str(args[2])) if len(args) > 2 and args[1] == "POST" else None
    body = kwargs.get("json")
    if operation is None or not isinstance(body, dict):
        return None
    return Asked(billed_by(client, body), operation, body, is_stream=bool(kwargs.get("stream")))


def billed_by(client: object, body: Mapping[str, Any]) -> str:
    """The user's own machine, unless the model runs on Ollama's."""
    host = getattr(getattr(getattr(client, "_client", None), "base_url", None), "host", "")
    is_hosted = str(host).endswith("ollama.com") or word(body.get("model")).endswith("-cloud")
    return HOSTED if is_hosted else NAME


def read_answer(reading: Reading, answer: object) -> None:
    """Learns from a whole answer: counts stand beside the message, and times are left out."""
    reading.answered = word(part(answer, "model")) or reading.answered
    reading.finish = word(part(answer, "done_reason")) or reading.finish
    counts = {name: part(answer, name) for name in _COUNTS}
    if any(count is not None for count in counts.values()):
        reading.raw = plain_usage(counts)
        reading.is_final = True


def read_chunk(reading: Reading, chunk: object) -> None:
    """Learns from one chunk of a stream; the last one has the counts."""
    read_answer(reading, chunk)
    reading.hear(part(part(chunk, "message"), "content") or part(chunk, "response"))


def buckets(raw: Mapping[str, Any], operation: str) -> dict[str, int] | None:
    """Ollama's counts; of a prompt it still knows, it counts no token again and says nothing."""
    read, output = (whole(raw, name) for name in _COUNTS)
    if operation == "embeddings":
        output = output or 0
    elif output is not None:
        read = read or 0
    return counted(input=read, output=output)
