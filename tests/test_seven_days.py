"""One meaning of seven days: what begins where, whoever is asked."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from profiler.analysis.asked import Asked
from profiler.cli import app
from profiler.config import Settings
from profiler.domain.periods import DAY_US, Span, days_back, moment_us, to_us
from profiler.domain.query import parse_filter
from profiler.domain.scopes import Filter
from profiler.tui.asking.ranges import RANGES
from profiler.tui.opening.start import Start
from tests.support.cli import profiler, started
from tests.support.events import an_event
from tests.support.workspaces import a_workspace

KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = to_us(datetime(2026, 11, 22, 20, 0, tzinfo=UTC))
"""There it is 01:30 on the 23rd."""
START = to_us(datetime(2026, 11, 16, 18, 30, tzinfo=UTC))
"""There it is midnight before the 17th, the first of seven days."""


def test_seven_days_begin_at_one_moment_in_every_face() -> None:
    (picked,) = (one for one in RANGES if one.id == "7d")
    assert moment_us("7d", NOW, KOLKATA) == START
    assert moment_us("1w", NOW, KOLKATA) == START
    assert parse_filter("since:7d", NOW, KOLKATA).span == Span(START)
    assert picked.span_at(NOW, KOLKATA) == Span(START)
    assert days_back(7, NOW, KOLKATA) == Span(START)


def test_the_spend_of_seven_days_is_the_report_since_7d(tmp_path: Path) -> None:
    events = [an_event(at=at) for at in (START - DAY_US, START - 1, START)]
    with a_workspace(tmp_path, events, zone=KOLKATA) as home:
        card = home.snapshot(Asked(Filter(span=Span(START)), home.settings.zone), NOW).spending
        reported = home.grouped([], parse_filter("since:7d", NOW, KOLKATA)).totals
    assert card.week == reported
    assert card.week.calls == 1
    assert card.week_before is not None
    assert card.week_before.calls == 1


def test_a_report_since_7d_begins_with_the_users_day(tmp_path: Path) -> None:
    def first() -> int | None:
        return days_back(7, time.time_ns() // 1000, KOLKATA).start_us

    before = first()
    ran = started("report", "--since", "7d", "--json", home=tmp_path, PROFILER_ZONE=KOLKATA.key)
    told = to_us(datetime.fromisoformat(json.loads(ran.stdout)["since"]))
    assert told in {before, first()}


def test_the_tui_since_7d_begins_with_the_users_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Span] = []

    def note(settings: Settings, since: str = "") -> None:
        question = Start(since=since).question(settings.zone, NOW)
        opened.append(question.wanted(NOW).span)

    monkeypatch.setattr(app, "has_terminal", lambda: True)
    monkeypatch.setattr(app, "open_tui", note)
    monkeypatch.setattr(app, "now_us", lambda: NOW)
    monkeypatch.setattr(app, "read_settings", lambda home: Settings(home, KOLKATA))
    assert profiler("tui", "--since", "7d", home=tmp_path).returncode == 0
    assert opened == [Span(START)]
