"""What can be exported from a screen: names alone, so that asking costs nothing."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from profiler.domain.scopes import Filter


@dataclass(frozen=True, slots=True)
class Form:
    """What an export holds, and how it is written."""

    id: str
    title: str
    suffix: str
    is_of_calls: bool
    """Whether it has a row per call; else it is a report by model."""
    stem: str = "profiler-calls"
    """What the file is called where nobody says otherwise."""


FORMS = (
    Form("csv", "Calls as CSV, for spreadsheets", ".csv", is_of_calls=True),
    Form("jsonl", "Calls as JSON lines", ".jsonl", is_of_calls=True),
    Form("parquet", "Calls as Parquet, for notebooks", ".parquet", is_of_calls=True),
    Form("html", "Report by model as a page", ".html", is_of_calls=False),
    Form("md", "Report by model as Markdown", ".md", is_of_calls=False),
    Form("json", "Report by model as JSON", ".json", is_of_calls=False),
)

BUDGET_FORMS = (
    Form("trail.csv", "Audit trail of all budgets as CSV", ".csv",
         is_of_calls=False, stem="profiler-audit"),
    Form("trail.jsonl", "Audit trail of all budgets as JSON lines", ".jsonl",
         is_of_calls=False, stem="profiler-audit"),
    Form("history.json", "A year of limits against actual as JSON", ".json",
         is_of_calls=False, stem="profiler-budgets"),
    Form("budgets.toml", "The budgets as profiler.toml has them", ".toml",
         is_of_calls=False, stem="profiler-budgets"),
)  # fmt: skip
"""What the budgets' screen offers beside these."""


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
