"""Columns: what an export's rows hold, one list for every format."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import Any, Generic, TypeVar

from profiler.analysis.results.snapshot import Group
from profiler.domain.calls import Call
from profiler.domain.totals import Totals

Row = TypeVar("Row")


class Kind(Enum):
    """What a column's values are; each format writes each kind in its own exact way."""

    TEXT = "text"
    KEY = "key"
    """Text of digits and letters alone, which no format need guard."""
    COUNT = "count"
    """An integer of up to 64 bits, money in pico-dollars included."""
    FLAG = "flag"
    MOMENT = "moment"
    """Microseconds since the epoch, UTC."""
    MONEY = "money"
    """Pico-dollars, to be written as dollars."""
    SHARE = "share"
    """A float from 0 to 1."""
    WORDS = "words"
    """Text to text."""
    LIST = "list"
    """Texts in their order."""
    COUNTS = "counts"
    """Text to integer."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: its name, what it holds, and how to read it from a row."""

    name: str
    kind: Kind
    value: Callable[[Row], object]
    """`None` where the row does not know."""
    path: str = ""
    """Of a call's column: the one field it is read from, such as `usage.input`."""
    shown: Callable[[Any], object] | None = None
    """What it makes of that field; `None` where it is the value itself."""


def call_columns() -> tuple[Column[Call], ...]:
    """The columns of one row per call."""
    return (
        _call("id", Kind.KEY),
        _call("started_at", Kind.MOMENT, "started_at_us"),
        *(_call(name, Kind.TEXT) for name in ("provider", "requested_model", "model", "answered")),
        _call("operation", Kind.TEXT),
        _call("is_streamed", Kind.FLAG),
        _call("outcome", Kind.TEXT, shown=_named),
        _call("error", Kind.TEXT),
        _call("status", Kind.COUNT),
        *(_call(name, Kind.TEXT) for name in ("tier", "speed", "finish")),
        _call("attempts", Kind.COUNT),
        _call("failures", Kind.LIST),
        *(_call(name, Kind.COUNT) for name in ("retry_wait_us", "latency_us", "first_chunk_us")),
        _call("total_input_tokens", Kind.COUNT, "usage.known_total_input"),
        _call("fresh_input_tokens", Kind.COUNT, "usage.input"),
        *(_call(f"{name}_tokens", Kind.COUNT, f"usage.{name}") for name in _BUCKETS),
        _call("further_units", Kind.COUNTS, "usage.more"),
        _call("cost_pusd", Kind.COUNT, "cost.pusd"),
        _call("cost_usd", Kind.MONEY, "cost.pusd"),
        *(_call(f"cost_{name}", Kind.COUNT, f"cost.{name}") for name in ("low_pusd", "high_pusd")),
        _call("learned_calls", Kind.COUNT, "cost.learned_calls"),
        _call("reported_pusd", Kind.COUNT, "cost.reported_pusd"),
        _call("basis", Kind.TEXT, "cost.basis", shown=_named),
        _call("rate", Kind.TEXT, "cost.rate"),
        *(_call(name, Kind.COUNT, f"cost.{name}") for name in _CACHE_WORTH),
        *(_call(name, Kind.TEXT) for name in _LABELS),
        _call("stack", Kind.LIST),
        *(_call(name, Kind.TEXT) for name in ("trace", "parent", "fingerprint")),
        _call("prefixes", Kind.LIST),
        *(_call(name, Kind.LIST) for name in ("tools_offered", "tools_called")),
        _call("tags", Kind.WORDS),
    )


def group_columns(by: Sequence[str]) -> tuple[Column[Group], ...]:
    """The columns of one row per group of a report."""
    labels = (_label(index, name) for index, name in enumerate(by))
    sums = (_of_totals(column) for column in totals_columns())
    share: Column[Group] = Column("share", Kind.SHARE, attrgetter("share"))
    return (*labels, *sums, share)


def totals_columns() -> tuple[Column[Totals], ...]:
    """The sums of a report; measured, derived, estimated and unpriced stand apart.

    Sums of money are `None` where no call has a price: nobody knows what was spent.
    """
    return (
        *(_total(name, Kind.COUNT) for name in _COUNTED),
        _total("total_input_tokens", Kind.COUNT, "total_input"),
        _total("fresh_input_tokens", Kind.COUNT, "input_tokens"),
        *(_total(f"{name}_tokens", Kind.COUNT) for name in _SUMMED_BUCKETS),
        *(_money(f"{name}_pusd", Kind.COUNT, name) for name in _MONEY),
        *(_total(name, Kind.COUNT) for name in _TIMES),
        *(_money(f"{name}_usd", Kind.MONEY, name) for name in _IN_DOLLARS),
    )


def basis_columns() -> tuple[Column[Totals], ...]:
    """How much of a sum is known how."""
    return (
        *(_money(f"{name}_usd", Kind.MONEY, name) for name in _KNOWN_HOW),
        *(_total(f"{name}_calls", Kind.COUNT) for name in (*_KNOWN_HOW, "unpriced")),
    )


_KNOWN_HOW = ("measured", "derived", "estimated")
_BUCKETS = (
    "cache_read", "cache_write", "cache_write_5m", "cache_write_1h", "output", "reasoning",
)  # fmt: skip
_CACHE_WORTH = ("cache_saved_pusd", "cache_premium_pusd", "cache_missed_pusd")
_LABELS = (
    "session", "user", "user_tier", "feature", "agent", "workflow", "project", "environment",
    "prompt_version", "site",
)  # fmt: skip
_COUNTED = (
    "calls", "errors", "aborted", "retries", "measured_calls", "derived_calls", "estimated_calls",
    "unpriced_calls",
)  # fmt: skip
_SUMMED_BUCKETS = ("cache_read", "cache_write", "output", "reasoning")
_MONEY = (
    "spend", "measured", "derived", "estimated", "cache_saved", "cache_premium", "cache_missed",
    "cache_net",
)  # fmt: skip
_IN_DOLLARS = ("spend", "measured", "derived", "estimated", "cache_net")
_TIMES = ("latency_us", "timed_calls", "first_chunk_us", "streamed_calls")


def _call(
    name: str, kind: Kind, path: str = "", *, shown: Callable[[Any], object] | None = None
) -> Column[Call]:
    read = attrgetter(path or name)
    value = read if shown is None else lambda call: shown(read(call))
    return Column(name, kind, value, path or name, shown)


def _named(code: Enum) -> str:
    return code.name.lower()


def _total(name: str, kind: Kind, path: str = "") -> Column[Totals]:
    return Column(name, kind, attrgetter(path or name))


def _money(name: str, kind: Kind, sum_name: str) -> Column[Totals]:
    read = attrgetter(f"{sum_name}_pusd")
    return Column(name, kind, lambda totals: None if totals.is_unpriced else read(totals))


def _label(index: int, name: str) -> Column[Group]:
    return Column(name, Kind.TEXT, lambda group: group.labels[index])


def _of_totals(column: Column[Totals]) -> Column[Group]:
    return Column(column.name, column.kind, lambda group: column.value(group.totals))
