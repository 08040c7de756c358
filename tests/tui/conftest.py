import asyncio
from collections.abc import Awaitable, Callable, Iterator
from time import monotonic

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.looks.theme import FALLBACK, palette
from profiler.tui.names import SCREENS
from tests.support.idle import wait_precisely
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.support.svg import svg_of

Act = Callable[[Pilot[None]], Awaitable[None]]
_STANDARD = ("foreground", "surface", "primary", "success", "warning", "error")
INK = palette(dict.fromkeys(_STANDARD, "#808080") | FALLBACK)
"""Where it does not matter which colours there are."""


class TextFile(SingleFileSnapshotExtension):
    """A snapshot per file, as text that a diff can be read in."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


class SvgFile(TextFile):
    """A snapshot per file that a browser shows."""

    file_extension = "svg"


@pytest.fixture(scope="session", autouse=True)
def _precise() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        wait_precisely(patch)
        # inside tmux nobody knows whether a copy arrived, and it is said so
        patch.delenv("TMUX", raising=False)
        yield


@pytest.fixture
def as_svg(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.with_defaults(extension_class=SvgFile)


@pytest.fixture
def as_text(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.with_defaults(extension_class=TextFile)


def drive(app: ProfilerApp, act: Act, size: tuple[int, int] = (80, 24)) -> None:
    """Run the app without a terminal and do something with it once the first screen is drawn."""

    async def go() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            await act(pilot)

    asyncio.run(go())


def in_budgets(act: Act, source: GivenSource | None = None) -> GivenSource:
    """Do something on the budgets screen."""
    given = source or GivenSource(a_snapshot())

    async def there(pilot: Pilot[None]) -> None:
        await pilot.press(str(SCREENS.index("budgets") + 1))
        await settle(pilot)
        await act(pilot)

    drive(an_app(given), there)
    return given


def screen_text(app: ProfilerApp) -> str:
    """What stands on the screen, without colours."""
    lines = [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]
    return "\n".join(lines) + "\n"


def screen_svg(app: ProfilerApp) -> str:
    """What stands on the screen, with colours."""
    strips = app.screen._compositor.render_strips()
    return svg_of(strips, palette(app.theme_variables))


async def until(pilot: Pilot[None], holds: Callable[[], bool], within_s: float = 30.0) -> None:
    """Let the app work until something holds."""
    deadline = monotonic() + within_s
    while not holds():
        assert monotonic() < deadline, "it did not come to hold in time"
        await pilot.pause(0.01)
    await pilot.pause()
