"""Answers an SDK hands out on entering a block: heard of when the block is entered."""

from __future__ import annotations

from profiler.shim.body import watch_body
from profiler.shim.guard import quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from profiler.shim.call import Call


class Manager:
    """A context manager over an HTTP response, passed on."""

    __slots__ = ("_call", "_inner")

    def __init__(self, inner: Any, call: Call) -> None:
        self._inner = inner
        self._call = call

    def __enter__(self) -> Any:
        try:
            response = self._inner.__enter__()
        except BaseException as error:
            self._call.fail(error)
            raise
        _watch(self._call, response)
        return response

    def __exit__(self, *ended: object) -> bool | None:
        is_swallowed: bool | None = self._inner.__exit__(*ended)
        return is_swallowed


class AsyncManager:
    """The same, asynchronously."""

    __slots__ = ("_call", "_inner")

    def __init__(self, inner: Any, call: Call) -> None:
        self._inner = inner
        self._call = call

    async def __aenter__(self) -> Any:
        try:
            response = await self._inner.__aenter__()
        except BaseException as error:
            self._call.fail(error)
            raise
        _watch(self._call, response)
        return response

    async def __aexit__(self, *ended: object) -> bool | None:
        is_swallowed: bool | None = await self._inner.__aexit__(*ended)
        return is_swallowed


@quiet
def _watch(call: Call, response: Any) -> None:
    watch_body(call, response)
