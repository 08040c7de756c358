"""What is done behind the first screen by an app that has its process to itself."""

import gc

from textual.pilot import Pilot

from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, until


def test_garbage_is_looked_for_again_and_again_while_the_app_is_open() -> None:
    app = an_app(GivenSource(a_snapshot()))
    app.ahead.is_alone = True
    app.ahead.tidy_s = 0.02
    looks: list[str] = []

    def count(phase: str, about: dict[str, int]) -> None:
        if phase == "start" and about["generation"] == 2:
            looks.append(phase)

    async def wait(pilot: Pilot[None]) -> None:
        looks.clear()
        await until(pilot, lambda: len(looks) >= 3)

    thresholds = gc.get_threshold()
    gc.callbacks.append(count)
    try:
        drive(app, wait)
    finally:
        gc.callbacks.remove(count)
        gc.set_threshold(*thresholds)
        gc.unfreeze()
