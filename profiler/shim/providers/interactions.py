"""Google's interactions: a second, generated SDK inside google-genai, with words of its own."""

from __future__ import annotations

from profiler.shim.providers.google import KINDS, NAME, uncached_kinds
from profiler.shim.providers.reading import (
    Asked,
    Reading,
    counted,
    part,
    plain_usage,
    sent_json,
    whole,
    word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

_DETAILS = (
    ("input_tokens_by_modality", "input_{}_tokens"),
    ("tool_use_tokens_by_modality", "input_{}_tokens"),
    ("cached_tokens_by_modality", "cache_{}_read_tokens"),
    ("output_tokens_by_modality", "output_{}_tokens"),
)

_SEARCHES = frozenset({"google_search", "web_search"})


def asked(client: object, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Asked | None:
    """What a call asks for; `None` if it bills nothing."""
    del client
    request = kwargs["request"] if "request" in kwargs else args[1]
    if request.method != "POST" or not request.url.path.rstrip("/").endswith("/interactions"):
        return None
    return Asked(NAME, "generate_content", sent_json(request), is_stream=bool(kwargs.get("stream")))


def read_answer(reading: Reading, answer: object) -> None:
    """Learns from a whole interaction, as JSON."""
    reading.answered = word(part(answer, "model")) or reading.answered
    reading.finish = word(part(answer, "status")) or reading.finish
    usage = part(answer, "usage")
    if usage is not None:
        reading.raw = plain_usage(usage)
        reading.is_final = reading.finish not in {"in_progress", "queued"}
    reading.tier = word(part(answer, "service_tier")) or reading.tier


def read_chunk(reading: Reading, chunk: object) -> None:
    """Learns from one event of a stream: the interaction comes whole with its first and last."""
    interaction = part(chunk, "interaction")
    if interaction is not None:
        read_answer(reading, interaction)
    usage = part(part(chunk, "metadata"), "total_usage")
    if usage is not None and not reading.is_final:
        reading.raw = plain_usage(usage)
    reading.hear(part(part(chunk, "delta"), "text"))


def buckets(raw: Mapping[str, Any], operation: str) -> dict[str, int] | None:  # noqa: ARG001
    """Google's counts, where input contains cache and output leaves out thoughts, made disjoint."""
    prompt = whole(raw, "total_input_tokens")
    if prompt is None:
        return None
    cached = whole(raw, "total_cached_tokens") or 0
    if cached > prompt:
        return None
    thoughts = whole(raw, "total_thought_tokens") or 0
    counts = counted(
        input=prompt - cached + (whole(raw, "total_tool_use_tokens") or 0),
        cache_read=cached,
        output=(whole(raw, "total_output_tokens") or 0) + thoughts,
        reasoning=thoughts,
        web_searches=_searches(raw),
        **_by_kind(raw),
    )
    return (
        None
        if counts is None
        else {**uncached_kinds(counts, raw, "cached_tokens_by_modality"), **counts}
    )


def _by_kind(raw: Mapping[str, Any]) -> dict[str, int]:
    kinds: dict[str, int] = {}
    for details, name in _DETAILS:
        for modality, count in _counts(raw.get(details)):
            kind = KINDS.get(modality)
            if kind:
                unit = name.format(kind)
                kinds[unit] = kinds.get(unit, 0) + count
    return kinds


def _counts(details: object) -> Iterator[tuple[str, int]]:
    for entry in details if isinstance(details, list) else ():
        count = whole(entry, "tokens")
        if count:
            yield str(entry.get("modality", "")).upper(), count


def _searches(raw: Mapping[str, Any]) -> int:
    counts = raw.get("grounding_tool_count")
    entries = counts if isinstance(counts, list) else []
    return sum(whole(e, "count") or 0 for e in entries if e.get("type") in _SEARCHES)
