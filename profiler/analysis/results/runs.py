"""What the screens of sites and of sessions draw, frozen."""

from dataclasses import dataclass

from profiler.analysis.flame import Frame
from profiler.analysis.results.snapshot import Part
from profiler.domain.calls import Call
from profiler.domain.totals import Totals


@dataclass(frozen=True, slots=True)
class SitesPart(Part):
    """Spend as a tree of frames."""

    root: Frame
    before: Frame | None = None
    """The same tree over the range it is compared with; `None` unless that was asked for."""
    by: str = "stack"
    """What its frames are: `stack`, `labels` or `session`."""
    against: str = ""
    """Which range it is compared with, as it was asked for."""


@dataclass(frozen=True, slots=True)
class Run:
    """A session, or all calls of a workflow or an agent."""

    name: str
    totals: Totals
    models: tuple[str, ...]
    """The dearest first."""
    first_at_us: int | None
    """When its first call began; `None` where that was not looked up."""
    last_end_us: int | None
    """When the last of its calls was over."""


@dataclass(frozen=True, slots=True)
class SessionsPart(Part):
    """Some of the sessions, workflows or agents, in the order that was asked for."""

    runs: tuple[Run, ...]
    number: int | None
    """How many there are; `None` where they are too many to count each time."""
    opened: Run | None = None
    """The one that was picked."""
    calls: tuple[Call, ...] = ()
    """Its calls, oldest first; the first of them where they are too many."""
    skipped: int = 0
    """How many come before those, on pages before."""
    has_more: bool = False
    """Whether another page comes after."""
    since_us: int | None = None
    """Only calls from then on were compared; `None` where it was all that are wanted."""
    by: str = "latest"
    """What is listed, in which order: `latest`, `dearest`, `workflow` or `agent`."""
    picked: str = ""
    """Which was to be opened, whether or not it has calls."""
