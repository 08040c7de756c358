"""What stands in place of a screen that has nothing to draw: opening, trouble, empty."""

from enum import Enum

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.reactive import reactive
from textual.widgets import Static

from profiler import display
from profiler.tui.actions.keymap import keys_of
from profiler.tui.asking.ranges import wider
from profiler.tui.looks.theme import Palette
from profiler.tui.view import EMPTY_VIEW, Pulse, View
from profiler.tui.widgets.columns import stacked
from profiler.tui.widgets.panel import palette_of

OFFERED = {
    "demo": "app.demo",
    "widen": "app.widen",
    "clear_filter": "app.clear_filter",
    "range": "app.pick_range",
    "retry": "app.retry",
    "quit": "app.quit",
}
"""What a notice may offer, in that order: the actions' ids, and what they do."""


class Offer(Static):
    """A key and what it does; a click does it too."""

    DEFAULT_CSS = """
    Offer { width: 1fr; height: 1; display: none; }
    Offer.-offered { display: block; }
    Offer:hover { background: $panel; }
    """

    def __init__(self, action_id: str) -> None:
        super().__init__(markup=False)
        self.action_id = action_id

    def show(self, does: str | None) -> None:
        """Offer what that says, or nothing."""
        self.set_class(does is not None, "-offered")
        ink, key = palette_of(self), keys_of(self).of_id(self.action_id)
        self.update(Text.assemble((f"{key:>6}", ink.accent), f"  {does or ''}", style=ink.ink))

    async def on_click(self) -> None:
        """Do it."""
        await self.run_action(OFFERED[self.action_id])


class Notice(VerticalScroll, can_focus=False):
    """A few calm lines in the middle of the screen, and what can be done."""

    DEFAULT_CSS = """
    Notice {
        align: center middle;
        & > Vertical {
            width: 72; max-width: 100%; height: auto;
            border: round $ink-edge; background: $surface; padding: 1 2;
        }
        & #words { width: 1fr; height: auto; }
        &.-trouble > Vertical { border: round $error; }
    }
    """

    view = reactive(EMPTY_VIEW)

    def compose(self) -> ComposeResult:
        """One box."""
        with Vertical():
            yield Static(markup=False, id="words")
            for action_id in OFFERED:
                yield Offer(action_id)

    def on_mount(self) -> None:
        """Another theme draws the text anew."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.watch_view(self.view))

    def watch_view(self, view: View) -> None:
        """Say something else."""
        if self.is_mounted:
            self.set_class(tells_trouble(view), "-trouble")
            self.query_one("#words", Static).update(words(view, palette_of(self)))
            offered = offers(view)
            for offer in self.query(Offer):
                offer.show(offered.get(offer.action_id))


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


def tells_trouble(view: View) -> bool:
    """Whether a notice says what is in the way: there are no older figures."""
    return view.obstacle is not None and not view.has_calls


def words(view: View, ink: Palette) -> Text:
    """What to say, the most pressing first."""
    if tells_trouble(view):
        return _trouble(view, ink)
    if view.snapshot is None:
        return _opening(view, ink)
    if not view.has_calls:
        is_reading = view.pulse is Pulse.CATCHING_UP
        return _reading(view, ink) if is_reading else _first_run(ink)
    return _nothing_here(view, ink)


def offers(view: View) -> dict[str, str]:
    """What can be done about it: words by the ids of actions."""
    snapshot = view.snapshot
    if tells_trouble(view):
        # the filter may be what is in the way
        cleared = {"clear_filter": "clear the filter"} if view.question.query else {}
        return {"retry": "try again now", **cleared, "quit": "quit"}
    if snapshot is None:
        return {}
    if not view.has_calls:
        is_first_run = view.pulse is not Pulse.CATCHING_UP
        return {"demo": "look around with a month of made-up calls"} if is_first_run else {}
    newest_us, now_us = snapshot.freshness.last_call_at_us, snapshot.taken_at_us
    longer = wider(view.range, newest_us, now_us, view.zone)
    offered = {"widen": f"widen to {longer.name}"} if longer else {}
    if view.question.query and not view.is_range_empty:
        offered["clear_filter"] = "clear the filter"
    return {**offered, "range": "choose another range"}


def _opening(view: View, ink: Palette) -> Text:
    about = (
        "Making up a month of calls, in a folder that is gone when you leave."
        if view.question.is_demo
        else "Reading what your programs recorded."
    )
    return stacked(
        [Text("Opening the log…", style=f"bold {ink.ink}"), Text(about, style=ink.muted)]
    )


def _reading(view: View, ink: Palette) -> Text:
    return stacked(
        [
            Text(f"Reading the log… {view.caught_up:.0%}", style=f"bold {ink.ink}"),
            Text("What is read is kept: the next time goes on from there.", style=ink.muted),
        ]
    )


def _trouble(view: View, ink: Palette) -> Text:
    trouble = view.obstacle
    made = Text.assemble(
        (f"✖ {trouble.title if trouble else ''}", f"bold {ink.high}"),
        "\n\n",
        (display.plain(trouble.message if trouble else ""), ink.ink),
        "\n\n",
        ("Trying again every few seconds.", ink.muted),
        "\n",
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
            Text.assemble(
                ("or run it unchanged:  ", ink.ink),
                ("profiler run app.py", code),
            ),
            Text(""),
            Text("Its calls appear here within a second of being made. Until then:", style=dim),
            Text(""),
        ]
    )


def _nothing_here(view: View, ink: Palette) -> Text:
    freshness = view.snapshot.freshness if view.snapshot else None
    query = "" if view.is_range_empty else display.plain(view.question.query)
    title = f"No call matches {query}" if query else "No calls in range"
    made = [Text(f"{title}: {view.range.name}", style=f"bold {ink.ink}"), Text("")]
    made[0].truncate(66, overflow="ellipsis")
    if freshness and freshness.last_call_at_us is not None:
        when = display.clock(freshness.last_call_at_us, view.zone)
        counted = display.count(freshness.calls)
        made.append(Text(f"{counted} calls in all, the newest at {when}.", style=ink.muted))
    return stacked([*made, Text("")])
