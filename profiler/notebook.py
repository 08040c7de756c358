"""Calls and what they add up to, for notebooks and scripts: the figures of every other face.

```python
from profiler.notebook import calls, spend

spend(by=["feature", "model"], filter_text="since:30d", every="day")
```
"""

import os
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from profiler import display
from profiler.analysis import frames
from profiler.config import is_there, read_settings, zone_named
from profiler.domain.query import parse_filter
from profiler.errors import NotFound
from profiler.workspace import Workspace

__all__ = ["calls", "spend"]


def calls(filter_text: str = "", *, home: str | Path | None = None) -> frames.Frame:
    """Every call the filter lets through, the oldest first; all that the log holds are read.

    The filter is that of the command line: `feature:search cost>0.01 since:7d`. Memory grows with
    the calls, some 600 MB per million while they are read: narrow the range where there are many.

    Frame: one row per call; id, started_at (UTC), provider, models, labels, outcome and basis
    (category), tokens, cost_pusd in pico-dollars, 1e-12 USD (Int64, NA = unpriced), latency_ms.

    Raises:
        BadQuery: a word of the filter cannot be read; the message names it.
        NotFound: the home that was named is not there.
        StoreError: the database cannot be read; the message says why and what to do.

    """
    with _opened(home) as workspace:
        wanted = parse_filter(filter_text, _now_us(), workspace.settings.zone)
        return frames.calls(workspace.store, wanted)


def spend(
    by: str | Sequence[str] = ("model",),
    filter_text: str = "",
    *,
    every: str = "",
    zone: str | ZoneInfo | None = None,
    home: str | Path | None = None,
) -> frames.Frame:
    """What calls add up to by `by`, exact and the dearest first; with `every`, over time.

    `by` is what reports group by, one or several, or nothing: `()` sums all. `every` is `hour`,
    `day`, `week` or `month` in `zone`, the usual one if none is named.

    Frame: one row per group that has calls; start (with `every`), a column for each of `by`,
    calls, tokens, spend_pusd in pico-dollars, 1e-12 USD, without unpriced_calls (Int64; NA where
    all are unpriced; Python's integers where a sum is beyond $9.2 million).

    Raises:
        UsageError: a word is not understood; the message names it and what could stand there.
        NotFound: the home that was named is not there.
        StoreError: the database cannot be read; the message says why and what to do.

    """
    names = (by,) if isinstance(by, str) else tuple(by)
    with _opened(home) as workspace:
        chosen = zone_named(zone) if isinstance(zone, str) else zone or workspace.settings.zone
        now_us = _now_us()
        wanted = parse_filter(filter_text, now_us, chosen)
        return frames.spend(workspace.store, names, wanted, now_us, chosen, every=every)


@contextmanager
def _opened(home: str | Path | None) -> Iterator[Workspace]:
    """The workspace, up to date with its log; who looks at calls lets go of none."""
    settings = read_settings(Path(home) if home is not None else None)
    if (home is not None or os.environ.get("PROFILER_HOME")) and not is_there(settings.home):
        raise NotFound(
            f"there is no folder {settings.home}, so nothing was recorded there; name another, "
            "or record some calls: profiler run app.py"
        )
    with Workspace.open(settings) as workspace:
        for words in workspace.drain().notices:
            warnings.warn(display.plain(words), stacklevel=4)
        yield workspace


def _now_us() -> int:
    return time.time_ns() // 1000
