"""What a program wants to hear of its budgets, and say to a refusal.

Its functions run where the call is made, outside every transaction of the ledger: one that takes
its time holds up its own program's call alone. What they raise is told on stderr.
"""

from __future__ import annotations

import sys
from importlib import import_module

from profiler.shim.writer import warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import Callable
    from typing import Any

    from profiler.errors import BudgetExceeded
    from profiler.ledger.breaches import Breach


class Listeners:
    """The functions that a program gave, each once."""

    __slots__ = ("_at_breaches", "_at_refusals", "_running")

    def __init__(self) -> None:
        self._at_breaches: list[Callable[[Breach], object]] = []
        self._at_refusals: list[Callable[[BudgetExceeded], str | None]] = []
        self._running: set[Task[object]] = set()

    def add(self, listener: Callable[[Breach], object]) -> None:
        """Tell it of every threshold that is crossed."""
        if listener not in self._at_breaches:
            self._at_breaches.append(listener)

    def ask(self, adviser: Callable[[BudgetExceeded], str | None]) -> None:
        """Ask it for a model instead, before a call is refused."""
        if adviser not in self._at_refusals:
            self._at_refusals.append(adviser)

    def tell(self, breach: Breach) -> None:
        """A threshold was crossed."""
        for listener in self._at_breaches:
            self._heard(listener, breach)

    def instead(self, refusal: BudgetExceeded) -> str:
        """The model that a call which is about to be refused is tried with; empty if none."""
        for adviser in self._at_refusals:
            said = self._heard(adviser, refusal)
            if isinstance(said, str) and said:
                return said
        return ""

    def _heard(self, listener: Callable[[Any], object], told: object) -> object:
        try:
            said = listener(told)
            if hasattr(said, "send") and hasattr(said, "__await__"):
                self._run(said)
                return None
        except Exception as error:  # noqa: BLE001  # the host's own, in a call of the host's
            warn(f"a listener of budgets raised {type(error).__name__}")
            return None
        return said

    def _run(self, work: Any) -> None:
        """What an asynchronous listener does: in the loop there is, else here and now."""
        asyncio = sys.modules.get("asyncio") or import_module("asyncio")
        try:
            task = asyncio.get_running_loop().create_task(work)
        except RuntimeError:
            asyncio.run(work)
            return
        # a loop alone does not keep its tasks alive
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: Task[object]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            warn(f"a listener of budgets raised {type(error).__name__}")
