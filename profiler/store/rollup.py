"""What a batch of calls adds to the hours it falls into."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from operator import itemgetter

from profiler.domain.calls import Basis, Outcome
from profiler.domain.latency import bucket_of
from profiler.domain.periods import HOUR_US
from profiler.store.rows import AT, Row
from profiler.store.tables import ROLLED_UP, UNSET

Key = tuple[int, int, int]
"""(hour, provider id, model id)."""

_PROVIDER, _MODEL = AT["provider_id"], AT["model_id"]
_BY_LABEL = tuple(
    (code, AT[f"{dimension}_id"]) for dimension, code in ROLLED_UP.items() if dimension
)
_CODES = tuple(code for code, _ in _BY_LABEL)
_labels = itemgetter(*(place for _, place in _BY_LABEL))
_ALL = ROLLED_UP[None]
_FIRST_NUMBER, _AFTER_NUMBERS = AT["outcome"], AT["cache_missed_pusd"] + 1
_ERROR, _ABORTED = Outcome.ERROR, Outcome.ABORTED
_ESTIMATED, _DERIVED = Basis.ESTIMATED, Basis.DERIVED


def measures(row: Row) -> Row:
    """What one call adds, in the order of `domain.totals.FIELDS`."""
    (
        outcome,
        basis,
        _streamed,
        _status,
        attempts,
        latency,
        first_chunk,
        fresh,
        read,
        write,
        write_5m,
        write_1h,
        output,
        reasoning,
        _more,
        cost,
        saved,
        premium,
        missed,
    ) = row[_FIRST_NUMBER:_AFTER_NUMBERS]
    is_estimated, is_derived = basis == _ESTIMATED, basis == _DERIVED
    return (
        1,
        int(outcome == _ERROR),
        int(outcome == _ABORTED),
        attempts - 1 if attempts > 1 else 0,
        int(cost is None),
        int(is_estimated),
        int(is_derived),
        fresh or 0,
        read,
        write + write_5m + write_1h,
        output or 0,
        reasoning,
        cost or 0,
        cost or 0 if is_estimated else 0,
        cost or 0 if is_derived else 0,
        saved,
        premium,
        missed,
        latency or 0,
        int(latency is not None),
        first_chunk or 0,
        int(first_chunk is not None),
    )


class _Hour:
    """The calls of one hour, provider and model, altogether and by each kind of label."""

    __slots__ = ("calls", "labelled")

    def __init__(self) -> None:
        self.calls: list[Row] = []
        self.labelled: list[dict[int, list[Row]]] = [defaultdict(list) for _ in _BY_LABEL]


def rollup_rows(batch: Iterable[Row]) -> list[Row]:
    """Rows of `rollups` to be added to what is there, in the order of their keys."""
    hours: dict[Key, _Hour] = defaultdict(_Hour)
    for row in batch:
        at_us = row[0]
        hour = hours[at_us - at_us % HOUR_US, row[_PROVIDER], row[_MODEL]]
        added = measures(row)
        hour.calls.append(added)
        for groups, label in zip(hour.labelled, _labels(row), strict=True):
            groups[label].append(added)
    rows: list[Row] = []
    for key, hour in hours.items():
        total = _summed(hour.calls)
        rows.append(_rollup(_ALL, key, UNSET, total))
        for code, groups in zip(_CODES, hour.labelled, strict=True):
            if len(groups) == 1:
                rows.append(_rollup(code, key, next(iter(groups)), total))
                continue
            rows += [_rollup(code, key, label, _summed(some)) for label, some in groups.items()]
    rows.sort(key=itemgetter(slice(5)))
    return rows


def _summed(parts: Sequence[Row]) -> Row:
    return parts[0] if len(parts) == 1 else tuple(map(sum, zip(*parts, strict=True)))


def _rollup(code: int, key: Key, label: int, total: Row) -> Row:
    hour, provider, model = key
    return (code, hour, label, provider, model, *total)


def latency_rows(batch: Iterable[Row]) -> list[Row]:
    """Rows of `latency_buckets` to be added to what is there."""
    latency = AT["latency_us"]
    counted = Counter(
        (row[0] - row[0] % HOUR_US, row[_PROVIDER], row[_MODEL], bucket_of(row[latency]))
        for row in batch
        if row[latency] is not None
    )
    return [(*key, count) for key, count in sorted(counted.items())]
