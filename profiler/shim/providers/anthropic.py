"""Anthropic's SDK: messages, streamed or not, on its own service and on the clouds."""

from __future__ import annotations

import functools

from profiler.shim.providers.hosts import biller, host_of
from profiler.shim.providers.reading import (
    Reading,
    counted,
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

NAME = "anthropic"


@functools.lru_cache(maxsize=256)
def operation_of(path: str) -> str:
    """What a POST to `path` is, or an empty text where it is not a billed call."""
    path = "/" + path.partition("?")[0].strip("/")
    return "chat" if path.endswith("/messages") else ""


def billed_by(client: object) -> str:
    """Who bills for this client's calls."""
    return biller(*host_of(client), NAME)


def read_answer(reading: Reading, answer: object) -> None:
    """Learns from a whole message."""
    _read_message(reading, answer)
    reading.is_final = bool(reading.raw)


def read_chunk(reading: Reading, chunk: object) -> None:
    """Learns from one event of a stream.

    Only the first event has the split of cache writes by lifetime, and the later ones count
    from the beginning again: they replace what they name, nothing is ever added up.
    """
    kind = part(chunk, "type")
    if kind == "message_start":
        _read_message(reading, part(chunk, "message"))
    elif kind == "message_delta":
        finish = word(part(part(chunk, "delta"), "stop_reason"))
        reading.finish = finish or reading.finish
        usage = plain_usage(part(chunk, "usage"))
        reading.raw = {**reading.raw, **usage}
        reading.is_final = bool(usage)


def buckets(raw: Mapping[str, Any], operation: str) -> dict[str, int] | None:  # noqa: ARG001
    """Anthropic's counts, disjoint as they come; compactions stand beside them and are added."""
    usages = [raw, *_compactions(raw)]
    split = [_split_writes(usage) for usage in usages]
    return counted(
        input=_total(usages, "input_tokens"),
        cache_read=_total(usages, "cache_read_input_tokens"),
        cache_write=sum(rest for rest, _, _ in split),
        cache_write_5m=sum(short for _, short, _ in split),
        cache_write_1h=sum(long for _, _, long in split),
        output=_total(usages, "output_tokens"),
        reasoning=whole(inner(raw, "output_tokens_details"), "thinking_tokens"),
        web_searches=whole(inner(raw, "server_tool_use"), "web_search_requests"),
    )


def _read_message(reading: Reading, message: object) -> None:
    reading.answered = word(part(message, "model")) or reading.answered
    reading.finish = word(part(message, "stop_reason")) or reading.finish
    usage = part(message, "usage")
    reading.tier = word(part(usage, "service_tier")) or reading.tier
    reading.speed = word(part(usage, "speed")) or reading.speed
    reading.raw = plain_usage(usage)


def _compactions(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Runs of the same model that its totals leave out; another model's cannot be priced here."""
    iterations = raw.get("iterations")
    if not isinstance(iterations, list):
        return []
    return [run for run in iterations if run.get("type") == "compaction" and "model" not in run]


def _split_writes(usage: Mapping[str, Any]) -> tuple[int, int, int]:
    """Cache writes of no stated lifetime, for five minutes, for an hour."""
    lifetimes = inner(usage, "cache_creation")
    short = whole(lifetimes, "ephemeral_5m_input_tokens") or 0
    long = whole(lifetimes, "ephemeral_1h_input_tokens") or 0
    written = whole(usage, "cache_creation_input_tokens") or 0
    return max(written - short - long, 0), short, long


def _total(usages: list[Mapping[str, Any]], name: str) -> int | None:
    """The sum of a count over runs; unknown where the message itself does not tell it."""
    counts = [whole(usage, name) for usage in usages]
    return None if counts[0] is None else sum(count or 0 for count in counts)
