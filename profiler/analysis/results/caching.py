"""What looking at caches finds: frozen, as `analysis.results.snapshot`."""

from dataclasses import dataclass

from profiler.analysis.results.snapshot import Part
from profiler.domain.totals import NOTHING, Totals


@dataclass(frozen=True, slots=True)
class InputTrend:
    """Where input came from over time, in tokens."""

    starts_us: tuple[int, ...] = ()
    """Where each bucket begins; every bucket ends where the next begins."""
    step: str = "day"
    read: tuple[int, ...] = ()
    """From a cache."""
    written: tuple[int, ...] = ()
    """To a cache."""
    fresh: tuple[int, ...] = ()
    """Past any cache: missed."""
    end_us: int | None = None
    """Where the last bucket ends; `None` while it still grows."""


@dataclass(frozen=True, slots=True)
class Cached:
    """What caching did for one model, or one label."""

    labels: tuple[str, ...]
    """Provider and model, or the one label."""
    totals: Totals
    break_even: float | None = None
    """How often a written token has to be read to pay for being written; `None` where nobody can
    say, 0 where writing costs nothing extra."""

    @property
    def reads_per_write(self) -> float | None:
        """How often a written token is read; `None` where none was written, or nobody says so."""
        written = self.totals.cache_write_tokens
        return self.totals.cache_read_tokens / written if written else None


@dataclass(frozen=True, slots=True)
class PromptPlace:
    """A place that sends prompts: what of it broke, and what it wrote that nobody read."""

    provider: str
    model: str
    feature: str
    site: str
    calls: int
    breaks: int = 0
    """Calls whose prompt no longer began as those before."""
    break_pusd: int = 0
    """What those paid for input beyond its cached rate: at most what breaking cost."""
    break_unpriced: int = 0
    """Breaks of unknown cost, not in it."""
    writes: int = 0
    """Calls that wrote to a cache, but those that may still be read."""
    unread: int = 0
    """Those of them whose writing no later call read."""
    unread_tokens: int = 0
    unread_pusd: int = 0
    """The premium paid for writing what was never read."""
    unread_unpriced: int = 0
    broken: tuple[str, ...] = ()
    """The ids of the calls that broke."""
    never_read: tuple[str, ...] = ()
    """Those of the calls whose writing nobody read."""

    @property
    def wasted_pusd(self) -> int:
        """Breaks and unread writes together."""
        return self.break_pusd + self.unread_pusd


@dataclass(frozen=True, slots=True)
class Prompts:
    """The newest prompts looked at one by one."""

    looked_at: int = 0
    is_all: bool = True
    """Whether there are no older calls in the range."""
    unknown: int = 0
    """Calls whose prompt left no hashes."""
    places: tuple[PromptPlace, ...] = ()
    """Those where something broke or was not read, the dearest first."""


@dataclass(frozen=True, slots=True)
class CachePart(Part):
    """The cache screen's own."""

    by: str = "model"
    rows: tuple[Cached, ...] = ()
    """The most saved first."""
    whole: Cached = Cached((), NOTHING)
    left_out: int = 0
    """Rows beyond those, too many to show."""
    trend: InputTrend = InputTrend()
    prompts: Prompts = Prompts()
