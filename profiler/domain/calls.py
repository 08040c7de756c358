"""Calls: one logical request to a model, from issue to last byte, error or abandonment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from profiler.domain.outcomes import Basis, Outcome
from profiler.domain.usage import Usage

__all__ = ["Band", "Basis", "Call", "Cost", "Outcome", "call_id"]


@dataclass(frozen=True, slots=True)
class Band:
    """How far from its estimate a cost may lie: of ten such calls, one below and one above."""

    low_per_mille: int
    """Of the estimate."""
    high_per_mille: int
    learned_calls: int
    """Measured calls of the same model it was learned from; 0 where only defaults were known."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call cost, and what its cache use was worth."""

    pusd: int | None
    """The cost in pico-dollars; `None` where it is unpriced."""
    basis: Basis
    """What the figure rests on."""
    rate: str = ""
    """The rate's identity, e.g. `genai-prices@0.2.3 openai/gpt-5.1`; empty when unpriced."""
    cache_saved_pusd: int = 0
    """What cache reads saved against reading the same tokens as fresh input."""
    cache_premium_pusd: int = 0
    """What cache writes cost beyond reading the same tokens as fresh input."""
    cache_missed_pusd: int = 0
    """What fresh input cost beyond the cache-read rate: the most a perfect cache could save."""
    reported_pusd: int | None = None
    """What the provider's own answer said it cost; `None` when it did not say."""
    band: Band | None = None
    """How far an estimate may be off; `None` where nothing is estimated, or nobody can say."""

    @property
    def low_pusd(self) -> int | None:
        """The least an estimated call surely cost; `None` without a band."""
        return self._bound(self.band.low_per_mille) if self.band else None

    @property
    def high_pusd(self) -> int | None:
        """What an estimated call hardly cost more than; `None` without a band."""
        return self._bound(self.band.high_per_mille) if self.band else None

    @property
    def learned_calls(self) -> int | None:
        """Measured calls that an estimate was learned from; `None` without a band."""
        return self.band.learned_calls if self.band else None

    def _bound(self, per_mille: int) -> int | None:
        return None if self.pusd is None else self.pusd * per_mille // 1000


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the store gives it back."""

    id: str
    """30 hex digits: start in microseconds (14), then a random tail (16); sorts by time."""
    started_at_us: int
    """Microseconds since the epoch, UTC."""
    provider: str
    requested_model: str
    model: str
    """The model under the name its rates are listed by, whatever snapshot of it answered: one
    model, one name. Without rates, the name that answered, else the one asked for."""
    operation: str
    """`chat`, `embeddings`, `generate_content`…"""
    outcome: Outcome
    usage: Usage
    cost: Cost
    answered: str = ""
    """The very model that answered, snapshot and all; empty when none did."""
    is_streamed: bool = False
    error: str = ""
    """Error class: `rate_limit`, `timeout`, `connection`, `server_error`…; empty when ok, but for
    an answer that was filtered or refused: `content_filter`."""
    status: int | None = None
    """HTTP status, where there was one."""
    tier: str = ""
    """The service tier the response named."""
    speed: str = ""
    """The speed the response named, where the provider prices by it."""
    finish: str = ""
    """Why the model stopped."""
    attempts: int = 1
    failures: tuple[str, ...] = ()
    """Error class of each attempt that was retried, in order."""
    retry_wait_us: int | None = None
    """Microseconds spent waiting between attempts; `None` without a retry."""
    tools_offered: tuple[str, ...] = ()
    tools_called: tuple[str, ...] = ()
    """Names of the functions the model called, once per call of each."""
    latency_us: int | None = None
    first_chunk_us: int | None = None
    """Microseconds to the first streamed chunk; `None` when not streamed."""
    session: str = ""
    user: str = ""
    user_tier: str = ""
    feature: str = ""
    agent: str = ""
    workflow: str = ""
    project: str = ""
    environment: str = ""
    prompt_version: str = ""
    site: str = ""
    """The user's frame that made the call: `rag/answer.py:41 answer`."""
    stack: tuple[str, ...] = ()
    """The user's frames, outermost first, `site` last; empty when only the site was kept."""
    trace: str = ""
    """The trace the call belongs to, in hex; empty when there is none."""
    parent: str = ""
    """The span the call was made in, in hex; the call's own span is its id's last 16 digits."""
    fingerprint: str = ""
    """Keyed hash of the whole prompt, in hex; the same prompt on one machine gives the same."""
    prefixes: tuple[str, ...] = ()
    """Keyed hashes of the prompt's cacheable beginnings, shortest first."""
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def cursor(self) -> tuple[int, int]:
        """Where the call stands in time order: (start, tail)."""
        return self.started_at_us, int(self.id[14:], 16)


CALL_ID_CHARS = 30


def call_id(started_at_us: int, tail: int) -> str:
    """The id of the call that started then; `tail` is 63 random bits."""
    return f"{started_at_us:014x}{tail:016x}"
