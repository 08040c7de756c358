"""A figure leads to the calls behind it: what is listed adds up to what was opened."""

import shutil
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from profiler import display
from profiler.analysis import sessions
from profiler.config import Settings
from profiler.display import ALL_OTHERS
from profiler.domain.periods import HOUR_US
from profiler.domain.query import parse_filter
from profiler.domain.totals import Totals
from profiler.domain.usual import WEEK_US
from profiler.keeping.kept import Kept
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.memory import Memory
from profiler.tui.opening.start import Start
from profiler.tui.screens.cache import CacheScreen, calls_at as calls_at_place
from profiler.tui.screens.models import ModelsScreen
from profiler.tui.screens.sessions import SessionsScreen
from profiler.tui.screens.sites import SitesScreen, calls_at
from profiler.tui.widgets.bars import MARGIN, BarsPlot
from profiler.tui.widgets.frames import rows
from profiler.tui.widgets.icicle import Icicle
from profiler.tui.widgets.inputs import InputsPanel
from profiler.tui.widgets.model_rows import calls_of
from profiler.tui.widgets.movers import MoversPanel
from profiler.tui.widgets.spots import Spot, SpotsPanel
from profiler.tui.widgets.trend import TrendPanel, sum_of
from profiler.tui.widgets.yardsticks import BY_TITLE
from tests.support.oracle import totals_of
from tests.support.picture import NOW_US, SAMPLE, ZONE
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, until

LOW, ROOMY = (80, 24), (200, 50)
CUSTOM = "custom 2026-11-12..2026-11-16T09:30"
"""A range that ended: what is told of today lies outside it."""

Added = Callable[[str], Totals]
Look = Callable[[ProfilerApp, Added], None]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("opened"), zone=ZONE)
    shutil.copytree(SAMPLE / "log", settings.log_folder)
    with Kept.open(settings) as workspace:
        workspace.drain()
    return settings


def look_at(settings: Settings, look: Look, size: tuple[int, int], chosen: str, *keys: str) -> None:
    """Let `look` see the app after those keys, and add up the calls that a filter leads to."""
    memory = Memory()
    memory.keep("range", chosen)
    app = ProfilerApp(lambda: Kept.open(settings), ZONE, lambda: NOW_US, Start(memory=memory))

    async def act(pilot: Pilot[None]) -> None:
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        with Kept.open(settings) as kept:

            def added(query: str) -> Totals:
                wanted = parse_filter(query, NOW_US, ZONE, app.view.question.wanted(NOW_US))
                return totals_of(kept.each(wanted))

            look(app, added)

    drive(app, act, size)


def spots_in(app: ProfilerApp, kind: type[SpotsPanel] = SpotsPanel) -> list[Spot]:
    return [spot for panel in app.screen.query(kind) if panel.display for spot in panel.spots]


def says(spot: Spot, totals: Totals) -> bool:
    """Whether what is drawn is what the calls add up to."""
    figures = (
        display.spend(totals),
        display.money(totals.spend_pusd),
        f"{display.money(totals.spend_pusd * HOUR_US // WEEK_US)}/h",
        f"{display.short_count(totals.tokens)} tokens",
        display.calls(totals.calls),
        display.count(totals.calls),
        f"{display.count(totals.retries)} retries",
    )
    return any(spot.text.strip("✓~✖↻◌ ").startswith(figure) for figure in figures)


@pytest.mark.parametrize(("size", "chosen"), [(LOW, "7d"), (ROOMY, CUSTOM)])
def test_the_overviews_figures(settings: Settings, size: tuple[int, int], chosen: str) -> None:
    def look(app: ProfilerApp, added: Added) -> None:
        changes = [one for one in spots_in(app) if one.text.strip().startswith(("+", "-", "≈"))]
        others = [one for one in spots_in(app) if one not in changes]
        assert len(others) >= 12
        assert [spot for spot in others if not says(spot, added(spot.query))] == []

    look_at(settings, look, size, chosen)


def test_what_moved_leads_to_both_ranges(settings: Settings) -> None:
    def look(app: ProfilerApp, added: Added) -> None:
        spots = spots_in(app, MoversPanel)
        assert len(spots) >= 9
        for now, before, change in zip(*[iter(spots)] * 3, strict=True):
            difference = added(now.query).spend_pusd - added(before.query).spend_pusd
            assert change.text.strip("+ ") == display.money(difference)

    look_at(settings, look, ROOMY, "7d")


@pytest.mark.parametrize("chosen", ["24h", CUSTOM])
def test_a_bar_of_the_trend_and_each_colour_in_it(settings: Settings, chosen: str) -> None:
    def look(app: ProfilerApp, added: Added) -> None:
        panel, chart = app.screen.query_one(TrendPanel), app.screen.query_one(BarsPlot)
        trend, bars = panel.trend, chart.shown
        assert trend is not None
        assert bars is not None
        for bar in (0, len(bars.starts_us) // 2, len(bars.starts_us) - 1):
            for part in (None, *range(len(trend.series))):
                span = bars.span(bar)
                assert added(panel.query_of(span, part)).spend_pusd == sum_of(trend, span, part)

    look_at(settings, look, LOW, chosen)


def test_figures_and_bars_open_by_click_and_by_keys() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        async def opened(words: str) -> None:
            await until(pilot, lambda: app.current_mode == "calls")
            assert words in getattr(app.screen, "within", "")
            await pilot.press("1")
            await settle(pilot)

        panel, chart = app.screen.query_one("#spending"), app.screen.query_one(BarsPlot)
        await pilot.click(panel, offset=(9, 1))
        await opened("since:2026-11-22")
        panel.focus()
        await pilot.press("right", "down", "enter")
        await opened("since:2026-11-09 until:2026-11-15T14:30:05")
        chart.focus()
        await pilot.press("left", "left", "up", "enter")
        await opened("since:2026-11-20 until:2026-11-21 model:=claude-sonnet-4-5")
        await pilot.click(chart, offset=(MARGIN + 2, chart.size.height - 3))
        await opened("since:2026-11-16 until:2026-11-17 model:=claude-sonnet-4-5")
        await pilot.click(chart, offset=(chart.size.width - 3, 0))
        await opened("since:2026-11-22")

    drive(app, act, (120, 40))


@pytest.mark.parametrize(
    ("keys", "chosen"), [(["5"], "7d"), (["5", "b"], "7d"), (["5", "b", "b"], "30d")]
)
def test_every_frame_of_the_tree(settings: Settings, keys: list[str], chosen: str) -> None:
    def look(app: ProfilerApp, added: Added) -> None:
        tree = app.screen.query_one(Icicle).frames
        found = [row for row in rows(tree.root, ()) if row.frame.name != ALL_OTHERS]
        assert len(found) >= 6
        screen = app.screen
        assert isinstance(screen, SitesScreen)
        by = screen.by or "stack"
        if by == "session":
            (rest,) = (row for row in rows(tree.root, ()) if row.frame.name == ALL_OTHERS)
            assert added(screen.query_of(rest.path) or "") == rest.frame.whole
        for row in found[:: max(1, len(found) // 8)]:
            assert added(calls_at(by, row.path) or "") == row.frame.whole
            if by == "stack":
                assert added(calls_at(by, row.path, is_own=True) or "") == row.frame.own

    look_at(settings, look, ROOMY, chosen, *keys)


def test_the_cells_of_the_models(settings: Settings) -> None:
    def look(app: ProfilerApp, added: Added) -> None:
        part = app.screen.part if isinstance(app.screen, ModelsScreen) else None
        assert part is not None
        row = max(part.rows, key=lambda one: one.totals.calls)
        theirs = calls_of(row, "model")
        assert added(theirs) == row.totals
        assert added(f"{theirs} {BY_TITLE['Errors'].query(row)}").calls == row.totals.errors
        for title in ("Cost p95", "Took p95", "First token p95"):
            slowest = added(f"{theirs} {BY_TITLE[title].query(row)}").calls
            assert 0.02 < slowest / row.totals.calls < 0.09
        cut_off = added(f"{theirs} {BY_TITLE['Cut off'].query(row)}").calls
        assert cut_off == pytest.approx((row.spread.truncated or 0) * row.totals.calls)

    look_at(settings, look, ROOMY, "all", "3")


@pytest.mark.parametrize("keys", [["6"], ["6", "b"], ["6", "b", "n"], ["6", "b", "b", "b"]])
def test_every_run_of_a_page(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, keys: list[str]
) -> None:
    monkeypatch.setattr(sessions, "MOST_RUNS", 3)

    def look(app: ProfilerApp, added: Added) -> None:
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        assert screen.part is not None
        assert screen.part.skipped == (3 if "n" in keys else 0)
        assert len(screen.part.runs) >= 2
        for run in screen.part.runs:
            query = screen.query_of(run.name, app.view.question.wanted(NOW_US).span)
            assert added(query) == run.totals

    look_at(settings, look, LOW, "7d", *keys)


def test_breaks_and_writes_that_nobody_read(settings: Settings) -> None:
    def look(app: ProfilerApp, added: Added) -> None:
        part = app.screen.part if isinstance(app.screen, CacheScreen) else None
        assert part is not None
        assert any(place.breaks for place in part.prompts.places)
        assert any(place.unread for place in part.prompts.places)
        for place in part.prompts.places:
            if place.breaks:
                assert added(calls_at_place(place, "Breaks")).calls == place.breaks
            if place.unread:
                found = added(calls_at_place(place, "Wasted"))
                assert (found.calls, found.cache_premium_pusd) == (place.unread, place.unread_pusd)
        assert added("") == part.whole.totals

    look_at(settings, look, ROOMY, "all", "4")


@pytest.mark.parametrize("chosen", ["24h", CUSTOM])
def test_a_bar_of_the_input(settings: Settings, chosen: str) -> None:
    def look(app: ProfilerApp, added: Added) -> None:
        panel = app.screen.query_one(InputsPanel)
        bars = panel.query_one(BarsPlot).shown
        assert bars is not None
        for bar in range(0, len(bars.starts_us), 5):
            found, span = added(panel.query_of(bars.span(bar))), bars.span(bar)
            assert found.total_input == panel.sum_of(span, None)
            assert found.cache_read_tokens == panel.sum_of(span, 0)

    look_at(settings, look, (120, 40), chosen, "4")
