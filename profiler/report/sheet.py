"""A sheet: a report laid out for people, before any document format draws it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from profiler import display
from profiler.analysis.results.snapshot import Group, Grouped
from profiler.budgets.outlook import heading_short
from profiler.domain.budgets import Measure, Standing
from profiler.domain.calls import Call, Outcome
from profiler.domain.periods import Span
from profiler.domain.totals import Totals

ID_CHARS = 14
"""The start of an id: its time to the microsecond, which hardly two calls share."""

_TO_DAY, _TO_MINUTE = len("2026-11-22"), len("2026-11-22 18:00")

UNPRICED_ON_TOP = "+ unpriced calls come on top: their cost is unknown."

NO_LABEL = "(none)"
"""What stands where nobody set the label."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's title, and how it is set."""

    title: str
    is_number: bool = False
    is_whole: bool = False
    """Whether its cells are never broken over lines, as numbers never are."""
    most: int = 60
    """How many cells of a label are shown where nothing else bounds it; exports keep it whole."""
    is_cut: bool = False
    """Whether its cells lose their middle where there is no room, instead of being broken."""
    is_beneath: bool = False
    """Whether a page has its cells beneath those of the first column, in small."""
    spare: int = 0
    """How well one can do without it where there is no room: the highest goes first, 0 never."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet: text safe to draw."""

    cells: tuple[str, ...]
    share: float | None = None
    """How long its bar is, 0 to 1; `None` draws none."""
    tone: str = ""
    """A budget's level, for the colour of its bar."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a document shows: a title, a table, and what its sums rest on."""

    title: str
    subtitle: str
    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    total: Line | None
    notes: tuple[str, ...]
    bar_spare: int = 9
    """How well one can do without the bars, as `Heading.spare`."""
    are_figures: bool = False
    """Whether its lines are a few figures, each with what it was before if that is known."""


_PARTS = (
    Heading("Derived", is_number=True, spare=8),
    Heading("Estimated", is_number=True, spare=8),
)
"""Parts of a spend that have columns of their own where there are any."""

_UNPRICED = Heading("Unpriced", is_number=True)
_SUM_HEADINGS = (
    Heading("Calls", is_number=True),
    Heading("Errors", is_number=True, spare=6),
    Heading("Input", is_number=True, spare=4),
    Heading("Cached", is_number=True, spare=7),
    Heading("Output", is_number=True, spare=5),
    Heading("Spend", is_number=True),
    Heading("Share", is_number=True, spare=3),
)


def sheet_of_groups(grouped: Grouped, zone: ZoneInfo, narrowed_by: str = "") -> Sheet:
    """A grouped report; `narrowed_by` is the filter in words."""
    names = tuple(Heading(name.capitalize()) for name in grouped.by)
    parts = [part for part in _PARTS if getattr(grouped.totals, f"{part.title.lower()}_calls")]
    sums = _sums(grouped.totals, _whole(grouped.totals), parts)
    total = Line(("All", *[""] * (len(names) - 1), *sums))
    subtitle = span_words(grouped.span, zone)
    return Sheet(
        title=f"Spend by {' and '.join(grouped.by)}",
        subtitle=f"{subtitle} · {display.plain(narrowed_by)}" if narrowed_by else subtitle,
        headings=(*names, *_SUM_HEADINGS, *parts, _UNPRICED),
        lines=tuple(_group_line(group, parts) for group in grouped.rows),
        total=total,
        notes=(basis_note(grouped.totals), *_removed_note(grouped, zone)),
    )


def _removed_note(grouped: Grouped, zone: ZoneInfo) -> tuple[str, ...]:
    if grouped.asked is None:
        return ()
    asked = span_words(grouped.asked, zone)
    return (f"Of removed calls only sums are left: they tell of this stretch, not of {asked}.",)


def figures_of(totals: Totals) -> Sheet:
    """The sums of a report, for a page to begin with."""
    rows = (
        ("Spend", display.spend(totals)),
        ("Calls", display.count(totals.calls)),
        ("Tokens", display.short_count(totals.tokens)),
        ("Input from cache", display.percent(totals.hit_rate)),
        ("Errors", display.count(totals.errors)),
        ("Unpriced calls", display.count(totals.unpriced_calls)),
    )
    headings = (Heading(""), Heading("Now", is_number=True))
    return Sheet("", "", headings, tuple(map(Line, rows)), None, (), are_figures=True)


def sheet_of_calls(
    calls: Iterable[Call], totals: Totals, span: Span, zone: ZoneInfo, narrowed_by: str = ""
) -> Sheet:
    """A list of calls; `totals` are those of all calls wanted, which may be more."""
    lines = tuple(_call_line(call, zone) for call in calls)
    subtitle = span_words(span, zone)
    shown = f"the newest {display.count(len(lines))} of {display.count(totals.calls)}"
    return Sheet(
        title="Calls" if len(lines) >= totals.calls else f"Calls: {shown}",
        subtitle=f"{subtitle} · {display.plain(narrowed_by)}" if narrowed_by else subtitle,
        headings=(
            Heading("Started", is_whole=True),
            Heading("Model"),
            Heading("Feature", spare=4),
            Heading("Outcome", spare=1),
            Heading("Input", is_number=True, spare=6),
            Heading("Output", is_number=True, spare=7),
            Heading("Latency", is_number=True, spare=5),
            Heading("Cost", is_number=True),
            Heading("Id", is_whole=True),
        ),
        lines=lines,
        total=None,
        notes=(basis_note(totals),),
    )


def sheet_of_budgets(
    standings: Sequence[Standing], scopes: Sequence[str], *, most: int | None = None
) -> Sheet:
    """Budgets and how full they are; `scopes` says in words what each one counts.

    At most the first `most` of them, which are the fullest.
    """
    more = len(standings) - len(standings[:most])
    standings, scopes = standings[:most], scopes[:most]
    left_out = (f"{display.count(more)} more are less full.",) if more else ()
    unpriced = sum(standing.unpriced_calls for standing in standings)
    return Sheet(
        title="Budgets",
        subtitle="",
        headings=(
            Heading("Budget", is_cut=True),
            Heading("Scope", is_cut=True, spare=2),
            Heading("Period", is_whole=True),
            Heading("Spent", is_number=True),
            Heading("Limit", is_number=True),
            Heading("Used", is_number=True),
            Heading("Left", is_number=True, spare=4),
            Heading("Forecast", is_number=True, spare=6),
            Heading("Rests on", is_beneath=True, spare=5),
            Heading("Level", is_whole=True),
        ),
        lines=tuple(
            _budget_line(standing, scope) for standing, scope in zip(standings, scopes, strict=True)
        ),
        total=None,
        notes=(*left_out, *((UNPRICED_ON_TOP,) if unpriced else ())),
        bar_spare=3,
    )


def basis_note(totals: Totals) -> str:
    """What a sum rests on: how much of it is known how, and what is not in it at all."""
    if not totals.calls:
        return "No calls in this range. An earlier --since or fewer filter words may find some."
    if totals.has_no_known_cost:
        others = "" if totals.is_unpriced else "; the others cost nothing"
        return f"{display.basis(totals).capitalize()}{others}."
    meaning = ": cost unknown, not in the sum" if totals.unpriced_calls else ""
    return f"{display.money(totals.spend_pusd)} = {display.basis(totals, has_calls=True)}{meaning}."


def span_words(span: Span, zone: ZoneInfo) -> str:
    """A span as people say it."""
    start = None if span.start_us is None else _moment(span.start_us, zone)
    end = None if span.end_us is None else display.clock(span.end_us, zone)[:_TO_MINUTE]
    if start and end:
        return f"{start} to {end} ({zone.key})"
    if start:
        return f"since {start} ({zone.key})"
    return f"until {end} ({zone.key})" if end else "all time"


def _moment(at_us: int, zone: ZoneInfo) -> str:
    """A day by its date where it begins there; the last one named may be the first left out."""
    text = display.clock(at_us, zone)
    return text[:_TO_DAY] if text.endswith(" 00:00:00") else text[:_TO_MINUTE]


def _group_line(group: Group, parts: Sequence[Heading]) -> Line:
    labels = (display.label(label) or NO_LABEL for label in group.labels)
    return Line((*labels, *_sums(group.totals, group.share, parts)), group.share)


def _sums(totals: Totals, share: float | None, parts: Sequence[Heading]) -> tuple[str, ...]:
    return (
        display.count(totals.calls),
        display.count(totals.errors),
        display.short_count(totals.total_input),
        display.percent(totals.hit_rate),
        display.short_count(totals.output_tokens),
        display.spend(totals),
        display.percent(share),
        *(_part(totals, part.title.lower()) for part in parts),
        display.count(totals.unpriced_calls),
    )


def _part(totals: Totals, name: str) -> str:
    is_there = getattr(totals, f"{name}_calls")
    return display.money(getattr(totals, f"{name}_pusd")) if is_there else display.UNKNOWN


def _whole(totals: Totals) -> float | None:
    return 1.0 if totals.spend_pusd else None


def _call_line(call: Call, zone: ZoneInfo) -> Line:
    usage = call.usage
    outcome = call.outcome.name.lower()
    cells = (
        display.clock(call.started_at_us, zone),
        display.label(call.model) or NO_LABEL,
        display.label(call.feature) or NO_LABEL,
        call.error if call.outcome is Outcome.ERROR and call.error else outcome,
        display.UNKNOWN if usage.input is None else display.count(usage.total_input),
        display.UNKNOWN if usage.output is None else display.count(usage.output),
        display.duration(call.latency_us),
        display.cost(call),
        call.id[:ID_CHARS],
    )
    return Line(tuple(display.plain(cell) for cell in cells))


def _budget_line(standing: Standing, scope: str) -> Line:
    budget = standing.budget
    limit = standing.tightest
    spent = display.brief(standing.amount, limit.measure)
    if limit.measure is Measure.COST:
        spent = display.at_least(standing.spent_pusd, standing.unpriced_calls)
    cells = (
        display.shortened(standing.title),
        display.shortened(scope),
        budget.period.value,
        spent,
        display.brief(limit.amount, limit.measure),
        display.percent(standing.used),
        display.brief(standing.left, limit.measure),
        heading_short(standing),
        display.basis(standing.spent),
        standing.level.value,
    )
    return Line(
        tuple(display.plain(cell) for cell in cells), min(standing.used, 1.0), standing.level.value
    )
