"""Whether labels, or what calls were made in, are so many that only the database tells them apart.

What is few is read whole and told apart here, which is quicker; a million of anything is not.
"""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection

from profiler.domain.scopes import Dimension
from profiler.store import dialect
from profiler.store.layout import SUMS, UNSET, Axis, Grain
from profiler.store.narrow import Narrowed
from profiler.store.spans import begin_of

MANY = 2_000
"""Of so many labels nobody wants to see each."""
MANY_CIRCUMSTANCES = 10_000
"""So many combinations are no longer looked up one by one."""
MOST_SOUGHT = 300_000
"""So many sums may be looked up one by one instead of reading all there are."""
_SPARSENESS = 8
"""Looking up is quicker where no more than one in so many is wanted."""


def are_circumstances_many(connection: Connection) -> bool:
    """Whether calls were made in very many combinations of labels."""
    return circumstance_count(connection) > MANY_CIRCUMSTANCES


def circumstance_count(connection: Connection) -> int:
    """How many combinations there are; they are numbered one by one and stay for good."""
    ((count,),) = dialect.plain_rows(connection, "SELECT MAX(id) FROM circumstances", ())
    return int(count or 0)


def are_labels_many(connection: Connection, kinds: Iterable[str]) -> bool:
    """Whether the labels of those kinds may combine into very many."""
    combined = 1
    for kind in kinds:
        combined *= 1 + label_count(connection, kind, MANY)
        if combined > MANY:
            return True
    return False


def label_count(connection: Connection, kind: str, most: int) -> int:
    """How many labels of that kind there are, counted up to `most`."""
    text = "SELECT COUNT(*) FROM (SELECT 1 FROM labels WHERE kind = ? LIMIT ?)"
    ((count,),) = dialect.plain_rows(connection, text, (str(kind), most))
    return int(count)


def label_ids(connection: Connection, kind: str) -> list[int]:
    """The ids of all labels of a kind of which there are few, the empty one among them."""
    text = "SELECT id FROM labels WHERE kind = ?"
    return [UNSET, *(row[0] for row in dialect.plain_rows(connection, text, (str(kind),)))]


def starts(connection: Connection, axis: Axis, grain: Grain, first: int, after: int) -> list[int]:
    """When stretches begin that anything is summed of, from `first` to before `after`.

    Each look-up leads to the next there is: a stretch may have a million rows.
    """
    text = """WITH RECURSIVE begun(h) AS (
        SELECT MIN(start_h) FROM rollups WHERE axis = ?1 AND grain = ?2 AND start_h >= ?3
        UNION ALL SELECT (SELECT MIN(start_h) FROM rollups
        WHERE axis = ?1 AND grain = ?2 AND start_h > begun.h) FROM begun WHERE begun.h < ?4)
        SELECT h FROM begun WHERE h < ?4"""
    return [
        row[0]
        for row in dialect.plain_rows(connection, text, (int(axis), int(grain), first, after))
    ]


def stamps(connection: Connection, grain: Grain, first: int, after: int) -> dict[int, object]:
    """What all calls of each stretch add up to, and how often any were priced again.

    What was made of a stretch is as it was where that is.
    """
    finest = Grain.HOUR if grain is Grain.QUARTER else grain
    text = (
        f"SELECT start_h, (SELECT COUNT(*) FROM meta), {', '.join(SUMS)} FROM rollups "
        "WHERE axis = ? AND grain = ? AND start_h >= ? AND start_h < ?"
    )
    bound = (int(Axis.WHOLE), int(finest), first, after)
    begin = begin_of(grain)
    found: dict[int, tuple[object, ...]] = {}
    for start, *sums in dialect.plain_rows(connection, text, bound):
        found[begin(start)] = (*found.get(begin(start), ()), *sums)
    return dict(found)


def sought(connection: Connection, narrowed: Narrowed, axis: Axis) -> Mapping[str, Collection[int]]:
    """Columns of a sum's key and what is wanted there; none where that is too much to look up."""
    if axis is Axis.CIRCUMSTANCE:
        wanted = narrowed.circumstances
        if wanted is None or len(wanted) * _SPARSENESS > circumstance_count(connection):
            return {}
        return {"label_id": wanted}
    dimension = _OWN.get(axis)
    ids = narrowed.ids.get(dimension) if dimension else None
    if dimension is None or ids is None or not _are_sparse(connection, dimension, ids):
        return {}
    if axis is not Axis.MODEL:
        return {"label_id": ids}
    billers = narrowed.ids.get(Dimension.PROVIDER) or label_ids(connection, Dimension.PROVIDER)
    return {"label_id": (UNSET,), "provider_id": billers, "model_id": ids}


def _are_sparse(connection: Connection, dimension: Dimension, ids: Collection[int]) -> bool:
    most = len(ids) * _SPARSENESS
    return label_count(connection, dimension, most) == most


_OWN = {
    **{Axis[one.name]: one for one in Dimension if one.name in Axis.__members__},
    Axis.USER_AND_MODEL: Dimension.USER,
}
"""The dimension whose labels each axis is by."""
