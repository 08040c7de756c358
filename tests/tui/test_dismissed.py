"""What was put away stays so, and what is kept of it stays bounded."""

from textual.pilot import Pilot

from profiler.tui.alerts import Alert
from profiler.tui.app import ProfilerApp
from profiler.tui.memory import Memory
from profiler.tui.opening.start import Start
from profiler.tui.widgets.banner import MOST_KEPT, Banner
from tests.support.snapshots import NOW_US, ZONE, a_snapshot
from tests.support.sources import GivenSource
from tests.tui.conftest import drive


def test_of_all_that_was_put_away_the_latest_is_kept() -> None:
    memory = Memory()
    memory.keep("dismissed", [str(number) for number in range(MOST_KEPT)])
    source = GivenSource(a_snapshot(alerts=()))
    told: list[Alert] = []

    async def act(pilot: Pilot[None]) -> None:
        told.extend(pilot.app.screen.query_one(Banner).told)
        await pilot.press("a")

    drive(ProfilerApp(lambda: source, ZONE, lambda: NOW_US, Start(memory=memory)), act, (120, 40))
    kept = memory.texts("dismissed")
    assert (len(kept), kept[0], kept[-1]) == (200, "1", told[0].id)
