"""A terminal may be made as small as it can be at any moment, whatever is open."""

from textual.pilot import Pilot

from profiler.tui.asking.saved import SavedFilters
from profiler.tui.looks.picture import settle
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive

SMALLEST = [(10, 1), (8, 5), (5, 2), (3, 5), (2, 1), (1, 2)]
"""Every width once: what breaks breaks by its width, at heights that show a row at all."""
SIZE = (120, 40)

OPEN = {
    "1": "OverviewScreen",
    "2": "CallsScreen",
    "3": "ModelsScreen",
    "4": "CacheScreen",
    "5": "SitesScreen",
    "6": "SessionsScreen",
    "7": "BudgetsScreen",
    "1 r": "RangeScreen",
    "1 e": "ExportScreen",
    "1 slash": "FilterScreen",
    "1 z": "ZoneScreen",
    "1 A": "AlertLogScreen",
    "1 question_mark": "HelpScreen",
    "1 ctrl+p": "CommandPalette",
    "2 f": "FiltersScreen",
    "2 c": "ColumnsScreen",
    "2 enter": "CallDetailScreen",
    "7 m": "MenuScreen",
    "7 a": "BudgetWizard",
    "7 T": "TemplateScreen",
    "7 enter": "BudgetForm",
    "3 space down space v": "SideBySideScreen",
}
"""What is opened, by the keys that open it."""


def test_nothing_breaks_in_a_terminal_next_to_nothing_wide() -> None:
    app = an_app(GivenSource(a_snapshot()))
    SavedFilters(app.start.memory).keep("mine", "model:gpt-5*")

    async def act(pilot: Pilot[None]) -> None:
        for keys, screen in OPEN.items():
            await pilot.press(*keys.split())
            await settle(pilot)
            assert type(app.screen).__name__ == screen
            for size in SMALLEST:
                await pilot.resize_terminal(*size)
                assert app._exception is None, (keys, size)
            await pilot.resize_terminal(*SIZE)
            while len(app.screen_stack) > 1:
                await pilot.press("escape")
                await pilot.pause()

    drive(app, act, SIZE)
