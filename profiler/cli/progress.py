"""How far long work has come: one line on stderr, for a person, and only when it takes long."""

import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self, TextIO, TypeVar

from profiler import display

Row = TypeVar("Row")

PATIENCE_S = 0.5
"""Work shorter than this shows nothing."""
REDRAW_S = 0.1


class Meter:
    """A line with what is done, the rate, and the time left; none where stderr is no terminal."""

    def __init__(
        self,
        unit: str,
        whole: int | None = None,
        stream: TextIO | None = None,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._unit = unit
        self._whole = whole
        self._stream = sys.stderr if stream is None else stream
        self._is_shown = self._stream.isatty()
        self._began_s = time.monotonic()
        self._drawn_s = self._began_s + patience_s - REDRAW_S
        self._has_drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._has_drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def show(self, done: int, whole: int | None = None) -> None:
        """Say that `done` of it is done; `whole` is how much there is, where it was not known."""
        now_s = time.monotonic()
        if not self._is_shown or now_s - self._drawn_s < REDRAW_S:
            return
        self._drawn_s = now_s
        self._has_drawn = True
        self._stream.write(
            f"\r\x1b[K{words(done, whole or self._whole, now_s - self._began_s, self._unit)}"
        )
        self._stream.flush()

    def counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        """`rows`, showing how many have passed."""
        for done, row in enumerate(rows, 1):
            yield row
            if not done % 256:
                self.show(done)


def words(done: int, whole: int | None, elapsed_s: float, unit: str) -> str:
    """Progress as people say it: `1,200 of 5,000 calls, 600/s, 6.3 s left`."""
    rate = done / elapsed_s if elapsed_s > 0 else 0.0
    of_whole = "" if whole is None else f" of {display.count(whole)}"
    text = f"{display.count(done)}{of_whole} {unit}, {display.short_count(round(rate))}/s"
    if whole is None or not rate:
        return text
    return f"{text}, {display.duration(max(whole - done, 0) / rate * 1e6)} left"
