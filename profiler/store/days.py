"""What whole UTC days brought, for whoever looks back over many: sums by day and nothing else."""

from typing import NamedTuple

from profiler.domain.scopes import Dimension, Filter
from profiler.store import dialect
from profiler.store.dictionary import texts
from profiler.store.engine import Store
from profiler.store.layout import HIGH, SPLIT, Axis, Grain
from profiler.store.narrow import narrow
from profiler.store.spans import DAY_H
from profiler.store.sums import axis_of

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


def by_day(store: Store, by: Dimension | None, first: int, after: int) -> list[Day]:
    """What every call of the days from `first` to before `after` adds up to, per label."""
    with store.reading() as connection:
        axis = axis_of((by,) if by else (), narrow(connection, Filter())) or Axis.MODEL
        column = f"{by}_id" if by in _MOST_AXES else "label_id" if by else "0"
        text = (
            f"SELECT start_h / {DAY_H}, {column}, spend_pusd + {SPLIT} * spend_pusd{HIGH}, "
            f"{_TOKENS}, calls FROM rollups "
            "WHERE axis = ? AND grain = ? AND start_h >= ? AND start_h < ?"
        )
        bound = (int(axis), int(Grain.DAY), first * DAY_H, after * DAY_H)
        rows = dialect.plain_rows(connection, text, bound)
        label = texts(connection, {row[1] for row in rows}, store.label_texts) if by else {0: ""}
    return [Day(day, label[id_], *sums) for day, id_, *sums in rows]
