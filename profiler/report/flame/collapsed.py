"""Collapsed stacks, as Brendan Gregg's `flamegraph.pl` and its many heirs read them."""

from profiler.analysis.flame import Frame, Measure

PUSD_PER_UNIT = 10**6
"""The format counts in whole numbers that tools read as 64 bits or floats: micro-dollars."""


def as_collapsed(root: Frame, measure: Measure) -> str:
    """One line per stack: frames joined by `;`, a space, a whole number.

    Cost counts in millionths of a dollar, rounded half up; what rounds to 0 is left out, as
    the format's readers do.
    """
    lines = []
    for path, totals in root.paths():
        size = measure.of(totals)
        if measure is Measure.COST:
            size = (size + PUSD_PER_UNIT // 2) // PUSD_PER_UNIT
        if size:
            lines.append(f"{';'.join(map(_frame, path))} {size}\n")
    return "".join(lines)


def _frame(name: str) -> str:
    """A frame's name without what separates frames and lines."""
    return " ".join(name.replace(";", ",").split())
