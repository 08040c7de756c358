"""How the app begins: what the command line asked for, and what was chosen last time."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from profiler.analysis.figures import Figures
from profiler.config import is_zone
from profiler.errors import BadQuery
from profiler.tui.actions.keymap import Keys
from profiler.tui.asking.ranges import (
    CUSTOM,
    RANGES,
    WEEK,
    Range,
    custom,
    latest_run,
    remembered,
    retold,
)
from profiler.tui.memory import Memory
from profiler.tui.view import Pulse, Question

if TYPE_CHECKING:
    from profiler.tui.feed import Source


@dataclass(frozen=True, slots=True)
class Start:
    """What a face is told before it opens anything."""

    since: str = ""
    """Where the range begins, in words; empty leaves it to the memory."""
    is_demo: bool = False
    first: Figures | None = None
    """What could be told at once, of the range that was chosen last."""
    is_shown: bool = False
    """Whether that stands on the screen already."""
    is_behind: bool = False
    """Whether the database has to be brought forward first, which takes a while if it is large."""
    memory: Memory = field(default_factory=Memory)
    keys: Keys = field(default_factory=Keys)
    open_demo: "Callable[[], Source] | None" = None
    """Opens made-up calls to look around with; without it, they are not offered."""
    zone_set_by: str = ""
    """The variable or file that names the zone; empty where it is the machine's."""
    log_folder: Path | None = None
    """Where runs are looked for; without it, `latest run` is not offered."""

    @property
    def pulse(self) -> Pulse:
        """What the app is doing at first."""
        return Pulse.UPDATING if self.is_behind else Pulse.OPENING

    @property
    def ranges(self) -> tuple[Range, ...]:
        """What the range picker offers."""
        return (*RANGES, latest_run(self.log_folder)) if self.log_folder else RANGES

    def question(self, zone: ZoneInfo, now_us: int) -> Question:
        """What the screens are about at first; what was remembered and no longer holds is left out.

        Raises:
            UsageError: `since` cannot be read.

        """
        return self._begun(zone, now_us)[0]

    def left_out(self, zone: ZoneInfo, now_us: int) -> tuple[str, ...]:
        """What was remembered and is no good any more, in words."""
        return self._begun(zone, now_us)[1]

    def _begun(self, zone: ZoneInfo, now_us: int) -> tuple[Question, tuple[str, ...]]:
        kept_zone = self._kept_zone("zone")
        if kept_zone and not self.zone_set_by:
            zone = kept_zone
        left_out: tuple[str, ...] = ()
        chosen: Range | None
        if self.since:
            chosen = custom(self.since, "", now_us, zone)
        else:
            told_in = self._kept_zone("range zone") or zone
            kept = self.memory.text("range")
            chosen = remembered(kept, self.ranges, now_us, told_in)
            if kept and chosen is None:
                left_out = (f"the time range {kept.removeprefix(CUSTOM).strip()}",)
            chosen = chosen and retold(chosen, now_us, told_in, zone)
        query = self.memory.text("filter")
        question = Question(chosen or WEEK, query, zone, is_demo=self.is_demo)
        try:
            question.wanted(now_us)
        except BadQuery:
            return replace(question, query=""), (*left_out, f"the filter {query}")
        return question, left_out

    def keep_zone(self, own: ZoneInfo, chosen: ZoneInfo) -> None:
        """Remember the zone that was chosen beside one's `own`.

        Not where a variable or a file names one: that one holds for every command, and the next
        time for the app again.
        """
        if not self.zone_set_by:
            self.memory.keep("zone", "" if chosen.key == own.key else chosen.key)

    def zone_told(self, own: ZoneInfo, shown: ZoneInfo) -> str:
        """Where the zone that is shown comes from, and how long it stays."""
        said = f"{self.zone_set_by} says" if self.zone_set_by else "this machine's clock has"
        if shown.key == own.key:
            return f"{shown.key}: {said} so"
        kept = "until you leave" if self.zone_set_by else "here, the next time too"
        return f"{shown.key}: chosen with z, {kept}; {said} {own.key}"

    def _kept_zone(self, name: str) -> ZoneInfo | None:
        kept = self.memory.text(name)
        return ZoneInfo(kept) if kept and is_zone(kept) else None

    def keep(self, question: Question) -> None:
        """Remember what the screens are about.

        Not what the command line asked for, nor what was asked of made-up calls.
        """
        if question.is_demo and not self.is_demo:
            return
        if not self.since:
            self.memory.keep("range", question.range.id)
            self.memory.keep("range zone", question.zone.key)
        self.memory.keep("filter", question.query)
