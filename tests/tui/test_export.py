"""The export dialog, over the real screens."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from profiler.report.forms import FORMS, Order
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.screens.export import ExportScreen
from tests.support.snapshots import a_call, a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import Act, drive, screen_text, until

CALLS = tuple(a_call(number) for number in range(30))


def in_dialog(act: Act, source: GivenSource | None = None, screen: str = "calls") -> ProfilerApp:
    app = an_app(source or GivenSource(a_snapshot(), CALLS))

    async def there(pilot: Pilot[None]) -> None:
        app.action_show(screen)
        await settle(pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        await act(pilot)

    drive(app, there)
    return app


async def name_it(pilot: Pilot[None], path: Path) -> None:
    await pilot.press("enter")
    pilot.app.screen.query_one(Input).value = str(path)
    await pilot.pause()
    await pilot.press("enter")


def test_what_is_filtered_is_written(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    async def act(pilot: Pilot[None]) -> None:
        await name_it(pilot, path)
        await until(pilot, lambda: not isinstance(pilot.app.screen, ExportScreen))

    in_dialog(act)
    assert path.read_text("utf-8").split() == [call.id for call in CALLS]


def test_marked_calls_are_offered_first(tmp_path: Path) -> None:
    source, path = GivenSource(a_snapshot(), CALLS), tmp_path / "out.csv"
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("2")
        await settle(pilot)
        await pilot.press("space", "down", "space", "e")
        await until(pilot, lambda: "2 calls, marked" in screen_text(app))
        assert "Marked calls as CSV" in screen_text(app)
        await pilot.press("down", "down", "down")
        assert "7 days: every call" in screen_text(app)
        await pilot.press("up", "up", "up")
        await name_it(pilot, path)
        await until(pilot, lambda: not isinstance(app.screen, ExportScreen))

    drive(app, act)
    assert path.read_text("utf-8").split() == [CALLS[0].id, CALLS[2].id]


@pytest.mark.parametrize("screen", ["overview", "models", "cache"])
def test_every_screen_leads_to_it(screen: str) -> None:
    async def act(pilot: Pilot[None]) -> None:
        assert "every call" in screen_text(app_of(pilot))
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, ExportScreen)

    in_dialog(act, screen=screen)


def app_of(pilot: Pilot[None]) -> ProfilerApp:
    assert isinstance(pilot.app, ProfilerApp)
    return pilot.app


def test_a_file_that_is_there_is_replaced_only_after_asking(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("precious")

    async def act(pilot: Pilot[None]) -> None:
        await name_it(pilot, path)
        await until(pilot, lambda: "exists already" in screen_text(app_of(pilot)))
        assert path.read_text("utf-8") == "precious"
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ExportScreen))
        assert path.read_text("utf-8") != "precious"

    in_dialog(act)


def test_the_name_follows_the_form() -> None:
    async def act(pilot: Pilot[None]) -> None:
        for form in FORMS[1:]:
            await pilot.press("down")
            assert pilot.app.screen.query_one(Input).value == f"{form.stem}{form.suffix}"
        assert pilot.app.screen.query_one(OptionList).highlighted == len(FORMS) - 1

    in_dialog(act)


class SlowSource(GivenSource):
    """Writes on and on, until told to stop."""

    def __init__(self) -> None:
        super().__init__(a_snapshot(), CALLS)
        self.begun = threading.Event()
        self.is_over = False

    def export(self, order: Order, tell: Callable[[int, int], None]) -> str:
        """As long as nobody cancels it."""
        del order
        try:
            while True:
                tell(1, 2)
                self.begun.set()
                threading.Event().wait(0.01)
        finally:
            self.is_over = True


def test_escape_cancels_and_says_so(tmp_path: Path) -> None:
    source = SlowSource()

    async def act(pilot: Pilot[None]) -> None:
        await name_it(pilot, tmp_path / "out.csv")
        await until(pilot, source.begun.is_set)
        await pilot.press("escape")
        await until(pilot, lambda: "Cancelled" in screen_text(app_of(pilot)))
        assert source.is_over

    in_dialog(act, source)


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await name_it(pilot, tmp_path / "none" / "out.csv")
        await until(pilot, lambda: "✖" in screen_text(app_of(pilot)))

    in_dialog(act)


def test_the_mouse_alone_chooses_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.click(OptionList, offset=(4, len(FORMS) - 1))
        assert pilot.app.screen.query_one(Input).value == "profiler-summary.md"
        await pilot.click("#write")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ExportScreen))

    in_dialog(act)
    assert (tmp_path / "profiler-summary.md").exists()


def test_reports_are_grouped_as_the_screen_in_front_is() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("escape", "b")
        await settle(pilot)
        await pilot.press("e")
        await until(pilot, lambda: "Report by feature as a page" in screen_text(app_of(pilot)))

    in_dialog(act, screen="overview")
