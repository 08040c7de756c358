"""The first frame: what is spent, on the screen before Textual is even imported.

Drawn with plain escapes where the app will draw the same a moment later, and made of nothing
but figures and words of ours. Keys typed meanwhile wait for the app.
"""

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TextIO

from profiler import display
from profiler.analysis.figures import Figures, figures
from profiler.config import Settings
from profiler.domain.totals import Totals
from profiler.errors import ProfilerError
from profiler.store.glance import Glance
from profiler.tui.names import SCREENS, TITLES
from profiler.tui.view import Question

LEAST_COLUMNS, LEAST_ROWS = 40, 10
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J"
_LEAVE = "\x1b[?25h\x1b[?1049l"
_BOLD, _DIM, _USUAL = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_EDGE_CELLS = 6
"""Margin, border and padding on both sides."""
_SPEND = "Spend, against the same part of the period before"
_ROOMY = 100
"""Both as the overview has them, whose modules are what is waited for."""


def first_figures(settings: Settings, question: Question, now_us: int) -> Figures | None:
    """What can be told at once; `None` where there is nothing, or something is in the way.

    What is in the way the app tells, once it has tried for itself.
    """
    if question.query:
        return None
    span = question.wanted(now_us).span
    with suppress(ProfilerError, OSError):
        glance = Glance.open(settings.database)
        if glance is not None:
            with glance:
                return figures(glance, span, now_us, question.zone)
    return None


@contextmanager
def opening(told: Figures | None, range_name: str) -> Iterator[bool]:
    """Show the first frame while the block imports the app, which then draws over it.

    Yields whether there is a terminal to show it on.
    """
    with _uncollected(), _shown(told, range_name) as is_shown:
        yield is_shown


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is imported in the block is there for good: no garbage is looked for among it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _shown(told: Figures | None, range_name: str) -> Iterator[bool]:
    stream = sys.__stderr__
    size = _size(stream)
    if stream is None or size is None:
        yield False
        return
    with _quiet_keys():
        try:
            stream.write(_ENTER + frame(told, range_name, *size))
            stream.flush()
            yield True
        except BaseException:
            stream.write(_LEAVE)
            stream.flush()
            raise


def frame(told: Figures | None, range_name: str, columns: int, rows: int) -> str:
    """The frame for a screen of that size."""
    state = f"◌ opening   {range_name}"
    gap = max(1, columns - 4 - len("◆ profiler") - len(state))
    lines = [
        f"  ◆ {_BOLD}profiler{_USUAL}{' ' * gap}{state}",
        "  " + "   ".join(f"{n} {TITLES[name]}" for n, name in enumerate(SCREENS, 1)),
    ]
    if told is not None and told.totals.calls:
        lines += _spending(told, columns)
    return "\r\n".join(_cut(line, columns) for line in lines[:rows])


def _spending(told: Figures, columns: int) -> list[str]:
    """The overview's first panel."""
    spent = told.spending
    inner = columns - _EDGE_CELLS
    is_roomy = inner >= _ROOMY
    blocks = [
        ("Today", display.spend(spent.today), _against(spent.today, spent.yesterday, is_roomy)),
        ("7 days", display.spend(spent.week), _against(spent.week, spent.week_before, is_roomy)),
        ("Month", display.spend(spent.month), _against(spent.month, spent.month_before, is_roomy)),
        ("Now", "", ""),
    ]
    if is_roomy:
        tokens = f"{display.short_count(told.totals.tokens)} tokens"
        blocks.append(("Calls", display.count(told.totals.calls), tokens))
    width = inner // len(blocks) - 1
    edge = "─" * (columns - 4 - len(f"─ {_SPEND} "))
    return [
        f" ╭─ {_SPEND} {edge}╮",
        _row([(f"{title} ", figure) for title, figure, _ in blocks], width, inner),
        _row([(below, "") for _, _, below in blocks], width, inner),
        f" ╰{'─' * (columns - 4)}╯",
    ]


def _against(now: Totals, before: Totals | None, is_roomy: bool) -> str:
    if before is None or not before.calls:
        return ""
    changed = display.change(now.spend_pusd, before.spend_pusd)
    word = "from " if is_roomy or not changed else ""
    return f"{changed} {word}{display.spend(before)}".lstrip()


def _row(cells: Sequence[tuple[str, str]], width: int, inner: int) -> str:
    drawn, taken = "", 0
    for name, spent in cells:
        label = name[:width]
        amount = spent[: width - len(label)]
        pad = " " * (width + 1 - len(label) - len(amount))
        drawn += f"{_DIM}{label}{_USUAL}{_BOLD}{amount}{_USUAL}{pad}"
        taken += width + 1
    return f" │ {drawn}{' ' * (inner - taken)} │"


def _cut(line: str, columns: int) -> str:
    """A line without styles is never longer than the screen is wide."""
    return line if "\x1b" in line else line[:columns]


def _size(stream: TextIO | None) -> tuple[int, int] | None:
    """Columns and rows of the terminal the app will draw on; `None` where it is no terminal."""
    if stream is None or os.environ.get("TEXTUAL_DRIVER") or not stream.isatty():
        return None
    try:
        columns, rows = os.get_terminal_size(stream.fileno())
    except OSError:
        return None
    is_roomy = columns >= LEAST_COLUMNS and rows >= LEAST_ROWS
    return (columns, rows) if is_roomy and _is_believed(columns, rows) else None


def _is_believed(columns: int, rows: int) -> bool:
    """Whether the app will draw on so much: it believes these two variables first."""
    told = os.environ.get("COLUMNS", ""), os.environ.get("LINES", "")
    return all(one in {"", str(real)} for one, real in zip(told, (columns, rows), strict=True))


@contextmanager
def _quiet_keys() -> Iterator[None]:
    """Keys typed in the block are not shown; they wait for who reads next."""
    try:
        import termios  # noqa: PLC0415  # not on every system
    except ImportError:
        yield
        return
    try:
        before = termios.tcgetattr(sys.stdin)
    except (termios.error, ValueError, OSError):
        yield
        return
    quiet = list(before)
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)
