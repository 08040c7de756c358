from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from profiler.analysis.asked import Asked
from profiler.analysis.changes import Change, changed
from profiler.analysis.summary import summary
from profiler.domain.periods import HOUR_US, Span, to_us
from profiler.domain.scopes import EVERYTHING, Dimension, Filter
from profiler.domain.totals import Totals
from profiler.errors import UsageError
from profiler.store import reads
from tests.support.events import an_event
from tests.support.workspaces import a_workspace

NOW = to_us(datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
DAY_US = 24 * HOUR_US
TODAY = NOW - NOW % DAY_US


def events() -> list[dict[str, object]]:
    usage = {"input": 1_000_000, "output": 0}
    return [
        an_event(at=TODAY + HOUR_US, feature="search", usage=usage),
        an_event(at=TODAY + 2 * HOUR_US, feature="search", usage=usage),
        an_event(at=TODAY + 2 * HOUR_US + 1, feature="new", usage=usage),
        an_event(at=TODAY - DAY_US + HOUR_US, feature="search", usage=usage),
        an_event(at=TODAY - DAY_US + 2 * HOUR_US, feature="gone", usage=usage),
        # after half past nine yesterday: not as late today
        an_event(at=TODAY - 3 * HOUR_US, feature="search", usage=usage),
    ]


def test_what_changed_is_the_difference_of_both_ranges(tmp_path: Path) -> None:
    now, before = Filter(span=Span(TODAY)), Filter(span=Span(TODAY - DAY_US, NOW - DAY_US))
    with a_workspace(tmp_path, events()) as workspace:
        found = changed(workspace.store, [Dimension.FEATURE], now, before)
        one = reads.totals(workspace.store, EVERYTHING).spend_pusd // 6
    rows = {row.labels[0]: row for row in found.rows}
    assert {name: (row.now.calls, row.before.calls) for name, row in rows.items()} == {
        "search": (2, 1),
        "new": (1, 0),
        "gone": (0, 1),
    }
    assert {name: row.pusd for name, row in rows.items()} == {
        "search": one, "new": one, "gone": -one
    }  # fmt: skip
    assert found.total.pusd == sum(row.pusd for row in found.rows) == one
    assert rows["search"].ratio == 1.0
    assert rows["search"].of_calls_pusd == one
    assert rows["new"].ratio is None


def test_a_dearer_call_is_told_apart_from_more_calls() -> None:
    row = Change((), Totals(calls=3, spend_pusd=36), Totals(calls=2, spend_pusd=20))
    assert (row.pusd, row.of_calls_pusd) == (16, 10)


def test_a_summary_compares_with_as_much_of_the_time_before(tmp_path: Path) -> None:
    asked = Asked(Filter(span=Span(TODAY)), ZoneInfo("UTC"))
    with a_workspace(tmp_path, events()) as workspace:
        found = summary(workspace.store, asked, NOW, ())
    assert (found.models.total.now.calls, found.models.total.before.calls) == (3, 2)
    assert sum(row.totals.calls for row in found.over_time.rows) == 3
    assert found.features.total == found.models.total


@pytest.mark.parametrize(
    ("days", "step", "rows"),
    [(1, "day", 1), (30, "day", 30), (300, "week", 43), (3_000, "month", 99)],
)
def test_a_summary_of_years_is_no_table_of_days(
    days: int, step: str, rows: int, tmp_path: Path
) -> None:
    asked = Asked(Filter(span=Span(TODAY - (days - 1) * DAY_US)), ZoneInfo("UTC"))
    with a_workspace(tmp_path, events()) as workspace:
        found = summary(workspace.store, asked, NOW, ())
    assert (found.over_time.by, len(found.over_time.rows)) == ((step,), rows)
    assert found.over_time.totals == found.models.total.now


def test_there_is_no_summary_of_all_time(tmp_path: Path) -> None:
    with a_workspace(tmp_path) as workspace, pytest.raises(UsageError, match="--since"):
        summary(workspace.store, Asked(), NOW, ())
