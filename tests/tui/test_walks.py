"""Everything that can be done, done by keys alone and by the mouse alone.

Both walks go by the one table of actions: whatever is added to it and not walked fails here.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import pytest
from textual import events
from textual.binding import Binding
from textual.pilot import Pilot

from profiler.analysis.asked import Asked
from profiler.analysis.results.runs import SessionsPart
from profiler.analysis.results.snapshot import CallDetail, Snapshot
from profiler.log.captured import CallText, Speech
from profiler.options.actions import ACTIONS, EVERYWHERE, Action
from profiler.tui.app import ProfilerApp
from profiler.tui.looks.picture import settle
from profiler.tui.memory import Memory
from profiler.tui.names import SCREENS
from profiler.tui.opening.start import Start
from profiler.tui.widgets.call_list import CallList
from tests.support.grown import sessions_part
from tests.support.snapshots import NOW_US, ZONE, a_call, a_snapshot, a_standing
from tests.support.sources import GivenSource
from tests.support.steps import ENTER, ESC, STEPS, Step
from tests.tui.conftest import drive, screen_svg, screen_text, until

SIZE = (200, 50)
TURNS = 3
"""Of the wheel at once."""


class Source(GivenSource):
    """One whose calls kept their text, whose sessions fill pages, whose users have a limit each."""

    def __init__(self) -> None:
        users = (a_standing("per user", spent, 10, value=who) for who, spent in USERS.items())
        whole = a_snapshot()
        super().__init__(
            replace(whole, standings=(*users, *whole.standings)),
            [a_call(number) for number in range(60)],
        )

    def snapshot(self, asked: Asked, now_us: int) -> Snapshot:
        taken = super().snapshot(asked, now_us)
        if isinstance(taken.part, SessionsPart):
            first = sessions_part(self.calls, replace(asked, page=0))
            return replace(taken, part=replace(first, has_more=True))
        return taken

    def detail(self, call_id: str, now_us: int) -> CallDetail:
        text = CallText((Speech("user", "hello"),), (Speech("assistant", "hi"),), is_cut=False)
        return replace(super().detail(call_id, now_us), text=text)


USERS = {"ada": 90.0, "grace": 80.0}


class Walk:
    """Somebody at the app who knows keys only."""

    def __init__(self, pilot: Pilot[None], app: ProfilerApp, source: Source) -> None:
        self.pilot, self.app, self.source = pilot, app, source

    async def do(self, action: Action, step: Step) -> None:
        await self.press(step.keys or action.keys.split(",")[0])

    async def press(self, keys: str) -> None:
        await self.pilot.press(*keys.split())

    async def hint(self, name: str) -> None:
        await self.press({ESC: "escape", ENTER: "enter"}[name])

    async def rest(self) -> str:
        await settle(self.pilot)
        return screen_text(self.app)

    async def all_of(self, names: str) -> None:
        for name in names.split():
            if name in {ESC, ENTER}:
                await self.hint(name)
            else:
                action = BY_ID[name]
                await self.do(action, STEPS[action.screen][name])
            await self.rest()

    async def take(self, action: Action, step: Step) -> None:
        await self.all_of(step.before)
        before, looked = await self.rest(), screen_svg(self.app)
        assert not (step.shows and re.search(step.shows, before)), f"{action.id}: {before}"
        told = step.tells(self.source)
        await self.do(action, step)

        def is_seen() -> bool:
            if step.tells is not id and step.tells(self.source) == told:
                return False
            is_shown = step.shows is None or re.search(step.shows, screen_text(self.app))
            return bool(is_shown) and (step.shows is None or screen_svg(self.app) != looked)

        try:
            await until(self.pilot, is_seen)
        except AssertionError as error:
            raise AssertionError(f"{action.id}:\n{screen_text(self.app)}") from error
        await self.all_of(step.after)


class MouseWalk(Walk):
    """Somebody who has a mouse only."""

    async def do(self, action: Action, step: Step) -> None:
        lines = screen_text(self.app).splitlines()
        tab = f"{action.keys} {action.label}"
        key = Binding(action.keys.split(",")[0], "", key_display=action.display or None)
        label = rf" {re.escape(self.app.get_key_display(key))} {action.label}(?=  |\s*▏|$)"
        if step.click:
            await self.click_on(step.click)
        elif action.id in SCREENS:
            await self._click(lines[1].index(tab), 1)
        elif hint := re.search(label, f" {lines[-1]}"):
            await self._click(hint.start(), SIZE[1] - 1)
        else:
            await self._by_palette(action)

    async def hint(self, name: str) -> None:
        """A dialog's edge says which key does what: a click there does it, one beside leaves."""
        if name in screen_text(self.app):
            await self.click_on(rf"{name} \w+( ·|,| ─)")
        elif self.app.screen.is_modal:
            await self._click(1, SIZE[1] - 2)

    async def click_on(self, pattern: str) -> None:
        for y, line in enumerate(screen_text(self.app).splitlines()):
            if found := re.search(pattern, line):
                await self._click(found.start(), y)
                return
        raise AssertionError(f"nothing reads {pattern}:\n{screen_text(self.app)}")

    async def _by_palette(self, action: Action) -> None:
        await self._click(SIZE[0] - 4, SIZE[1] - 1)
        where = f"{action.screen.capitalize()}: " if action.screen else ""
        for _ in range(60):
            await self.pilot.pause()
            for y, line in enumerate(screen_text(self.app).splitlines()):
                # the palette stands in a frame, the screen to the left and the right of it
                names = [part.strip(" ▁▂▃▄▅▆▇█▌▊▎") for part in line.split("│")]
                if f"{where}{action.label}" in names:
                    await self._click(line.index(f"{where}{action.label}"), y)
                    return
            x, y = SIZE[0] // 2, SIZE[1] // 2
            wheel = self.app.screen.get_widget_at(x, y)[0]
            await self.pilot._post_mouse_events([events.MouseScrollDown] * TURNS, wheel)
        raise AssertionError(f"the palette lacks {where}{action.label}")

    async def _click(self, x: int, y: int) -> None:
        await self.pilot.click(offset=(x, y))


BY_ID = {action.id: action for action in ACTIONS}


def actions_of(screen: str) -> Iterable[Action]:
    """Those of a screen; how to leave the app is the last thing tried."""
    return (one for one in ACTIONS if one.screen == screen and one.id != "quit")


def test_every_action_is_walked() -> None:
    assert {screen: set(steps) for screen, steps in STEPS.items()} == {
        screen: {action.id for action in actions_of(screen)} for screen in (EVERYWHERE, *SCREENS)
    }


@pytest.mark.parametrize("kind", [Walk, MouseWalk])
@pytest.mark.parametrize("screen", [EVERYWHERE, *SCREENS])
def test_everything_can_be_reached(kind: type[Walk], screen: str) -> None:
    source, memory = Source(), Memory()
    memory.keep("filter", "" if screen else "feature:search")
    start = Start(memory=memory, open_demo=lambda: GivenSource(a_snapshot()))
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US, start)

    async def act(pilot: Pilot[None]) -> None:
        walk = kind(pilot, app, source)
        for action in actions_of(screen):
            if not screen or app.current_mode != screen:
                await walk.all_of(screen or "sessions")
            await walk.take(action, STEPS[screen][action.id])

    drive(app, act, SIZE)


CLICKS = (
    ("overview", "7 days$", "this quarter", ESC),
    ("overview", "● live", "‖ paused", "pause"),
    ("overview", "search a day", "Allow more", "overview"),
    ("overview", r"■ gpt-5-mini +\d", "Calls · model:=gpt-5-mini", "overview"),
    ("models", "Share", "▾ Spend|cheapest first", "turn_models"),
    ("models", "Tokens", "Tokens, most first", ""),
    ("calls", "Cost", "▾ Cost", "sort_calls"),
    ("sessions", "6 Sessions", "the latest first", ""),
    ("budgets", "Overrides", "a demo for the board", ""),
)
"""Where, what is clicked, what is seen then, and what leads back."""


@pytest.mark.parametrize("way", [ESC, ENTER])
def test_a_hint_in_a_dialogs_edge_can_be_clicked(way: str) -> None:
    source = Source()
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US)

    async def act(pilot: Pilot[None]) -> None:
        walk = MouseWalk(pilot, app, source)
        await walk.all_of("range")
        await walk.click_on("30 days" if way is ENTER else rf"{way} cancel")
        await until(pilot, lambda: not app.screen.is_modal)
        assert app.view.range.id == ("30d" if way is ENTER else "7d")

    drive(app, act, SIZE)


def test_what_looks_like_something_can_be_clicked() -> None:
    source = Source()
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US)

    async def act(pilot: Pilot[None]) -> None:
        walk = MouseWalk(pilot, app, source)
        for screen, clicked, shows, after in CLICKS:
            await walk.all_of(screen)
            await walk.click_on(clicked)
            await until(pilot, partial(matches, app, shows))
            await walk.all_of(after)

    drive(app, act, SIZE)


def test_keys_move_through_lists_and_from_part_to_part() -> None:
    source = Source()
    app = ProfilerApp(lambda: source, ZONE, lambda: NOW_US)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("2")
        await settle(pilot)
        calls = app.screen.query_one(CallList)
        for keys, cursor in MOVES:
            await pilot.press(*keys.split())
            await settle(pilot)
            assert calls.cursor == cursor, keys
        await pilot.press("4")
        await settle(pilot)
        began, seen = app.focused, []
        while app.focused not in seen:
            seen.append(app.focused)
            await pilot.press("tab")
        assert began in seen
        assert len(seen) > 1
        await pilot.press("shift+tab")
        assert app.focused is seen[-1]

    drive(app, act, SIZE)


def matches(app: ProfilerApp, pattern: str) -> bool:
    return bool(re.search(pattern, screen_text(app)))


MOVES = (
    ("down", 1), ("j", 2), ("up", 1), ("k", 0), ("end", 59), ("home", 0), ("G", 59), ("g g", 0),
    ("pagedown", 42), ("pageup", 0), ("ctrl+d", 21), ("ctrl+u", 0),
)  # fmt: skip
