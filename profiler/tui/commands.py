"""The palette: every action, range and theme by name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from profiler.display import plain
from profiler.tui.following import FollowingApp
from profiler.tui.keys import ACTIONS
from profiler.tui.ranges import RANGES, Range
from profiler.tui.saved import SavedFilters
from profiler.tui.theme import THEMES

if TYPE_CHECKING:
    from textual.types import IgnoreReturnCallbackType


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the palette."""

    name: str
    help: str
    action: str
    """As a binding would write it."""


def commands(
    ranges: Sequence[Range] = RANGES, filters: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Command]:
    """Everything the palette offers; `filters` are those that were kept, by name."""
    for action in ACTIONS:
        if action.in_palette:
            yield Command(action.label, action.help, action.action)
    for one in ranges:
        yield Command(
            f"Range: {one.name}", "Look at this stretch of time.", f"app.choose_range('{one.id}')"
        )
    for name, query in filters.items():
        yield Command(f"Filter: {plain(name)}", plain(query), f"app.use_filter({name!r})")
    for theme in THEMES:
        look = theme.name.partition("-")[2].replace("-", " ")
        yield Command(f"Theme: {look}", "Change the colours.", f"app.choose_theme('{theme.name}')")


class ActionCommands(Provider):
    """Offers the table of actions."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for command in self._commands():
            yield DiscoveryHit(command.name, self._doing(command), help=command.help)

    async def search(self, query: str) -> Hits:
        """Those whose name is like what is typed."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.name)
            if score > 0:
                yield Hit(
                    score, matcher.highlight(command.name), self._doing(command), help=command.help
                )

    def _commands(self) -> Iterator[Command]:
        app = self.app
        if not isinstance(app, FollowingApp):
            return commands()
        return commands(app.start.ranges, SavedFilters(app.start.memory).all())

    def _doing(self, command: Command) -> "IgnoreReturnCallbackType":
        return lambda: self.app.run_action(command.action)
