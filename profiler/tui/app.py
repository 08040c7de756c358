"""The app: opens the feed, hands views to screens, and does what they ask for."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar, cast
from zoneinfo import ZoneInfo

from textual import on
from textual.app import App
from textual.binding import BindingType
from textual.message import Message
from textual.message_pump import MessagePump
from textual.reactive import var
from textual.worker import get_current_worker

from profiler.display import plain
from profiler.domain.periods import Span
from profiler.domain.scopes import Dimension
from profiler.errors import ProfilerError
from profiler.tui import keys, messages
from profiler.tui.commands import ActionCommands
from profiler.tui.feed import Feed, Source
from profiler.tui.ranges import RANGES, WEEK, Range, custom
from profiler.tui.screens.budgets import BudgetsScreen
from profiler.tui.screens.cache import CacheScreen
from profiler.tui.screens.calls import CallsScreen
from profiler.tui.screens.face import Face
from profiler.tui.screens.help import HelpScreen
from profiler.tui.screens.models import ModelsScreen
from profiler.tui.screens.overview import OverviewScreen
from profiler.tui.screens.ranges import RangeScreen
from profiler.tui.theme import DARK, FALLBACK, LIGHT, THEMES
from profiler.tui.view import Pulse, View, trouble_of
from profiler.tui.widgets.header import Header

SUGGESTIONS = 20


class ProfilerApp(App[None]):
    """The terminal app."""

    TITLE = "profiler"
    CSS_PATH: ClassVar[Path] = Path(__file__).with_name("app.tcss")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings()
    COMMANDS: ClassVar = {ActionCommands}

    view: var[View] = var(View(ZoneInfo("UTC")), init=False)

    def __init__(
        self,
        open_source: Callable[[], Source],
        zone: ZoneInfo,
        now_us: Callable[[], int],
        *,
        span: Span | None = None,
        is_demo: bool = False,
    ) -> None:
        super().__init__()
        self._zone, self._now_us = zone, now_us
        chosen = custom(span) if span else WEEK
        self.set_reactive(ProfilerApp.view, View(zone, range=chosen, is_demo=is_demo))
        self._feed = Feed(open_source, now_us, self._span_now, self.post_message)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name
        for name, screen in self._screens_by_name().items():
            self.add_mode(name, screen)

    def _screens_by_name(self) -> dict[str, Callable[[], Face]]:
        return {
            "overview": OverviewScreen,
            "models": ModelsScreen,
            "cache": CacheScreen,
            "calls": partial(CallsScreen, self._labels),
            "budgets": BudgetsScreen,
        }

    async def _labels(self, dimension: Dimension, prefix: str) -> Sequence[str]:
        try:
            source = self._feed.source
            return (await asyncio.to_thread(source.labels, dimension, prefix))[:SUGGESTIONS]
        except ProfilerError:
            return ()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What Textual's own themes lack."""
        return FALLBACK

    def on_mount(self) -> None:
        """Show the first screen; the source is opened once it stands."""
        self.switch_mode(keys.SCREENS[0])
        self.call_after_refresh(self._follow)

    def _follow(self) -> None:
        self.run_worker(
            lambda: self._feed.run(lambda: get_current_worker().is_cancelled),
            thread=True,
            group="feed",
            exit_on_error=False,
        )

    def on_unmount(self) -> None:
        """Let the feed's thread end, or the program would wait for it."""
        self._feed.stop()

    def _span_now(self) -> tuple[Range, Span]:
        chosen = self.view.range
        return chosen, chosen.span_at(self._now_us(), self._zone)

    # -- what the feed tells -------------------------------------------------

    @on(messages.SnapshotTaken)
    def _take_snapshot(self, message: messages.SnapshotTaken) -> None:
        if message.range is not self.view.range:
            return
        pulse = Pulse.LIVE if message.caught_up >= 1 else Pulse.CATCHING_UP
        if self._feed.is_paused:
            pulse = Pulse.PAUSED
        self.view = replace(
            self.view,
            snapshot=message.snapshot,
            pulse=pulse,
            caught_up=message.caught_up,
            trouble=None,
        )

    @on(messages.FeedFailed)
    def _tell_trouble(self, message: messages.FeedFailed) -> None:
        self.view = replace(self.view, trouble=message.trouble, pulse=Pulse.TROUBLE)

    def watch_view(self, view: View) -> None:
        """Hand the newest view to the screen in front; the others ask when they return."""
        if self.screen_stack and isinstance(face := self.screen_stack[0], Face):
            face.view = view

    @on(Face.Resumed)
    def _refresh_face(self, message: Face.Resumed) -> None:
        message.face.view = self.view

    # -- what screens ask for ------------------------------------------------

    def _answer(self, asker: MessagePump, group: str, read: Callable[[], Message]) -> None:
        """Read in a thread; a newer question in the same group makes the answer void."""

        def run() -> None:
            worker = get_current_worker()
            try:
                answer = read()
            except Exception as error:  # noqa: BLE001  # top of a worker: becomes a message
                answer = messages.ReadFailed(trouble_of(error))
            if not worker.is_cancelled:
                asker.post_message(answer)

        self.run_worker(run, thread=True, exclusive=True, group=group, exit_on_error=False)

    @on(messages.PageWanted)
    def _read_page(self, asked: messages.PageWanted) -> None:
        def read() -> Message:
            source = self._feed.source
            page = source.page(asked.wanted, asked.cursor, asked.limit, asked.towards)
            return messages.PageRead(asked, page)

        self._answer(asked.asker, "page", read)

    @on(messages.DetailWanted)
    def _read_detail(self, asked: messages.DetailWanted) -> None:
        self._answer(
            asked.asker,
            "detail",
            lambda: messages.DetailRead(self._feed.source.detail(asked.call_id, self._now_us())),
        )

    @on(messages.CallsWanted)
    def _show_calls(self, asked: messages.CallsWanted) -> None:
        self._in_calls(lambda calls: setattr(calls, "query_text", asked.query))

    @on(messages.BudgetSaved)
    def _save_budget(self, asked: messages.BudgetSaved) -> None:
        self._write(lambda source: source.save_budget(asked.budget))

    @on(messages.BudgetRemoved)
    def _remove_budget(self, asked: messages.BudgetRemoved) -> None:
        self._write(lambda source: source.remove_budget(asked.name))

    def _write(self, change: Callable[[Source], None]) -> None:
        """Change the store in a thread, then look at it again."""

        def run() -> None:
            try:
                change(self._feed.source)
            except Exception as error:  # noqa: BLE001  # top of a worker: becomes a message
                self.post_message(messages.ReadFailed(trouble_of(error)))
            else:
                self._feed.stir()

        self.run_worker(run, thread=True, group="write", exit_on_error=False)

    @on(messages.ReadFailed)
    def _tell_failure(self, message: messages.ReadFailed) -> None:
        trouble = message.trouble
        self.notify(plain(trouble.message), title=trouble.title, severity="error", markup=False)

    # -- what the user does --------------------------------------------------

    @on(Header.TabChosen)
    def _show_tab(self, message: Header.TabChosen) -> None:
        self.action_show(message.screen)

    def action_show(self, screen: str) -> None:
        """Bring a screen to the front."""
        if self.current_mode != screen:
            self.switch_mode(screen)

    def action_pause(self) -> None:
        """Hold the screens still, or let them run again."""
        self._feed.is_paused = not self._feed.is_paused
        if self._feed.is_paused:
            self.view = replace(self.view, pulse=Pulse.PAUSED)
        else:
            self.view = replace(self.view, pulse=Pulse.LIVE)
            self._feed.stir()

    def action_toggle_look(self) -> None:
        """Switch between dark and light."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    def action_choose_theme(self, name: str) -> None:
        """Use the theme of that name."""
        self.theme = name

    def action_pick_range(self) -> None:
        """Offer the ranges."""
        self.push_screen(RangeScreen(self.view.range), self._range_picked)

    def _range_picked(self, range_id: str | None) -> None:
        if range_id is not None:
            self.action_choose_range(range_id)

    def action_help(self) -> None:
        """Show keys, signs and filters."""
        self.push_screen(HelpScreen())

    def action_filter(self) -> None:
        """Go to the calls and let the user type a filter."""
        self._in_calls(CallsScreen.focus_filter)

    def _in_calls(self, act: Callable[[CallsScreen], object]) -> None:
        self.action_show("calls")
        self.call_later(lambda: act(cast("CallsScreen", self.screen)))

    def action_retry(self) -> None:
        """Read everything again now."""
        self._feed.stir()

    def action_choose_range(self, range_id: str) -> None:
        """Look at another stretch of time."""
        chosen = next((r for r in RANGES if r.id == range_id), self.view.range)
        if chosen is not self.view.range:
            self.view = replace(self.view, range=chosen)
            self._feed.stir()


def run(
    open_source: Callable[[], Source],
    zone: ZoneInfo,
    now_us: Callable[[], int],
    *,
    span: Span | None = None,
    is_demo: bool = False,
) -> int:
    """Run the app until the user leaves it; the exit code, not 0 where it broke."""
    app = ProfilerApp(open_source, zone, now_us, span=span, is_demo=is_demo)
    app.run()
    return app.return_code or 0
