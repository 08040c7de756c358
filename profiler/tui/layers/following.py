"""The app's first layer: it runs the feed and hands its views to the screen in front."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import on
from textual.filter import LineFilter
from textual.reactive import var
from textual.worker import get_current_worker

from profiler.display import plain, shortened
from profiler.tui import messages
from profiler.tui.asking.ranges import WEEK, Range, retold, wider
from profiler.tui.feed import Feed, Source
from profiler.tui.looks.monochrome import FewColours
from profiler.tui.names import SCREENS
from profiler.tui.opening.ahead import Ahead
from profiler.tui.opening.start import Start
from profiler.tui.screens.face import Face
from profiler.tui.terminal.beyond import BeyondApp
from profiler.tui.view import Pulse, Question, View


class FollowingApp(BeyondApp):
    """Opens the source once the first screen stands, and follows it until the end."""

    DEFAULT_MODE: ClassVar[str] = SCREENS[0]

    view: var[View] = var(View(), init=False)

    def __init__(
        self,
        open_source: Callable[[], Source],
        zone: ZoneInfo,
        now_us: Callable[[], int],
        start: Start,
    ) -> None:
        super().__init__(start)
        self.now_us = now_us
        self.own_zone = zone
        """The zone that settings name."""
        question = start.question(zone, now_us())
        self._left_out = start.left_out(zone, now_us())
        self.set_reactive(FollowingApp.view, View(question, first=start.first, pulse=start.pulse))
        self._open_source = open_source
        self.feed = Feed(open_source, now_us, self._question_now, self.post_message)
        self.ahead = Ahead(self)
        self._is_following = False
        self._few_colours: tuple[str, FewColours] | None = None
        self.set_keymap(start.keys.keymap)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What changes the looks of every line on its way to the terminal."""
        is_terminal = not (self.is_headless or self.is_web)
        has_sixteen = is_terminal and self.console.color_system == "standard"
        if not (self.no_color or has_sixteen):
            return super().get_line_filters()
        if self._few_colours is None or self._few_colours[0] != self.theme:
            has_ink = has_sixteen and not self.no_color
            self._few_colours = self.theme, FewColours(self.theme_variables, has_ink=has_ink)
        return [self._few_colours[1]]

    def _question_now(self) -> Question:
        return self.view.question

    @on(Face.Resumed)
    def _refresh_face(self, message: Face.Resumed) -> None:
        face = message.face
        if face is not self.screen_stack[0]:
            return  # it was left again before it came to ask: what is in front asked since
        self._ask(face.asking(self.view.question))
        face.view = self.view
        # only now that the first screen stands: the source imports SQLAlchemy, and a thread
        # that imports holds up the one that draws
        face.call_after_refresh(self._follow)

    def _follow(self) -> None:
        """Open the source and follow it, once."""
        if self._is_following:
            return
        self._is_following = True
        if self._left_out:  # the first question took its place in the memory
            told = shortened(plain(" and ".join(self._left_out)), 200)
            self.notify(f"No longer good, and left out: {told}", severity="warning", markup=False)
        self.run_worker(
            lambda: self.feed.run(lambda: get_current_worker().is_cancelled),
            thread=True,
            group="feed",
            exit_on_error=False,
        )

    def on_unmount(self) -> None:
        """Let the feed's thread end, or the program would wait for it."""
        self.feed.stop()
        self.restore_title()

    @on(messages.SnapshotTaken)
    def _take_snapshot(self, message: messages.SnapshotTaken) -> None:
        if message.question != self.view.question:
            return
        self.tell_beyond(message.snapshot, self.view)
        if message.snapshot.part is not None:
            self.call_after_refresh(self.ahead.drawn, message.question.screen)
        # what was in the way is over when the log is read on, not when old figures are read again
        trouble = None if message.caught_up else self.view.trouble
        self.view = replace(
            self.view,
            snapshot=message.snapshot,
            answered=message.question,
            pulse=self._pulse(
                message.caught_up, has_trouble=bool(trouble or message.snapshot.log_trouble)
            ),
            caught_up=message.caught_up,
            trouble=trouble,
        )

    def _pulse(self, caught_up: float, *, has_trouble: bool) -> Pulse:
        if has_trouble:
            return Pulse.TROUBLE
        if self.feed.is_paused:
            return Pulse.PAUSED
        return Pulse.LIVE if caught_up >= 1 else Pulse.CATCHING_UP

    @on(messages.FeedFailed)
    def _tell_trouble(self, message: messages.FeedFailed) -> None:
        self.view = replace(self.view, trouble=message.trouble, pulse=Pulse.TROUBLE)

    def watch_view(self, view: View) -> None:
        """Hand the newest view to the screen in front; the others ask when they return."""
        if self.screen_stack and isinstance(face := self.screen_stack[0], Face):
            face.view = view

    def action_pause(self) -> None:
        """Hold the screens still, or let them run again."""
        self.feed.is_paused = not self.feed.is_paused
        if self.feed.is_paused:
            self.view = replace(self.view, pulse=Pulse.PAUSED)
        else:
            self.view = replace(self.view, pulse=Pulse.LIVE)
            self.feed.stir()

    def action_retry(self) -> None:
        """Read everything again now."""
        self.feed.stir()

    def action_demo(self) -> None:
        """Look around with made-up calls, or go back to one's own."""
        if self.start.open_demo is None:
            self.notify("These are made-up calls already.", markup=False)
            return
        before = self.view.question
        is_demo = not before.is_demo
        self.feed.follow(self.start.open_demo if is_demo else self._open_source)
        own = self.start.question(before.zone, self.now_us())
        asked = replace(before, range=WEEK, query="") if is_demo else own
        question = replace(asked, screen=before.screen, by=before.by, is_demo=is_demo)
        self.view = View(question)

    def action_widen(self) -> None:
        """Take the next longer range that holds calls."""
        snapshot, question = self.view.snapshot, self.view.question
        newest_us = snapshot.freshness.last_call_at_us if snapshot else None
        chosen = wider(question.range, newest_us, self.now_us(), question.zone)
        if chosen is None:
            self.notify("No range is longer.", markup=False)
        else:
            self.choose_range(chosen)

    def action_choose_range(self, range_id: str) -> None:
        """Look at another stretch of time."""
        chosen = next(one for one in self.start.ranges if one.id == range_id)
        self.choose_range(chosen)

    def choose_range(self, chosen: Range) -> None:
        """Look at a stretch of time that no list offers."""
        self._ask(replace(self.view.question, range=chosen))

    def action_choose_zone(self, name: str) -> None:
        """Count days and tell times by another zone's clocks."""
        question, zone = self.view.question, ZoneInfo(name)
        self.start.keep_zone(self.own_zone, zone)
        chosen = retold(question.range, self.now_us(), question.zone, zone)
        self._ask(replace(question, zone=zone, range=chosen))

    @on(messages.FilterChosen)
    def _filter(self, message: messages.FilterChosen) -> None:
        self._ask(replace(self.view.question, query=message.query))

    def action_clear_filter(self) -> None:
        """Show every call of the range again."""
        self._ask(replace(self.view.question, query=""))

    def _ask(self, question: Question) -> None:
        if question != self.view.question:
            first = self.view.first
            if question.calls != self.view.question.calls:
                first, question = None, replace(question, page=0)
            self.view = replace(self.view, question=question, first=first)
            self.start.keep(question)
            self.feed.stir()
