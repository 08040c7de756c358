"""What measured calls taught about estimating."""

from collections.abc import Mapping

from sqlalchemy import Connection, case, select

from profiler.domain.calibration import Calibration, Key, Learned, Side
from profiler.store import dialect, digests
from profiler.store.tables import calibration
from profiler.store.upsert import upsert


def known(connection: Connection) -> Calibration:
    """All that is learned so far."""
    rows = connection.execute(select(calibration)).all()
    return Calibration({(row[0], Side(row[1])): Learned(*row[2:]) for row in rows})


def learn(connection: Connection, lessons: Mapping[Key, Learned]) -> None:
    """Add what a batch taught."""
    statement = upsert(connection, calibration)
    new, there = statement.excluded, calibration.c
    sums = {name: there[name] + new[name] for name in ("calls", "units", "tokens", "logs")}
    sums["squares"] = there.squares + new.squares
    is_more = new.most_tokens > there.most_tokens
    sums["most_tokens"] = case((is_more, new.most_tokens), else_=there.most_tokens)
    rows = [
        (family, side.value, one.calls, one.units, one.tokens, one.logs, one.squares,
         one.most_tokens)
        for (family, side), one in lessons.items()
    ]  # fmt: skip
    dialect.write_many(
        connection,
        statement.on_conflict_do_update(index_elements=[there.family, there.side], set_=sums),
        rows,
    )
    digests.seal(connection, calibration)
