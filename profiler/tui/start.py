"""How the app begins: what the command line asked for, and what was chosen last time."""

from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from profiler.analysis.figures import Figures
from profiler.config import is_zone
from profiler.errors import BadQuery
from profiler.tui.keymap import Keys
from profiler.tui.memory import Memory
from profiler.tui.ranges import RANGES, WEEK, Range, custom, latest_run, remembered
from profiler.tui.view import Question


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
    memory: Memory = field(default_factory=Memory)
    keys: Keys = field(default_factory=Keys)
    log_folder: Path | None = None
    """Where runs are looked for; without it, `latest run` is not offered."""

    @property
    def ranges(self) -> tuple[Range, ...]:
        """What the range picker offers."""
        return (*RANGES, latest_run(self.log_folder)) if self.log_folder else RANGES

    def question(self, zone: ZoneInfo, now_us: int) -> Question:
        """What the screens are about at first; what was remembered and no longer holds is left out.

        Raises:
            UsageError: `since` cannot be read.

        """
        kept_zone = self.memory.text("zone")
        if kept_zone and is_zone(kept_zone):
            zone = ZoneInfo(kept_zone)
        chosen: Range | None
        if self.since:
            chosen = custom(self.since, "", now_us, zone)
        else:
            chosen = remembered(self.memory.text("range"), self.ranges, now_us, zone)
        question = Question(chosen or WEEK, self.memory.text("filter"), zone)
        try:
            question.wanted(now_us)
        except BadQuery:
            return Question(question.range, "", zone)
        return question

    def keep(self, question: Question) -> None:
        """Remember what the screens are about; what the command line asked for is not kept."""
        if not self.since:
            self.memory.keep("range", question.range.id)
        self.memory.keep("filter", question.query)
