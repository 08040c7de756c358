"""How a budget's window fills: the highlighted standing's chart, with a line of words."""

from zoneinfo import ZoneInfo

from rich.text import Text
from textual.widget import Widget

from profiler import display
from profiler.budgets.growth import Growth
from profiler.domain.budgets import Standing
from profiler.domain.periods import DAY_US, SECOND_US, Period, to_moment
from profiler.tui.looks.monochrome import FewColours
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.burn_chart import BAND, EVEN, FORECAST, Burn, lines_of, words_of
from profiler.tui.widgets.columns import spread, stacked
from profiler.tui.widgets.panel import palette_of

LEAST_WIDTH, LEAST_ROWS = 32, 6
STALE_US = 10 * SECOND_US
"""How old what was read may be where much was used since; its end is the standing's anyway."""
OLD_US = 600 * SECOND_US
"""And where little was."""
_MUCH = 200
"""One part in so many of what is drawn."""
_SINCE = {
    Period.HOURLY: "Used this hour",
    Period.DAILY: "Used today",
    Period.WEEKLY: "Used this week",
    Period.MONTHLY: "Used this month",
}


class BurnUp(Widget):
    """There wherever six rows are free."""

    DEFAULT_CSS = "BurnUp { width: 1fr; height: 1fr; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._standing: Standing | None = None
        self._growth: Growth | None = None
        self._asked: tuple[Standing, int] | None = None
        self._now_us = 0

    @property
    def is_ready(self) -> bool:
        """Whether what was asked for is there."""
        return self._standing is None or self._known is not None

    @property
    def _known(self) -> Growth | None:
        """What is known of this standing, of its window."""
        growth, standing = self._growth, self._standing
        if growth is None or standing is None or not growth.is_of(standing):
            return None
        return growth if growth.began_us >= (standing.window.start_us or 0) else None

    def stand(self, standing: Standing | None, now_us: int) -> bool:
        """Draw another standing; whether it should be read how it came to be."""
        self._standing, self._now_us = standing, now_us
        self.refresh()
        if standing is None or standing.budget.period is Period.CALL:
            self._standing = None
            return False
        if self._asked is not None and not _is_worth_reading(standing, now_us, *self._asked):
            return False
        self._asked = standing, now_us
        return True

    def show(self, growth: Growth) -> None:
        """Draw how it came to be."""
        self._growth = growth
        self.refresh()

    @property
    def burn(self) -> Burn | None:
        """What is drawn; `None` before it is known, and where nothing adds up."""
        if self._standing is None or (growth := self._known) is None:
            return None
        now_us = max(self._now_us, growth.began_us)
        return Burn(self._standing, growth, growth.ended_us or now_us)

    @property
    def is_plain(self) -> bool:
        """Whether there are few colours, or none."""
        return any(isinstance(one, FewColours) for one in self.app.get_line_filters())

    def render(self) -> Text:
        """Heading and chart."""
        width, height = self.content_size
        if self.burn is None or width < LEAST_WIDTH or height < LEAST_ROWS:
            return Text("")
        return stacked(
            all_lines(self.burn, width, height, palette_of(self), is_plain=self.is_plain)
        )


def _is_worth_reading(standing: Standing, now_us: int, read: Standing, read_at_us: int) -> bool:
    """Whether it should be read how `standing` grew, when `read` was so long ago."""
    whose = [(one.budget, one.value, one.window) for one in (standing, read)]
    if whose[0] != whose[1]:
        return True
    since = abs(standing.amount - read.amount)
    is_much = since * _MUCH >= max(standing.amount, standing.tightest.amount)
    return now_us - read_at_us >= (STALE_US if is_much else OLD_US)


def all_lines(
    burn: Burn, width: int, height: int, ink: Palette, *, is_plain: bool = False
) -> list[Text]:
    """Words, chart, and what its signs mean where there is room."""
    words = Text(_heading(burn), style=ink.muted, no_wrap=True, end="")
    if burn.growth.why_not or (not burn.standing.amount and burn.standing.window.start_us is None):
        words.truncate(width, overflow="ellipsis")
        return [words]
    signs = _legend(burn, ink)
    is_beside = words.cell_len + signs.cell_len + 4 <= width
    below = [] if is_beside or not signs or height < LEAST_ROWS + 3 else [signs]
    for line in below:
        line.truncate(width)
    words.truncate(width, overflow="ellipsis")
    heading = spread(words, signs, width) if is_beside and signs else words
    rows = height - 1 - len(below)
    return [heading, *lines_of(burn, width, rows, ink, is_plain=is_plain), *below]


def _heading(burn: Burn) -> str:
    standing = burn.standing
    since = _SINCE.get(standing.budget.period) or _since(burn)
    if standing.value:
        since += f" · {display.shortened(display.label(standing.value), 24)}"
    if burn.growth.why_not:
        return f"{since}: {burn.growth.why_not}"
    if not standing.spent.calls and not standing.amount:
        has_begun = standing.window.start_us is not None
        return f"{since}: nothing yet" if has_begun else "Nothing is used yet"
    told = "; ".join(words_of(burn))
    return f"{since}: {told}" if told else since


def _since(burn: Burn) -> str:
    """From when on, where no window says so."""
    zone = ZoneInfo(burn.standing.budget.zone)
    began, now = (to_moment(at_us, zone) for at_us in (burn.curve[0][0], burn.now_us))
    if burn.growth.ended_us is not None:
        return f"Used from {began.day} {began:%b %H:%M} to {now:%H:%M}"
    is_recent = burn.now_us - burn.curve[0][0] < DAY_US
    return f"Used since {began:%H:%M}" if is_recent else f"Used since {began.day} {began:%b %Y}"


def _legend(burn: Burn, ink: Palette) -> Text:
    """What has no words of its own in the chart."""
    window, ahead = burn.standing.window, burn.ahead
    signs = []
    if window.start_us is not None and window.end_us is not None:
        signs.append((EVEN, ink.muted, "even pace"))
    if ahead:
        signs.append((FORECAST, ink.accent, "forecast"))
    if ahead and ahead[-1][1] != ahead[-1][3]:
        signs.append((BAND, ink.muted, "4 of 5 times"))
    made = [
        Text.assemble((f"{sign} ", colour), (words, ink.muted)) for sign, colour, words in signs
    ]
    return Text("   ", end="", no_wrap=True).join(made)
