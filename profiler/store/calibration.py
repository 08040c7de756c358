"""What measured calls taught about estimating, and the bands of calls that were estimated."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, case, select, tuple_

from profiler.domain.calibration import Calibration, Key, Learned, Side
from profiler.domain.calls import Band, Basis, Call
from profiler.store import dialect
from profiler.store.tables import calibration, estimates

_CHUNK = 500


def known(connection: Connection) -> Calibration:
    """All that is learned so far."""
    rows = connection.execute(select(calibration)).all()
    return Calibration({(row[0], Side(row[1])): Learned(*row[2:]) for row in rows})


def learn(connection: Connection, lessons: Mapping[Key, Learned]) -> None:
    """Add what a batch taught."""
    statement = dialect.upsert(connection, calibration)
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


def keep_bands(connection: Connection, batch: Iterable[Call]) -> None:
    """Keep the bands of the calls of `batch` that have one; those of calls read again stay."""
    rows = [
        (*call.cursor, band.low_per_mille, band.high_per_mille, band.learned_calls)
        for call in batch
        if (band := call.cost.band) is not None
    ]
    statement = dialect.upsert(connection, estimates).on_conflict_do_nothing()
    dialect.write_many(connection, statement, rows)


def with_bands(connection: Connection, found: Sequence[Call]) -> list[Call]:
    """`found` with the bands of those that are estimated."""
    keys = [call.cursor for call in found if call.cost.basis is Basis.ESTIMATED]
    bands: dict[tuple[int, int], Band] = {}
    key = tuple_(estimates.c.at_us, estimates.c.tail)
    for start in range(0, len(keys), _CHUNK):
        query = select(estimates).where(key.in_(keys[start : start + _CHUNK]))
        bands |= {(row[0], row[1]): Band(*row[2:]) for row in connection.execute(query)}
    if not bands:
        return list(found)
    return [
        replace(call, cost=replace(call.cost, band=bands[call.cursor]))
        if call.cursor in bands
        else call
        for call in found
    ]
