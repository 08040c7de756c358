"""What was found out about an object, kept while the object is met again and again."""

from __future__ import annotations

import functools

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Result = TypeVar("Result")

_MAX_KEPT = 64


def once_for_each(function: Callable[[object], Result]) -> Callable[[object], Result]:
    """`function` of an object that never changes, worked out once; for the latest few objects.

    Objects are told apart by their identity alone: hashing or comparing them would run code of
    the host's.
    """
    known: dict[int, tuple[object, Result]] = {}

    @functools.wraps(function)
    def remembered(value: object) -> Result:
        found = known.get(id(value))
        if found is None:
            if len(known) >= _MAX_KEPT:
                known.clear()
            # held with its answer, so that no other object can get its id
            known[id(value)] = found = (value, function(value))
        return found[1]

    return remembered
