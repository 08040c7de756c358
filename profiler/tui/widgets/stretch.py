"""A stretch of time drawn in cells: what happened in it as bars, and the times above them."""

from dataclasses import dataclass

from rich.text import Text

from profiler import display

WAITING, FIRST, GENERATING = "░", "◆", "▇"
BEFORE, AFTER = "‹", "›"
"""At the edge that something lies beyond."""
_LABEL_AIR = 8
"""Cells between two times above the bars."""
_AROUND = 2
"""What is looked at closely takes one part in so many."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when on, and how long."""

    start_us: int = 0
    length_us: int = 1

    @property
    def end_us(self) -> int:
        """Where it ends."""
        return self.start_us + self.length_us

    def around(self, start_us: int, end_us: int) -> "Stretch":
        """The part of it that shows something, and as much time about it as it takes."""
        length = max(1, end_us - start_us) * _AROUND
        start = max(self.start_us, (start_us + end_us - length) // 2)
        return Stretch(start, max(1, min(length, self.end_us - start)))

    def column(self, at_us: int, width: int) -> int:
        """The cell of a moment."""
        return min(width - 1, max(0, (at_us - self.start_us) * width // self.length_us))

    def bar(
        self, start_us: int, first_us: int | None, end_us: int, sign: str, colour: str, width: int
    ) -> Text:
        """What lasted so long, where it stands; `first_us` is when the first token came."""
        if end_us < self.start_us:
            return Text(BEFORE, style=colour)
        if start_us > self.end_us:
            return Text(" " * (width - 1) + AFTER, style=colour)
        left = self.column(start_us, width)
        right = max(left + 1, self.column(end_us, width) + 1)
        signs = [sign] * (right - left)
        if first_us is not None and first_us >= self.start_us:
            mark = min(max(self.column(first_us, width) - left, 0), len(signs) - 1)
            signs[:mark] = [WAITING] * mark
            if len(signs) > 1:
                signs[mark] = FIRST
        return Text(" " * left + "".join(signs), style=colour)

    def axis(self, origin_us: int, width: int) -> str:
        """Its times since `origin_us`: where it begins and ends, as many between as fit."""
        since = self.start_us - origin_us
        begin = display.duration(since) if since else "0"
        end = display.duration(since + self.length_us)
        for parts in (4, 2):
            if width >= parts * (max(len(begin), len(end)) + _LABEL_AIR):
                made = begin
                for part in range(1, parts):
                    told = display.duration(since + self.length_us * part / parts)
                    made = made.ljust(width * part // parts - len(told) // 2) + told
                return made + end.rjust(width - len(made))
        return begin + end.rjust(width - len(begin)) if width > len(begin + end) else end
