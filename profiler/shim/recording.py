"""What stands in for an SDK's chokepoint and for its retries, and tells a call of what passes.

Loaded with the first SDK: a program that asks no model need not wait for it.
"""

from __future__ import annotations

import functools
import sys

from profiler.shim.call import IN_FLIGHT
from profiler.shim.guard import quiet
from profiler.shim.patches import is_coroutine
from profiler.shim.streams import receive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from profiler.shim.patches import Patch
    from profiler.shim.recorder import Begun

    Begin = Callable[..., "Begun | None"]
    Ended = Callable[[BaseException | None], object]
    """Told when an attempt, or the sleep before it, is over, and what it raised."""
    Count = Callable[[tuple[Any, ...], dict[str, Any]], Ended | None]
    """Given what an SDK's own method is given, where it counts its attempts."""


def recording(patch: Patch, begin: Begin) -> Callable[..., Any]:
    """A stand-in that records what passes through; the host's call stands outside every guard."""
    original = patch.original

    @functools.wraps(original)
    def recorded(self: Any, *args: Any, **kwargs: Any) -> Any:
        begun = begin(self, args, kwargs) if patch.is_active else None
        if begun is None:
            return original(self, *args, **kwargs)
        call, args, kwargs = begun
        if call.admission is not None:
            args, kwargs = call.admission(self, args, kwargs)
        before = IN_FLIGHT.get()
        IN_FLIGHT.set(call)
        try:
            answer = original(self, *args, **kwargs)
        except BaseException as error:
            call.fail(error)
            raise
        finally:
            IN_FLIGHT.set(before)
        replaced = receive(call, answer)
        return answer if replaced is None else replaced

    return recorded


def recording_async(patch: Patch, begin: Begin) -> Callable[..., Any]:
    """The same for a coroutine function."""
    original = patch.original

    @functools.wraps(original)
    async def recorded(self: Any, *args: Any, **kwargs: Any) -> Any:
        begun = begin(self, args, kwargs) if patch.is_active else None
        if begun is None:
            return await original(self, *args, **kwargs)
        call, args, kwargs = begun
        if call.admission is not None:
            args, kwargs = call.admission(self, args, kwargs)
        before = IN_FLIGHT.get()
        IN_FLIGHT.set(call)
        try:
            answer = await original(self, *args, **kwargs)
        except BaseException as error:
            call.fail(error)
            raise
        finally:
            IN_FLIGHT.set(before)
        replaced = receive(call, answer)
        return answer if replaced is None else replaced

    return recorded


def counting(patch: Patch, count: Count) -> Callable[..., Any]:
    """A stand-in that counts attempts; it stays a coroutine function where the original is one."""
    original = patch.original

    @functools.wraps(original)
    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        ended = count(args, kwargs) if patch.is_active else None
        if ended is None:
            return original(self, *args, **kwargs)
        try:
            answer = original(self, *args, **kwargs)
        except BaseException as error:
            ended(error)
            raise
        ended(None)
        return answer

    @functools.wraps(original)
    async def counted_async(self: Any, *args: Any, **kwargs: Any) -> Any:
        ended = count(args, kwargs) if patch.is_active else None
        if ended is None:
            return await original(self, *args, **kwargs)
        try:
            answer = await original(self, *args, **kwargs)
        except BaseException as error:
            ended(error)
            raise
        ended(None)
        return answer

    return counted_async if is_coroutine(original) else counted


@quiet
def count_retry(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Ended | None:
    """The SDK is about to sleep, because an attempt of the call in flight has failed."""
    call = IN_FLIGHT.get()
    if call is None:
        return None
    attempts, response = call.attempts, _failed_with(args, kwargs)
    # without an answer there is an exception, and the SDK is in the middle of handling it
    attempts.fail(sys.exc_info()[1] if response is None else response)

    @quiet
    def woken(error: BaseException | None) -> None:
        if error is None:
            attempts.begin()

    return woken


@quiet
def count_attempt(_args: tuple[Any, ...], _kwargs: dict[str, Any]) -> Ended | None:
    """An attempt of the call in flight is being made."""
    call = IN_FLIGHT.get()
    if call is None:
        return None
    attempts = call.attempts
    attempts.begin()

    @quiet
    def ended(error: BaseException | None) -> None:
        if error is not None:
            attempts.fail(error)

    return ended


@quiet
def count_failure(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """An attempt of the call in flight has failed."""
    call = IN_FLIGHT.get()
    if call is not None:
        call.attempts.fail(_failed_with(args, kwargs))


@quiet
def count_repeat() -> None:
    """An SDK that fails and waits out of our sight makes another attempt."""
    call = IN_FLIGHT.get()
    if call is not None:
        call.attempts.fail(None)
        call.attempts.begin()


def _failed_with(args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
    """What an attempt failed with: told by name, or last."""
    return args[-1] if args else kwargs.get("response")
