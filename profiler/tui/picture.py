"""Pictures of the app, for the documentation: the same source gives the same bytes."""

import asyncio
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from textual.pilot import Pilot

from profiler.tui.app import ProfilerApp
from profiler.tui.feed import Source
from profiler.tui.view import Pulse
from profiler.tui.widgets.plot import Plot

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
            await _until(pilot, lambda: app.view.pulse in {Pulse.LIVE, Pulse.TROUBLE})
            app.action_show(screen)
            await pilot.pause()
            await _until(pilot, lambda: all(plot.is_ready for plot in app.screen.query(Plot)))
            await app.workers.wait_for_complete(
                [worker for worker in app.workers if worker.group != "feed"]
            )
            await pilot.pause(BEAT_S)
            return app.export_screenshot(simplify=True)

    # Rich numbers the picture's classes at random
    return re.sub(r"terminal-\d+", "terminal", asyncio.run(draw()))


async def _until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    for _ in range(round(PATIENCE_S / BEAT_S)):
        if holds():
            return
        await pilot.pause(BEAT_S)
    raise TimeoutError("the source gave nothing to draw")
