"""What wants doing: budgets that are nearly full, calls without a price, calls that are lost."""

from typing import NamedTuple

from profiler import display
from profiler.analysis.results import Snapshot
from profiler.domain.budgets import Level, Standing
from profiler.tui.keymap import Keys


class Alert(NamedTuple):
    """One thing, and what to do about it."""

    id: str
    """The same for as long as it is the same trouble: what is dismissed stays so."""
    level: Level
    words: str
    advice: str


def alerts(snapshot: Snapshot, keys: Keys) -> list[Alert]:
    """Everything that wants doing, the most pressing first."""
    told = [_of_budget(one, keys) for one in snapshot.standings if one.level in _PRESSING]
    return [*told, *_of_calls(snapshot)]


_PRESSING = (Level.OVER, Level.HIGH)


def _of_budget(one: Standing, keys: Keys) -> Alert:
    verb = "is over its limit" if one.level is Level.OVER else "is nearly used up"
    share = display.percent(one.used)
    return Alert(
        id=f"budget {one.title} {one.window.start_us} {one.level.value}",
        level=one.level,
        words=f"{display.plain(one.title)} {verb}: {share}",
        advice=f"{keys.of_id('budgets')} shows it; raise it, or call less",
    )


def _of_calls(snapshot: Snapshot) -> list[Alert]:
    totals, freshness = snapshot.totals, snapshot.freshness
    found = []
    if freshness.lost_calls:
        words = f"{display.calls(freshness.lost_calls)} could not be logged"
        found.append(Alert(f"lost {freshness.lost_calls}", Level.HIGH, words, "see doctor"))
    if freshness.swallowed_faults:
        noun = "fault" if freshness.swallowed_faults == 1 else "faults"
        words = f"{display.count(freshness.swallowed_faults)} {noun} of ours in your programs"
        found.append(Alert(f"faults {freshness.swallowed_faults}", Level.HIGH, words, "see doctor"))
    unpriced = sorted(row.model for row in snapshot.models if row.totals.unpriced_calls)
    if unpriced:
        named = display.model_name(unpriced[0], 24)
        others = f" and {len(unpriced) - 1} more" if len(unpriced) > 1 else ""
        words = f"{display.calls(totals.unpriced_calls)} unpriced: {named}{others}"
        advice = "profiler prices set gives it a rate"
        found.append(Alert(f"unpriced {' '.join(unpriced)}", Level.WATCH, words, advice))
    return found
