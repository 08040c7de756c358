"""Spend as a tree of frames: what each frame cost itself, and with all it led to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from operator import add
from typing import TypeAlias

from profiler.domain.totals import NOTHING, Totals

NO_FRAME = "(no call site)"
"""What stands for calls whose place in the code is not known."""

Path: TypeAlias = tuple[str, ...]


def unset(kind: str) -> str:
    """What stands for calls that nobody gave such a label."""
    return f"(no {kind.replace('_', ' ')})"


class Measure(StrEnum):
    """What the width of a frame stands for."""

    COST = "cost"
    CALLS = "calls"
    TOKENS = "tokens"

    def of(self, totals: Totals) -> int:
        """Pico-dollars, calls or tokens."""
        match self:
            case Measure.COST:
                return totals.spend_pusd
            case Measure.CALLS:
                return totals.calls
            case Measure.TOKENS:
                return totals.tokens


@dataclass(frozen=True, slots=True)
class Frame:
    """One step of the way to a call: a frame of a stack, or a label."""

    name: str
    """`rag/answer.py:41 answer`, or a label, empty where nobody set it; empty for the root."""
    own: Totals
    """Calls that end here."""
    whole: Totals
    """Those and all further in."""
    inner: tuple["Frame", ...] = ()
    """What it leads to, the dearest first."""

    def paths(self, above: Path = ()) -> Iterator[tuple[Path, Totals]]:
        """Every way that ends in calls, outermost first, with what those calls add up to.

        The frame itself stands at `above`; its ways begin there.
        """
        if self.own.calls:
            yield above, self.own
        for frame in self.inner:
            yield from frame.paths((*above, frame.name))

    @property
    def depth(self) -> int:
        """How many frames deep the tree goes below this one."""
        return max((1 + frame.depth for frame in self.inner), default=0)


@dataclass(slots=True)
class _Growing:
    own: Totals = NOTHING
    inner: dict[str, "_Growing"] = field(default_factory=dict)

    def at(self, path: Sequence[str]) -> "_Growing":
        found = self
        for name in path:
            found = found.inner.setdefault(name, _Growing())
        return found

    def grown(self, name: str, measure: Measure) -> Frame:
        inner = sorted(
            (below.grown(each, measure) for each, below in self.inner.items()),
            key=lambda frame: (-measure.of(frame.whole), -frame.whole.calls, frame.name),
        )
        whole = reduce(add, (frame.whole for frame in inner), self.own)
        return Frame(name, self.own, whole, tuple(inner))


def grow(paths: Iterable[tuple[Path, Totals]], measure: Measure = Measure.COST) -> Frame:
    """The tree that `paths` make, outermost first; the largest by `measure` stands first.

    A path may come several times; its totals add. An empty path stands as `NO_FRAME`.
    """
    root = _Growing()
    for path, totals in paths:
        end = root.at(path or (NO_FRAME,))
        end.own += totals
    return root.grown("", measure)
