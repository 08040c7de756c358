import re

from textual.binding import Binding
from textual.command import Hit
from textual.dom import DOMNode
from textual.pilot import Pilot

from profiler.domain.scopes import Dimension
from profiler.options.actions import ACTIONS, EVERYWHERE
from profiler.tui import modes
from profiler.tui.actions.commands import ActionCommands, commands
from profiler.tui.actions.keymap import Keys
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.looks.theme import DARK, FALLBACK, palette
from profiler.tui.memory import Memory
from profiler.tui.names import SCREENS
from profiler.tui.opening.start import Start
from profiler.tui.screens.export import ExportScreen
from profiler.tui.screens.help import page
from profiler.tui.screens.overview import OverviewScreen
from profiler.tui.screens.ranges import RangeScreen
from tests.support.snapshots import NOW_US, ZONE, a_snapshot, an_empty_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, screen_text, until


def ids_of(owner: type[DOMNode]) -> set[str]:
    made = [one for one in owner.BINDINGS if isinstance(one, Binding)]
    return {binding.id for binding in made if binding.id}


def table_of(screen: str) -> set[str]:
    return {action.id for action in ACTIONS if action.screen == screen}


async def no_labels(_dimension: Dimension, _prefix: str) -> list[str]:
    return []


def test_every_binding_of_ours_is_in_the_table_and_its_action_exists() -> None:
    assert ids_of(ProfilerApp) == table_of(EVERYWHERE)
    for name in SCREENS:
        screen = type(modes.screen(name, no_labels, Memory()))
        assert ids_of(screen) == table_of(name)
        for action in ACTIONS:
            if action.screen == name:
                assert hasattr(screen, f"action_{action.action.partition('(')[0]}")
    for action in ACTIONS:
        if action.screen == EVERYWHERE:
            method = action.action.removeprefix("app.").partition("(")[0]
            assert hasattr(ProfilerApp, f"action_{method}")


def test_no_key_means_two_things_in_one_place() -> None:
    for name in SCREENS:
        bound = [
            key
            for action in ACTIONS
            if action.screen in {name, EVERYWHERE}
            for key in action.keys.split(",")
        ]
        assert len(bound) == len(set(bound))


def test_the_palette_offers_every_action_range_and_theme() -> None:
    offered = {command.name for command in commands()}
    assert {one.label for one in ACTIONS if one.in_palette and not one.screen} <= offered
    assert {f"Range: {name}" for name in ("today", "24 hours", "30 days", "all time")} <= offered
    assert {"Theme: dark", "Theme: light"} <= offered


def test_the_palette_ranks_whole_words_of_actions_before_strewn_letters() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        provider = ActionCommands(app.screen)
        await provider.startup()
        found = [hit async for hit in provider.search("user") if isinstance(hit, Hit)]
        best = max(found, key=lambda hit: hit.score)
        assert str(best.match_display) == "Top users: spend by user"
        assert not any("Ust-Nera" in str(hit.match_display) for hit in found)
        zones = [hit async for hit in provider.search("berlin") if isinstance(hit, Hit)]
        assert [str(hit.match_display) for hit in zones] == ["Time zone: Europe/Berlin"]
        await best.command()
        await pilot.pause()
        assert isinstance(app.screen, OverviewScreen)
        assert app.screen.by == "user"

    drive(app, act)


def test_help_begins_with_the_screen_in_front_and_names_what_keys_do() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("7", "question_mark")
        await until(pilot, lambda: "Add a budget by three questions" in screen_text(app))
        assert re.search(r"a +Add +Add a budget", screen_text(app))
        assert "Where the money goes: budgets" not in screen_text(app)

    drive(app, act, (80, 24))


def test_the_palette_writes_what_budgets_export() -> None:
    named = {command.name: command for command in commands()}
    command = named["Export: Audit trail of all budgets as CSV"]
    assert (command.screen, command.action) == ("budgets", "app.export('trail.csv')")


def test_footer_and_palette_offer_what_can_be_done() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        active = app.screen.active_bindings.values()
        footer = {one.binding.description for one in active if one.binding.show}
        assert {"Range", "Filter", "Pause", "Help", "Quit"} <= footer
        provider = ActionCommands(app.screen)
        await provider.startup()
        discovered = [hit async for hit in provider.discover()]
        assert len(discovered) == len(list(commands(front="overview")))
        found = [hit async for hit in provider.search("light")]
        assert [str(hit.match_display) for hit in found if isinstance(hit, Hit)] == ["Theme: light"]
        await app.run_action("app.choose_theme('profiler-light')")
        await app.run_action("app.choose_range('all')")
        await app.run_action("app.show('cache')")
        await pilot.pause()
        assert (app.theme, app.view.range.id, app.current_mode) == (
            "profiler-light",
            "all",
            "cache",
        )

    drive(app, act)


def test_help_names_every_action_with_its_key() -> None:
    variables = {**DARK.to_color_system().generate(), **FALLBACK}
    text = page(palette(variables), Keys(), "calls", 200).plain
    for action in ACTIONS:
        assert action.help in text
        assert Keys().of(action) in text


def test_chosen_keys_work_and_are_told_wherever_keys_are() -> None:
    chosen = Keys({"range": ("ctrl+e",), "export": ("r", "f5"), "models_by": ("asterisk",)})
    source = GivenSource(a_snapshot())
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US, Start(keys=chosen))

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("r")
        assert isinstance(app.screen, ExportScreen)
        await pilot.press("escape", "ctrl+e")
        assert isinstance(app.screen, RangeScreen)
        await pilot.press("escape", "e", "3")
        await settle(pilot)
        assert not app.screen.is_modal
        await pilot.press("*")
        await until(pilot, lambda: app.view.question.by == "provider")
        footer = screen_text(app).splitlines()[-1]
        assert {"^e Range", "r Export", "* Group"} <= set(re.findall(r"\S+ [A-Z]\w+", footer))
        await pilot.press("question_mark")
        assert re.search(r"Ctrl\+E +Range +Choose the time range", screen_text(app))
        told = {command.name: command.help for command in commands(keys=chosen)}
        assert told["Export"] == "Write what is filtered into a file.  Key: r"

    drive(app, act, (200, 50))


def test_words_on_the_screen_name_the_keys_in_force() -> None:
    source = GivenSource(an_empty_snapshot(calls_ever=9))
    start = Start(keys=Keys({"range": ("f2",), "add": ("+",)}))
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US, start)

    async def act(pilot: Pilot[None]) -> None:
        assert "F2  choose another range" in screen_text(app)
        await pilot.press("7")
        await settle(pilot)
        assert "press + to add one" in screen_text(app)

    drive(app, act)
