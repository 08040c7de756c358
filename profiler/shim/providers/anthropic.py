"""Anthropic's SDK: messages, streamed or not, on its own service and on the clouds."""

from __future__ import annotations

import functools
import re

from profiler.shim.estimate import asked_bytes
from profiler.shim.providers import tools
from profiler.shim.providers.hosts import Host, biller
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

    from profiler.shim.call import Call

NAME = "anthropic"
ERRANDS = "profiler.shim.providers.anthropic_batches"

_CLOUDS = {"Bedrock": "aws", "Vertex": "google", "Foundry": "azure"}
"""Who bills for calls of clients whose class is named for a cloud."""

_DELTAS = ("text", "thinking", "partial_json")
"""Where a stream's events hold what the model wrote."""

_DATED = re.compile(r"(?:-|@)(?:\d{8}|latest)$")


@functools.lru_cache(maxsize=256)
def operation_of(path: str) -> str:
    """What a POST to `path` is, or an empty text where it is not a billed call."""
    path = "/" + path.partition("?")[0].strip("/")
    return "chat" if path.endswith("/messages") else ""


def errand_of(method: str, path: str) -> str:
    """What tells of calls made earlier: the reading of a batch's `results`, or a `batch` itself."""
    parts = path.partition("?")[0].strip("/").split("/")
    if method == "get" and parts[-1] == "results" and parts[-3:-2] == ["batches"]:
        return "results"
    is_batch = (
        parts[-2:] == ["messages", "batches"]
        if method == "post"
        else (method == "get" and parts[-3:-1] == ["messages", "batches"])
    )
    return "batch" if is_batch else ""


def name_in(path: str) -> str:
    """The batch a path names."""
    parts = path.partition("?")[0].strip("/").split("/")
    return word(parts[-2] if parts[-1] == "results" else parts[-1])


def billed_by(client: object, host: Host) -> str:
    """Who bills for the calls of a client that talks to `host`."""
    kind = type(client).__name__
    known = next((who for name, who in _CLOUDS.items() if name in kind), "")
    return known or biller(*host, NAME)


def prepare(call: Call, host: str, body: object) -> None:
    """Notes what must be known before the answer."""
    del host
    if call.is_stream:
        call.sent_bytes = asked_bytes(body)
    if call.reading.provider == "aws":
        # the answer names the model without its region, by which its rate differs
        call.reading.is_answer_nameless = True


def read_answer(reading: Reading, answer: object) -> None:
    """Learns from a whole message."""
    _read_message(reading, answer)
    reading.is_final = bool(reading.raw)
    _note_refusal(reading)


def read_chunk(reading: Reading, chunk: object) -> None:
    """Learns from one event of a stream.

    Only the first event has the split of cache writes by lifetime, and the later ones count
    from the beginning again: they replace what they name, nothing is ever added up.
    """
    kind = part(chunk, "type")
    if kind == "message_start":
        _read_message(reading, part(chunk, "message"))
    elif kind == "content_block_start":
        tools.note_block(reading, part(chunk, "content_block"))
    elif kind == "message_delta":
        finish = word(part(part(chunk, "delta"), "stop_reason"))
        reading.finish = finish or reading.finish
        usage = plain_usage(part(chunk, "usage"))
        reading.raw = {**reading.raw, **usage}
        reading.is_final = bool(usage)
        _note_refusal(reading)
    elif kind == "content_block_delta":
        delta = part(chunk, "delta")
        for name in _DELTAS:
            reading.hear(part(delta, name))


def buckets(raw: Mapping[str, Any], operation: str) -> dict[str, int] | None:  # noqa: ARG001
    """Anthropic's counts, disjoint as they come."""
    short, long, written = _split_writes(raw)
    return counted(
        input=whole(raw, "input_tokens"),
        cache_read=whole(raw, "cache_read_input_tokens"),
        cache_write=written,
        cache_write_5m=short,
        cache_write_1h=long,
        output=whole(raw, "output_tokens"),
        reasoning=whole(inner(raw, "output_tokens_details"), "thinking_tokens"),
        web_searches=whole(inner(raw, "server_tool_use"), "web_search_requests"),
    )


def runs_inside(reading: Reading) -> list[dict[str, Any]]:
    """What differs in the event of each run that the answer's totals leave out.

    Those are compactions, and whatever another model did: an advisor's advice, or the beginning
    of an answer that a fallback then gave. A run of another model that wrote nothing was refused,
    and is not billed.
    """
    iterations = reading.raw.get("iterations")
    return [
        {
            "operation": _operation_inside(run),
            "model": word(run.get("model")) or reading.answered,
            "usage": buckets(run, "chat"),
            "raw": run,
        }
        for run in (iterations if isinstance(iterations, list) else ())
        if _is_left_out(run, reading.answered)
    ]


def _is_left_out(run: Mapping[str, Any], answered: str) -> bool:
    if run.get("type") == "compaction":
        return True
    model = word(run.get("model"))
    return bool(model and answered and run.get("output_tokens")) and (
        _DATED.sub("", model) != _DATED.sub("", answered)
    )


def _operation_inside(run: Mapping[str, Any]) -> str:
    kind = word(run.get("type")).removesuffix("_message")
    return kind if kind in {"compaction", "advisor"} else "chat"


def _note_refusal(reading: Reading) -> None:
    """An answer refused before its first word is not billed."""
    if reading.finish == "refusal" and whole(reading.raw, "output_tokens") == 0:
        reading.billed = "no"


def _read_message(reading: Reading, message: object) -> None:
    if not reading.is_answer_nameless:
        reading.answered = word(part(message, "model")) or reading.answered
    reading.finish = word(part(message, "stop_reason")) or reading.finish
    tools.note_blocks(reading, part(message, "content"))
    usage = part(message, "usage")
    reading.tier = word(part(usage, "service_tier")) or reading.tier
    reading.speed = word(part(usage, "speed")) or reading.speed
    reading.raw = plain_usage(usage)


def _split_writes(usage: Mapping[str, Any]) -> tuple[int, int, int]:
    """Cache writes for five minutes, for an hour, and of no stated lifetime."""
    lifetimes = inner(usage, "cache_creation")
    short = whole(lifetimes, "ephemeral_5m_input_tokens") or 0
    long = whole(lifetimes, "ephemeral_1h_input_tokens") or 0
    written = whole(usage, "cache_creation_input_tokens") or 0
    return short, long, max(written - short - long, 0)
