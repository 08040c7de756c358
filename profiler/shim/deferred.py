"""Calls that are told of after the fact: made in the background, or in a batch.

Whoever fetches such an answer tells the same event, under an id made of the provider's own name
for it, so that it is counted once however often, and by however many programs, it is fetched.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_REMEMBERED = 1024
_LEAST_AT_S, _MOST_AT_S = 1_500_000_000, 2**33
"""Seconds since the epoch that a call can have been made at."""


class Origin:
    """A call as its provider knows it."""

    __slots__ = ("at_us", "failure", "name", "took_us")

    def __init__(
        self,
        name: str,
        at_us: int,
        failure: tuple[str, str] | None = None,
        took_us: int | None = None,
    ) -> None:
        self.name = name
        """The provider's id of it."""
        self.at_us = at_us
        self.failure = failure
        """Outcome and class of failure, where the provider says that it failed."""
        self.took_us = took_us

    def event_id(self) -> str:
        """The id of its event: the same wherever and whenever it is told."""
        # a third of our import time, and few programs come here
        from hashlib import blake2b

        digest = blake2b(self.name.encode("utf-8", "replace"), digest_size=8).digest()
        return f"{self.at_us:014x}{int.from_bytes(digest) >> 1:016x}"


class Asked:
    """What was said of a call when it was asked for."""

    __slots__ = ("at_us", "fields")

    def __init__(self, at_us: int, fields: Mapping[str, str]) -> None:
        self.at_us = at_us
        self.fields = fields
        """As a line has them."""


class Memory:
    """What was said of calls when they were asked for, until they are told of."""

    __slots__ = ("_asked",)

    def __init__(self) -> None:
        self._asked: dict[str, Asked] = {}

    def keep(self, name: str, asked: Asked) -> None:
        """Remembers the first that is said of `name`; the oldest gives way."""
        if len(self._asked) >= _MAX_REMEMBERED:
            self._asked.pop(next(iter(self._asked)), None)
        self._asked.setdefault(name, asked)

    def recall(self, name: str) -> Asked | None:
        """What was said of `name`."""
        return self._asked.get(name)


def moment_us(seconds: object) -> int | None:
    """A provider's time of day in microseconds; `None` where it can be none."""
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
        return None
    return int(seconds * 1_000_000) if _LEAST_AT_S <= seconds < _MOST_AT_S else None
