"""The app: its screens, its looks, and what the user does."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast
from zoneinfo import ZoneInfo

from textual import on
from textual.binding import BindingType
from textual.widgets import Input

from profiler.tui import modes
from profiler.tui.actions import keys
from profiler.tui.actions.commands import ActionCommands
from profiler.tui.asking.ranges import CUSTOM, Range, custom
from profiler.tui.feed import Source
from profiler.tui.layers.writing import WritingApp
from profiler.tui.looks.stylesheet import KeptStylesheet
from profiler.tui.looks.theme import DARK, FALLBACK, LIGHT, THEMES
from profiler.tui.messages import CallsWanted, FilterChosen
from profiler.tui.names import SCREENS
from profiler.tui.opening.start import Start
from profiler.tui.terminal.hangup import ended_with_its_terminal
from profiler.tui.terminal.overdrawing import drawing_over
from profiler.tui.widgets.header import Header

if TYPE_CHECKING:
    from profiler.tui.screens.calls import CallsScreen


class ProfilerApp(WritingApp):
    """The terminal app."""

    TITLE = "profiler"
    CSS_PATH: ClassVar[Path] = Path(__file__).with_name("app.tcss")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings()
    COMMANDS: ClassVar = {ActionCommands}

    def __init__(
        self,
        open_source: Callable[[], Source],
        zone: ZoneInfo,
        now_us: Callable[[], int],
        start: Start | None = None,
    ) -> None:
        super().__init__(open_source, zone, now_us, start or Start())
        if self.start.is_shown:
            self.driver_class = drawing_over(self.driver_class)
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        for theme in THEMES:
            self.register_theme(theme)
        kept = self.start.memory.text("theme")
        self.theme = kept if kept in self.available_themes else DARK.name
        for name in SCREENS:
            self.add_mode(name, partial(modes.screen, name, self.labels, self.start.memory))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether it makes sense now: within a text field a slash is a slash."""
        if action == "filter":
            return not isinstance(self.focused, Input)
        if action == "clear_filter":
            return bool(self.view.question.query)
        return super().check_action(action, parameters)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What Textual's own themes lack."""
        return FALLBACK

    @on(Header.TabChosen)
    def _show_tab(self, message: Header.TabChosen) -> None:
        self.action_show(message.screen)

    @on(CallsWanted)
    async def _show_calls(self, asked: CallsWanted) -> None:
        (await self._calls()).within = asked.query

    def action_show(self, screen: str) -> None:
        """Bring a screen to the front."""
        if self.current_mode != screen:
            self.switch_mode(screen)

    def action_toggle_look(self) -> None:
        """Switch between dark and light."""
        self.action_choose_theme(LIGHT.name if self.current_theme.dark else DARK.name)

    def action_choose_theme(self, name: str) -> None:
        """Use the theme of that name, next time too."""
        self.theme = name
        # at once: a dialog that the next key opens would keep the colours of before
        self.refresh_css(animate=False)
        self.start.memory.keep("theme", name)

    def action_pick_range(self) -> None:
        """Offer the ranges."""
        picker = modes.range_picker(self.view.range, self.start.ranges)
        self.push_screen(picker, self._range_picked)

    def _range_picked(self, range_id: str | None) -> None:
        if range_id == CUSTOM:
            self.push_screen(modes.range_dialog(self._range_between), self._range_typed)
        elif range_id is not None:
            self.action_choose_range(range_id)

    def _range_between(self, since: str, until: str) -> Range:
        return custom(since, until, self.now_us(), self.view.zone)

    def _range_typed(self, chosen: Range | None) -> None:
        if chosen is not None:
            self.choose_range(chosen)

    def action_pick_zone(self) -> None:
        """Ask whose clocks count."""
        shown = self.view.zone
        told = self.start.zone_told(self.own_zone, shown)
        self.push_screen(modes.zone_dialog(shown.key, told), self._zone_picked)

    def _zone_picked(self, name: str | None) -> None:
        if name is not None:
            self.action_choose_zone(name)

    def action_help(self) -> None:
        """Show keys, signs and filters."""
        self.push_screen(modes.help_page())

    async def action_filter(self) -> None:
        """Let the user type a filter: in the calls' own bar, else in a dialog."""
        if self.current_mode == "calls":
            (await self._calls()).focus_filter()
            return
        question = self.view.question
        dialog = modes.filter_dialog(
            self.labels, lambda text: question.wanted(self.now_us(), text), question.query
        )
        await self.push_screen(dialog, self._filter_typed)

    def _filter_typed(self, text: str | None) -> None:
        if text is not None:
            self.post_message(FilterChosen(text))

    async def _calls(self) -> "CallsScreen":
        """The calls, in front and ready: keys typed meanwhile may have opened a dialog on top."""
        await self.switch_mode("calls")
        return cast("CallsScreen", self.screen_stack[0])


def run(app: ProfilerApp) -> int:
    """Run the app until the user leaves it; the exit code, not 0 where it broke."""
    app.ahead.is_alone = True

    def leave(code: int) -> None:
        app.exit(return_code=code)

    with ended_with_its_terminal(leave):
        app.run()
    return app.return_code or 0
