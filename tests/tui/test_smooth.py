"""Nothing holds up the event loop: keys are answered and figures drawn while all goes on."""

import asyncio
import os
import time

import pytest
from textual.pilot import Pilot

from profiler.domain.calls import Call
from profiler.tui.looks.picture import settle
from tests.support.snapshots import a_call, a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.support.watchdog import MOST_S, Watchdog
from tests.tui.conftest import drive, until

SIZES = [(80, 24), (120, 40), (200, 50)] if os.environ.get("STRESS") == "full" else [(120, 40)]
WALK = (
    *("b", "s", "r", "down", "enter", "slash", "escape", "t", "question_mark", "escape"),
    *("2", "enter", "escape", "s", "end", "c", "escape", "3", "s", "space", "down", "space", "v"),
    *("escape", "w", "escape", "4", "b", "5", "m", "enter", "escape", "6", "enter", "escape"),
    *("7", "enter", "escape", "b", "a", "escape", "T", "escape", "e", "escape", "1", "ctrl+p"),
)
"""Every screen for the first time, its groupings and dialogs."""


def test_the_watchdog_sees_a_callback_that_computes() -> None:
    def compute() -> None:
        until = time.thread_time() + 6 * MOST_S
        while time.thread_time() < until:
            pass

    async def go() -> None:
        asyncio.get_running_loop().call_soon(compute)
        await asyncio.sleep(0.01)

    dog = Watchdog()
    with dog.watching():
        asyncio.run(go())
    assert len(dog.slow) == 1


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_no_callback_holds_up_the_loop_on_a_walk_through_every_screen(
    size: tuple[int, int],
) -> None:
    app, dog = an_app(GivenSource(a_snapshot())), Watchdog()
    app.ahead.is_alone = True

    async def walk(pilot: Pilot[None]) -> None:
        dog.slow.clear()  # the start is told by itself
        for key in WALK:
            dog.doing = f"{key} on {app.current_mode}"
            await pilot.press(key)
            if not app.screen.is_modal:
                await settle(pilot)
        await pilot.resize_terminal(100, 30)

    with dog.watching():
        drive(app, walk, size=size)
    assert dog.slow == []


def test_no_callback_holds_up_the_overview_while_calls_come_in() -> None:
    source = GivenSource(a_snapshot())
    app, dog = an_app(source), Watchdog()

    def shown() -> tuple[Call, ...]:
        return app.view.snapshot.recent if app.view.snapshot else ()

    async def receive(pilot: Pilot[None]) -> None:
        dog.slow.clear()
        for number in range(5):
            source.given = a_snapshot(recent=(a_call(1_000 + number), *a_snapshot().recent))
            app.feed.stir()
            await until(pilot, lambda: shown() == source.given.recent)

    with dog.watching():
        drive(app, receive)
    assert dog.slow == []
