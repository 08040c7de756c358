"""What a budget counts, read moment by moment: from sums that are kept, as far as they tell."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from profiler.budgets.counted import counted, has_tags
from profiler.budgets.growth import Growth, Moment
from profiler.domain.budgets import NOTHING, TAG, Amounts, Budget, Standing
from profiler.domain.periods import DAY_US, HOUR_US, SECOND_US, Period, Span
from profiler.domain.scopes import Among, Dimension, Filter
from profiler.domain.totals import Totals
from profiler.ledger.scoping import each_of, parts_of
from profiler.store.engine import Store
from profiler.store.fineness import finest_hours
from profiler.store.purging import purged_before_us
from profiler.store.reads import page, series, totals

MOST_MOMENTS = 200
"""More than a terminal has columns for."""
FEW_MOMENTS = 60
"""Where each is summed from what calls were made in, which takes longer to read."""
MOST_SCANNED = {1: 4_000, 6: 20_000, 24: 20_000, None: 100_000}
"""So many calls may be looked at, by the hours that the finest sums there are are made of."""
MOST_TAGGED = 30
"""By tags nothing is summed: each moment is a question of its own."""
_STEPS_US = (
    *(SECOND_US * seconds for seconds in (1, 5, 15, 60, 300, 900)),
    *(HOUR_US * hours for hours in (1, 6)),
    *(DAY_US * days for days in (1, 2, 7, 14, 28, 84, 364)),
)
"""Whole parts of UTC days and hours, by which sums are kept."""
_MONTH_US = 28 * DAY_US
_QUARTER_H = 6
_REST_US = 60 * SECOND_US


def growth(
    store: Store, standing: Standing, now_us: int, forgiven: Sequence[Moment] = ()
) -> Growth:
    """How the calls that one standing counts have added up since its window began."""
    named = standing.budget.name, standing.value
    start_us = standing.window.start_us
    began_us = _first_us(store, standing, now_us) if start_us is None else start_us
    if began_us is None or standing.budget.period is Period.CALL or began_us >= now_us:
        return Growth(*named, now_us if began_us is None else began_us)
    ended_us = _ended_us(store, standing, began_us, now_us)
    now_us = ended_us or now_us
    step_us = _step_us(store, standing, Span(began_us, now_us))
    if step_us is None:
        why_not = "too many calls to tell how it grew: nothing is summed by what it counts"
        return Growth(*named, began_us, ended_us=ended_us, why_not=why_not)
    edges = [began_us, *range((began_us // step_us + 1) * step_us, now_us, step_us)]
    # of calls that were removed the sums alone are left, which may begin a little before
    whole = [0, *edges[1:]] if start_us is None else edges
    found = list(_summed(store, standing, whole))
    if start_us is None:
        empty = [one.at_us for one in found if one.used == NOTHING]
        began_us = max([began_us, *empty])
    known = tuple(one for one in forgiven if one.at_us >= began_us)
    counted = tuple(one for one in found if one.at_us > began_us)
    return Growth(*named, began_us, counted, known, ended_us)


def _summed(store: Store, standing: Standing, edges: Sequence[int]) -> Iterator[Moment]:
    """What the calls before each edge but the first add up to."""
    found: dict[int, Totals] = {}
    if has_tags(standing.budget):
        for place, ends in enumerate(pairwise(edges)):
            sums = counted(store, standing.budget, Span(*ends), {standing.value})
            if standing.value in sums:
                found[place] = sums[standing.value]
    else:
        wanted = wanted_of(standing.budget, standing.value)
        found = {place: sums for place, _, sums in series(store, None, edges, wanted)}
    so_far = NOTHING
    for place, at_us in enumerate(edges[1:]):
        if place in found:
            one = found[place]
            so_far = so_far.plus(Amounts(one.spend_pusd, one.tokens, one.calls))
        yield Moment(at_us, so_far)


def wanted_of(budget: Budget, value: str) -> Filter:
    """The calls that count on one value, as far as labels tell; tags are left to the caller."""
    names = each_of(budget)
    among = tuple(
        Among(Dimension(name), (text,))
        for name, text in zip(names, parts_of(value, len(names)) if names else (), strict=False)
        if not name.startswith(TAG)
    )
    return Filter(matches=budget.scope, among=among)


def _first_us(store: Store, standing: Standing, now_us: int) -> int | None:
    """When the first call that counts was made, as far as labels tell; `None` without calls."""
    wanted = wanted_of(standing.budget, standing.value)
    gone_us = purged_before_us(store)
    if gone_us:
        edges = range(gone_us - MOST_MOMENTS * _MONTH_US, gone_us + 1, _MONTH_US)
        summed = series(store, None, edges, wanted)
        if summed:
            return edges[min(place for place, _, _ in summed)]
    first = page(store, wanted, None, 1, towards="newer")
    return min(first[0].started_at_us, now_us) if first else None


def _ended_us(store: Store, standing: Standing, began_us: int, now_us: int) -> int | None:
    """Just after a session's last call, if it has rested for long; its curve would be a wall."""
    if standing.budget.period is not Period.SESSION:
        return None
    last = page(store, wanted_of(standing.budget, standing.value), None, 1)
    ended_us = last[0].started_at_us + 1 if last else now_us
    rested_us = now_us - ended_us
    is_over = ended_us > began_us and rested_us > max(_REST_US, (ended_us - began_us) // 4)
    return ended_us if is_over else None


def _step_us(store: Store, standing: Standing, span: Span) -> int | None:
    """The least step that neither draws too much nor reads too much; `None`: there is none."""
    length_us = (span.end_us or 0) - (span.start_us or 0)
    if has_tags(standing.budget):
        # of whole days what was read is remembered
        least_us = DAY_US if length_us > 2 * DAY_US else 0
        return _at_least(max(least_us, length_us // MOST_TAGGED))
    hours = finest_hours(store, wanted_of(standing.budget, standing.value))
    least_us = length_us // MOST_MOMENTS
    if hours == _QUARTER_H and least_us < DAY_US:
        least_us = min(length_us // FEW_MOMENTS, DAY_US)
    if totals(store, Filter(span)).calls > MOST_SCANNED[hours]:
        if hours is None:
            return None
        least_us = max(least_us, hours * HOUR_US)
    return _at_least(least_us)


def _at_least(length_us: int) -> int:
    place = bisect_right(_STEPS_US, length_us - 1)
    return _STEPS_US[min(place, len(_STEPS_US) - 1)]
