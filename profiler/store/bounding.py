"""What calls cost at least and at most, wherever something occurs: kept since the third schema.

Until then it was kept in which stretches of time costs of each magnitude occur. That led to the
dearest calls of all, but not to the dearest of a model, a user, or of those that failed.
"""

from collections.abc import Iterator

from sqlalchemy import Connection

from profiler.store import digests

_STRETCH_BITS, _PUSD_PER_BOUND = 27, 1000
_CIRCUMSTANCE, _USER, _SESSION, _OUTCOME, _UNPRICED, _COST, _EVERY, _MODEL = range(8)
_OWN = {_CIRCUMSTANCE: "circumstance_id", _USER: "user_id", _SESSION: "session_id"}
_AT_ONCE = 4_096
"""So many stretches, to be sorted in memory: some days."""
_OK = 0

_TABLE = """CREATE TABLE presence (
	kind INTEGER NOT NULL,
	id INTEGER NOT NULL,
	stretch INTEGER NOT NULL,
	low INTEGER,
	high INTEGER,
	PRIMARY KEY (kind, id, stretch)
) WITHOUT ROWID, STRICT"""


def bound_presence(connection: Connection) -> None:
    """Make the table of where things occur anew, from the calls."""
    run = connection.exec_driver_sql
    run("ALTER TABLE presence RENAME TO unbounded")
    run(_TABLE)
    gone = digests.horizon_us(connection) >> _STRETCH_BITS
    # of calls that were removed nobody can tell any more what they cost
    run(
        "INSERT INTO presence SELECT kind, id, stretch, NULL, NULL FROM unbounded "
        f"WHERE kind <> {_COST} AND stretch <= {gone}"
    )
    run("DROP TABLE unbounded")
    (ends,) = run("SELECT (SELECT MIN(at_us) FROM calls), (SELECT MAX(at_us) FROM calls)")
    if ends[0] is None:
        return
    first, last = (at_us >> _STRETCH_BITS for at_us in ends)
    for start in range(first, last + 1, _AT_ONCE):
        bounds = {"start": start, "after": start + _AT_ONCE}
        for text in _statements():
            run(text.format(**bounds))


def _statements() -> Iterator[str]:
    """What fills the table for some stretches; the first statement is what the later read."""
    bounds = f"MIN(cost_pusd) / {_PUSD_PER_BOUND}, MAX(cost_pusd) / {_PUSD_PER_BOUND}"
    within = f"at_us >= {{start}} << {_STRETCH_BITS} AND at_us < {{after}} << {_STRETCH_BITS}"
    insert = "INSERT OR REPLACE INTO presence SELECT"
    for kind, column in _OWN.items():
        yield (
            f"{insert} {kind}, {column}, at_us >> {_STRETCH_BITS}, {bounds} FROM calls "
            f"WHERE {within} GROUP BY 2, 3"
        )
    yield (
        f"{insert} DISTINCT {_UNPRICED}, 0, at_us >> {_STRETCH_BITS}, NULL, NULL FROM calls "
        f"WHERE {within} AND cost_pusd IS NULL"
    )
    for kind, number, also in (
        (_OUTCOME, "outcome", f"AND outcome <> {_OK}"),
        (_EVERY, "0", ""),
        (_MODEL, "model_id", ""),
    ):
        yield (
            f"{insert} {kind}, {number}, stretch, MIN(low), MAX(high) FROM circumstances AS made "
            f"CROSS JOIN presence ON presence.kind = {_CIRCUMSTANCE} AND presence.id = made.id "
            f"WHERE stretch >= {{start}} AND stretch < {{after}} {also} GROUP BY 2, 3"
        )
