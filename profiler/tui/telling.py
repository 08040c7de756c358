"""What the app tells beyond its screens: the terminal's title, and toasts for what is breached."""

from collections.abc import Iterator, Sequence

from profiler import display
from profiler.analysis.figures import Figures
from profiler.domain.budgets import Level
from profiler.tui.alerts import Alert
from profiler.tui.keymap import Keys

MOST_TOASTS = 3
"""Of one moment; the alert log has them all."""
SAVE_TITLE, RESTORE_TITLE = "\x1b[22;0t", "\x1b[23;0t"


def title_of(told: Figures) -> str:
    """The terminal's title: what is spent today."""
    return f"{display.spend(told.spending.today)} today · profiler"


def titled(title: str) -> str:
    """What sets it; of a terminal that knows no titles, nothing is seen."""
    return f"\x1b]0;{display.plain(title)}\x07"


def toasts(fresh: Sequence[Alert], keys: Keys) -> Iterator[tuple[str, bool]]:
    """What has just come to be told, in words, and whether a limit is reached; never a flood."""
    for one in fresh[:MOST_TOASTS]:
        yield one.words, one.level is Level.OVER
    if len(fresh) > MOST_TOASTS:
        more = display.count(len(fresh) - MOST_TOASTS)
        yield f"{more} more alerts; {keys.of_id('alerts')} shows them", False
