"""What stands on the screen before there is anything to draw, and when something is in the way."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from profiler.domain.periods import HOUR_US
from profiler.domain.totals import Totals
from profiler.errors import StoreLocked
from profiler.ingest.drain import Drained, Progress
from profiler.tui.app import ProfilerApp
from profiler.tui.asking.ranges import RANGES, wider
from profiler.tui.feed import Source
from profiler.tui.memory import Memory
from profiler.tui.opening.start import Start
from profiler.tui.view import Pulse
from tests.support.snapshots import NOW_US, ZONE, a_snapshot, an_empty_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, screen_text, until

Tell = Callable[[Progress], None]
UNREADABLE = "/home/log cannot be read: Permission denied; calls recorded there are not counted"


def a_first_run(memory: Memory | None = None) -> ProfilerApp:
    """The app where there is no call yet, and some that are made up."""

    def open_demo() -> Source:
        return GivenSource(a_snapshot())

    start = Start(memory=memory or Memory(), open_demo=open_demo)
    return ProfilerApp(lambda: GivenSource(an_empty_snapshot()), ZONE, lambda: NOW_US, start)


def test_a_first_run_tells_two_lines_and_a_key_opens_made_up_calls() -> None:
    memory = Memory()
    app = a_first_run(memory)

    async def act(pilot: Pilot[None]) -> None:
        text = screen_text(app)
        assert "import profiler " in text
        assert "profiler.instrument()" in text
        assert "i  look around with a month of made-up calls" in text
        await pilot.press("i")
        await until(pilot, lambda: "$8.54" in screen_text(app))
        assert "demo: invented calls" in screen_text(app)
        app.action_choose_range("30d")
        await pilot.press("2", "i", "1")
        await until(pilot, lambda: "No calls yet" in screen_text(app))
        assert "demo" not in screen_text(app).splitlines()[0]

    drive(app, act)
    assert memory.text("range") != "30d"


def test_a_click_on_what_a_notice_offers_does_it() -> None:
    app = a_first_run()

    async def act(pilot: Pilot[None]) -> None:
        lines = screen_text(app).splitlines()
        [(x, y)] = [
            (line.index("look"), y) for y, line in enumerate(lines) if "look around" in line
        ]
        await pilot.click(offset=(x, y))
        await until(pilot, lambda: "$8.54" in screen_text(app))

    drive(app, act)


def test_nothing_in_range_is_widened_by_a_key_to_where_calls_are() -> None:
    source = GivenSource(an_empty_snapshot(calls_ever=9))
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        assert "+  widen to this quarter" in screen_text(app)
        assert "clear" not in screen_text(app)
        await pilot.press("+")
        await until(pilot, lambda: app.view.range.id == "quarter")
        app.action_narrow("feature:search")
        await until(pilot, lambda: "x  clear the filter" in screen_text(app))
        assert "No call matches feature:search: this quarter" in screen_text(app)

    drive(app, act)


@pytest.mark.parametrize(
    ("now", "age_h", "then"),
    [
        ("today", 30, "7d"),
        ("today", 24 * 50, "quarter"),
        ("7d", 24 * 300, "all"),
        ("7d", 1, "month"),
        ("all", 1, None),
    ],
)
def test_a_wider_range_is_the_shortest_that_holds_the_newest_call(
    now: str, age_h: int, then: str | None
) -> None:
    current = next(one for one in RANGES if one.id == now)
    found = wider(current, NOW_US - age_h * HOUR_US, NOW_US, ZONE)
    assert (found and found.id) == then


def test_what_is_in_the_way_stands_above_the_figures_there_are() -> None:
    class Locked(GivenSource):
        def drain(self, on_progress: Tell | None = None) -> Drained:
            del on_progress
            raise StoreLocked("profiler.db is locked by \x1b[2Janother program")

    app = an_app(Locked(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: app.view.pulse is Pulse.TROUBLE)
        text = screen_text(app)
        assert "✖ The store is busy · profiler.db is locked by \ufffd[2Janother program" in text
        assert "$8.54" in text
        await pilot.press("7")
        await until(pilot, lambda: "✖ The store is busy" in screen_text(app))

    drive(app, act)


def test_a_log_out_of_reach_is_told_beside_the_figures_or_in_their_place() -> None:
    for shown in (a_snapshot(), an_empty_snapshot()):
        app = an_app(GivenSource(replace(shown, log_trouble=UNREADABLE)))

        async def act(_pilot: Pilot[None], app: ProfilerApp = app) -> None:
            assert screen_text(app).count("✖ The log is out of reach") == 1
            assert "No calls yet" not in screen_text(app)

        drive(app, act)


def test_a_log_that_is_read_for_the_first_time_is_no_first_run() -> None:
    class Slow(GivenSource):
        def drain(self, on_progress: Tell | None = None) -> Drained:
            while on_progress is not None and not self._woken.wait(0.02):
                on_progress(Progress(43, 100, 0))
            return super().drain(on_progress)

    source = Slow(an_empty_snapshot())
    app = an_app(source)

    async def look() -> None:
        async with app.run_test() as pilot:
            await until(pilot, lambda: "Reading the log… 43%" in screen_text(app))
            source.wake()
            await until(pilot, lambda: "No calls yet" in screen_text(app))

    asyncio.run(look())


def test_a_million_models_are_the_dearest_and_one_line_for_all_others() -> None:
    plain = a_snapshot()
    rest = Totals(calls=999_993, unpriced_calls=999_993)
    crowded = replace(plain, other_models=999_993, others=rest, totals=plain.totals + rest)
    app = an_app(GivenSource(crowded))

    async def act(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: " others" in screen_text(app))
        (line,) = (line for line in screen_text(app).splitlines() if " others" in line)
        number = int(line.split(" others")[0].split()[-1].replace(",", ""))
        shown = 1_000_000 - number
        assert 0 < shown <= len(plain.models)

    drive(app, act)
