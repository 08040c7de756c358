"""What a test opens is closed when the test ends, however it ends."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar


class Closable(Protocol):
    """A ledger, a store, a workspace."""

    def close(self) -> None:
        """Let go of its files; a second time does nothing."""


Opened = TypeVar("Opened", bound=Closable)

_AT_END: ContextVar[ExitStack | None] = ContextVar("at_end", default=None)


def opened(thing: Opened) -> Opened:
    """Have it closed; programs that tests start close all when they end."""
    at_end = _AT_END.get()
    if at_end is not None:
        at_end.callback(thing.close)
    return thing


@contextmanager
def closing_what_is_opened() -> Iterator[None]:
    """Close at the block's end what was opened within it, the last first."""
    with ExitStack() as at_end:
        token = _AT_END.set(at_end)
        try:
            yield
        finally:
            _AT_END.reset(token)
