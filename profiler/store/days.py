"""What whole UTC days brought, for whoever looks back over many: sums by day and nothing else."""

from typing import NamedTuple

from profiler.domain.scopes import Dimension, Filter, Match
from profiler.store import dialect
from profiler.store.cuts import summed_by
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.layout import HIGH, SPLIT, Axis, Grain
from profiler.store.narrow import Condition, narrow, where
from profiler.store.spans import DAY_H

_MOST_AXES = {Dimension.PROVIDER, Dimension.MODEL}


_TOKENS = "input_tokens + cache_read_tokens + cache_write_tokens + output_tokens"


class Day(NamedTuple):
    """A part of one day's sums under one label; there may be several."""

    day: int
    """Whole days since the epoch."""
    label: str
    spend_pusd: int
    tokens: int
    calls: int


def by_day(
    store: Store,
    by: Dimension | None,
    first: int,
    after: int,
    matches: tuple[Match, ...] = (),
) -> list[Day]:
    """What calls of the days from `first` to before `after` add up to, per label.

    `matches` are on the same label as `by`, or on one where `by` is none.
    """
    with store.reading() as connection:
        narrowed = narrow(connection, Filter(matches=matches))
        if narrowed.is_nothing:
            return []
        axis = summed_by((by,) if by else (), narrowed) or Axis.MODEL
        labelled = where([Condition("axis = ? AND grain = ?"), *narrowed.labelled(_kept)])
        column = _kept(by) if by else "0"
        text = (
            f"SELECT start_h / {DAY_H}, {column}, spend_pusd + {SPLIT} * spend_pusd{HIGH}, "
            f"{_TOKENS}, calls FROM rollups "
            f"WHERE start_h >= ? AND start_h < ? AND {labelled.text}"
        )
        bound = (first * DAY_H, after * DAY_H, int(axis), int(Grain.DAY), *labelled.values)
        rows = dialect.plain_rows(connection, text, bound)
        label = texts(connection, {row[1] for row in rows}, store.label_texts) if by else {0: ""}
    return [Day(day, label[id_], *sums) for day, id_, *sums in rows]


def _kept(dimension: Dimension) -> str:
    return f"{dimension}_id" if dimension in _MOST_AXES else "label_id"
