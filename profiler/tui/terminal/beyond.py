"""What the app tells beyond its screens: toasts, the terminal's bell, and its title."""

from collections.abc import Iterator, Sequence

from textual.widget import AwaitMount

from profiler import display
from profiler.analysis.figures import Figures
from profiler.analysis.results.snapshot import Snapshot
from profiler.domain.budgets import Level
from profiler.tui.actions.keymap import Keys
from profiler.tui.actions.pointing import PointingApp
from profiler.tui.alerts import Alert, fresh
from profiler.tui.opening.start import Start
from profiler.tui.view import View

BELL = "bell"
"""What is remembered of whether it rings."""
MOST_TOASTS = 2
"""At a time; the alert log has them all."""
SAVE_TITLE, RESTORE_TITLE = "\x1b[22;0t", "\x1b[23;0t"


class BeyondApp(PointingApp):
    """Speaks to whoever looks elsewhere."""

    def __init__(self, start: Start) -> None:
        super().__init__()
        self.start = start
        self._is_titled = False

    @property
    def keys(self) -> Keys:
        """Which keys do what."""
        return self.start.keys

    def on_notify(self) -> None:
        """The oldest make room for the one that comes."""
        for notification in list(self._notifications)[: 1 - MOST_TOASTS]:
            self._unnotify(notification, refresh=False)

    def switch_mode(self, mode: str) -> AwaitMount:
        """Another screen is not covered by what was told on this one."""
        self.clear_notifications()
        return super().switch_mode(mode)

    def tell_beyond(self, snapshot: Snapshot, before: View) -> None:
        """Tell of what is breached since the view before, and the spend in the title."""
        found = fresh(snapshot, before.snapshot)
        for words, is_breach in toasts(found, self.keys):
            self.notify(words, severity="error" if is_breach else "warning", markup=False)
        if found and self.start.memory.text(BELL) == "on":
            self.bell()
        title = title_of(snapshot)
        if title != self.title and not before.question.query:
            save = "" if self._is_titled else SAVE_TITLE
            self._write_title(save + titled(title))
            self.title, self._is_titled = title, True

    def restore_title(self) -> None:
        """Give the terminal the title back that it had."""
        if self._is_titled:
            self._write_title(RESTORE_TITLE)

    def _write_title(self, escapes: str) -> None:
        if self._driver is not None and not self.is_headless and not self.is_web:
            self._driver.write(escapes)

    def action_toggle_bell(self) -> None:
        """Ring the terminal's bell for breaches from now on, or no longer."""
        chosen = "off" if self.start.memory.text(BELL) == "on" else "on"
        self.start.memory.keep(BELL, chosen)
        self.notify(f"The bell for breached budgets is {chosen}.", markup=False)


def title_of(told: Figures) -> str:
    """The terminal's title: what is spent today."""
    return f"{display.spend(told.spending.today)} today · profiler"


def titled(title: str) -> str:
    """What sets it; of a terminal that knows no titles, nothing is seen."""
    return f"\x1b]0;{display.plain(title)}\x07"


def toasts(fresh: Sequence[Alert], keys: Keys) -> Iterator[tuple[str, bool]]:
    """What has just come to be told, in words, and whether a limit is reached; never a flood."""
    shown = fresh if len(fresh) <= MOST_TOASTS else fresh[: MOST_TOASTS - 1]
    for one in shown:
        yield one.words, one.level is Level.OVER
    if len(fresh) > len(shown):
        more = display.count(len(fresh) - len(shown))
        yield f"{more} more alerts; {keys.of_id('alerts')} shows them", False
