"""Where sums are read, in SQL: from the sums that are kept or from the calls."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

from profiler.domain.scopes import Dimension
from profiler.store.layout import Axis, Grain
from profiler.store.narrow import PER_CALL, Condition, Narrowed

Stretch = tuple[int, int, int, int]
"""Number, beginning, end, and whether it is added (1) or taken away (-1)."""

MOST_AXES = (Dimension.PROVIDER, Dimension.MODEL)
"""What sums of most axes are kept by besides."""


Kind = Dimension | Literal["stack"]
"""What calls are told apart by: a label, or all the frames that led to them, as one text."""

_NEVER, _FOREVER = -(2**62), 2**62


class Source(NamedTuple):
    """Where sums are read."""

    named: Condition
    """The stretches of time, as `part`."""
    read: Condition
    """What is joined with them."""

    def joined(self, further: str) -> "Source":
        """The same with what every row of it is joined with."""
        return Source(self.named, Condition(f"{self.read.text} {further}", self.read.values))


def closed(first: int | None, after: int | None) -> tuple[int, int]:
    """Such ends with something for those that are open."""
    return _NEVER if first is None else first, _FOREVER if after is None else after


def scanned_in(table: str, when: str, parts: Sequence[Stretch]) -> Source:
    """The rows of a table whose moment, in its column `when`, lies in one of the stretches."""
    values = ", ".join(["(?, ?, ?, ?)"] * len(parts))
    return Source(
        Condition(
            f"part(number, first, after, sign) AS (VALUES {values})",
            tuple(value for part in parts for value in part),
        ),
        Condition(f"part CROSS JOIN {table} ON {when} >= part.first AND {when} < part.after"),
    )


def looked_up(each: Sequence[tuple[int, int, int]], few: Mapping[str, Collection[int]]) -> Source:
    """Each stretch of sums with each of those keys, by a look-up of its own."""
    fields = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(3))
    lists = " ".join(f"CROSS JOIN json_each(?) AS of_{column}" for column in few)
    keys = " ".join(f"AND {column} = of_{column}.value" for column in few)
    return Source(
        Condition(
            f"part(number, begun, sign) AS (SELECT {fields} FROM json_each(?))",
            (json.dumps(each),),
        ),
        Condition(
            f"part {lists} CROSS JOIN rollups ON start_h = part.begun {keys}",
            tuple(json.dumps(sorted(ids)) for ids in few.values()),
        ),
    )


def kept_in(narrowed: Narrowed, axis: Axis, grain: Grain) -> list[Condition]:
    """The conditions on sums of an axis and a grain, but for when."""
    conditions = [Condition("axis = ? AND grain = ?", (int(axis), int(grain)))]
    if axis is not Axis.CIRCUMSTANCE:
        return conditions + narrowed.labelled(kept_as)
    return conditions + narrowed.made_in("label_id")


def kept_as(dimension: Kind) -> str:
    """The column of `rollups` that has the ids of its labels, by any axis but circumstances."""
    return f"{dimension}_id" if dimension in MOST_AXES else "label_id"


MADE_IN = "CROSS JOIN circumstances AS made ON made.id = label_id"
CALLED_IN = "CROSS JOIN circumstances AS made ON made.id = circumstance_id"


def called(kind: Kind) -> str:
    """The column that has the ids of its labels, of calls joined with what they were made in."""
    return f"{kind}_id" if kind in PER_CALL else f"made.{kind}_id"
