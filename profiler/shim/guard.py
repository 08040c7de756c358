"""The wall between our code and the host's: a fault of ours ends here and is counted."""

from __future__ import annotations

import functools

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ParamSpec, TypeVar

    Given = ParamSpec("Given")
    Result = TypeVar("Result")


class Faults:
    """How often our own code failed inside the host."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


FAULTS = Faults()


def quiet(function: Callable[Given, Result]) -> Callable[Given, Result | None]:
    """`function`, with `None` for an answer where it fails.

    Only our own code may stand inside: the host's call never does, so no exception of the
    host's is ever caught here. What is not an `Exception` (an interrupt, an exit, a
    cancellation) always passes.
    """

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception:  # noqa: BLE001  # the one broad catch: the host must not notice us
            FAULTS.count += 1
            return None

    return guarded
