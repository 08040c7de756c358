"""Google's SDK: content, streamed or not, and embeddings, of Gemini and Vertex."""

from __future__ import annotations

import functools
import json

from profiler.shim.providers import tools
from profiler.shim.providers.reading import (
    Reading,
    counted,
    first,
    part,
    plain_usage,
    whole,
    word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

NAME = "google"

_OPERATIONS = {
    "generateContent": "generate_content",
    "streamGenerateContent": "generate_content",
    "embedContent": "embeddings",
    "batchEmbedContents": "embeddings",
    "cachedContents": "caching",
    "batchGenerateContent": "job",
    "asyncBatchEmbedContent": "job",
    "batchPredictionJobs": "job",
    "tuningJobs": "job",
    "tunedModels": "job",
}

KINDS = {"AUDIO": "audio", "IMAGE": "image", "DOCUMENT": "image", "VIDEO": "video"}
"""Modalities that may have a rate of their own; a document is billed as its pictures."""

_INPUT_ONLY = frozenset({"embeddings", "caching"})

_DETAILS = (
    ("promptTokensDetails", "input_{}_tokens"),
    ("toolUsePromptTokensDetails", "input_{}_tokens"),
    ("cacheTokensDetails", "cache_{}_read_tokens"),
    ("candidatesTokensDetails", "output_{}_tokens"),
)


@functools.lru_cache(maxsize=256)
def operation_of(path: str) -> str:
    """What a POST to `path` is, or an empty text where it is not a billed call."""
    target, _, method = path.partition("?")[0].rpartition(":")
    if not target:
        method = method.rpartition("/")[2]
    if method == "predict":
        return "embeddings" if "embedding" in target else ""
    return _OPERATIONS.get(method, "")


def model_of(path: str, body: object = None) -> str:
    """The model a path names: the last part of `models/gemini-2.5-pro:generateContent`.

    A cache is made at a path that names none; what is sent does.
    """
    target = path.partition("?")[0].rpartition(":")[0] or part(body, "model")
    return word(target).rpartition("/")[2]


def read_answer(reading: Reading, answer: object) -> None:
    """Learns from a whole answer: the SDK's response with its body, or the body's JSON."""
    body = _body(answer)
    if body is None:
        return
    reading.answered = word(part(body, "modelVersion")) or reading.answered
    candidate = first(part(body, "candidates"))
    tools.note_parts(reading, part(candidate, "content"))
    finish = word(part(candidate, "finishReason"))
    reading.finish = finish or word(part(part(body, "promptFeedback"), "blockReason"))
    usage = part(body, "usageMetadata") or _embedded(part(body, "predictions"))
    tier = word(part(usage, "serviceTier")) or word(part(usage, "trafficType"))
    reading.tier = tier or reading.tier
    reading.raw = plain_usage(usage)
    reading.is_final = bool(reading.raw)


def read_chunk(reading: Reading, chunk: object) -> None:
    """Learns from one chunk of a stream; its counts run on, so the last one stands for all."""
    before, finish = reading.raw, reading.finish
    body = _body(chunk)
    read_answer(reading, body)
    reading.raw = reading.raw or before
    reading.finish = reading.finish or finish
    reading.is_final = bool(reading.raw and reading.finish)
    pieces = part(part(first(part(body, "candidates")), "content"), "parts")
    for piece in pieces if isinstance(pieces, list) else ():
        reading.hear(part(piece, "text"))


def buckets(raw: Mapping[str, Any], operation: str) -> dict[str, int] | None:
    """Gemini's counts, where input contains cache and output leaves out thoughts, made disjoint.

    A count of zero is not sent, so an absent one beside the prompt's is zero.
    """
    prompt = whole(raw, "promptTokenCount", "token_count")
    if operation == "caching":
        # what is put into a cache is read once, at the price of any other input
        prompt = whole(raw, "totalTokenCount")
    if prompt is None:
        return None
    cached = whole(raw, "cachedContentTokenCount") or 0
    if cached > prompt:
        return None
    thoughts = whole(raw, "thoughtsTokenCount") or 0
    output = (whole(raw, "candidatesTokenCount") or 0) + thoughts
    counts = counted(
        input=prompt - cached + (whole(raw, "toolUsePromptTokenCount") or 0),
        cache_read=cached,
        output=0 if operation in _INPUT_ONLY else output,
        reasoning=thoughts,
        **_by_kind(raw),
    )
    return (
        None if counts is None else {**uncached_kinds(counts, raw, "cacheTokensDetails"), **counts}
    )


def uncached_kinds(
    counts: Mapping[str, int], raw: Mapping[str, Any], details: str
) -> dict[str, int]:
    """A zero for each kind of input of which none was cached, where the cached kinds are told.

    Without it nobody could say at which of two rates that kind was read.
    """
    if not isinstance(raw.get(details), list):
        return {}
    kinds = {kind for kind in KINDS.values() if counts.get(f"input_{kind}_tokens")}
    return {f"cache_{kind}_read_tokens": 0 for kind in sorted(kinds)}


def _body(answer: object) -> object:
    """The part of an answer worth decoding, decoded; an embedding without usage is not."""
    if isinstance(answer, dict):
        return answer
    body = getattr(answer, "body", None)
    if not isinstance(body, (str, bytes)) or not body:
        return None
    if isinstance(body, str) and '"embedding' in body[:200] and not _tells_usage(body):
        return None
    try:
        decoded: object = json.loads(body)
    except ValueError:
        # a gateway's page of HTML, or an answer cut short
        return None
    return first(decoded) if isinstance(decoded, list) else decoded


def _tells_usage(body: str) -> bool:
    return '"usageMetadata"' in body or '"token_count"' in body


def _embedded(predictions: object) -> dict[str, int] | None:
    """The usage in Vertex' embeddings, which count each text's tokens beside its vector."""
    counts = [
        part(part(part(prediction, "embeddings"), "statistics"), "token_count")
        for prediction in (predictions if isinstance(predictions, list) else ())
    ]
    known = [int(count) for count in counts if isinstance(count, (int, float))]
    return {"token_count": sum(known)} if known else None


def _by_kind(raw: Mapping[str, Any]) -> dict[str, int]:
    """Counts of sound and pictures, under the price data's names."""
    kinds: dict[str, int] = {}
    for details, name in _DETAILS:
        for kind, count in _counts(raw.get(details)):
            unit = name.format(kind)
            kinds[unit] = kinds.get(unit, 0) + count
    return kinds


def _counts(details: object) -> Iterator[tuple[str, int]]:
    for entry in details if isinstance(details, list) else ():
        kind = KINDS.get(entry.get("modality", ""))
        count = whole(entry, "tokenCount")
        if kind and count:
            yield kind, count
