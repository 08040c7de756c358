"""Rates by the names that calls keep: where the rate comes from, whose it is, when it holds."""

from typing import NamedTuple

_LIMITS = frozenset({"from", "daily"})
"""Words of a rate's name that are followed by when it holds."""


class RateName(NamedTuple):
    """`genai-prices@0.2.3 openai/gpt-5.1 flex from 2026-10-12`, read."""

    source: str
    """`genai-prices`."""
    version: str
    """`0.2.3`, with what the user's own prices add."""
    listed: str
    """Provider and model as listed."""
    context: tuple[str, ...]
    """What a call had to be served as: `flex`; empty for the standard rates."""
    limits: tuple[str, ...]
    """When it holds: `from 2026-10-12`, `daily 01:00:00-04:00:00`."""


def rate_name(identity: str) -> RateName | None:
    """The name in its parts; `None` where the cost rests on no listed rate."""
    source, _, rest = identity.partition(" ")
    name, at, version = source.partition("@")
    listed, _, limits_and_context = rest.partition(" ")
    if not at or "/" not in listed:
        return None
    context: list[str] = []
    limits: list[str] = []
    words = iter(limits_and_context.split())
    for word in words:
        if word in _LIMITS:
            limits.append(f"{word} {next(words, '')}")
        else:
            context.append(word)
    return RateName(name, version, listed, tuple(context), tuple(limits))
