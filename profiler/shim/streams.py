"""Answers that arrive in pieces: the host's own objects, measured from inside.

A stream keeps its type; only its inner iterator is replaced. Nothing here forms a reference
cycle with the host's objects, so what the host drops is freed, and closed, as soon as before.
"""

from __future__ import annotations

import weakref

from profiler.shim.body import watch_body
from profiler.shim.call import IN_FLIGHT
from profiler.shim.closing import watch_close
from profiler.shim.guard import FAULTS, quiet
from profiler.shim.managers import AsyncManager, Manager
from profiler.shim.memo import once_for_each
from profiler.shim.providers.reading import part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any

    from profiler.shim.call import Call


class Chunks:
    """An iterator over a stream's chunks that tells its call of each."""

    __slots__ = ("__weakref__", "_call", "_inner")

    def __init__(self, inner: Iterator[Any], call: Call) -> None:
        self._inner = inner
        self._call = call

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        call = self._call
        while True:
            call.is_pulling = True
            is_first = call.first_chunk_us is None
            if is_first:
                # only this one may stand behind HTTP attempts that are still to be made
                before = IN_FLIGHT.get()
                IN_FLIGHT.set(call)
            try:
                chunk = next(self._inner)
            except StopIteration:
                call.complete()
                raise
            except BaseException as error:
                call.fail(error)
                raise
            finally:
                call.is_pulling = False
                if is_first:
                    IN_FLIGHT.set(before)
            try:
                call.take(chunk)
            except Exception:  # noqa: BLE001  # as `quiet` would catch it, once a chunk cheaper
                FAULTS.add()
            if not call.hides_usage:
                return chunk
            if not is_hidden(chunk):
                restore(chunk)
                return chunk

    def close(self) -> None:
        """Closes the stream before its end, as a generator is closed."""
        self._call.drop()
        close = getattr(self._inner, "close", None)
        if close is not None:
            close()


class AsyncChunks:
    """The same for asynchronous streams."""

    __slots__ = ("__weakref__", "_call", "_inner")

    def __init__(self, inner: AsyncIterator[Any], call: Call) -> None:
        self._inner = inner
        self._call = call

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        call = self._call
        while True:
            call.is_pulling = True
            is_first = call.first_chunk_us is None
            if is_first:
                # only this one may stand behind HTTP attempts that are still to be made
                before = IN_FLIGHT.get()
                IN_FLIGHT.set(call)
            try:
                chunk = await self._inner.__anext__()
            except StopAsyncIteration:
                call.complete()
                raise
            except BaseException as error:
                call.fail(error)
                raise
            finally:
                call.is_pulling = False
                if is_first:
                    IN_FLIGHT.set(before)
            try:
                call.take(chunk)
            except Exception:  # noqa: BLE001
                FAULTS.add()
            if not call.hides_usage:
                return chunk
            if not is_hidden(chunk):
                restore(chunk)
                return chunk

    async def aclose(self) -> None:
        """Closes the stream before its end, as a generator is closed."""
        self._call.drop()
        close = getattr(self._inner, "aclose", None)
        if close is not None:
            await close()


@quiet
def is_hidden(chunk: Any) -> bool:
    """Whether `chunk` came only because we asked for it."""
    return part(chunk, "choices") == [] and part(chunk, "usage") is not None


@quiet
def restore(chunk: Any) -> None:
    """Makes a chunk as it was if usage had not been asked for: without `"usage": null`."""
    if part(chunk, "usage") is not None:
        return
    if isinstance(chunk, dict):
        chunk.pop("usage", None)
    else:
        getattr(chunk, "__pydantic_fields_set__", set()).discard("usage")


def receive(call: Call, answer: Any) -> Any:
    """Takes in what the SDK answered; what the host must be given in its place, or `None`."""
    if call.hides_usage:
        # first of all, so that nothing of ours that fails later can show the host the chunk
        take_over(call, answer)
    return _measured(call, answer)


@quiet
def take_over(call: Call, stream: Any) -> None:
    """Puts our iterator in front of the stream's own."""
    inner = stream._iterator  # noqa: SLF001  # the one place every reading of a stream passes
    is_async = hasattr(inner, "__anext__")
    stream._iterator = AsyncChunks(inner, call) if is_async else Chunks(inner, call)  # noqa: SLF001


@quiet
def _measured(call: Call, answer: Any) -> Any:
    response = getattr(answer, "http_response", None) if call.is_raw else None
    if response is not None:
        call.attempts.at_least(int(getattr(answer, "retries_taken", 0)) + 1)
        watch_body(call, response)
    elif _is_binary(type(answer)):
        # a binary answer of OpenAI's SDK holds the response it stands for
        watch_body(call, getattr(answer, "response", answer))
    elif not call.is_stream:
        call.read(answer)
    elif hasattr(answer, "_iterator"):
        if not call.hides_usage:
            take_over(call, answer)
        _finalized(answer, call)
        watch_close(call, getattr(answer, "response", None) or answer.http_response)
    else:
        return _watched(call, answer)
    return None


@once_for_each
def _is_binary(kind: object) -> bool:
    # pydantic's classes take their time to say that they lack something
    return hasattr(kind, "iter_bytes")


def _watched(call: Call, answer: Any) -> Any:
    """What stands in for an answer that only tells when it is gone through, or entered."""
    if hasattr(answer, "__anext__"):
        return _finalized(AsyncChunks(answer, call), call)
    if hasattr(answer, "__next__"):
        return _finalized(Chunks(answer, call), call)
    if hasattr(answer, "__enter__"):
        return Manager(answer, call)
    if hasattr(answer, "__aenter__"):
        return AsyncManager(answer, call)
    call.complete()
    return None


def _finalized(watched: Any, call: Call) -> Any:
    weakref.finalize(watched, call.drop)
    return watched
