"""The summary of a stretch of time, laid out as one document."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from profiler import display
from profiler.analysis.changes import Change
from profiler.analysis.results.snapshot import Grouped, Trend
from profiler.analysis.summary import Summary
from profiler.budgets.define import scope_words
from profiler.budgets.detail import Past
from profiler.budgets.savings import Saved
from profiler.domain.budgets import Budget
from profiler.domain.periods import to_moment
from profiler.domain.totals import Totals
from profiler.report.budgets import of_past, of_saved, sheet_of_pasts, sheet_of_saved
from profiler.report.changes import of_changes, sheet_of_changes
from profiler.report.document import Chart, Document, untitled
from profiler.report.sheet import (
    Heading,
    Line,
    Sheet,
    basis_note,
    sheet_of_budgets,
    sheet_of_groups,
    span_words,
)
from profiler.report.structured import Document as Structure, of_groups, of_standing

MOST = 8
"""Rows of each table; the totals hold all."""

MOST_BUDGETS = 20
"""As many as one looks at: of thousands, those that are nearly full."""

_TIMES = {"hour": "%H:%M", "day": "%d %b", "week": "%d %b", "month": "%b %Y"}


Pasts = Sequence[tuple[Budget, Sequence[Past]]]
"""Budgets, each with its windows, oldest first."""


def document_of_summary(
    found: Summary,
    zone: ZoneInfo,
    narrowed_by: str = "",
    pasts: Pasts = (),
    saved: Sequence[Saved] = (),
) -> Document:
    """Figures against those before, spend over time, what changed, where, and the budgets with
    what they saved.
    """
    models, total = found.models, found.models.total
    words = f"{span_words(models.span, zone)}, against {span_words(models.before, zone)}"
    over_time = sheet_of_groups(found.over_time, zone)
    parts: list[Chart | Sheet] = [
        _figures(total),
        chart_of_trend(found.trend, zone, _titled(over_time, f"Spend per {found.over_time.by[0]}")),
        _titled(sheet_of_changes(models, zone, most=MOST), "What changed by model"),
        _titled(sheet_of_changes(found.features, zone, most=MOST), "What changed by feature"),
        _titled(sheet_of_groups(_first(found.sites), zone), "Where in the code"),
    ]
    if found.standings:
        scopes = [scope_words(standing.budget) for standing in found.standings]
        parts.append(sheet_of_budgets(found.standings, scopes, most=MOST_BUDGETS))
    if pasts:
        parts.append(sheet_of_pasts(pasts[:MOST_BUDGETS], MOST))
    if saved:
        parts.append(sheet_of_saved(saved))
    return Document(
        title=f"Summary: {display.spend(total.now)} spent",
        subtitle=f"{words} · {display.plain(narrowed_by)}" if narrowed_by else words,
        parts=tuple(parts),
        notes=(basis_note(total.now),),
    )


def chart_of_trend(trend: Trend, zone: ZoneInfo, table: Sheet) -> Chart:
    """Spend over time; `table` stands for it where nothing can be drawn."""
    times = (to_moment(start, zone).strftime(_TIMES[trend.step]) for start in trend.starts_us)
    return Chart(f"Spend per {trend.step}", tuple(times), trend.series, display.money, table)


def _titled(sheet: Sheet, title: str) -> Sheet:
    bare = untitled(sheet)
    notes = tuple(note for note in bare.notes if "more changed" in note)
    return Sheet(title, "", bare.headings, bare.lines, bare.total, notes, bare.bar_spare)


def _first(grouped: Grouped) -> Grouped:
    return Grouped(grouped.by, grouped.span, grouped.rows[:MOST], grouped.totals)


def _figures(total: Change) -> Sheet:
    now, before = total.now, total.before
    rows = (
        ("Spend", display.spend(now), display.spend(before), now.spend_pusd, before.spend_pusd),
        _counted("Calls", now.calls, before.calls),
        _counted("Tokens", now.tokens, before.tokens),
        _counted("Errors", now.errors, before.errors),
        _counted("Retries", now.retries, before.retries),
        _worth("Saved by caching", now, before),
    )
    return Sheet(
        title="",
        subtitle="",
        headings=(
            Heading(""),
            Heading("Now", is_number=True),
            Heading("Before", is_number=True),
            Heading("Change", is_number=True),
        ),
        lines=tuple(
            Line((name, shown, shown_before, _change(amount, amount_before)))
            for name, shown, shown_before, amount, amount_before in rows
        ),
        total=None,
        notes=(),
        are_figures=True,
    )


def _counted(name: str, now: int, before: int) -> tuple[str, str, str, int, int]:
    return name, display.count(now), display.count(before), now, before


def _worth(name: str, now: Totals, before: Totals) -> tuple[str, str, str, int, int]:
    amounts = now.cache_net_pusd, before.cache_net_pusd
    return name, display.money(amounts[0]), display.money(amounts[1]), *amounts


def _change(now: int, before: int) -> str:
    return f"{now / before - 1:+.1%}" if before > 0 else display.UNKNOWN


def of_summary(found: Summary, pasts: Pasts = (), saved: Sequence[Saved] = ()) -> Structure:
    """The same for programs, exact."""
    return {
        "models": of_changes(found.models),
        "features": of_changes(found.features),
        "sites": of_groups(found.sites),
        f"{found.over_time.by[0]}s": of_groups(found.over_time),
        "budgets": [of_standing(one, scope_words(one.budget)) for one in found.standings],
        "history": [of_past(one) for _, windows in pasts for one in windows],
        "saved": [of_saved(one) for one in saved],
    }
