from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from profiler.analysis.asked import Asked
from profiler.analysis.grouping import by_day
from profiler.analysis.results.snapshot import OverviewPart
from profiler.budgets.changes import Save
from profiler.budgets.define import define
from profiler.domain.periods import EVER, HOUR_US, Span, to_us
from profiler.domain.scopes import Dimension, Filter
from profiler.workspace import Workspace
from tests.support.events import an_event
from tests.support.workspaces import a_workspace

NOW = to_us(datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
DAY_US = 24 * HOUR_US
KOLKATA = ZoneInfo("Asia/Kolkata")


def asked(workspace: Workspace, span: Span = EVER) -> Asked:
    return Asked(Filter(span=span), workspace.settings.zone)


def calls_at(*moments: int) -> list[dict[str, object]]:
    return [an_event(at=moment, usage={"input": 1_000_000, "output": 0}) for moment in moments]


def test_spending_is_told_apart_by_the_users_days(tmp_path: Path) -> None:
    hours_ago = [NOW - hours * HOUR_US for hours in (1, 30, 40, 24 * 6, 24 * 8, 24 * 21, 24 * 32)]
    with a_workspace(tmp_path, calls_at(*hours_ago)) as workspace:
        found = workspace.snapshot(asked(workspace), NOW).spending
    counts = (found.today.calls, found.yesterday.calls, found.week.calls, found.month.calls)
    assert counts == (1, 1, 4, 6)
    assert found.week_before is not None
    assert found.month_before is not None
    assert (found.week_before.calls, found.month_before.calls) == (1, 1)


def test_a_day_of_a_zone_with_half_hours_is_exact(tmp_path: Path) -> None:
    midnight = to_us(datetime(2026, 11, 21, 18, 30, tzinfo=UTC))
    yesterday = midnight - DAY_US
    calls = calls_at(yesterday - 1, yesterday, midnight - 1, midnight, NOW)
    with a_workspace(tmp_path, calls, zone=KOLKATA) as workspace:
        found = workspace.snapshot(asked(workspace), NOW).spending
    assert (found.today.calls, found.yesterday.calls) == (2, 1)


def test_only_the_span_is_summed_and_the_newest_calls_lead(tmp_path: Path) -> None:
    with a_workspace(tmp_path, calls_at(NOW - 2 * DAY_US, NOW - HOUR_US)) as workspace:
        found = workspace.snapshot(asked(workspace, Span(NOW - DAY_US)), NOW)
    assert found.totals.calls == 1
    assert [call.started_at_us for call in found.recent] == [NOW - HOUR_US, NOW - 2 * DAY_US]
    assert found.freshness.calls == 2


def test_of_a_range_that_has_ended_the_newest_calls_are_its_own(tmp_path: Path) -> None:
    moments = (NOW - 3 * DAY_US, NOW - 2 * DAY_US, NOW - HOUR_US)
    ended = Span(NOW - 3 * DAY_US + 1, NOW - DAY_US)
    with a_workspace(tmp_path, calls_at(*moments)) as workspace:
        found = workspace.snapshot(asked(workspace, ended), NOW)
    assert [call.started_at_us for call in found.recent] == [NOW - 2 * DAY_US]


def test_an_empty_home_gives_an_empty_snapshot(tmp_path: Path) -> None:
    with a_workspace(tmp_path) as workspace:
        found = workspace.snapshot(asked(workspace), NOW)
    assert (found.totals.calls, found.models, found.recent) == (0, (), ())


def test_an_unknown_model_is_unpriced_and_adds_nothing(tmp_path: Path) -> None:
    private = an_event(at=NOW - 1, model="our-own", answered="our-own")
    with a_workspace(tmp_path, [*calls_at(NOW - 2), private]) as workspace:
        found = workspace.snapshot(asked(workspace), NOW)
    assert found.totals.unpriced_calls == 1
    rows = {row.model: row.totals for row in found.models}
    assert rows["our-own"].spend_pusd == 0
    assert rows["our-own"].mean_pusd is None
    assert found.totals.spend_pusd == rows["gpt-5-mini"].spend_pusd


def test_what_is_unpriced_says_whether_there_is_a_rate(tmp_path: Path) -> None:
    private = an_event(at=NOW - 1, model="our-own", answered="our-own")
    failed = an_event(at=NOW - 2, usage=None)
    with a_workspace(tmp_path, [private, failed]) as workspace:
        found = workspace.snapshot(asked(workspace), NOW)
    assert {row.model: row.has_rate for row in found.models} == {
        "our-own": False,
        "gpt-5-mini": True,
    }


def test_budgets_stand_where_their_calls_are(tmp_path: Path) -> None:
    events = [
        an_event(at=NOW - 1, feature="search", usage={"input": 1_000_000, "output": 0}),
        an_event(at=NOW - 2, feature="chat", usage={"input": 1_000_000, "output": 0}),
        an_event(at=NOW - 2 * DAY_US, feature="search", usage={"input": 1_000_000, "output": 0}),
    ]
    with a_workspace(tmp_path, events) as workspace:
        workspace.change_budget(Save(define("all", "10", "total", "", ZoneInfo("UTC"))))
        search = define("search", "0.5", "daily", "feature:search", ZoneInfo("UTC"))
        workspace.change_budget(Save(search))
        first, second = workspace.standings(NOW)
    assert (first.budget.name, first.spent_pusd) == ("search", 250_000_000_000)
    assert (second.budget.name, second.spent_pusd) == ("all", 750_000_000_000)
    assert first.forecast is not None
    assert (first.forecast.days, first.forecast.mid) == (2, None)


def test_days_without_calls_are_reported_too(tmp_path: Path) -> None:
    with a_workspace(tmp_path, calls_at(NOW - 2 * DAY_US, NOW)) as workspace:
        wanted = Filter(span=Span(NOW - 3 * DAY_US))
        found = by_day(workspace.store, wanted, NOW, workspace.settings.zone)
    assert [row.labels[0] for row in found.rows] == [
        "2026-11-19",
        "2026-11-20",
        "2026-11-21",
        "2026-11-22",
    ]
    assert [row.totals.calls for row in found.rows] == [0, 1, 0, 1]


def test_groups_carry_their_share_dearest_first(tmp_path: Path) -> None:
    events = [an_event(at=NOW - n, user="ada" if n < 3 else "bob") for n in range(4)]
    with a_workspace(tmp_path, events) as workspace:
        found = workspace.grouped((Dimension.USER,), Filter())
    assert [(row.labels, row.share) for row in found.rows] == [(("ada",), 0.75), (("bob",), 0.25)]


def test_a_calls_price_is_opened_line_by_line(tmp_path: Path) -> None:
    event = an_event(at=NOW, usage={"input": 1_000, "cache_read": 2_000, "output": 300})
    with a_workspace(tmp_path, [event]) as workspace:
        [call] = workspace.page(Filter(), None, 10).calls
        detail = workspace.detail(call.id, NOW)
    assert sum(line.pusd for line in detail.lines) == call.cost.pusd
    assert detail.cost_now.pusd == call.cost.pusd
    assert {line.count for line in detail.lines} == {1_000, 2_000, 300}


def part_of(workspace: Workspace, since_us: int, picked: str = "") -> OverviewPart:
    question = replace(asked(workspace, Span(since_us)), screen="overview", picked=picked)
    part = workspace.snapshot(question, NOW).part
    assert isinstance(part, OverviewPart)
    return part


def test_movers_say_what_changed_against_the_stretch_before(tmp_path: Path) -> None:
    midnight = NOW - NOW % DAY_US
    events = [an_event(at=midnight - 20 * HOUR_US + n) for n in range(4)]
    events += [an_event(at=midnight + HOUR_US + n) for n in range(6)]
    with a_workspace(tmp_path, events) as workspace:
        (mover,) = part_of(workspace, midnight).movers
    assert (mover.now.calls, mover.before.calls) == (6, 4)
    assert mover.pusd == mover.of_calls_pusd == mover.before.spend_pusd // 2


def test_without_calls_before_nothing_moved(tmp_path: Path) -> None:
    with a_workspace(tmp_path, calls_at(NOW - 1)) as workspace:
        assert part_of(workspace, NOW - HOUR_US).movers == ()


def test_the_pace_is_told_against_the_week_before(tmp_path: Path) -> None:
    events = calls_at(NOW - 1, NOW - 2 * HOUR_US, NOW - 3 * DAY_US)
    with a_workspace(tmp_path, events) as workspace:
        part = part_of(workspace, NOW - DAY_US)
    assert part.hour.calls == 1
    assert part.usual_pusd == part.hour.spend_pusd * 2 // (7 * 24)


def test_what_has_no_price_is_named_beside_the_trend(tmp_path: Path) -> None:
    private = an_event(at=NOW - 1, model="our-own", answered="our-own")
    with a_workspace(tmp_path, [private, *calls_at(NOW - 2)]) as workspace:
        assert part_of(workspace, NOW - DAY_US).trend.unpriced == ("our-own",)


def test_the_trend_goes_by_the_step_asked_for_unless_it_were_too_fine(tmp_path: Path) -> None:
    with a_workspace(tmp_path, calls_at(NOW - 1)) as workspace:
        steps = [
            part_of(workspace, NOW - days * DAY_US, step).trend.step
            for days, step in ((7, "hour"), (7, "week"), (300, "hour"), (7, ""))
        ]
    assert steps == ["hour", "week", "day", "day"]
