"""Usage: how much of what one call used, in disjoint buckets.

Providers disagree on what contains what (OpenAI's input includes cache, Anthropic's
does not, Gemini's thoughts stand outside output). The shim's adapters resolve that
once, at the source; from there on every bucket is disjoint, except that `reasoning`
is a part of `output` and every entry of `more` is a part of the bucket it refines.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one call, each `None` where the provider did not say."""

    input: int | None = None
    """Input tokens that were neither read from nor written to a cache."""
    cache_read: int = 0
    """Input tokens read from the provider's prompt cache."""
    cache_write: int = 0
    """Input tokens written to a cache whose lifetime the provider did not say."""
    cache_write_5m: int = 0
    """Input tokens written to a five-minute cache."""
    cache_write_1h: int = 0
    """Input tokens written to a one-hour cache."""
    output: int | None = None
    """Output tokens, reasoning included."""
    reasoning: int = 0
    """Output tokens spent on thinking: a part of `output`."""
    more: Mapping[str, int] = field(default_factory=dict)
    """Further units by genai-prices' usage names: `input_audio_tokens`, `web_searches`…"""

    @property
    def is_known(self) -> bool:
        """Whether both sides of the call were counted, so that it can be priced."""
        return self.input is not None and self.output is not None

    @property
    def buckets(self) -> tuple[int | None, int, int, int, int, int | None, int]:
        """The disjoint counts in the order of their fields, without `more`; `None` is unknown."""
        return (
            self.input,
            self.cache_read,
            self.cache_write,
            self.cache_write_5m,
            self.cache_write_1h,
            self.output,
            self.reasoning,
        )

    @property
    def cache_writes(self) -> int:
        """All cache writes, whatever their lifetime."""
        return self.cache_write + self.cache_write_5m + self.cache_write_1h

    @property
    def total_input(self) -> int:
        """Everything the model read: fresh, cached and newly cached."""
        return (self.input or 0) + self.cache_read + self.cache_writes

    @property
    def known_total_input(self) -> int | None:
        """The same; `None` where the provider did not say."""
        return None if self.input is None else self.total_input

    @property
    def total(self) -> int:
        """All tokens, in and out."""
        return self.total_input + (self.output or 0)


def as_billed_units(usage: Usage) -> dict[str, int]:
    """`usage` in genai-prices' names, where a total contains its parts.

    Zero counts are left out, except in `more`: there a zero says that the provider counted
    none. `more` may hold parts of input or output (audio, images) and units beside them
    (searches, seconds); they keep their names.
    """
    units = {
        "input_tokens": usage.total_input,
        "cache_read_tokens": usage.cache_read,
        "cache_write_tokens": usage.cache_writes,
        "cache_write_5m_tokens": usage.cache_write_5m,
        "cache_write_1h_tokens": usage.cache_write_1h,
        "output_tokens": usage.output or 0,
        "output_reasoning_tokens": usage.reasoning,
    }
    return {name: count for name, count in units.items() if count} | dict(usage.more)
