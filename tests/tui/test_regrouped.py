"""While another grouping is read, what is drawn is named and opened by what it was read by."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from textual.pilot import Pilot

from profiler.analysis.asked import Asked
from profiler.analysis.results.compared import ModelsPart
from profiler.analysis.results.snapshot import Part
from profiler.domain.periods import Span
from profiler.tui.app import ProfilerApp
from profiler.tui.asking.opened import labelled
from profiler.tui.looks.picture import settle
from profiler.tui.screens.calls import CallsScreen
from profiler.tui.screens.models import ModelsScreen
from profiler.tui.screens.sessions import SessionsScreen
from profiler.tui.screens.side_by_side import SideBySideScreen
from profiler.tui.screens.sites import SitesScreen
from profiler.tui.widgets.movers import movers, queries
from profiler.tui.widgets.trend import TrendPanel
from profiler.tui.widgets.waterfall import Waterfall
from tests.support.snapshots import a_call
from tests.support.sources import Slow, an_app
from tests.tui.conftest import drive, screen_text, until

CALLS = [a_call(number, workflow=f"flow-{number % 2}") for number in range(60)]


def asking(
    keys: Sequence[str], check: Callable[[ProfilerApp], None], *, told: str, after: str
) -> None:
    """Press `keys`, of which only all but the last are answered, and look; then answer it."""
    source = Slow(CALLS)
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        try:
            for key in keys[:-1]:
                await pilot.press(key)
                await settle(pilot)
            source.may_answer.clear()
            await pilot.press(keys[-1])
            await until(pilot, lambda: told in screen_text(app))
            check(app)
        finally:
            source.may_answer.set()
        await until(pilot, lambda: after in screen_text(app) and told not in screen_text(app))

    drive(app, act, (120, 40))


def test_a_colour_means_the_label_it_was_drawn_by() -> None:
    def check(app: ProfilerApp) -> None:
        panel = app.screen.query_one(TrendPanel)
        assert panel.trend is not None
        (start, *_), name = panel.trend.starts_us, panel.trend.series[0][0]
        assert name is not None
        assert labelled("model", name) in panel.query_of(Span(start), 0)
        assert app.view.snapshot is not None
        now, _ = queries(movers(app.view.snapshot)[0], app.view)
        assert now.startswith("model:")

    asking(["b"], check, told="by model · reading by feature…", after="per day, by feature")


def test_a_frame_means_the_tree_it_was_drawn_in() -> None:
    def check(app: ProfilerApp) -> None:
        screen = app.screen
        assert isinstance(screen, SitesScreen)
        assert "By call stack" in screen_text(app)
        assert (screen.query_of(("main.py:1 x",)) or "").startswith("stack:")

    asking(["5", "b"], check, told="reading by feature", after="By feature › agent › model")


def test_a_run_means_the_list_it_stands_in() -> None:
    def check(app: ProfilerApp) -> None:
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        assert "Sessions, the dearest first" in screen_text(app)
        assert screen.query_of("run-1", Span()) == "session:=run-1"

    asking(["6", "b", "b"], check, told="reading by workflow", after="Workflows, the dearest first")


def test_a_row_of_the_cache_stands_by_what_it_was_read_by() -> None:
    def check(app: ProfilerApp) -> None:
        assert "By model, most saved first" in screen_text(app)

    asking(["4", "b"], check, told="reading by provider", after="By provider, most saved first")


def test_a_run_that_is_read_does_not_show_the_calls_of_another() -> None:
    source = Slow(CALLS)
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("6", "enter")
        await settle(pilot)
        source.may_answer.clear()
        await pilot.press("escape", "down", "enter")
        await pilot.pause()
        text, rows = screen_text(app), app.screen.query_one(Waterfall).row_count
        source.may_answer.set()
        assert "─ run-1 ─" in text
        assert rows == 0
        await until(pilot, lambda: app.screen.query_one(Waterfall).row_count > 0)

    drive(app, act, (120, 40))


class Grouping(Slow):
    """Rows of models by whatever is asked for."""

    def _part(self, asked: Asked) -> Part | None:
        part = super()._part(asked)
        if not isinstance(part, ModelsPart) or asked.by in {"", "model"}:
            return part
        rows = tuple(replace(row, labels=(f"{asked.by} {row.name}",)) for row in part.rows)
        return replace(part, by=asked.by, rows=rows)


def test_what_stands_side_by_side_is_opened_by_what_it_was_read_by() -> None:
    source = Grouping(CALLS)
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("3", "b")
        await settle(pilot)
        models = app.screen
        assert isinstance(models, ModelsScreen)
        drawn_by = models.by
        source.may_answer.clear()
        try:
            await pilot.press("b", "v")
            assert isinstance(app.screen, SideBySideScreen)
        finally:
            source.may_answer.set()
        await until(pilot, lambda: bool(models.part and models.part.by == models.by))
        assert models.by != drawn_by
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, CallsScreen))
        assert getattr(app.screen, "within", "").startswith(f"{drawn_by}:")

    drive(app, act, (120, 40))
