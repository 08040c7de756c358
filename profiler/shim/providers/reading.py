"""What an answer tells, and how its usage object is read without trusting it."""

from __future__ import annotations

import functools
import json
import math

from profiler.log.fields import MAX_LABEL_CHARS
from profiler.shim.context import label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from profiler.shim.deferred import Origin

MAX_COUNT = 2**53
_NOTHING: Mapping[str, Any] = {}
_BYTES_A_TOKEN = 4
_MAX_DEPTH = 4
_MAX_FIELDS = 64
_MAX_ENTRIES = 64
_MAX_WORD_CHARS = 40
_SIDES = frozenset({"input", "output"})

_WORDS = frozenset(
    {
        "inference_geo",
        "modality",
        "model",
        "serviceTier",
        "service_tier",
        "speed",
        "trafficType",
        "traffic_type",
        "type",
    }
)
"""Fields of a usage object whose value is a word of the provider's; no other text is kept."""


class Reading:
    """What is known of an answer so far."""

    __slots__ = (
        "answered",
        "billed",
        "called",
        "failure",
        "finish",
        "heard_bytes",
        "is_answer_nameless",
        "is_deferred",
        "is_final",
        "is_local",
        "is_refused",
        "origin",
        "provider",
        "raw",
        "reported_pusd",
        "speed",
        "tier",
    )

    def __init__(self, provider: str = "") -> None:
        self.provider = provider
        """Who bills; an answer may tell better than the address it came from."""
        self.is_local = False
        """Whether it comes from this machine, and not yet known from which server."""
        self.answered = ""
        self.failure = ""
        """The provider's own code for why there is no answer, where it is told as one."""
        self.called: dict[object, str] = {}
        """Names of the functions the model called, by whatever tells one call from another."""
        self.is_refused = False
        """Whether the model said, apart from its text, that it would not answer."""
        self.tier = ""
        self.speed = ""
        self.finish = ""
        self.raw: dict[str, Any] = {}
        """The provider's own usage object, numbers and short words only."""
        self.is_final = False
        """Whether `raw` is the provider's last word on this call."""
        self.billed = ""
        """`no` where the answer itself says that nobody is billed for it."""
        self.is_answer_nameless = False
        """Whether the model asked for tells the rate, and the one that answered does not."""
        self.heard_bytes = 0
        """Size of the text a stream has brought so far."""
        self.reported_pusd: int | None = None
        self.origin: Origin | None = None
        """The provider's own name for the call, where it may be told of more than once."""
        self.is_deferred = False
        """Whether there is nothing to tell: a later answer will, or an earlier one has."""

    def hear(self, text: object) -> None:
        """Takes note of a piece of a stream's text: of its size, and of nothing else."""
        if isinstance(text, str):
            self.heard_bytes += len(text) if text.isascii() else len(text.encode(errors="replace"))


class Asked:
    """What a program asks an SDK for."""

    __slots__ = ("billed_by", "body", "is_stream", "model", "operation")

    def __init__(
        self, billed_by: str, operation: str, body: Mapping[str, Any], *, is_stream: bool = False
    ) -> None:
        self.billed_by = billed_by
        self.operation = operation
        self.body = body
        """What is sent, as plain JSON."""
        self.model = word(body.get("model"))
        self.is_stream = is_stream or bool(body.get("stream"))


def part(value: object, name: str) -> Any:
    """The part of an answer by that name, whether it is a parsed object or plain JSON."""
    if isinstance(value, dict):
        return value.get(name)
    return getattr(value, name, None)


def parts_of(value: object) -> Mapping[str, Any]:
    """Every part of an answer, known to its SDK or not.

    Most of what is looked for is absent, and pydantic takes its time to say so.
    """
    if isinstance(value, dict):
        return value
    known: Mapping[str, Any] = getattr(value, "__dict__", _NOTHING)
    extra = getattr(value, "__pydantic_extra__", None) if known else None
    return {**known, **extra} if extra and isinstance(extra, dict) else known


def word(value: object) -> str:
    """`value` if it is text, cut to a label's size; else an empty text."""
    if type(value) is str and len(value) <= MAX_LABEL_CHARS:
        return _known_word(value)
    return label(value) if isinstance(value, str) else ""


def first(value: object) -> Any:
    """The first entry of a list, or `None`."""
    return value[0] if isinstance(value, (list, tuple)) and value else None


_known_word = functools.lru_cache(maxsize=1024)(label)
"""Models and the like are the same from call to call."""


def plain_usage(usage: object) -> dict[str, Any]:
    """The numbers in a usage object, by the provider's own names.

    Whatever a usage object should not hold is left out: text that is not a known word,
    booleans, negative numbers, numbers no count can be.
    """
    return _plain(usage, _MAX_DEPTH)


def sent_json(request: Any) -> dict[str, Any]:
    """The JSON object an HTTP request carries; empty where it carries anything else."""
    content = request.content
    body = json.loads(content) if content[:1] == b"{" else None
    return body if isinstance(body, dict) else {}


def at_least_heard(
    usage: dict[str, int] | None, heard_bytes: int, sent_bytes: int = 0
) -> dict[str, int] | None:
    """The usage of a stream that ended early: as much as its text, four bytes a token.

    `None` where nothing is known of either. The provider's own count so far stands where it is
    higher. Where the size of what was sent is known too, both sides are told: what a model has
    begun to answer, it has read.
    """
    heard = -(-heard_bytes // _BYTES_A_TOKEN)
    if not heard and not sent_bytes:
        return usage
    counts = usage or {}
    known = {**counts, "output": max(counts.get("output", 0), heard, 1)}
    if sent_bytes and "input" not in counts:
        known["input"] = -(-sent_bytes // _BYTES_A_TOKEN)
    return known


def whole(numbers: Mapping[str, Any], *names: str) -> int | None:
    """The count under the first of `names` that has one; `None` if none has."""
    for name in names:
        if name in numbers:
            value = numbers[name]
            if isinstance(value, int):
                return value
    return None


def inner(numbers: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """The object under the first of `names` that has one; empty if none has."""
    for name in names:
        value = numbers.get(name)
        if isinstance(value, dict):
            return value
    return {}


def whole_numbers(numbers: Mapping[str, Any]) -> Mapping[str, int]:
    """The counts among `numbers`."""
    return {name: value for name, value in numbers.items() if type(value) is int}


def counted(**counts: int | None) -> dict[str, int] | None:
    """Buckets as the log has them: zero parts left out; `None` if neither side was counted."""
    if counts.get("input") is None and counts.get("output") is None:
        return None
    return {
        name: count
        for name, count in counts.items()
        if count or (count is not None and name in _SIDES)
    }


def _plain(value: object, depth: int) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, content in parts_of(value).items():
        if content is None or type(name) is not str or not _is_name(name):
            continue
        # most are plain counts or more of the same, and this runs at every call
        if type(content) is int and 0 <= content <= MAX_COUNT:
            plain: Any = content
        elif depth > 1 and hasattr(type(content), "__pydantic_fields__"):
            plain = _plain(content, depth - 1) or None
        else:
            plain = _plain_value(name, content, depth)
        if plain is not None:
            kept[name] = plain
            if len(kept) >= _MAX_FIELDS:
                break
    return kept


@functools.lru_cache(maxsize=512)
def _is_name(name: str) -> bool:
    return len(name) <= _MAX_FIELDS and name.isidentifier()


def _plain_value(name: str, value: object, depth: int) -> Any:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return int(value) if 0 <= value <= MAX_COUNT else None
    if isinstance(value, float):
        return float(value) if math.isfinite(value) and value >= 0 else None
    if isinstance(value, str):
        return _plain_word(value) if name in _WORDS else None
    if depth <= 1:
        return None
    if isinstance(value, (list, tuple)):
        return [_plain(entry, depth - 1) for entry in value[:_MAX_ENTRIES]] or None
    return _plain(value, depth - 1) or None


def _plain_word(text: str) -> str | None:
    short = str.__str__(text)
    is_word = len(short) <= _MAX_WORD_CHARS and all(c.isalnum() or c in "._-/:" for c in short)
    return short if is_word and short else None
