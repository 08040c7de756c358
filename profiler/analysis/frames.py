"""Calls and sums of them as pandas' frames, for notebooks and scripts."""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import repeat
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from profiler.analysis.trend import STEPS, edges
from profiler.domain.periods import to_moment
from profiler.domain.scopes import Dimension, Filter
from profiler.domain.totals import Totals
from profiler.errors import UsageError
from profiler.store import reads
from profiler.store.batches import Coded, Constant, Field, batches
from profiler.store.engine import Store

Frame = pd.DataFrame
"""For annotations where pandas itself may not be imported."""

_LABELS = (
    "session", "user", "user_tier", "feature", "agent", "workflow", "project", "environment",
    "prompt_version", "site",
)  # fmt: skip
_BUCKETS = (
    "cache_read", "cache_write", "cache_write_5m", "cache_write_1h", "output", "reasoning",
)  # fmt: skip
_WORTH = ("cache_saved_pusd", "cache_premium_pusd", "cache_missed_pusd")
_WHOLE = range(-(2**63), 2**63)
"""What an Int64 holds: as pico-dollars, up to $9.2 million."""


class _Category:
    """A column of texts that repeat: each is kept once."""

    def __init__(self) -> None:
        self._place: dict[str, int] = {}
        self._codes = array("i")

    def add(self, field: Field, number: int) -> None:
        """The field of so many more calls."""
        if isinstance(field, Coded):
            codes, values = field
            place = {code: self._of(value) for code, value in values.items()}
            self._codes.extend(map(place.__getitem__, codes))
        else:
            self._codes.extend(map(self._of, _values(field, number)))

    def _of(self, value: object) -> int:
        text = value.name.lower() if isinstance(value, Enum) else str(value)
        return self._place.setdefault(text, len(self._place))

    def series(self) -> "pd.Series[Any]":
        """The whole column."""
        names = pd.Index(list(self._place), dtype="str")
        return pd.Series(pd.Categorical.from_codes(pd.Series(self._codes, dtype="int32"), names))


class _Plain:
    """A column of any other values, kept as pandas does, some thousands at a time."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._parts = [pd.Series([], dtype=kind)]

    def add(self, field: Field, number: int) -> None:
        """The field of so many more calls."""
        self._parts.append(pd.Series(list(_values(field, number)), dtype=self._kind))

    def series(self) -> "pd.Series[Any]":
        """The whole column."""
        return pd.concat(self._parts, ignore_index=True)


def _values(field: Field, number: int) -> Iterator[Any]:
    if isinstance(field, Constant):
        return repeat(field.value, number)
    if isinstance(field, Coded):
        codes, values = field
        return map(values.__getitem__, codes)
    return iter(field)


def _moments(column: "pd.Series[Any]") -> "pd.Series[Any]":
    return pd.to_datetime(column, unit="us", utc=True)


def _milliseconds(column: "pd.Series[Any]") -> "pd.Series[Any]":
    return column / 1000


_TEXTS: Mapping[str, str] = {
    **{
        name: name
        for name in (
            *("provider", "requested_model", "model", "operation", *_LABELS),
            *("finish", "outcome", "error"),
        )
    },
    "basis": "cost.basis",
}
_NUMBERS: Mapping[str, str] = {
    "total_input_tokens": "usage.known_total_input",
    "fresh_input_tokens": "usage.input",
    **{f"{name}_tokens": f"usage.{name}" for name in _BUCKETS},
    "cost_pusd": "cost.pusd",
    **{name: f"cost.{name}" for name in _WORTH},
}
_SHOWN: Mapping[str, tuple[str, Callable[["pd.Series[Any]"], "pd.Series[Any]"]]] = {
    "started_at": ("started_at_us", _moments),
    "latency_ms": ("latency_us", _milliseconds),
    "first_chunk_ms": ("first_chunk_us", _milliseconds),
}
"""Columns by the field they are of, and what is made of it."""


def calls(store: Store, wanted: Filter) -> Frame:
    """Every wanted call, the oldest first.

    Frame: one row per call; id (str), started_at (UTC), what calls are told apart by, outcome and
    basis (category), tokens and money (Int64, NA = unknown; cost_pusd: NA = unpriced),
    latency_ms and first_chunk_ms (Float64).
    """
    paths = {"id": "id", **{name: path for name, (path, _) in _SHOWN.items()}}
    columns: dict[str, _Category | _Plain] = {
        "id": _Plain("str"),
        "started_at": _Plain("int64"),
        **{name: _Category() for name in _TEXTS},
        **{name: _Plain("Int64") for name in _NUMBERS},
        "latency_ms": _Plain("Int64"),
        "first_chunk_ms": _Plain("Int64"),
    }
    paths |= {**_TEXTS, **_NUMBERS}
    for batch in batches(store, wanted):
        for name, column in columns.items():
            column.add(batch.field(paths[name]), len(batch))
    made = {}
    for name in list(columns):
        # one column at a time is in memory twice
        series = columns.pop(name).series()
        made[name] = _SHOWN[name][1](series) if name in _SHOWN else series
    for name in _WORTH:
        # what caches were worth nobody knows either, where there is no price
        made[name] = made[name].mask(made["cost_pusd"].isna())
    return pd.DataFrame(made, copy=False)


def spend(
    store: Store, by: Sequence[str], wanted: Filter, now_us: int, zone: ZoneInfo, *, every: str = ""
) -> Frame:
    """What the wanted calls add up to by `by`, the dearest first, exact.

    With `every` (`hour`, `day`, `week`, `month`) one by one, the oldest first; without calls in
    one, it has no row.

    Frame: one row per group; start (in `zone`, with `every` alone), a column per name of `by`
    (str), calls, tokens and money (Int64; money is NA where no call of the group has a price).

    Raises:
        UsageError: nothing can be summed so; the message says what can be.

    """
    dimensions = _dimensions(by)
    starts: list[int] = []
    if every:
        if every not in STEPS:
            raise UsageError(f"{every!r} is no step in time; write one of {', '.join(STEPS)}")
        starts = edges(store, wanted, now_us, zone, step=every)
        found = reads.grouped_series(store, dimensions, starts, wanted)
    else:
        found = [(0, *one) for one in reads.grouped(store, dimensions, wanted)]
    found.sort(key=lambda row: (row[0], -row[2].spend_pusd, row[1]))
    made: dict[str, pd.Series[Any]] = {}
    if every:
        moments = [to_moment(starts[number], zone) for number, _, _ in found]
        made["start"] = pd.Series(moments, dtype=pd.DatetimeTZDtype("us", zone))
    for place, dimension in enumerate(dimensions):
        made[dimension.value] = pd.Series([labels[place] for _, labels, _ in found], dtype="str")
    totals = [totals for _, _, totals in found]
    return pd.DataFrame({**made, **{name: _whole(read, totals) for name, read in _SUMS.items()}})


def _dimensions(names: Sequence[str]) -> list[Dimension]:
    known = [one.value for one in Dimension]
    for name in names:
        if name not in known:
            raise UsageError(f"{name!r} is nothing to sum by; write some of {', '.join(known)}")
    return [Dimension(name) for name in dict.fromkeys(names)]


def _whole(read: Callable[[Totals], int | None], totals: Sequence[Totals]) -> "pd.Series[Any]":
    values = [read(one) for one in totals]
    fits = all(value is None or value in _WHOLE for value in values)
    # beyond, Python's own integers: slower, and as exact
    return pd.Series(values, dtype="Int64" if fits else "object")


def _count(name: str) -> Callable[[Totals], int | None]:
    return lambda totals: int(getattr(totals, name))


def _money(name: str) -> Callable[[Totals], int | None]:
    return lambda totals: None if totals.is_unpriced else int(getattr(totals, name))


_SUMS: Mapping[str, Callable[[Totals], int | None]] = {
    **{name: _count(name) for name in ("calls", "errors", "aborted", "retries")},
    **{f"{name}_calls": _count(f"{name}_calls") for name in ("estimated", "unpriced")},
    "total_input_tokens": _count("total_input"),
    "fresh_input_tokens": _count("input_tokens"),
    **{
        f"{name}_tokens": _count(f"{name}_tokens")
        for name in ("cache_read", "cache_write", "output", "reasoning")
    },
    **{name: _money(name) for name in ("spend_pusd", "estimated_pusd", *_WORTH)},
}
