"""The app's fifth layer: what it writes to the terminal, which is only what differs."""

from collections.abc import Callable
from typing import cast
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.screen import Screen

from profiler.tui.feed import Source
from profiler.tui.layers.exporting import ExportingApp
from profiler.tui.opening.start import Start
from profiler.tui.terminal.written import Written


class WritingApp(ExportingApp):
    """Knows what stands in the terminal, and when nobody does."""

    def __init__(
        self,
        open_source: Callable[[], Source],
        zone: ZoneInfo,
        now_us: Callable[[], int],
        start: Start,
    ) -> None:
        super().__init__(open_source, zone, now_us, start)
        self._written = Written()

    def on_mount(self) -> None:
        """Whatever another program wrote meanwhile is written over."""
        self.app_resume_signal.subscribe(self, lambda _: self._written.forget())

    def on_resize(self) -> None:
        """What a terminal of another size makes of what stood there, nobody knows."""
        self._written.forget()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Write what differs from what stands there, and nothing at all where nothing does."""
        is_written = not (self.is_headless or self._batch_count)
        if isinstance(renderable, ChopsUpdate | LayoutUpdate) and is_written:
            changes = self._written.changes(renderable, self.console)
            cursor = screen.outer_size.clamp_offset(self.cursor_position)
            is_still = changes.is_none and cursor == self._previous_cursor_position
            renderable = None if is_still else cast("RenderableType", changes)
        elif renderable is not None:
            self._written.forget()
        super()._display(screen, renderable)
