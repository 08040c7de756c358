"""Google's older SDK, google-generativeai: its messages are protocol buffers, not JSON."""

from __future__ import annotations

from profiler.shim.providers.google import NAME, buckets
from profiler.shim.providers.reading import Asked, Reading, part, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = [
    "asked",
    "asked_embedding",
    "asked_stream",
    "buckets",
    "read_answer",
    "read_chunk",
]


def asked(client: object, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Asked:
    """What a call asks for."""
    del client
    return Asked(NAME, "generate_content", {"model": _model_in(args, kwargs)})


def asked_stream(client: object, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Asked:
    """What a streamed call asks for."""
    del client
    return Asked(NAME, "generate_content", {"model": _model_in(args, kwargs)}, is_stream=True)


def asked_embedding(client: object, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Asked:
    """What an embedding asks for; its answer tells no usage."""
    del client
    return Asked(NAME, "embeddings", {"model": _model_in(args, kwargs)})


def read_answer(reading: Reading, answer: object) -> None:
    """Learns from a whole answer.

    This SDK's usage leaves out thoughts, which are billed as output, but not from its total.
    """
    reading.answered = word(part(answer, "model_version")) or reading.answered
    candidates = part(answer, "candidates")
    if candidates:
        reading.finish = _finish(candidates[0]) or reading.finish
        for piece in candidates[0].content.parts:
            reading.hear(piece.text)
    usage = part(answer, "usage_metadata")
    prompt = int(part(usage, "prompt_token_count") or 0)
    if prompt:
        output = int(usage.candidates_token_count)
        reading.raw = {
            "promptTokenCount": prompt,
            "cachedContentTokenCount": int(usage.cached_content_token_count),
            "candidatesTokenCount": output,
            "thoughtsTokenCount": max(int(usage.total_token_count) - prompt - output, 0),
            "totalTokenCount": int(usage.total_token_count),
        }
        reading.is_final = True


def read_chunk(reading: Reading, chunk: object) -> None:
    """Learns from one chunk of a stream; its counts run on, so the last one stands for all."""
    read_answer(reading, chunk)
    reading.is_final = bool(reading.raw and reading.finish)


def _model_in(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    request = args[0] if args else kwargs.get("request")
    return word(part(request, "model") or kwargs.get("model")).rpartition("/")[2]


def _finish(candidate: Any) -> str:
    name = word(getattr(candidate.finish_reason, "name", ""))
    return "" if name == "FINISH_REASON_UNSPECIFIED" else name
