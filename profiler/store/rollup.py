"""What a batch of calls adds to the sums that are kept, and to what is told of when they were."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter

from profiler.domain.calls import Basis, Outcome
from profiler.domain.latency import bucket_of
from profiler.domain.periods import HOUR_US
from profiler.domain.totals import FIELDS
from profiler.store.circumstances import MODEL, PROVIDER, Circumstance
from profiler.store.layout import (
    CIRCUMSTANCES,
    COUNTED_GRAINS,
    GRAINS,
    MONEY,
    PUSD_PER_BOUND,
    SPLIT,
    STRETCH_BITS,
    UNSET,
    Axis,
    Grain,
    Measure,
    Presence,
)
from profiler.store.rows import AT, Row
from profiler.store.spans import begin_of

Made = Mapping[int, Circumstance]
"""Circumstances by their numbers."""

Key = tuple[int, int, int, int]
"""(start in hours, label id, provider id, model id)."""

_MARGINS = tuple(
    (axis, CIRCUMSTANCES.index(axis.name.lower()))
    for axis in Axis
    if axis.name.lower() in CIRCUMSTANCES and axis is not Axis.MODEL
)
"""Axes that sums by circumstance add up to, and where their labels stand in one."""

_ATTEMPTS = AT["attempts"]
_OK, _ERROR, _ABORTED = Outcome.OK, Outcome.ERROR, Outcome.ABORTED
_ESTIMATED, _DERIVED = Basis.ESTIMATED, Basis.DERIVED


def measures(row: Row, made_in: Circumstance) -> Row:
    """What one call adds, in the order of `domain.totals.FIELDS`."""
    (
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
        cost,
        saved,
        premium,
        missed,
    ) = row[_ATTEMPTS:]
    _, _, outcome, basis, _, _ = made_in
    is_estimated, is_derived = basis is _ESTIMATED, basis is _DERIVED
    return (
        1,
        1 if outcome is _ERROR else 0,
        1 if outcome is _ABORTED else 0,
        attempts - 1 if attempts > 1 else 0,
        1 if cost is None else 0,
        1 if is_estimated else 0,
        1 if is_derived else 0,
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
        0 if latency is None else 1,
        first_chunk or 0,
        0 if first_chunk is None else 1,
    )


Groups = dict[Key, list[Row]]
Sums = Mapping[Key, Row]

_quarter_of, _day_of = begin_of(Grain.QUARTER), begin_of(Grain.DAY)


def rollup_rows(batch: Iterable[Row], made: Made) -> list[Row]:
    """Rows of `rollups` to be added to what is there, in the order of their keys."""
    rows: list[Row] = []
    for axis, finest in _finest(batch, made).items():
        sums = finest
        for grain in GRAINS[axis]:
            sums = _coarser(sums, grain)
            rows += _rows(axis, grain, sums)
    rows.sort(key=itemgetter(slice(6)))
    return rows


def _finest(batch: Iterable[Row], made: Made) -> dict[Axis, Sums]:
    """What the calls add up to on each axis, by stretches no longer than its finest grain."""
    by_circumstance: Groups = defaultdict(list)
    by_user: Groups = defaultdict(list)
    by_session: Groups = defaultdict(list)
    for row in batch:
        hour = row[0] // HOUR_US
        quarter = _quarter_of(hour)
        number = row[2]
        made_in = made[number]
        provider, model = made_in.label_ids[PROVIDER], made_in.label_ids[MODEL]
        added = measures(row, made_in)
        by_circumstance[hour, number, UNSET, UNSET].append(added)
        by_user[quarter, row[3], provider, model].append(added)
        by_session[_day_of(quarter), row[4], UNSET, UNSET].append(added)
    of_hours, of_users = _summed(by_circumstance), _summed(by_user)
    margins = _margins(_coarser(of_hours, Grain.DAY), made)
    of_models = _of_models(of_hours, made)
    return {
        Axis.MODEL: of_models,
        Axis.WHOLE: _without_labels(of_models),
        Axis.CIRCUMSTANCE: of_hours,
        Axis.SESSION: _summed(by_session),
        Axis.USER: _without_model(of_users),
        Axis.USER_AND_MODEL: of_users,
        **{axis: _summed(groups) for axis, groups in margins.items()},
    }


def _of_models(sums: Sums, made: Made) -> Sums:
    groups: Groups = defaultdict(list)
    for (start_h, number, _, _), total in sums.items():
        ids = made[number].label_ids
        groups[start_h, UNSET, ids[PROVIDER], ids[MODEL]].append(total)
    return _summed(groups)


def _without_model(sums: Sums) -> Sums:
    groups: Groups = defaultdict(list)
    for (start_h, label, _, _), total in sums.items():
        groups[start_h, label, UNSET, UNSET].append(total)
    return _summed(groups)


def _without_labels(sums: Sums) -> Sums:
    groups: Groups = defaultdict(list)
    for (start_h, *_), total in sums.items():
        groups[start_h, UNSET, UNSET, UNSET].append(total)
    return _summed(groups)


def _margins(sums: Sums, made: Made) -> dict[Axis, Groups]:
    margins: dict[Axis, Groups] = {axis: defaultdict(list) for axis, _ in _MARGINS}
    for (day, number, _, _), total in sums.items():
        ids = made[number].label_ids
        provider, model = ids[PROVIDER], ids[MODEL]
        for axis, place in _MARGINS:
            margins[axis][day, ids[place], provider, model].append(total)
    return margins


def _coarser(sums: Sums, grain: Grain) -> Sums:
    begin = begin_of(grain)
    groups: Groups = defaultdict(list)
    for (start_h, label, provider, model), total in sums.items():
        groups[begin(start_h), label, provider, model].append(total)
    return _summed(groups)


def _summed(groups: Groups) -> Sums:
    return {
        key: parts[0] if len(parts) == 1 else tuple(map(sum, zip(*parts, strict=True)))
        for key, parts in groups.items()
    }


_MONEY = tuple(map(FIELDS.index, MONEY))


def _rows(axis: Axis, grain: Grain, sums: Sums) -> Iterator[Row]:
    # The driver takes a detour for integers that are members of an enumeration.
    kept = int(axis), int(grain)
    for key, total in sums.items():
        low = list(total)
        for place in _MONEY:
            low[place] %= SPLIT
        yield (*kept, *key, *low, *[total[place] // SPLIT for place in _MONEY])


_LATENCY, _FIRST_CHUNK, _COST = AT["latency_us"], AT["first_chunk_us"], AT["cost_pusd"]
PUSD_PER_COUNTED = 1000


def histogram_rows(batch: Iterable[Row], made: Made) -> list[Row]:
    """Rows of `histograms` to be added to what is there."""
    found: dict[tuple[int, int, int], tuple[list[int], ...]] = defaultdict(lambda: ([], [], []))
    for row in batch:
        hour = row[0] // HOUR_US
        ids = made[row[2]].label_ids
        latencies, first_chunks, costs = found[_quarter_of(hour), ids[PROVIDER], ids[MODEL]]
        latency, first_chunk, cost = row[_LATENCY], row[_FIRST_CHUNK], row[_COST]
        if latency is not None:
            latencies.append(latency)
        if first_chunk is not None:
            first_chunks.append(first_chunk)
        if cost is not None:
            costs.append(cost // PUSD_PER_COUNTED)
    counts: Counter[tuple[int, ...]] = Counter()
    for (quarter, provider, model), measured in found.items():
        begins = [(int(grain), begin_of(grain)(quarter)) for grain in COUNTED_GRAINS]
        for measure, values in zip(map(int, Measure), measured, strict=True):
            for bucket, count in Counter(map(bucket_of, values)).items():
                for begin in begins:
                    counts[measure, *begin, provider, model, bucket] += count
    return sorted((*key, count) for key, count in counts.items())


def presence_rows(batch: Iterable[Row], made: Made) -> list[Row]:
    """Rows of `presence`, in the order of their keys; some may be there already."""
    stretches: dict[int, list[Row]] = defaultdict(list)
    for row in batch:
        stretches[row[0] >> STRETCH_BITS].append(row)
    found: list[Row] = []
    for stretch, rows in stretches.items():
        for kind, occurring in _occurring(rows, made):
            for one, costs in occurring.items():
                if len(costs) == 1:
                    found.append((kind, one, stretch, costs[0], costs[0]))
                elif costs:
                    found.append((kind, one, stretch, min(costs), max(costs)))
                else:
                    found.append((kind, one, stretch, None, None))
    found.sort()
    return found


_Costs = dict[int, list[int]]
"""What calls cost that have a cost, in nano-dollars, by what occurs."""


def _occurring(rows: Sequence[Row], made: Made) -> Iterator[tuple[int, _Costs]]:
    """What there is of each kind in `rows`."""
    numbers: _Costs = {}
    users: _Costs = {}
    sessions: _Costs = {}
    every: list[int] = []
    for row in rows:
        cost = row[_COST]
        there = (
            numbers.setdefault(row[2], []),
            users.setdefault(row[3], []),
            sessions.setdefault(row[4], []),
            every,
        )
        if cost is not None:
            nano = cost // PUSD_PER_BOUND
            for costs in there:
                costs.append(nano)
    models: _Costs = {}
    outcomes: _Costs = {}
    for number, costs in numbers.items():
        made_in = made[number]
        model = made_in.label_ids[MODEL]
        models[model] = models[model] + costs if model in models else costs
        if made_in.outcome is not _OK:
            outcome = int(made_in.outcome)
            outcomes[outcome] = outcomes.get(outcome, []) + costs
    yield _OF_CIRCUMSTANCE, numbers
    yield _OF_USER, users
    yield _OF_SESSION, sessions
    yield _OF_ALL, {UNSET: every}
    yield _OF_MODEL, models
    if outcomes:
        yield _OF_OUTCOME, outcomes
    if len(every) < len(rows):
        yield _OF_UNPRICED, {UNSET: []}


_OF_CIRCUMSTANCE, _OF_USER, _OF_SESSION, _OF_OUTCOME, _OF_UNPRICED, _OF_ALL, _OF_MODEL = map(
    int, Presence
)
