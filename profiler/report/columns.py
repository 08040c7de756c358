"""Columns: what an export's rows hold, one list for every format."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import Generic, TypeVar

from profiler.analysis.results import Group
from profiler.domain.calls import Call
from profiler.domain.totals import Totals

Row = TypeVar("Row")


class Kind(Enum):
    """What a column's values are; each format writes each kind in its own exact way."""

    TEXT = "text"
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
    COUNTS = "counts"
    """Text to integer."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: its name, what it holds, and how to read it from a row."""

    name: str
    kind: Kind
    value: Callable[[Row], object]
    """`None` where the row does not know."""


def call_columns() -> tuple[Column[Call], ...]:
    """The columns of one row per call."""
    return (
        _call("id", Kind.TEXT),
        _call("started_at", Kind.MOMENT, "started_at_us"),
        *(_call(name, Kind.TEXT) for name in ("provider", "requested_model", "model", "operation")),
        _call("is_streamed", Kind.FLAG),
        Column("outcome", Kind.TEXT, lambda call: call.outcome.name.lower()),
        _call("error", Kind.TEXT),
        _call("status", Kind.COUNT),
        _call("tier", Kind.TEXT),
        _call("finish", Kind.TEXT),
        *(_call(name, Kind.COUNT) for name in ("attempts", "latency_us", "first_chunk_us")),
        *(_call(f"{name}_tokens", Kind.COUNT, f"usage.{name}") for name in _BUCKETS),
        _call("further_units", Kind.COUNTS, "usage.more"),
        _call("cost_pusd", Kind.COUNT, "cost.pusd"),
        _call("cost_usd", Kind.MONEY, "cost.pusd"),
        Column("basis", Kind.TEXT, lambda call: call.cost.basis.name.lower()),
        _call("rate", Kind.TEXT, "cost.rate"),
        *(_call(name, Kind.COUNT, f"cost.{name}") for name in _CACHE_WORTH),
        *(_call(name, Kind.TEXT) for name in _LABELS),
        _call("tags", Kind.WORDS),
    )


def group_columns(by: Sequence[str]) -> tuple[Column[Group], ...]:
    """The columns of one row per group of a report."""
    labels = (_label(index, name) for index, name in enumerate(by))
    sums = (_of_totals(column) for column in totals_columns())
    share: Column[Group] = Column("share", Kind.SHARE, attrgetter("share"))
    return (*labels, *sums, share)


def totals_columns() -> tuple[Column[Totals], ...]:
    """The sums of a report; measured, estimated and unpriced stand apart."""
    counts = (_total(name, Kind.COUNT) for name in _SUMS)
    return (
        *counts,
        _total("spend_usd", Kind.MONEY, "spend_pusd"),
        _total("measured_usd", Kind.MONEY, "measured_pusd"),
        _total("estimated_usd", Kind.MONEY, "estimated_pusd"),
        _total("cache_net_usd", Kind.MONEY, "cache_net_pusd"),
    )


_BUCKETS = (
    "input", "cache_read", "cache_write", "cache_write_5m", "cache_write_1h", "output", "reasoning",
)  # fmt: skip
_CACHE_WORTH = ("cache_saved_pusd", "cache_premium_pusd", "cache_missed_pusd")
_LABELS = ("session", "user", "feature", "agent", "workflow", "project", "site")
_SUMS = (
    "calls", "errors", "aborted", "retries", "unpriced_calls", "estimated_calls",
    "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens",
    "spend_pusd", "measured_pusd", "estimated_pusd", *_CACHE_WORTH, "cache_net_pusd",
    "latency_us", "timed_calls", "first_chunk_us", "streamed_calls",
)  # fmt: skip


def _call(name: str, kind: Kind, path: str = "") -> Column[Call]:
    return Column(name, kind, attrgetter(path or name))


def _total(name: str, kind: Kind, path: str = "") -> Column[Totals]:
    return Column(name, kind, attrgetter(path or name))


def _label(index: int, name: str) -> Column[Group]:
    return Column(name, Kind.TEXT, lambda group: group.labels[index])


def _of_totals(column: Column[Totals]) -> Column[Group]:
    return Column(column.name, column.kind, lambda group: column.value(group.totals))
