"""What the app tells beyond its screens: the terminal's title, and toasts for what is breached."""

from profiler import display
from profiler.analysis.figures import Figures
from profiler.domain.budgets import Level, Standing

SAVE_TITLE, RESTORE_TITLE = "\x1b[22;0t", "\x1b[23;0t"


def title_of(told: Figures) -> str:
    """The terminal's title: what is spent today."""
    return f"{display.spend(told.spending.today)} today · profiler"


def titled(title: str) -> str:
    """What sets it; of a terminal that knows no titles, nothing is seen."""
    return f"\x1b]0;{display.plain(title)}\x07"


def breached(now: tuple[Standing, ...], before: tuple[Standing, ...]) -> list[Standing]:
    """The budgets that went over their limit between two snapshots."""
    were_over = {_key(one) for one in before if one.level is Level.OVER}
    known = {_key(one)[:2] for one in before}
    return [
        one
        for one in now
        if one.level is Level.OVER and _key(one) not in were_over and _key(one)[:2] in known
    ]


def _key(one: Standing) -> tuple[str, str, int | None]:
    return one.budget.name, one.value, one.window.start_us
