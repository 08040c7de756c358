from textual.binding import Binding
from textual.command import Hit
from textual.dom import DOMNode
from textual.pilot import Pilot

from profiler.domain.scopes import Dimension
from profiler.tui import keys, modes
from profiler.tui.app import ProfilerApp
from profiler.tui.commands import ActionCommands, commands
from profiler.tui.memory import Memory
from profiler.tui.names import SCREENS
from profiler.tui.screens.help import page
from profiler.tui.theme import DARK, FALLBACK, palette
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive


def ids_of(owner: type[DOMNode]) -> set[str]:
    made = [one for one in owner.BINDINGS if isinstance(one, Binding)]
    return {binding.id for binding in made if binding.id}


def table_of(screen: str) -> set[str]:
    return {action.id for action in keys.ACTIONS if action.screen == screen}


async def no_labels(_dimension: Dimension, _prefix: str) -> list[str]:
    return []


def test_every_binding_of_ours_is_in_the_table_and_its_action_exists() -> None:
    assert ids_of(ProfilerApp) == table_of(keys.EVERYWHERE)
    for name in SCREENS:
        screen = type(modes.screen(name, no_labels, Memory()))
        assert ids_of(screen) == table_of(name)
        for action in keys.ACTIONS:
            if action.screen == name:
                assert hasattr(screen, f"action_{action.action.partition('(')[0]}")
    for action in keys.ACTIONS:
        if action.screen == keys.EVERYWHERE:
            method = action.action.removeprefix("app.").partition("(")[0]
            assert hasattr(ProfilerApp, f"action_{method}")


def test_no_key_means_two_things_in_one_place() -> None:
    for name in SCREENS:
        bound = [
            key
            for action in keys.ACTIONS
            if action.screen in {name, keys.EVERYWHERE}
            for key in action.keys.split(",")
        ]
        assert len(bound) == len(set(bound))


def test_the_palette_offers_every_action_range_and_theme() -> None:
    offered = {command.name for command in commands()}
    assert {action.label for action in keys.ACTIONS if action.in_palette} <= offered
    assert {f"Range: {name}" for name in ("today", "24 hours", "30 days", "all time")} <= offered
    assert {"Theme: dark", "Theme: light"} <= offered


def test_footer_and_palette_offer_what_can_be_done() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        active = app.screen.active_bindings.values()
        footer = {one.binding.description for one in active if one.binding.show}
        assert {"Range", "Filter", "Pause", "Help", "Quit"} <= footer
        provider = ActionCommands(app.screen)
        discovered = [hit async for hit in provider.discover()]
        assert len(discovered) == len(list(commands()))
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
    text = page(palette(variables)).plain
    for action in keys.ACTIONS:
        assert action.help in text
        assert keys.key_text(action) in text
