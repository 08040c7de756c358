"""The wall between our code and the host's: a fault of ours ends here and is counted."""

from __future__ import annotations

import functools
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ParamSpec, TypeVar

    Given = ParamSpec("Given")
    Result = TypeVar("Result")


class Faults:
    """How often our own code failed inside the host."""

    __slots__ = ("count", "untold")

    def __init__(self) -> None:
        self.count = 0
        self.untold: dict[int, int] = {}
        """Those the log does not tell of yet, by process: a fork's are its own."""

    def add(self) -> None:
        """One more."""
        pid = os.getpid()
        self.count += 1
        self.untold[pid] = self.untold.get(pid, 0) + 1

    def claim(self) -> int:
        """How many of this process the caller, and nobody else, is to tell the log of."""
        return self.untold.pop(os.getpid(), 0)

    def return_(self, claimed: int) -> None:
        """They could not be told."""
        pid = os.getpid()
        self.untold[pid] = self.untold.get(pid, 0) + claimed


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
            FAULTS.add()
            return None

    return guarded
