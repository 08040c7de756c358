"""The models screen: sorted, marked, compared, repriced, opened."""

from dataclasses import replace

from textual.pilot import Pilot

from profiler.analysis.asked import EACH
from profiler.analysis.results.compared import LeftOut, ModelsPart, Moved, WhatIf
from profiler.domain.money import PUSD_PER_USD
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.screens.models import ModelsScreen
from profiler.tui.screens.side_by_side import SideBySideScreen
from profiler.tui.screens.whatif import WhatIfScreen, fitting
from profiler.tui.widgets.grid import Grid
from tests.support.screen_parts import TARGETS, a_models_part
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import Act, drive, screen_text, until

WHATIF = WhatIf(
    "openai/gpt-5-nano",
    "genai-prices@0.2.3 openai/gpt-5-nano",
    (Moved("openai", "gpt-5.1", 2_200, 20 * PUSD_PER_USD, 2 * PUSD_PER_USD, 3 * PUSD_PER_USD),),
    Moved("", "", 2_200, 20 * PUSD_PER_USD, 2 * PUSD_PER_USD, 3 * PUSD_PER_USD),
    (LeftOut(200, "their cost is unknown"),),
    ("tiers",),
)


def watched(act: Act, size: tuple[int, int] = (120, 40), **parts: ModelsPart) -> ProfilerApp:
    source = GivenSource(a_snapshot())
    source.parts |= parts
    app = an_app(source)

    async def go(pilot: Pilot[None]) -> None:
        app.action_show("models")
        await settle(pilot)
        await act(pilot)

    drive(app, go, size)
    return app


def names(app: ProfilerApp) -> list[str]:
    # the chart below the table names them, too
    table = screen_text(app).partition("╰")[0]
    lines = [line for line in table.splitlines() if "│" in line]
    known = ("claude-sonnet-4-5", "gpt-5.1", "gemini-2.5-pro", "claude-haiku-4-5", "in-house-7b")
    return [name for line in lines for name in known if f" {name} " in line]


def test_rows_are_sorted_by_key_by_click_and_either_way() -> None:
    async def act(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, ProfilerApp)
        assert names(app)[0] == "claude-sonnet-4-5"
        await pilot.press("s")
        assert "Calls, most first" in screen_text(app)
        await pilot.press("S")
        assert "Calls, least first" in screen_text(app)
        assert names(app)[:2] == ["in-house-7b", "claude-haiku-4-5"]
        await pilot.click(Grid, offset=(8, 0))
        assert "Models, a to z" in screen_text(app)
        assert names(app)[0] == "claude-haiku-4-5"
        await pilot.click(Grid, offset=(8, 0))
        assert "Models, z to a" in screen_text(app)

    watched(act)


def test_unknown_values_stand_last_either_way() -> None:
    async def act(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, ProfilerApp)
        assert names(pilot.app)[-1] == "in-house-7b"
        await pilot.press("S")
        assert names(pilot.app)[-1] == "in-house-7b"

    watched(act)


def test_marked_models_stand_side_by_side_the_best_of_each_row_marked() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("space", "down", "space")
        assert isinstance(pilot.app, ProfilerApp)
        assert "2 marked" in screen_text(pilot.app)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(pilot.app.screen, SideBySideScreen))
        await pilot.pause()
        text = screen_text(pilot.app)
        [mean] = [line for line in text.splitlines() if "Mean cost of a call" in line]
        assert mean.index("$0.0310") < mean.index("★ $0.00940")
        assert "gemini" not in text.partition("Side by side")[2].partition("best of its row")[0]
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ModelsScreen)

    watched(act)


def test_side_by_side_every_measure_is_told_whole_in_eighty_columns() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("v")
        await until(pilot, lambda: "First token p99" in _text(pilot))
        assert "Cost p95" in _text(pilot)
        assert "claude-s…4-5" in _text(pilot)

    watched(act, (80, 24))


def test_a_figure_side_by_side_leads_to_its_calls() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("v", *["down"] * 5, "right", "enter")
        await until(pilot, lambda: pilot.app.current_mode == "calls")
        await until(pilot, lambda: "model:=gpt-5.1 cost>=0.00752 " in _text(pilot))

    watched(act)


def test_a_fifth_mark_is_refused() -> None:
    async def act(pilot: Pilot[None]) -> None:
        for _ in range(5):
            await pilot.press("space", "down")
        assert isinstance(pilot.app, ProfilerApp)
        assert "4 marked" in screen_text(pilot.app)
        await pilot.press("up", "up", "space")
        assert "3 marked" in screen_text(pilot.app)

    watched(act)


def test_another_grouping_asks_for_it_and_forgets_the_marks() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        app.action_show("models")
        await settle(pilot)
        await pilot.press("space")
        features = tuple(
            replace(row, labels=(row.labels[-1],)) for row in a_models_part(source.given).rows
        )
        source.parts["models"] = ModelsPart("provider", features)
        await pilot.press("b")
        await until(pilot, lambda: source.questions[-1].by == "provider")
        await until(pilot, lambda: "By provider" in screen_text(app))
        assert "marked" not in screen_text(app)

    drive(app, act, (120, 40))


def test_what_if_reprices_and_says_what_is_not_in_it() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        app.action_show("models")
        await settle(pilot)
        source.parts["models"] = replace(a_models_part(source.given), whatif=WHATIF)
        await pilot.press("w", "w", *"nano", "enter")
        await until(pilot, lambda: source.questions[-1].picked == "openai/gpt-5-nano")
        await until(pilot, lambda: "What if: all on openai/gpt-5-nano" in screen_text(app))
        text = screen_text(app)
        assert "$2.00 to $3.00" in text
        assert "▼ -$18.00 to -$17.00" in text
        assert "not in it: 200 calls, their cost is unknown" in text
        assert "from … to: long inputs have other rates" in text
        source.parts["models"] = a_models_part(source.given)
        await pilot.press("escape")
        await until(pilot, lambda: "What if" not in screen_text(app).splitlines()[10:-1])

    drive(app, act, (120, 40))


def test_what_if_shows_each_sensible_model_the_cheapest_first() -> None:
    source = GivenSource(a_snapshot())
    app = an_app(source)

    async def act(pilot: Pilot[None]) -> None:
        app.action_show("models")
        await settle(pilot)
        nano = replace(WHATIF, is_used=True, bounded_by=())
        ranked = (nano, replace(WHATIF, target="openai/gpt-5"))
        source.parts["models"] = replace(a_models_part(source.given), ranked=ranked)
        await pilot.press("w")
        await until(pilot, lambda: source.questions[-1].picked == EACH)
        await until(pilot, lambda: "on each model, the cheapest" in screen_text(app))
        assert "What if: these 2,200 calls for $20.00" in screen_text(app)
        lines = screen_text(app).splitlines()
        [first] = [line for line in lines if "openai/gpt-5-nano" in line]
        assert "-90% to -85%" in first
        assert "in use" in first
        assert "w any other · Esc the chart" in screen_text(app)
        [now] = [line for line in lines if "as it is" in line]
        assert lines.index(now) > lines.index(first)
        source.parts["models"] = replace(a_models_part(source.given), whatif=WHATIF)
        await pilot.press("enter")
        await until(pilot, lambda: source.questions[-1].picked == "openai/gpt-5-nano")
        await until(pilot, lambda: "What if: all on openai/gpt-5-nano" in screen_text(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "provider:=openai model:=gpt-5.1" in screen_text(app))

    drive(app, act, (120, 40))


def test_a_model_nobody_rates_cannot_be_moved_to() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("w", "w", *"none-such", "enter")
        assert isinstance(pilot.app, ProfilerApp)
        assert isinstance(pilot.app.screen, WhatIfScreen)
        assert "✖ no rate is known for 'none-such'" in screen_text(pilot.app)

    watched(act)


def test_completion_offers_the_exact_name_first() -> None:
    assert fitting(TARGETS, "gpt-5")[0] == "openai/gpt-5"
    assert fitting(TARGETS, "5 mini") == ["openai/gpt-5-mini"]
    assert fitting(TARGETS, "") == list(TARGETS)
    sold = ("azure/gpt-5-mini", "github-copilot/gpt-5-mini", "openai/gpt-5-mini")
    assert fitting(sold, "gpt-5-mini")[0] == "openai/gpt-5-mini"


def test_enter_opens_the_calls_of_the_row() -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("down", "enter")
        await until(pilot, lambda: pilot.app.current_mode == "calls")
        await until(pilot, lambda: "provider:=openai model:=gpt-5.1" in _text(pilot))

    watched(act)


def _text(pilot: Pilot[None]) -> str:
    assert isinstance(pilot.app, ProfilerApp)
    return screen_text(pilot.app)
