"""The line of hit rates: painted by plotext, in a thread, beside the bars of inputs."""

import sys
from dataclasses import replace
from zoneinfo import ZoneInfo

from textual.pilot import Pilot

from profiler.analysis.results.caching import InputTrend
from profiler.domain.periods import DAY_US
from profiler.tui.looks.picture import settle
from profiler.tui.screens.cache import CacheScreen
from profiler.tui.widgets.hit_rates import HitRatesPanel, rates_of
from profiler.tui.widgets.plot import Plot
from tests.support.screen_parts import a_cache_part
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive

UTC = ZoneInfo("UTC")
QUADRANTS = frozenset("▖▗▘▝▀▄▌▐▚▞▙▛▜▟█")


def a_trend(*hits: int | None) -> InputTrend:
    """Days whose inputs came from a cache in so many of a hundred; none came where `None`."""
    return InputTrend(
        starts_us=tuple(day * DAY_US for day in range(len(hits))),
        read=tuple(hit or 0 for hit in hits),
        written=tuple(0 for _ in hits),
        fresh=tuple(0 if hit is None else 100 - hit for hit in hits),
    )


def lines_of(trend: InputTrend, size: tuple[int, int] = (120, 40)) -> list[str]:
    """The chart as it is drawn of that trend; nothing where it is not on the screen."""
    source = GivenSource(a_snapshot())
    source.parts["cache"] = replace(a_cache_part(a_snapshot()), trend=trend)
    app = an_app(source)
    found: list[str] = []

    async def look(pilot: Pilot[None]) -> None:
        app.action_show("cache")
        await settle(pilot)
        assert isinstance(app.screen, CacheScreen)
        plot = app.screen.query_one(HitRatesPanel).query_one(Plot)
        found.extend(plot.render().plain.splitlines())

    drive(app, look, size)
    return found


def columns_of(lines: list[str]) -> set[int]:
    """Where the line is drawn, from the left."""
    return {at for line in lines for at, sign in enumerate(line) if sign in QUADRANTS}


def test_a_rate_is_what_was_read_of_all_input_and_nothing_where_none_was() -> None:
    trend = InputTrend((0, DAY_US, 2 * DAY_US), "day", (3, 0, 0), (1, 1, 0), (0, 1, 0))
    rates = rates_of(trend, UTC)
    assert rates.rates() == [0.75, 0.0, None]
    assert rates.rates(2) == [0.5, None]
    assert rates.times == ("01 Jan", "02 Jan", "03 Jan")


def test_the_line_goes_from_none_to_all_of_the_input() -> None:
    lines = lines_of(a_trend(0, 100))
    assert QUADRANTS & set(lines[0])
    assert QUADRANTS & set(lines[-2])
    assert lines[0].startswith("100% ")
    assert lines[-1].split() == ["01", "Jan", "02", "Jan"]
    assert "plotext" in sys.modules


def test_the_line_breaks_where_no_input_was() -> None:
    whole, broken = lines_of(a_trend(50, 50, 50, 50, 50)), lines_of(a_trend(50, 50, None, 50, 50))
    gap = columns_of(whole) - columns_of(broken)
    assert len(gap) > 5
    assert max(gap) - min(gap) == len(gap) - 1


def test_days_beyond_the_cells_there_are_share_a_point() -> None:
    lines = lines_of(a_trend(*(100 * (day % 2) for day in range(310))))
    [level] = [line for line in lines if QUADRANTS & set(line)]
    assert level.startswith(" 50% ")
    assert len(columns_of(lines)) == 31


def test_a_day_between_days_without_input_is_a_dot() -> None:
    lines = lines_of(a_trend(50, 50, None, 100, None))
    assert lines[0].count("•") == 1
    assert columns_of(lines)


def test_without_any_input_nothing_is_drawn() -> None:
    assert lines_of(a_trend(None, None)) == []


def test_a_narrow_screen_has_the_bars_alone() -> None:
    assert lines_of(a_trend(0, 100), (100, 40)) == []


def test_the_same_rates_are_painted_once() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def look(pilot: Pilot[None]) -> None:
        app.action_show("cache")
        await settle(pilot)
        plot = app.screen.query_one(HitRatesPanel).query_one(Plot)
        before = plot.render()
        app.screen.query_one(HitRatesPanel).draw(a_cache_part(a_snapshot()).trend, app.view)
        assert plot.is_ready
        assert plot.render() is before

    drive(app, look, (120, 40))


def test_another_theme_paints_it_anew() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def look(pilot: Pilot[None]) -> None:
        app.action_show("cache")
        await settle(pilot)
        plot = app.screen.query_one(HitRatesPanel).query_one(Plot)
        before = plot.render()
        app.theme = next(name for name in app.available_themes if name not in {app.theme, "ansi"})
        await settle(pilot)
        after = plot.render()
        assert after.plain == before.plain
        assert after.spans != before.spans

    drive(app, look, (120, 40))
