"""Forks: nothing of SQLite's may come across one.

SQLite remembers in its own memory what its process has locked. A forked child has that memory and
none of the locks: it would wait for ever for a transaction of a thread that it does not have, and
write to a file that others take for closed. So what is open is closed first, between two
transactions; parent and child open it anew when they need it.
"""

import os
import time
import weakref
from contextlib import suppress
from typing import Protocol

MOST_WAIT_S = 2.0
"""A fork waits no longer for threads that are in a ledger; they wait as long for each other."""


class Forked(Protocol):
    """What is to be told of every fork; it must not raise."""

    def before_fork(self, until_s: float) -> None:
        """Close what is open, and let nobody open it, as far as can be done until then."""

    def after_fork(self) -> None:
        """It may be opened again, in the parent and in the child."""


class Forks:
    """Tells all that live of every fork of this process."""

    def __init__(self) -> None:
        self._told: set[weakref.ref[Forked]] = set()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self._before, after_in_parent=self._after, after_in_child=self._after
            )

    def tell(self, one: Forked) -> None:
        """Tell it from now on, while it lives."""
        self._told.add(weakref.ref(one, self._told.discard))

    def _before(self) -> None:
        until_s = time.monotonic() + MOST_WAIT_S
        for one in self._living():
            with suppress(Exception):
                one.before_fork(until_s)

    def _after(self) -> None:
        for one in self._living():
            with suppress(Exception):
                one.after_fork()

    def _living(self) -> list[Forked]:
        # `list` of a set is one step, whatever other threads do meanwhile
        return [one for told in list(self._told) if (one := told()) is not None]


FORKS = Forks()
"""Hooks cannot be taken back, so that there is one of them for all ledgers of a process."""
