"""Pictures of the app, for the documentation: the same source gives the same bytes."""

import asyncio
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from textual.geometry import Region
from textual.pilot import Pilot
from textual.widget import Widget

from profiler.tui.app import ProfilerApp
from profiler.tui.feed import Source
from profiler.tui.screens.face import Face
from profiler.tui.view import Pulse

PATIENCE_S = 30.0
BEAT_S = 0.02


def svg_of(
    open_source: Callable[[], Source],
    screen: str,
    size: tuple[int, int],
    zone: ZoneInfo,
    now_us: int,
) -> str:
    """The screen of that name as SVG text, once everything on it is drawn.

    Raises:
        TimeoutError: the source gave nothing to draw.

    """
    app = ProfilerApp(open_source, zone, lambda: now_us)

    async def draw() -> str:
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            app.action_show(screen)
            await settle(pilot)
            return app.export_screenshot(simplify=True)

    # Rich numbers the picture's classes at random
    return re.sub(r"terminal-\d+", "terminal", asyncio.run(draw()))


async def settle(pilot: Pilot[None]) -> None:
    """Wait until the screen in front has drawn all it asked for.

    Raises:
        TimeoutError: the source gave nothing to draw.

    """
    app = pilot.app
    before = None
    for _ in range(round(PATIENCE_S / BEAT_S)):
        await pilot.pause()
        face = app.screen_stack[0]
        if isinstance(app, ProfilerApp) and isinstance(face, Face) and _is_drawn(app, face):
            # what was drawn last may still take room from the rest
            places = _places(app)
            if places == before:
                return
            before = places
        await asyncio.sleep(BEAT_S)
    raise TimeoutError("the source gave nothing to draw")


def _places(app: ProfilerApp) -> list[tuple[int, Region]]:
    return [(id(widget), widget.region) for widget in app.screen.query(Widget)]


def _is_drawn(app: ProfilerApp, face: Face) -> bool:
    if (
        app.view.pulse in {Pulse.OPENING, Pulse.UPDATING, Pulse.CATCHING_UP}
        or face.view != app.view
        # what was opened or grouped by just now is not asked for yet
        or face.asking(app.view.question) != app.view.question
    ):
        return False
    if app.view.snapshot is None:
        return True
    # until another question is answered, the screen draws what it has
    is_answered = app.view.is_answered or app.view.trouble is not None
    return is_answered and face.is_settled
