"""What the analyses find: frozen results of tuples and plain values, safe to compare and to draw.

Every face (screens, reports, exports) is drawn from these, so a number reads the same everywhere.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from profiler.analysis.figures import Figures
from profiler.domain.alerts import Alert
from profiler.domain.budgets import Standing
from profiler.domain.calls import Call, Cost
from profiler.domain.periods import Span
from profiler.domain.totals import NOTHING, Totals
from profiler.log.captured import CallText

if TYPE_CHECKING:
    # its module reads the store, whose tables import SQLAlchemy
    from profiler.analysis.changes import Change


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a grouped report."""

    labels: tuple[str, ...]
    """One value per dimension grouped by; empty where nobody set the label."""
    totals: Totals
    share: float | None
    """Share of the report's spend; `None` when nothing was spent or no cost is known."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Spend by one or more dimensions, the dearest first; by day, the oldest first."""

    by: tuple[str, ...]
    """What the rows are grouped by: dimensions, or `day`."""
    span: Span
    rows: tuple[Group, ...]
    totals: Totals
    """All rows together."""
    left_out: int = 0
    """How many groups the last row stands for together; 0 where each has its own."""
    asked: Span | None = None
    """The span that was asked for, where sums of removed calls tell only another."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one screen draws beyond the rest."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Spend over time: one series per label, each with a value per bucket."""

    starts_us: tuple[int, ...]
    """Where each bucket begins; every bucket ends where the next begins."""
    step: str
    """`hour`, `day`, `week` or `month`."""
    series: tuple[tuple[str | None, tuple[int, ...]], ...]
    """(label, pico-dollars per bucket), the dearest first; all others are summed under `None`."""
    unpriced: tuple[str, ...] = ()
    """Labels whose calls have no price at all: nothing of them can be drawn, and it is not $0."""
    end_us: int | None = None
    """Where the last bucket ends; `None` while it still grows."""
    unpriced_others: int = 0
    """How many labels beyond those named are unpriced as well, where all of those are."""
    by: str = "model"
    """What the labels are of."""


@dataclass(frozen=True, slots=True)
class OverviewPart(Part):
    """The overview's own."""

    trend: Trend
    """By what the screen grouped by when it asked."""
    movers: "tuple[Change, ...]" = ()
    """By the same: what changed most against the stretch before, the most first."""
    hour: Totals = NOTHING
    """The last sixty minutes."""
    usual_pusd: int | None = None
    """What an hour costs usually: the mean of the week before; `None` without a week before."""
    failed: Totals = NOTHING
    """Calls that ended in an error, and what they cost all the same."""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model among others."""

    provider: str
    model: str
    totals: Totals
    has_rate: bool = False
    """Whether the card has one for it; looked up where calls of it are unpriced."""

    @property
    def name(self) -> str:
        """Provider and model, as one word."""
        return f"{self.provider}/{self.model or '(unknown)'}"


@dataclass(frozen=True, slots=True)
class Snapshot(Figures):
    """Everything the screens draw, at one moment, for one time range and its calls."""

    standings: tuple[Standing, ...]
    """The fullest budget first."""
    models: tuple[ModelRow, ...]
    """The dearest first; the first of them where there are very many."""
    recent: tuple[Call, ...]
    """The newest calls, newest first; of a range that has ended, those within it."""
    other_models: int = 0
    """How many models there are beyond those."""
    others: Totals = NOTHING
    """What those add up to."""
    part: Part | None = None
    """What the screen that asked draws beyond this; `None` where it is not read (yet)."""
    alerts: tuple[Alert, ...] = ()
    """What budgets had to tell and nobody acknowledged, the latest first."""
    refused_calls: int = 0
    """How many calls budgets refused in the span, whatever the filter: what is not sent is none."""
    ledger_trouble: str = ""
    """Why nothing can be said of budgets; empty where something can."""
    newest_entry: int = 0
    """The newest of the audit trail, 0 before there is one: with another, budgets were changed."""
    log_trouble: str = ""
    """Why some or all of the log cannot be read; empty where it can."""


@dataclass(frozen=True, slots=True)
class Matched:
    """How many calls a filter means."""

    calls: int
    is_exact: bool = True
    """Else there are at least so many."""
    spend_pusd: int | None = None
    """What they cost; `None` where that takes looking at each."""
    unpriced_calls: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the history, newest first, or dearest first."""

    calls: tuple[Call, ...]
    has_older: bool
    has_newer: bool
    reached: tuple[int, ...] | None = None
    """How far was looked, where the search stopped before the page was full."""
    matched: Matched | None = None
    """How many calls there are altogether; told with the page at either end."""


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a call's price: count times rate is amount."""

    unit: str
    """`input`, `cache read`, `output`…"""
    count: int
    rate_usd: str
    """The rate as the card states it, in dollars, e.g. `1.25`."""
    per: int
    """How many units that rate buys: a million tokens, a thousand searches."""
    pusd: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the same usage costs on another model, at the rates in force now."""

    provider: str
    model: str
    pusd: int


@dataclass(frozen=True, slots=True)
class CallDetail:
    """One call, opened."""

    call: Call
    lines: tuple[PriceLine, ...]
    """Empty when unpriced."""
    cost_now: Cost
    """What the same usage costs at the rates in force now."""
    text: CallText | None = None
    """What was asked and answered; `None` unless the program captured it."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """What it would cost on other models, the cheapest first."""
    all_cached_pusd: int | None = None
    """What it would have cost had all of its prompt, the fresh and the written, been read from the
    cache; `None` where nobody can say, or cache reads have no rate."""
