"""What stands in place of a screen that has nothing to draw: opening, trouble, empty."""

from enum import Enum

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.reactive import reactive
from textual.widgets import Static

from profiler import display
from profiler.tui.keymap import Keys, keys_of
from profiler.tui.theme import Palette
from profiler.tui.view import EMPTY_VIEW, View
from profiler.tui.widgets.columns import stacked
from profiler.tui.widgets.panel import palette_of


class Notice(VerticalScroll, can_focus=False):
    """A few calm lines in the middle of the screen."""

    DEFAULT_CSS = """
    Notice {
        align: center middle;
        & > Static {
            width: 72; max-width: 100%; height: auto;
            border: round $ink-edge; background: $surface; padding: 1 2;
        }
        &.-trouble > Static { border: round $error; }
    }
    """

    view = reactive(EMPTY_VIEW)

    def compose(self) -> ComposeResult:
        """One box."""
        yield Static(markup=False)

    def on_mount(self) -> None:
        """Another theme draws the text anew."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.watch_view(self.view))

    def watch_view(self, view: View) -> None:
        """Say something else."""
        if self.is_mounted:
            self.set_class(view.trouble is not None, "-trouble")
            self.query_one(Static).update(words(view, palette_of(self), keys_of(self)))


class Needs(Enum):
    """What a screen needs before it has anything to draw."""

    CALLS_IN_RANGE = "calls in range"
    CALLS = "calls at all"
    SNAPSHOT = "a snapshot"


def is_needed(view: View, needs: Needs) -> bool:
    """Whether a notice stands in place of a screen that needs that much."""
    if view.snapshot is None:
        has_first = needs is Needs.CALLS_IN_RANGE and view.first and view.first.totals.calls
        return view.trouble is not None or not has_first
    if needs is Needs.SNAPSHOT:
        return False
    if needs is Needs.CALLS:
        return view.snapshot.freshness.calls == 0
    return view.snapshot.totals.calls == 0


def words(view: View, ink: Palette, keys: Keys) -> Text:
    """What to say, the most pressing first."""
    if view.snapshot is None:
        return _trouble(view, ink, keys) if view.trouble else _opening(ink)
    if view.snapshot.freshness.calls == 0:
        return _first_run(ink)
    return _nothing_here(view, ink, keys)


def _opening(ink: Palette) -> Text:
    return stacked(
        [
            Text("Opening the log…", style=f"bold {ink.ink}"),
            Text("Reading what your programs recorded.", style=ink.muted),
        ]
    )


def _trouble(view: View, ink: Palette, keys: Keys) -> Text:
    trouble = view.trouble
    made = Text.assemble(
        (f"✖ {trouble.title if trouble else ''}", f"bold {ink.high}"),
        "\n\n",
        (display.plain(trouble.message if trouble else ""), ink.ink),
        "\n\n",
        ("Trying again every few seconds.  ", ink.muted),
        (keys.of_id("retry"), ink.accent),
        (" now   ", ink.muted),
        (keys.of_id("quit"), ink.accent),
        (" quit", ink.muted),
    )
    made.no_wrap = False
    return made


def _first_run(ink: Palette) -> Text:
    code, dim = ink.accent, ink.muted
    return stacked(
        [
            Text("No calls yet", style=f"bold {ink.ink}"),
            Text(""),
            Text("Add two lines at the start of your program:", style=ink.ink),
            Text(""),
            Text("    import profiler", style=code),
            Text("    profiler.instrument()", style=code),
            Text(""),
            Text("or run it unchanged:", style=ink.ink),
            Text(""),
            Text("    profiler run app.py", style=code),
            Text(""),
            Text("Its calls appear here within a second of being made.", style=dim),
            Text(""),
            Text.assemble(("    profiler demo", code), ("   shows it with invented calls", dim)),
        ]
    )


def _nothing_here(view: View, ink: Palette, keys: Keys) -> Text:
    freshness = view.snapshot.freshness if view.snapshot else None
    made = [Text(f"No calls in range: {view.range.name}", style=f"bold {ink.ink}"), Text("")]
    if freshness and freshness.last_call_at_us is not None:
        when = display.clock(freshness.last_call_at_us, view.zone)
        counted = display.count(freshness.calls)
        made.append(Text(f"{counted} calls in all, the newest at {when}.", style=ink.muted))
    made.append(
        Text.assemble(
            ("Press ", ink.muted),
            (keys.of_id("range"), ink.accent),
            (" for another range.", ink.muted),
        )
    )
    return stacked(made)
