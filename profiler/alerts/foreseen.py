"""Alerts of what is to come: a limit that will be reached before its window ends."""

from collections.abc import Iterable

from profiler.domain.alerts import FORECAST
from profiler.domain.budgets import Action, Standing
from profiler.ledger import audit, outbox
from profiler.ledger.book import Ledger


def tell(ledger: Ledger, standings: Iterable[Standing]) -> int:
    """Put into the outbox what is foreseen and was not told in its window; how much that was.

    Raises:
        LedgerError: the ledger is out of reach; the next time does it.

    """
    coming = [one for one in standings if is_coming(one)]
    if not coming:
        return 0
    with ledger.reading() as (connection, terms, _):
        ids = {one.budget: one for one in terms.defined}
        fresh = [
            one
            for one in coming
            if one.budget in ids
            and not outbox.is_told(connection, ids[one.budget].id, one.value, one.window, FORECAST)
        ]
    if not fresh:
        return 0
    with ledger.writing() as (connection, _, now_us):
        for one in fresh:
            defined, forecast = ids[one.budget], one.forecast
            mid, at_us = (forecast.mid, forecast.reaches_at_us) if forecast else (None, None)
            if outbox.is_told(connection, defined.id, one.value, one.window, FORECAST):
                continue
            told = outbox.Told(
                defined.id, one.value, one.window, FORECAST, Action.NOTIFY,
                one.tightest, one.amount, mid, at_us,
            )  # fmt: skip
            outbox.put(connection, told, now_us)
            audit.write(
                connection, now_us, audit.Kind.BREACH, defined.named, one.value, "",
                percent=FORECAST, action=Action.NOTIFY.value,
                measure=one.tightest.measure.value, used=one.amount, limit=one.tightest.amount,
                expected=mid,
            )  # fmt: skip
    return len(fresh)


def is_coming(standing: Standing) -> bool:
    """Whether the limit is not reached, but will more likely than not be in this window."""
    forecast = standing.forecast
    if forecast is None or forecast.mid is None or standing.left <= 0:
        return False
    asks = any(one.action in outbox.TOLD for one in standing.budget.thresholds)
    return asks and forecast.reaches_at_us is not None
