"""Cohere's SDK: chat, generate, embed, rerank and classify of both its versions."""

from __future__ import annotations

from profiler.shim.providers.reading import (
    Asked,
    Reading,
    counted,
    inner,
    part,
    plain_usage,
    word,
)
from profiler.shim.recording import count_repeat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NAME = "cohere"

_OPERATIONS = {
    "chat": "chat",
    "generate": "completion",
    "summarize": "completion",
    "embed": "embeddings",
    "rerank": "rerank",
    "classify": "classify",
    "embed-jobs": "job",
    "finetuning/finetuned-models": "job",
}
_INPUT_ONLY = frozenset({"embeddings", "rerank", "classify"})


def asked(client: object, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Asked | None:
    """What a call asks for; `None` if it bills nothing, or tries once more what was asked."""
    del client
    if kwargs.get("retries"):
        count_repeat()
        return None
    path = args[0] if args else kwargs.get("path")
    operation = operation_of(path) if str(kwargs.get("method")).upper() == "POST" else ""
    body = kwargs.get("json")
    if not operation or not isinstance(body, dict):
        return None
    return Asked(NAME, operation, body)


def operation_of(path: object) -> str:
    """What a POST to `path` is, or an empty text where it is not a billed call."""
    version, _, name = str(path).strip("/").partition("/")
    return _OPERATIONS.get(name, "") if version in {"v1", "v2"} else ""


def read_answer(reading: Reading, answer: object) -> None:
    """Learns from a whole answer, as JSON; it never names the model that answered."""
    reading.finish = word(part(answer, "finish_reason")) or reading.finish
    usage = part(answer, "usage") or part(answer, "meta")
    if usage is not None:
        reading.raw = _without_version(usage)
        reading.is_final = bool(reading.raw)


def read_chunk(reading: Reading, chunk: object) -> None:
    """Learns from one event of a stream: of the second version, or of the first."""
    delta = part(chunk, "delta")
    if delta is not None:
        read_answer(reading, delta)
        content = part(part(delta, "message"), "content")
        reading.hear(part(content, "text") or part(content, "thinking"))
        return
    if part(chunk, "is_finished") is True:
        read_answer(reading, part(chunk, "response"))
        reading.finish = word(part(chunk, "finish_reason")) or reading.finish
    reading.hear(part(chunk, "text"))


def buckets(raw: Mapping[str, Any], operation: str) -> dict[str, int] | None:
    """The units Cohere bills, which are fewer than the tokens the model read."""
    billed = inner(raw, "billed_units")
    read, output = _units(billed, "input_tokens"), _units(billed, "output_tokens")
    images = _units(billed, "image_tokens")
    if operation in _INPUT_ONLY and billed:
        read, output = read or 0, output or 0
    return counted(
        input=read,
        output=output,
        input_image_tokens=images,
        rerank_searches=_units(billed, "search_units"),
        classifications=_units(billed, "classifications"),
    )


def _without_version(usage: object) -> dict[str, Any]:
    plain = plain_usage(usage)
    plain.pop("api_version", None)
    return plain


def _units(billed: Mapping[str, Any], name: str) -> int | None:
    """A count; Cohere sends some of them as floats."""
    count = billed.get(name)
    return int(count) if isinstance(count, (int, float)) else None
