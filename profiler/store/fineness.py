"""How fine the sums are that tell calls apart."""

from profiler.domain.scopes import Filter
from profiler.store.cuts import grains_of, summed_by
from profiler.store.engine import Store
from profiler.store.layout import Grain
from profiler.store.narrow import narrow

_HOURS = {Grain.HOUR: 1, Grain.QUARTER: 6, Grain.DAY: 24}


def finest_hours(store: Store, wanted: Filter) -> int | None:
    """Hours of the shortest stretch that the wanted calls are summed for.

    `None` where only the calls themselves tell.
    """
    with store.reading() as connection:
        axis = summed_by((), narrow(connection, wanted))
    return None if axis is None else _HOURS[min(grains_of(axis))]
