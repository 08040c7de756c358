"""What wants doing: budgets that are nearly full, calls without a price, calls that are lost.

What budgets tell is the ledger's: whoever acknowledges it, here or elsewhere, it is told no more.
The rest is told until it is dismissed here.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from profiler import display
from profiler.alerts.wording import highest, state_of
from profiler.analysis.results.snapshot import ModelRow, Snapshot
from profiler.domain.alerts import Alert as Told
from profiler.domain.budgets import Level, Standing
from profiler.domain.totals import Totals
from profiler.ledger.outbox import TOLD


class Alert(NamedTuple):
    """One thing, and what to do about it."""

    id: str
    """The same for as long as it is the same trouble: what is dismissed stays so."""
    level: Level
    words: str
    advice: str = ""
    """What to do, where it is not a budget."""
    budget: str = ""
    """Which budget it is about; empty for anything else."""
    value: str = ""
    ids: tuple[int, ...] = ()
    """What is acknowledged with it in the ledger."""


def alerts(snapshot: Snapshot) -> list[Alert]:
    """Everything that wants doing, the most pressing first."""
    told = _of_ledger(tuple(_holding(snapshot)))
    named = {(one.budget, one.value) for one in told}
    quiet = [one for one in _of_standings(snapshot) if (one.budget, one.value) not in named]
    return [*told, *quiet, *_of_calls(snapshot)]


def standing_of(alert: Alert, snapshot: Snapshot) -> Standing | None:
    """Where the budget stands that it is about."""
    for one in snapshot.standings:
        if (one.budget.name, one.value) == (alert.budget, alert.value):
            return one
    return None


def _holding(snapshot: Snapshot) -> Iterator[Told]:
    """Without those of thresholds that more was allowed for since: the log has them."""
    gone = lifted(snapshot.alerts, snapshot)
    return (one for one in snapshot.alerts if one.id not in gone)


def lifted(told: Sequence[Told], snapshot: Snapshot) -> frozenset[int]:
    """Which of the alerts tell of nothing that is so now.

    Their window is over, or what was used of their limit is less than their threshold, since
    more was allowed or the window was begun afresh.
    """
    named = {(one.budget, one.value) for one in told}
    there: dict[tuple[str, str], list[Standing]] = {}
    for standing in snapshot.standings if named else ():
        place = standing.budget.name, standing.value
        if place in named:
            there.setdefault(place, []).append(standing)
    gone = set()
    for one in told:
        found = there.get((one.budget, one.value), [])
        percent = int(one.threshold) if one.threshold.isdecimal() else 0
        is_over = one.end_us is not None and one.end_us <= snapshot.taken_at_us
        reaches = not found or any(s.has_reached(percent, one.measure) for s in found)
        if is_over or not reaches:
            gone.add(one.id)
    return frozenset(gone)


def _of_ledger(told: tuple[Told, ...]) -> list[Alert]:
    """One alert for each standing that has any, the tightest first."""
    ids: dict[tuple[str, str, str], list[int]] = {}
    for one in told:
        ids.setdefault((one.source, one.budget, one.value), []).append(one.id)
    found = sorted(highest(told), key=lambda one: (one.is_forecast, -_share(one)))
    return [
        Alert(
            id=f"alert {one.id} {one.at_us}",
            level=_level(one),
            words=f"{_named(one.budget, one.value)}: {display.plain(state_of(one))}",
            budget=one.budget,
            value=one.value,
            ids=tuple(ids[one.source, one.budget, one.value]),
        )
        for one in found
    ]


def _level(one: Told) -> Level:
    if one.is_forecast:
        return Level.WATCH
    return Level.OVER if _share(one) >= 1 else Level.HIGH


def _share(one: Told) -> float:
    """How full it is; a budget that refuses calls is full, whatever they would have used."""
    share = one.used / max(1, one.limit)
    return max(1.0, share) if one.is_refusal else share


_PRESSING = (Level.OVER, Level.HIGH)


def _of_standings(snapshot: Snapshot) -> Iterator[Alert]:
    """Budgets so full that it is said, where their thresholds leave nothing to acknowledge."""
    # the fullest come first: however many there are, only those that press are looked at
    for one in takewhile(lambda one: one.level in _PRESSING, snapshot.standings):
        crossed = [t for t in one.budget.thresholds if one.used * 100 >= t.percent]
        if not crossed or crossed[-1].action not in TOLD:
            verb = "is over its limit" if one.level is Level.OVER else "is nearly used up"
            yield Alert(
                id=f"budget {one.title} {one.window.start_us} {one.level.value}",
                level=one.level,
                words=f"{display.plain(one.title)} {verb}: {display.percent(one.used)}",
                budget=one.budget.name,
                value=one.value,
            )


def _named(budget: str, value: str) -> str:
    return display.plain(f"{budget} · {value}" if value else budget)


def fresh(now: Snapshot, before: Snapshot | None) -> list[Alert]:
    """What has come to be told of budgets between two snapshots, the worst of each standing."""
    if before is None:
        return []
    known = {(one.id, one.at_us) for one in before.alerts}
    told = tuple(one for one in now.alerts if (one.id, one.at_us) not in known)
    quiet = {one.id for one in _of_standings(before)}
    return [
        *_of_ledger(told),
        *(one for one in _of_standings(now) if one.id not in quiet and one.level is Level.OVER),
    ]


def _of_calls(snapshot: Snapshot) -> list[Alert]:
    freshness = snapshot.freshness
    found = []
    if freshness.lost_calls:
        words = f"{display.calls(freshness.lost_calls)} could not be logged"
        found.append(Alert(f"lost {freshness.lost_calls}", Level.HIGH, words, "see doctor"))
    if freshness.swallowed_faults:
        noun = "fault" if freshness.swallowed_faults == 1 else "faults"
        words = f"{display.count(freshness.swallowed_faults)} {noun} of ours in your programs"
        found.append(Alert(f"faults {freshness.swallowed_faults}", Level.HIGH, words, "see doctor"))
    return [*found, *_of_unpriced(snapshot.models, snapshot.others)]


def _of_unpriced(models: Sequence[ModelRow], others: Totals) -> Iterator[Alert]:
    """Those whose models have no rate, and those that told no usage, as many that fail do.

    Of models beyond those that are told apart nobody looks for a rate: they count to the first.
    """
    rows = sorted((row for row in models if row.totals.unpriced_calls), key=lambda row: row.model)
    for has_rate, why, advice in (
        (False, "no rate", "profiler prices override gives one"),
        (True, "no usage was told", "they failed, or were cut off"),
    ):
        found = [row for row in rows if row.has_rate is has_rate]
        beyond = 0 if has_rate else others.unpriced_calls
        if found or beyond:
            calls = display.calls(sum(row.totals.unpriced_calls for row in found) + beyond)
            named = display.model_name(found[0].model, 24) if found else "the less dear"
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            if found and beyond:
                more = " and very many more"
            words = f"{calls} unpriced, {why}: {named}{more}"
            trouble = "unpriced" if not has_rate else "uncounted"
            told = f"{trouble} {' '.join(row.model for row in found)}"
            yield Alert(told, Level.WATCH, words, advice)
