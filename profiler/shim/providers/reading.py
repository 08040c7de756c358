"""What an answer tells, and how its usage object is read without trusting it."""

from __future__ import annotations

import math

from profiler.shim.context import label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

MAX_COUNT = 2**53
_MAX_DEPTH = 4
_MAX_FIELDS = 64
_MAX_ENTRIES = 16
_MAX_WORD_CHARS = 40

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

    __slots__ = ("answered", "finish", "is_final", "raw", "speed", "tier")

    def __init__(self) -> None:
        self.answered = ""
        self.tier = ""
        self.speed = ""
        self.finish = ""
        self.raw: dict[str, Any] = {}
        """The provider's own usage object, numbers and short words only."""
        self.is_final = False
        """Whether `raw` is the provider's last word on this call."""


def part(value: object, name: str) -> Any:
    """The part of an answer by that name, whether it is a parsed object or plain JSON."""
    if isinstance(value, dict):
        return value.get(name)
    return getattr(value, name, None)


def word(value: object) -> str:
    """`value` if it is text, cut to a label's size; else an empty text."""
    return label(value) if isinstance(value, str) else ""


def first(value: object) -> Any:
    """The first entry of a list, or `None`."""
    return value[0] if isinstance(value, (list, tuple)) and value else None


def plain_usage(usage: object) -> dict[str, Any]:
    """The numbers in a usage object, by the provider's own names.

    Whatever a usage object should not hold is left out: text that is not a known word,
    booleans, negative numbers, numbers no count can be.
    """
    return _plain(usage, _MAX_DEPTH)


def whole(numbers: Mapping[str, Any], *names: str) -> int | None:
    """The count under the first of `names` that has one."""
    for name in names:
        value = numbers.get(name)
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


def counted(**counts: int | None) -> dict[str, int] | None:
    """Buckets as the log has them: zero parts left out; `None` if neither side was counted."""
    if counts.get("input") is None and counts.get("output") is None:
        return None
    return {
        name: count
        for name, count in counts.items()
        if count or (count is not None and name in {"input", "output"})
    }


def _plain(value: object, depth: int) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, content in _fields(value):
        if content is None or not _is_name(name):
            continue
        # most are plain counts, and this runs at every call
        is_count = type(content) is int and 0 <= content <= MAX_COUNT
        plain = content if is_count else _plain_value(name, content, depth)
        if plain is not None:
            kept[name] = plain
            if len(kept) >= _MAX_FIELDS:
                break
    return kept


def _is_name(name: object) -> bool:
    return type(name) is str and len(name) <= _MAX_FIELDS and name.isidentifier()


def _fields(value: object) -> Iterable[tuple[Any, object]]:
    fields = value if isinstance(value, dict) else getattr(value, "__dict__", None)
    if not isinstance(fields, dict):
        return ()
    extra = getattr(value, "__pydantic_extra__", None)
    return (
        [*fields.items(), *extra.items()] if isinstance(extra, dict) and extra else fields.items()
    )


def _plain_value(name: str, value: object, depth: int) -> Any:
    if value is None or isinstance(value, bool):
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
