"""One line for tmux, a shell's prompt or an editor: what is spent, and the tightest budget.

Drawn every few seconds, so it has 60 ms from the start of the process: neither click nor
SQLAlchemy is imported, and nothing waits. It never fails: what cannot be told is a word.
"""

import os
import re
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from profiler.config import Settings, read_settings
from profiler.display import ago, plain, spend
from profiler.domain.periods import HOUR_US, SECOND_US, Span
from profiler.domain.usual import periods, yesterday
from profiler.errors import (
    LedgerDamaged,
    LedgerError,
    SchemaMismatch,
    StoreCorrupt,
    StoreLocked,
    UsageError,
)
from profiler.ledger import LEDGER
from profiler.log.paths import SUFFIX
from profiler.options.places import here
from profiler.store.glance import Glance

USUAL = "{today} today · {month} month · {budget} · {stale}"
SEPARATOR = " · "
OPTIONS = ("--format", "--color")
STALE_US = 60 * SECOND_US
"""Log that has waited so long to be read is told of."""

_FIELD = re.compile(r"\{(\w*)\}")
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (StoreLocked, "profiler: busy"),
    (SchemaMismatch, "profiler: upgrade needed"),
    (StoreCorrupt, "profiler: damaged, see doctor"),
    (UsageError, "profiler: settings make no sense, see doctor"),
    (Exception, "profiler: cannot be read, see doctor"),
)
NO_CALLS = "no calls yet"
UNREAD = "calls not read yet: profiler ingest"


class Colour(StrEnum):
    """Whose signs a colour is told in."""

    NONE = "none"
    ANSI = "ansi"
    TMUX = "tmux"


_ANSI = {"watch": "33", "high": "31", "over": "1;31"}
_TMUX = {"watch": "yellow", "high": "red", "over": "red,bold"}


def line(home: Path | None, form: str, colour: Colour, now_us: int) -> str:
    """The line; whatever goes wrong is a short word in it."""
    try:
        settings = read_settings(home)
        glance = Glance.open(settings.database)
        if glance is None:
            return _nothing(settings)
        with glance:
            if not glance.calls_ever():
                return _nothing(settings)
            return drawn(form, Fields(settings, glance, colour, now_us))
    except Exception as error:  # noqa: BLE001  # a prompt must not break for it
        return next(word for kind, word in _WORDS if isinstance(error, kind))


def _nothing(settings: Settings) -> str:
    """No calls yet, or none that was read."""
    return NO_CALLS if newest_us(settings.log_folder) is None else UNREAD


def check_form(form: str) -> str:
    """The format, which names nothing unknown.

    Raises:
        UsageError: it does; the message says what there is.

    """
    for name in _FIELD.findall(form):
        if name not in FIELDS:
            raise UsageError(
                f"{{{name}}} is nothing a status line can show; "
                f"write one of {', '.join(f'{{{one}}}' for one in FIELDS)}"
            )
    return form


def drawn(form: str, fields: "Fields") -> str:
    """The format filled in; what is empty goes, with the dot before it."""
    parts = []
    for part in form.split(SEPARATOR):
        names = _FIELD.findall(part)
        texts = {name: FIELDS[name](fields) for name in names}
        if names and not any(texts.values()):
            continue
        parts.append(_FIELD.sub(lambda found: texts[found[1]], part))  # noqa: B023  # used at once
    return SEPARATOR.join(parts)


class Fields:
    """What a line can show, each looked up only when the format names it."""

    def __init__(self, settings: Settings, glance: Glance, colour: Colour, now_us: int) -> None:
        self._settings = settings
        self._glance = glance
        self._colour = colour
        self._now_us = now_us
        usual, day_before = periods(now_us, settings.zone), yesterday(now_us, settings.zone)
        self._periods = usual._replace(yesterday=day_before)

    def spent(self, period: str) -> str:
        """Spend in one of the periods; `+` where unpriced calls come on top."""
        return spend(self._glance.totals(getattr(self._periods, period)))

    def hour(self) -> str:
        """Spend in the last sixty minutes."""
        return spend(self._glance.totals(Span(self._now_us - HOUR_US)))

    def budget(self) -> str:
        """The fullest budget and how full it is; empty where none is set."""
        home = self._settings.home
        if not (home / LEDGER).exists():
            return ""
        # most homes have no budget, and pay for none of this
        from profiler.ledger.fullest import fullest
        from profiler.ledger.sources import sources_in_force

        try:
            found = fullest(home / LEDGER, sources_in_force(str(home), here()), self._now_us)
        except LedgerDamaged:
            return "budgets: damaged"
        except LedgerError:
            return "budgets: busy"
        if found is None:
            return ""
        title = f"{found.name} {found.value}" if found.value else found.name
        return coloured(f"{title} {found.share:.0%}", found.level.value, self._colour)

    def stale(self) -> str:
        """Since when the log has not been read; empty while it is."""
        read_us = self._glance.latest_read_us()
        written_us = newest_us(self._settings.log_folder)
        if written_us is None or written_us <= read_us or self._now_us - read_us < STALE_US:
            return ""
        return coloured(f"read {ago(self._now_us - read_us)}", "watch", self._colour)


FIELDS: dict[str, Callable[[Fields], str]] = {
    "today": lambda fields: fields.spent("today"),
    "yesterday": lambda fields: fields.spent("yesterday"),
    "week": lambda fields: fields.spent("week"),
    "month": lambda fields: fields.spent("month"),
    "hour": Fields.hour,
    "budget": Fields.budget,
    "stale": Fields.stale,
}
"""What a format may name."""


def newest_us(folder: Path) -> int | None:
    """When a segment of the log was last written to; `None` without any."""
    try:
        with os.scandir(folder) as found:
            times = [one.stat().st_mtime_ns for one in found if one.name.endswith(SUFFIX)]
    except OSError:
        return None
    return max(times) // 1000 if times else None


def coloured(text: str, level: str, colour: Colour) -> str:
    """The text, safe to draw, in the colour of a level."""
    safe = plain(text)
    if colour is Colour.TMUX:
        # tmux reads commands and styles behind a hash
        safe = safe.replace("#", "##")
        return f"#[fg={_TMUX[level]}]{safe}#[default]" if level in _TMUX else safe
    if colour is Colour.ANSI and level in _ANSI:
        return f"\x1b[{_ANSI[level]}m{safe}\x1b[0m"
    return safe


def told(arguments: list[str], home: str = "") -> str | None:
    """The line for these arguments; `None` where they are not plainly right."""
    chosen = dict(zip(arguments[::2], arguments[1::2], strict=False))
    if len(arguments) != 2 * len(chosen) or not set(chosen) <= set(OPTIONS):
        return None
    form, colour = chosen.get("--format", USUAL), chosen.get("--color", Colour.NONE.value)
    if colour not in set(Colour) or not set(_FIELD.findall(form)) <= set(FIELDS):
        return None
    return line(Path(home) if home else None, form, Colour(colour), time.time_ns() // 1000)
