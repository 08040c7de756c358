"""What can be exported from a screen: names alone, so that asking costs nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from profiler.domain.scopes import Filter

CALLS, REPORT, SUMMARY, BUDGETS = "calls", "report", "summary", "budgets"


@dataclass(frozen=True, slots=True)
class Form:
    """What an export holds, and how it is written."""

    id: str
    title: str
    suffix: str
    kind: str = CALLS
    """`CALLS` has a row per call; `REPORT` one per group; `SUMMARY` is a document."""
    stem: str = "profiler-calls"
    """What the file is called where nobody says otherwise."""
    about: str = ""
    """What it holds, where that is not what is filtered; such calls were marked one by one."""

    @property
    def is_narrowed(self) -> bool:
        """Whether it holds what is filtered; else it holds all budgets, whatever is shown."""
        return self.kind != BUDGETS


FORMS = (
    Form("csv", "Calls as CSV, for spreadsheets", ".csv"),
    Form("jsonl", "Calls as JSON lines", ".jsonl"),
    Form("parquet", "Calls as Parquet, for notebooks", ".parquet"),
    Form("html", "Report by model as a page", ".html", REPORT, "profiler-report"),
    Form("md", "Report by model as Markdown", ".md", REPORT, "profiler-report"),
    Form("json", "Report by model as JSON", ".json", REPORT, "profiler-report"),
    Form("summary.html", "Summary as a page: what changed, where, budgets", ".html", SUMMARY,
         "profiler-summary"),
    Form("summary.md", "Summary as Markdown", ".md", SUMMARY, "profiler-summary"),
)  # fmt: skip

BUDGET_FORMS = (
    Form("trail.csv", "Audit trail of all budgets as CSV", ".csv", BUDGETS, "profiler-audit"),
    Form("trail.jsonl", "Audit trail of all budgets as JSON lines", ".jsonl", BUDGETS,
         "profiler-audit"),
    Form("history.json", "A year of limits against actual as JSON", ".json", BUDGETS,
         "profiler-budgets"),
    Form("budgets.toml", "The budgets as profiler.toml has them", ".toml", BUDGETS,
         "profiler-budgets"),
)  # fmt: skip
"""What the budgets' screen offers beside these."""


def marked(forms: Sequence[Form], calls: str) -> tuple[Form, ...]:
    """The forms that hold calls, for those that were marked: `calls` says how many."""
    return tuple(
        replace(one, title=one.title.replace("Calls", "Marked calls"), about=f"{calls}, marked")
        for one in forms
        if one.kind == CALLS
    )


def grouped_by(forms: Sequence[Form], by: str) -> tuple[Form, ...]:
    """The forms, whose reports are grouped by something else than the model."""
    return tuple(
        replace(one, title=one.title.replace("by model", f"by {by.replace('_', ' ')}"))
        if one.kind == REPORT
        else one
        for one in forms
    )


@dataclass(frozen=True, slots=True)
class Order:
    """An export somebody wants."""

    wanted: Filter
    form: Form
    path: Path
    may_replace: bool
    narrowed_by: str
    """The filter in words, for the report's title."""
    zone: ZoneInfo
    now_us: int
    by: str = "model"
    """What a report is grouped by."""
