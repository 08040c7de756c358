"""The app left open: whatever is looked at and done, no file is kept open for it."""

from pathlib import Path
from zoneinfo import ZoneInfo

from textual.pilot import Pilot

from profiler.analysis.asked import Asked
from profiler.budgets.changes import Save
from profiler.config import Settings
from profiler.domain.scopes import EVERYTHING
from profiler.keeping.kept import Kept
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.names import SCREENS
from tests.support.descriptors import descriptors
from tests.support.events import START_US, a_segment, an_event
from tests.support.ledgers import a_budget
from tests.support.sizes import sized
from tests.tui.conftest import drive

UTC = ZoneInfo("UTC")
DIALOGS = ("slash", "r", "e", "question_mark", "A", "z")
LOOKS, ROUNDS = sized(200, 5_000), sized(2, 20)


def a_home(folder: Path) -> Settings:
    settings = Settings(home=folder, zone=UTC)
    a_segment(settings.log_folder, [an_event(at=START_US + number) for number in range(5)])
    return settings


def test_descriptors_stay_level_over_hundreds_of_looks(tmp_path: Path) -> None:
    with Kept.open(a_home(tmp_path)) as kept:
        seen = []
        for number in range(LOOKS):
            if number % 20 == 0:
                kept.change_budget(Save(a_budget(f"budget {number}")))
                a_segment(kept.settings.log_folder, [an_event(at=START_US + 100 + number)])
            kept.drain()
            kept.snapshot(Asked(EVERYTHING, UTC), START_US)
            seen.append(descriptors())
    assert max(seen[LOOKS // 2 :]) <= max(seen[: LOOKS // 2])


def test_descriptors_stay_level_through_screens_and_dialogs(tmp_path: Path) -> None:
    settings, seen = a_home(tmp_path), []
    app = ProfilerApp(lambda: Kept.open(settings), UTC, lambda: START_US)

    async def act(pilot: Pilot[None]) -> None:
        for _ in range(ROUNDS):
            for number, _screen in enumerate(SCREENS, 1):
                await pilot.press(str(number))
                await settle(pilot)
            for key in DIALOGS:
                await pilot.press(key, "escape")
            await settle(pilot)
            seen.append(descriptors())

    drive(app, act, (120, 40))
    assert seen[-1] <= seen[0]
