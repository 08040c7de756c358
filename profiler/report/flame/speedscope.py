"""The file format of https://www.speedscope.app, read in a browser without a server."""

import json

from profiler._version import __version__
from profiler.analysis.flame import Frame, Measure
from profiler.report.flame.places import place_of

_SCHEMA = "https://www.speedscope.app/file-format-schema.json"
_TITLES = {
    Measure.COST: "cost, USD",
    Measure.TOKENS: "tokens",
    Measure.CALLS: "calls",
}


def as_speedscope(root: Frame, title: str, measure: Measure) -> str:
    """A document with a profile of each measure; `measure` is the one shown first.

    A viewer draws with floats, so dollars are floats here; exports keep them exact.
    """
    numbers: dict[str, int] = {}
    stacks = [
        ([numbers.setdefault(name, len(numbers)) for name in path], totals)
        for path, totals in root.paths()
    ]
    profiles = []
    for one, words in _TITLES.items():
        weights = [_weight(one, one.of(totals)) for _, totals in stacks]
        profiles.append(
            {
                "type": "sampled",
                "name": f"{title}: {words}",
                "unit": "none",
                "startValue": 0,
                "endValue": sum(weights),
                "samples": [stack for stack, _ in stacks],
                "weights": weights,
            }
        )
    return json.dumps(
        {
            "$schema": _SCHEMA,
            "name": title,
            "exporter": f"profiler {__version__}",
            "activeProfileIndex": list(_TITLES).index(measure),
            "shared": {"frames": [_frame(name) for name in numbers]},
            "profiles": profiles,
        },
        ensure_ascii=False,
    )


def _weight(measure: Measure, size: int) -> float:
    return size / 10**12 if measure is Measure.COST else size


def _frame(name: str) -> dict[str, str | int]:
    place = place_of(name)
    if not place.file:
        return {"name": place.function}
    return {"name": place.function, "file": place.file, "line": place.line}
