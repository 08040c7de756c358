"""Usage as OpenAI counts it, and as the services do that speak like it: disjoint, with its cost."""

from __future__ import annotations

import math

from profiler.shim.providers.reading import counted, inner, part, whole, whole_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PUSD_PER_TICK = 100
"""xAI says costs in ticks, ten thousand million to the dollar."""

MAX_PUSD = 10**16
"""Ten thousand dollars; no call costs more, and the log's readers refuse it."""

_ASKED_PARTS = ("prompt_tokens_details", "input_tokens_details", "input_token_details")
_OUTPUT_PARTS = ("completion_tokens_details", "output_tokens_details", "output_token_details")
_CACHED = ("prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens")
"""Where others than OpenAI tell what was read from a cache."""
_RARE = frozenset({"cached_tokens_details", "citation_tokens", "num_search_queries"})
_ASKED_KINDS, _CACHED_KINDS, _OUTPUT_KINDS = (
    (("audio_tokens", unit.format("audio")), ("image_tokens", unit.format("image")))
    for unit in ("input_{}_tokens", "cache_{}_read_tokens", "output_{}_tokens")
)
_PUSD_DIGITS = 12
_MAX_DIGITS = 64


def buckets(raw: Mapping[str, Any], operation: str) -> dict[str, int] | None:
    """OpenAI's counts, where input contains cache and output contains reasoning, made disjoint.

    `None` where they are missing or contradict each other.
    """
    seconds = _seconds(raw) if "seconds" in raw else None
    if seconds is not None:
        return counted(input=0, output=0, audio_seconds=seconds)
    told = whole_numbers(raw)
    asked = told.get("prompt_tokens", told.get("input_tokens"))
    output = told.get("completion_tokens", told.get("output_tokens"))
    if output is None and operation == "embeddings":
        output = 0
    if asked is None and output is None:
        return None
    asked_parts, output_parts = inner(raw, *_ASKED_PARTS), inner(raw, *_OUTPUT_PARTS)
    of_asked, of_output = whole_numbers(asked_parts), whole_numbers(output_parts)
    cached = of_asked.get("cached_tokens", of_asked.get("cache_read_input_tokens"))
    if cached is None:
        cached = whole(told, *_CACHED) or 0
    written, reasoning = of_asked.get("cache_write_tokens", 0), of_output.get("reasoning_tokens", 0)
    if asked is not None and cached + written > asked:
        return None
    if reasoning and asked is not None and output is not None:
        output = _with_reasoning(told, asked, output, reasoning)
    counts: dict[str, int | None] = {
        "input": None if asked is None else asked - cached - written,
        "cache_read": cached,
        "cache_write": written,
        "output": output,
        "reasoning": reasoning,
        "audio_seconds": told.get("prompt_audio_seconds"),
    }
    for numbers, units in ((of_asked, _ASKED_KINDS), (of_output, _OUTPUT_KINDS)):
        for name, unit in units:
            counts[unit] = numbers.get(name)
    if not (_RARE.isdisjoint(raw) and _RARE.isdisjoint(asked_parts)) or operation == "images":
        _count_rarities(counts, raw, operation, is_split=bool(output_parts))
    return counted(**counts)


def reported_pusd(usage: object, provider: str) -> int | None:
    """What `provider` says the call cost, in pico-dollars; `None` where it does not say.

    Only of services known to say it in dollars: elsewhere `cost` may be credits or cents.
    """
    if provider == "x-ai":
        ticks: object = part(usage, "cost_in_usd_ticks")
        return (
            ticks * PUSD_PER_TICK
            if isinstance(ticks, int) and 0 <= ticks * PUSD_PER_TICK <= MAX_PUSD
            else None
        )
    if provider == "perplexity":
        return pusd(part(part(usage, "cost"), "total_cost"))
    if provider != "openrouter":
        return None
    told = pusd(part(usage, "cost"))
    if told is not None and part(usage, "is_byok") is True:
        # with a key of one's own the cost is OpenRouter's fee, and the model's maker bills too
        told += pusd(part(part(usage, "cost_details"), "upstream_inference_cost")) or 0
    return told


def pusd(dollars: object) -> int | None:
    """An amount of dollars as it is written in the answer, in pico-dollars, half to even.

    `None` where it is none. A decoded number is written out again: its shortest text is the one
    that was sent, up to fifteen digits. No arithmetic is done on it before that.
    """
    if isinstance(dollars, bool) or not isinstance(dollars, (int, float, str)):
        return None
    number, _, power = str(dollars).lower().partition("e")
    before, _, after = number.partition(".")
    digits = before + after
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _MAX_DIGITS:
        return None
    if power and not power.lstrip("+-").isdigit():
        return None
    shift = _PUSD_DIGITS - len(after) + int(power or 0)
    if abs(shift) > _MAX_DIGITS:
        return None
    amount = int(digits) * 10**shift if shift >= 0 else _divided(int(digits), 10**-shift)
    return amount if amount <= MAX_PUSD else None


def _divided(count: int, unit: int) -> int:
    quotient, rest = divmod(count, unit)
    return quotient + int(2 * rest > unit or (2 * rest == unit and quotient % 2 == 1))


def _seconds(raw: Mapping[str, Any]) -> int | None:
    """The length of the sound, where that is what is billed."""
    seconds = raw.get("seconds")
    if not isinstance(seconds, (int, float)) or raw.get("type", "duration") != "duration":
        return None
    return math.ceil(seconds)


def _with_reasoning(told: Mapping[str, int], asked: int, output: int, reasoning: int) -> int:
    """Output with reasoning in it: some services that speak like OpenAI count it beside."""
    stands_beside = told.get("total_tokens") == asked + output + reasoning
    return output + reasoning if stands_beside else output


def _count_rarities(
    counts: dict[str, int | None], raw: Mapping[str, Any], operation: str, *, is_split: bool
) -> None:
    """Adds what few answers tell."""
    details = inner(inner(raw, *_ASKED_PARTS), "cached_tokens_details")
    for name, unit in _CACHED_KINDS if details else ():
        counts[unit] = whole(details, name)
    if operation == "images" and not is_split:
        # a model that only makes pictures does not split its output
        counts["output_image_tokens"] = counts["output"]
    if "num_search_queries" in raw or "citation_tokens" in raw:
        counts |= _searched(raw, counts["output"])


def _searched(raw: Mapping[str, Any], output: int | None) -> dict[str, int | None]:
    """Perplexity's counts: thoughts and citations stand beside its output."""
    citations = whole(raw, "citation_tokens") or 0
    thoughts = whole(raw, "reasoning_tokens") or 0
    return {
        "output": None if output is None else output + thoughts + citations,
        "reasoning": thoughts,
        "output_citation_tokens": citations,
        "web_searches": whole(raw, "num_search_queries"),
    }
