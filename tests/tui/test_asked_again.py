"""A question is left for another: what is asked is what is in front, and what is said is so."""

import asyncio

from textual.pilot import Pilot

from profiler.tui.looks.picture import settle
from profiler.tui.screens.models import ModelsScreen
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive


def test_a_screen_that_was_left_again_before_it_could_ask_asks_nothing() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("3")
        await settle(pilot)
        models, may_go_on, has_gone_on = app.screen, asyncio.Event(), asyncio.Event()
        assert isinstance(models, ModelsScreen)
        await pilot.press("4")
        await settle(pilot)
        models.call_later(may_go_on.wait)
        app.action_show("models")
        app.action_show("cache")
        models.call_later(has_gone_on.set)
        await asyncio.sleep(0)
        may_go_on.set()
        await has_gone_on.wait()
        await pilot.pause()
        assert app.view.question.screen == "cache"

    drive(app, act)
