"""A question is left for another: what is asked is what is in front, and what is said is so."""

import asyncio

import pytest
from textual.pilot import Pilot

from profiler.tui.looks.picture import settle
from profiler.tui.screens.models import ModelsScreen
from profiler.tui.widgets import header
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, Slow, an_app
from tests.tui.conftest import drive, screen_text, until


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


def test_another_question_ends_the_reading_of_the_one_before() -> None:
    source = Slow()
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        source.may_answer.clear()
        app.action_choose_range("today")
        asked = app.view.question.asked(app.now_us())
        await until(pilot, lambda: asked in source.begun)
        app.action_choose_range("30d")
        await until(pilot, lambda: asked in source.ended)
        source.may_answer.set()
        await until(pilot, lambda: app.view.is_answered)
        assert asked not in source.questions
        assert app.view.trouble is None
        assert app.view.snapshot is not None
        assert app.view.snapshot.span == app.view.range.span_at(app.now_us(), app.view.zone)

    drive(app, act)


def test_what_is_of_another_range_is_not_told_as_live() -> None:
    source = Slow()
    app = an_app(source)

    def top() -> str:
        return screen_text(app).splitlines()[0]

    async def act(pilot: Pilot[None]) -> None:
        assert "● live" in top()
        source.may_answer.clear()
        app.action_choose_range("today")
        await until(pilot, lambda: "◌ reading…   today" in top())
        source.may_answer.set()
        await until(pilot, lambda: "● live" in top() and "reading" not in top())

    drive(app, act)


def test_what_is_answered_soon_is_not_told_as_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header, "PATIENCE_S", 60.0)
    source = Slow()
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        source.may_answer.clear()
        app.action_choose_range("today")
        await until(pilot, lambda: "today" in screen_text(app).splitlines()[0])
        assert "● live" in screen_text(app).splitlines()[0]
        source.may_answer.set()

    drive(app, act)
