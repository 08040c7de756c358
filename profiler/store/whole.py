"""What all calls add up to, whatever they were: kept by itself since the second schema.

Databases of the first have it by provider and model alone, which is as many rows to add up as
there are models.
"""

from sqlalchemy import Connection

from profiler.domain.periods import DAY_US
from profiler.store import digests, resum
from profiler.store.digests import Kind
from profiler.store.layout import HIGH, MONEY, SPLIT, SUMS, Axis


def keep_whole(connection: Connection) -> None:
    """Sum up by nothing what is kept by model."""
    horizon = digests.horizon_us(connection) // DAY_US
    gone = [day for day in digests.kept(connection, Kind.SUMS) if day < horizon]
    before = {day: resum.digest_of_day(connection, day) for day in gone}
    text = (
        f"INSERT INTO rollups (axis, grain, start_h, label_id, provider_id, model_id, "
        f"{', '.join(SUMS)}) SELECT {int(Axis.WHOLE)}, grain, start_h, 0, 0, 0, "
        f"{', '.join(map(_summed, SUMS))} FROM rollups WHERE axis = {int(Axis.MODEL)} "
        "GROUP BY grain, start_h"
    )
    connection.exec_driver_sql(text)
    # a day whose calls were removed is held against the digest of its sums: what is new is added
    added = {day: resum.digest_of_day(connection, day) + -before[day] for day in gone}
    digests.add(connection, Kind.SUMS, added)


def _summed(name: str) -> str:
    if name in MONEY:
        return f"SUM({name}) % {SPLIT}"
    low = name.removesuffix(HIGH)
    return f"SUM({name})" if low == name else f"SUM({name}) + SUM({low}) / {SPLIT}"
