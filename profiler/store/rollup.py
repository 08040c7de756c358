"""What a batch of calls adds to the hours it falls into."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

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
_ALL = ROLLED_UP[None]
_FIRST_NUMBER = AT["outcome"]
_ERROR, _ABORTED, _ESTIMATED = Outcome.ERROR, Outcome.ABORTED, Basis.ESTIMATED


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
    ) = row[_FIRST_NUMBER:]
    is_estimated = basis == _ESTIMATED
    return (
        1,
        int(outcome == _ERROR),
        int(outcome == _ABORTED),
        attempts - 1 if attempts > 1 else 0,
        int(cost is None),
        int(is_estimated),
        fresh or 0,
        read,
        write + write_5m + write_1h,
        output or 0,
        reasoning,
        cost or 0,
        cost or 0 if is_estimated else 0,
        saved,
        premium,
        missed,
        latency or 0,
        int(latency is not None),
        first_chunk or 0,
        int(first_chunk is not None),
    )


def rollup_rows(batch: Iterable[Row]) -> list[Row]:
    """Rows of `rollups` to be added to what is there.

    Calls without a label are not gathered one by one: they are what is left of all the calls of
    that hour and model when those with a label are taken away.
    """
    everything: dict[Key, list[Row]] = defaultdict(list)
    labelled: dict[int, dict[tuple[Key, int], list[Row]]] = {
        code: defaultdict(list) for code, _ in _BY_LABEL
    }
    gathers = [(labelled[code], place) for code, place in _BY_LABEL]
    for row in batch:
        at_us = row[0]
        key = (at_us - at_us % HOUR_US, row[_PROVIDER], row[_MODEL])
        added = measures(row)
        everything[key].append(added)
        for groups, place in gathers:
            label = row[place]
            if label != UNSET:
                groups[key, label].append(added)
    totals = {key: _summed(parts) for key, parts in everything.items()}
    rows = [_rollup(_ALL, key, UNSET, total) for key, total in totals.items()]
    for code, groups in labelled.items():
        rows += _by_label(code, groups, totals)
    rows.sort(key=lambda row: row[:5])
    return rows


def _by_label(
    code: int, groups: dict[tuple[Key, int], list[Row]], totals: dict[Key, Row]
) -> list[Row]:
    rows = []
    rest = dict(totals)
    for (key, label), parts in groups.items():
        total = _summed(parts)
        rest[key] = tuple(a - b for a, b in zip(rest[key], total, strict=True))
        rows.append(_rollup(code, key, label, total))
    rows += [_rollup(code, key, UNSET, left) for key, left in rest.items() if left[0]]
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
