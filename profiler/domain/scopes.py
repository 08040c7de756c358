"""Scopes: what calls can be grouped and filtered by, and a filter over them."""

from dataclasses import dataclass
from enum import StrEnum

from profiler.domain.outcomes import Basis, Outcome
from profiler.domain.periods import EVER, Span


class Dimension(StrEnum):
    """A label every call carries, empty where nobody set it."""

    PROVIDER = "provider"
    MODEL = "model"
    FEATURE = "feature"
    USER = "user"
    SESSION = "session"
    AGENT = "agent"
    WORKFLOW = "workflow"
    PROJECT = "project"
    SITE = "site"
    OPERATION = "operation"
    ERROR = "error"
    USER_TIER = "user_tier"
    ENVIRONMENT = "environment"
    PROMPT_VERSION = "prompt_version"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Match:
    """Calls whose label in `dimension` is `pattern`; `*` stands for any text, case is ignored.

    Unless it is a name: another may fit that as a pattern, or differ from it in case alone.
    """

    dimension: Dimension
    pattern: str
    is_excluded: bool = False
    """Whether the calls meant are the others."""
    others: tuple[str, ...] = ()
    """Further patterns: any one of them is enough."""
    is_exact: bool = False
    """Whether they are names, to the letter."""

    @property
    def patterns(self) -> tuple[str, ...]:
        """All of which any one is enough."""
        return (self.pattern, *self.others)


@dataclass(frozen=True, slots=True)
class Among:
    """Calls whose label in `dimension` is one of `labels`, to the letter; empty is not set."""

    dimension: Dimension
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TagMatch:
    """Calls whose tag of that name is `pattern`, as in a `Match`; empty where it is not set."""

    name: str
    pattern: str
    is_excluded: bool = False
    is_exact: bool = False
    """Whether that value is meant to the letter."""

    @property
    def is_there(self) -> bool:
        """Whether only calls with a tag of that name are meant."""
        return bool(self.pattern) is not self.is_excluded


@dataclass(frozen=True, slots=True)
class WayMatch:
    """Calls whose stack, from the outermost frame down to any one of its frames, is `pattern`.

    Frames are joined by `WAY`; `*` and case are as in a `Match`. An empty pattern means calls
    whose place in the code is not known.
    """

    pattern: str
    is_excluded: bool = False
    is_exact: bool = False
    """Whether those frames are meant to the letter."""


EXACTLY = "="
"""What stands before names that are meant to the letter."""


def one_of(*patterns: str) -> str:
    """Any one of `patterns`, as it stands behind the colon in a filter."""
    value = ",".join(one.replace("\\", r"\\").replace(",", r"\,") for one in patterns)
    return f"\\{value}" if value.startswith(EXACTLY) else value


WAY = " > "
"""What stands between the frames of a stack, outermost first."""


class Quantity(StrEnum):
    """What else of a call can be bounded."""

    TOKENS = "tokens"
    """In and out, cache included."""
    INPUT = "input"
    """All that was read, cache included."""
    OUTPUT = "output"
    LATENCY = "latency"
    """In microseconds."""
    FIRST = "first"
    """Microseconds to the first streamed chunk."""
    ATTEMPTS = "attempts"


@dataclass(frozen=True, slots=True)
class Bound:
    """Calls with so much of something, strictly; where it is not known none match."""

    quantity: Quantity
    above: int | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which calls are meant: all conditions hold at once."""

    span: Span = EVER
    matches: tuple[Match, ...] = ()
    outcome: Outcome | None = None
    cost_above_pusd: int | None = None
    """Strictly more than this; unpriced calls never match."""
    cost_below_pusd: int | None = None
    """Strictly less than this; unpriced calls never match."""
    is_priced: bool | None = None
    bounds: tuple[Bound, ...] = ()
    tags: tuple[TagMatch, ...] = ()
    excluded: tuple[Outcome, ...] = ()
    """Calls that ended otherwise."""
    bases: tuple[Basis, ...] = ()
    """Calls whose cost rests on one of these; empty is any."""
    ways: tuple[WayMatch, ...] = ()
    ids: tuple[str, ...] = ()
    """These calls and no others; empty is any."""
    among: tuple[Among, ...] = ()
    """What was read before, of which more is to be read."""


EVERYTHING = Filter()
