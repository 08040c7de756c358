"""The palette: every screen, action, filter, range, zone, theme, export and setting by name."""

import re
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast
from zoneinfo import available_timezones

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import Matcher
from textual.markup import escape

from profiler.display import plain
from profiler.errors import BadQuery
from profiler.options.actions import ACTIONS, EVERYWHERE
from profiler.report.forms import BUDGET_FORMS, FORMS
from profiler.tui.actions.keymap import Keys
from profiler.tui.asking.ranges import RANGES, Range
from profiler.tui.asking.saved import SavedFilters
from profiler.tui.layers.exporting import ExportingApp
from profiler.tui.looks.theme import THEMES
from profiler.tui.names import BYS

WHOLE = 1_000.0
"""What a command is the likelier whose name holds all that was typed as words."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the palette."""

    name: str
    help: str
    action: str
    """As a binding would write it."""
    screen: str = EVERYWHERE
    """The screen that does it; it comes to the front first."""


def commands(
    ranges: Sequence[Range] = RANGES,
    filters: Mapping[str, str] = MappingProxyType({}),
    keys: Keys | None = None,
    front: str = "",
) -> Iterator[Command]:
    """Everything the palette offers; `filters` are those that were kept, by name.

    Of the screen in `front` every action, of the others what needs nothing highlighted.
    """
    yield from _actions(keys or Keys(), front)
    for by in BYS:
        yield Command(
            f"Top {by.replace('_', ' ')}s: spend by {by}",
            f"Tell the spend of the overview apart by {by.replace('_', ' ')}.",
            f"group_by('{by}')",
            "overview",
        )
    for one in ranges:
        yield Command(
            f"Range: {one.name}", "Look at this stretch of time.", f"app.choose_range('{one.id}')"
        )
    for name, query in filters.items():
        yield Command(f"Filter: {plain(name)}", plain(query), f"app.use_filter({name!r})")
    for form in FORMS:
        yield Command(
            f"Export: {form.title}",
            "Write what is filtered into a file.",
            f"app.export('{form.id}')",
        )
    for form in BUDGET_FORMS:
        told = "Write it into a file, whatever is filtered."
        yield Command(f"Export: {form.title}", told, f"app.export('{form.id}')", "budgets")
    for theme in THEMES:
        look = theme.name.partition("-")[2].replace("-", " ")
        yield Command(f"Theme: {look}", "Change the colours.", f"app.choose_theme('{theme.name}')")


def _actions(keys: Keys, front: str) -> Iterator[Command]:
    in_front_first = sorted(ACTIONS, key=lambda one: (one.screen != front, bool(one.screen)))
    for action in in_front_first:
        if action.in_palette or action.screen == front:
            where = f"{action.screen.capitalize()}: " if action.screen else ""
            told = f"{action.help}  Key: {keys.of(action)}"
            yield Command(f"{where}{action.label}", told, action.action, action.screen)


def zones() -> Iterator[Command]:
    """Every time zone; too many to offer before something is typed."""
    for name in sorted(available_timezones()):
        yield Command(
            f"Time zone: {name}", "Count days by its clocks.", f"app.choose_zone({name!r})"
        )


class ActionCommands(Provider):
    """Offers the commands there are where the palette was opened."""

    async def startup(self) -> None:
        """Look once what there is."""
        self._found = [*self._commands()]
        self._zones: list[Command] = []

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for command in self._found:
            yield DiscoveryHit(
                Content(command.name),
                self._doing(command),
                text=command.name,
                help=escape(command.help),
            )

    async def search(self, query: str) -> Hits:
        """Those whose name is like what is typed; and what is typed, where it is a filter."""
        self._zones = self._zones or [*zones()]
        matcher, words = self.matcher(query), query.lower().split()
        # letters strewn over a zone's name mean nothing: there are hundreds of them
        zones_meant = (one for one in self._zones if all(w in one.name.lower() for w in words))
        for command in (*self._typed(query), *self._found, *zones_meant):
            score = matcher.match(command.name)
            if score > 0:
                is_whole = {*words} <= {*_WORD.findall(command.name.lower())}
                score += WHOLE * (is_whole and command not in self._zones)
                yield Hit(
                    score,
                    _highlighted(command.name, matcher),
                    self._doing(command),
                    text=command.name,
                    help=escape(command.help),
                )

    @property
    def _app(self) -> ExportingApp:
        return cast("ExportingApp", self.app)

    def _commands(self) -> Iterator[Command]:
        start = self._app.start
        saved = SavedFilters(start.memory).all()
        return commands(start.ranges, saved, start.keys, getattr(self.screen, "NAME", ""))

    def _typed(self, query: str) -> Iterator[Command]:
        """The filter that is typed; single words are names of commands rather."""
        if not any(sign in query for sign in ":<>"):
            return
        try:
            self._app.view.question.wanted(self._app.now_us(), query)
        except BadQuery:
            return
        yield Command(f"Filter by {plain(query)}", "Narrow every screen.", f"app.narrow({query!r})")

    def _doing(self, command: Command) -> Callable[[], Coroutine[None, None, object]]:
        async def do() -> object:
            if command.screen:
                await self.app.switch_mode(command.screen)
                return await self.app.run_action(command.action, self.app.screen_stack[0])
            return await self.app.run_action(command.action)

        return do


def _highlighted(name: str, matcher: Matcher) -> Content:
    """The letters that are typed, marked; Textual's own would read a name as markup."""
    drawn = Content(name)
    _, offsets = matcher.fuzzy_search.match(matcher.query, name)
    for at in offsets:
        drawn = drawn.stylize(matcher.match_style, at, at + 1)
    return drawn
