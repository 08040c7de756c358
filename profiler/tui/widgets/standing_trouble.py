"""What is in the way of newer figures, told above those that are drawn."""

from rich.text import Text
from textual.reactive import reactive
from textual.widgets import Static

from profiler import display
from profiler.tui.actions.keymap import keys_of
from profiler.tui.view import EMPTY_VIEW, View
from profiler.tui.widgets.panel import palette_of


class StandingTrouble(Static):
    """Not there while nothing is in the way."""

    DEFAULT_CSS = """
    StandingTrouble {
        display: none; width: 1fr; height: auto; max-height: 3; padding: 0 2;
        background: $panel; color: $error;
        &.-told { display: block; }
    }
    """

    view = reactive(EMPTY_VIEW)

    def __init__(self) -> None:
        super().__init__(markup=False)

    def on_mount(self) -> None:
        """Another theme draws the text anew."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.watch_view(self.view))

    def watch_view(self, view: View) -> None:
        """Say what it is now."""
        trouble = view.obstacle if view.snapshot else None
        self.set_class(trouble is not None, "-told")
        if trouble is not None:
            ink, keys = palette_of(self), keys_of(self)
            told = Text.assemble(
                (f"✖ {trouble.title}", f"bold {ink.high}"),
                (f" · {display.plain(trouble.message)} · ", ink.ink),
                (keys.of_id("retry"), ink.accent),
                (" tries again", ink.muted),
            )
            if view.question.query:
                told.append(f" · {keys.of_id('clear_filter')}", ink.accent)
                told.append(" clears the filter", ink.muted)
            self.update(told)

    async def on_click(self) -> None:
        """Try again."""
        await self.run_action("app.retry")
