"""What was chosen last time and is no good any more locks nobody out."""

from textual.pilot import Pilot

from profiler.tui.app import ProfilerApp
from profiler.tui.memory import Memory
from profiler.tui.opening.start import Start
from profiler.tui.view import Question, Trouble, View
from profiler.tui.widgets.notice import offers
from tests.support.snapshots import NOW_US, ZONE, a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, screen_text

FAR = "since:9999-12-31"


def test_a_filter_and_a_range_no_longer_good_are_left_out_and_told_of_once() -> None:
    memory = Memory()
    memory.keep("filter", FAR)
    memory.keep("range", "custom 0001-01-01..")
    start = Start(memory=memory)
    app = ProfilerApp(lambda: GivenSource(a_snapshot()), ZONE, lambda: NOW_US, start)

    async def look(_pilot: Pilot[None]) -> None:
        (told,) = (one.message for one in app._notifications)
        assert "0001-01-01" in told
        assert FAR in told
        assert "7 days" in screen_text(app)

    drive(app, look, (120, 40))
    assert (memory.text("filter"), memory.text("range")) == ("", "7d")
    assert start.left_out(ZONE, NOW_US) == ()


def test_a_moment_too_far_is_refused_where_it_is_typed() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def type_it(pilot: Pilot[None]) -> None:
        await pilot.press("slash", *FAR, "enter")
        await pilot.pause()
        assert "outside the years 1970 to 9000" in " ".join(screen_text(app).split())
        assert app.view.question.query == ""

    drive(app, type_it, (120, 40))


def test_the_page_of_trouble_offers_to_clear_the_filter() -> None:
    trouble = Trouble("It cannot go on", "in 'since:x': it is no point in time")
    assert "clear_filter" in offers(View(Question(query="since:x"), trouble=trouble))
    assert "clear_filter" not in offers(View(trouble=trouble))


def test_trouble_above_older_figures_names_the_key_that_clears_the_filter() -> None:
    source = GivenSource(a_snapshot())
    memory = Memory()
    memory.keep("filter", "model:gpt-5*")
    source.given = a_snapshot(log_trouble="the log is gone")
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US, Start(memory=memory))

    async def look(_pilot: Pilot[None]) -> None:
        assert "x clears the filter" in screen_text(app)

    drive(app, look, (120, 40))
