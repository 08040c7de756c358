"""Budgets against what was used, window by window."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from profiler.budgets.counted import counted, has_tags
from profiler.budgets.detail import BudgetDetail, Past
from profiler.budgets.registry import Registry
from profiler.domain.budgets import NOTHING, Amounts, Budget, Limit, Measure
from profiler.domain.periods import DAY_US, Period, Span, first_midnight_us, window
from profiler.domain.remedy import about
from profiler.domain.scopes import Dimension, Filter, Match
from profiler.domain.totals import Totals
from profiler.errors import UsageError
from profiler.ledger import audit
from profiler.ledger.defined import Defined
from profiler.ledger.overrides import GRANTED, Recorded
from profiler.ledger.scoping import each_of, value_of
from profiler.ledger.words import budget_of
from profiler.store.engine import Store
from profiler.store.reads import series

MOST_DAYS = 365
_DATED = (Period.DAILY, Period.WEEKLY, Period.MONTHLY)
USUAL_DAYS = 30
_MOST_WINDOWS = 400
"""What a screen shows of a long past."""


def past(
    store: Store,
    registry: Registry,
    defined: Defined,
    days: int,
    now_us: int,
    value: str | None = None,
) -> list[Past]:
    """The windows that lie in the last `days`, oldest first; the present one is the last.

    Sums are the store's, cut exactly where the budget's zone cuts its days.

    Raises:
        UsageError: too many days, or a budget on single calls, which has no windows.

    """
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"{days} days is none of 1 to {MOST_DAYS}")
    if defined.budget.period is Period.CALL:
        raise UsageError(
            f"{defined.budget.name!r} counts each call alone, so it has no history; "
            f"`{about('history', defined.budget.name, options='--audit')}` lists what it refused"
        )
    windows = _windows(defined.budget, days, now_us)
    found = _counted(store, defined.budget, windows, value)
    with registry.ledger.reading() as (connection, _, _now_us):
        settings = audit.settings(connection, defined.named)
    agreed = _Agreed(defined.budget, settings, registry.overrides_of(defined))
    return [
        Past(
            defined.budget.name,
            whose,
            span,
            limit,
            _amounts(totals).of(limit.measure),
            totals.unpriced_calls,
            span.contains(now_us),
        )
        for span, sums in zip(windows, found, strict=True)
        for whose, totals in _shown(sums, defined.budget, value)
        for limit in agreed.limits(span, whose, now_us)
    ]


def pasts(
    store: Store, registry: Registry, since_us: int | None, now_us: int
) -> list[tuple[Budget, list[Past]]]:
    """The days, weeks or months since then of every budget that holds for all at once."""
    days = MOST_DAYS if since_us is None else (now_us - since_us) // DAY_US + 1
    return [
        (one.budget, past(store, registry, one, max(1, min(MOST_DAYS, days)), now_us))
        for one in registry.defined()
        if one.budget.period in _DATED and not one.budget.each
    ]


class _Agreed:
    """What a budget allowed in times past."""

    def __init__(
        self,
        budget: Budget,
        settings: Sequence[tuple[int, object]],
        overrides: Iterable[Recorded],
    ) -> None:
        self._now = budget
        self._then = [
            (at_us, budget_of(words, budget.zone))
            for at_us, words in settings
            if isinstance(words, dict)
        ]
        self._overrides = [one for one in overrides if one.state == GRANTED]

    def limits(self, span: Span, value: str, now_us: int) -> list[Limit]:
        """The limits as they were at the window's end, or are where it has not ended."""
        end_us = now_us + 1 if span.end_us is None else min(span.end_us, now_us + 1)
        set_by_then = [budget for at_us, budget in self._then if at_us < end_us]
        # before it was set there was none: what it would have been is the next best
        budget = self._now if span.contains(now_us) else (set_by_then or [self._first])[-1]
        extra = NOTHING
        for one in self._overrides:
            if one.wanted.value in {None, value} and _overlaps(one, span, end_us):
                extra = extra.plus(one.wanted.extra)
        return [Limit(m, amount + extra.of(m)) for m, amount in budget.limits]

    @property
    def _first(self) -> Budget:
        return self._then[0][1] if self._then else self._now


def _overlaps(one: Recorded, span: Span, end_us: int) -> bool:
    began_us, until_us = one.decided_at_us or 0, one.wanted.until_us
    starts_after = until_us is not None and span.start_us is not None and span.start_us >= until_us
    return began_us < end_us and not starts_after


def _windows(budget: Budget, days: int, now_us: int) -> list[Span]:
    zone = ZoneInfo(budget.zone)
    since_us = first_midnight_us(days, now_us, zone)
    found = [window(budget.period, now_us, zone, budget.week_start)]
    while (start_us := found[-1].start_us) is not None and start_us > since_us:
        found.append(window(budget.period, start_us - 1, zone, budget.week_start))
    return found[::-1]


def _counted(
    store: Store, budget: Budget, windows: Sequence[Span], value: str | None
) -> list[dict[str, Totals]]:
    """What the store has counted in each window, by value; with one given, of little else."""
    labels = each_of(budget)
    if has_tags(budget) or len(labels) > 1 or windows[0].start_us is None:
        return [counted(store, budget, span) for span in windows]
    edges = [span.start_us or 0 for span in windows]
    edges.append(windows[-1].end_us or edges[-1])
    found: defaultdict[int, dict[str, Totals]] = defaultdict(dict)
    by = Dimension(labels[0]) if labels else None
    whose = (Match(by, value),) if by and value is not None else ()
    for place, label, totals in series(store, by, edges, Filter(matches=(*budget.scope, *whose))):
        found[place][value_of([label]) if by else ""] = totals
    return [found[place] for place in range(len(windows))]


def _shown(sums: dict[str, Totals], budget: Budget, value: str | None) -> list[tuple[str, Totals]]:
    """The values of one window, the dearest first; everybody's even where nothing was used."""
    if value is not None:
        return [(value, sums.get(value, Totals()))]
    if not each_of(budget):
        return [("", sums.get("", Totals()))]
    by_measure: Measure = budget.limits[0].measure
    return sorted(sums.items(), key=lambda one: (-_amounts(one[1]).of(by_measure), one[0]))


def _amounts(totals: Totals) -> Amounts:
    return Amounts(totals.spend_pusd, totals.tokens, totals.calls)


def detail(
    store: Store,
    registry: Registry,
    name: str,
    value: str | None,
    now_us: int,
    days: int = USUAL_DAYS,
) -> BudgetDetail:
    """One budget opened, with the windows of so many days.

    Raises:
        NotFound: there is none of that name.
        UsageError: too many days.

    """
    defined = registry.find(name)
    windows = (
        []
        if defined.budget.period is Period.CALL
        else past(store, registry, defined, days, now_us, value)
    )
    with registry.ledger.reading() as (connection, _, _now_us):
        trail = audit.newest(connection, name, audit.PAGE)
    return BudgetDetail(
        defined.budget,
        value,
        registry.place_of(defined),
        tuple(windows[-_MOST_WINDOWS:]),
        tuple(registry.overrides_of(defined)),
        trail,
    )
