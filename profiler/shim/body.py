"""Answers the host reads as bytes: a raw response, streamed or whole."""

from __future__ import annotations

import functools
import weakref

from profiler.shim.closing import watch_close
from profiler.shim.guard import quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any

    from profiler.shim.call import Call

MAX_BODY_BYTES = 16 * 1024 * 1024
"""Beyond this a body passes unread by us; its usage stays unknown."""

_PIECE_BYTES = 1024 * 1024
"""A body that was read already is looked at in pieces of this size."""

_MARK = "_profiler_body"

_REFUSAL = 400
"""Statuses from here on answer nothing."""

_IN_LINES = ("event-stream", "ndjson", "stream+json")
"""Kinds of content that come as one JSON document a line."""


class Refused(Exception):
    """An SDK's caller will raise for this answer's status; we say it of the call already now."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status_code = status


class Body:
    """The bytes of one answer as they pass: events of a stream, or one JSON document."""

    __slots__ = ("_held", "_is_events", "_is_open", "_size", "call")

    def __init__(self, call: Call, content_type: str) -> None:
        self.call = call
        self._is_events = call.is_by_line or any(kind in content_type for kind in _IN_LINES)
        self._held: list[bytes] = []
        self._size = 0
        self._is_open = True

    @quiet
    def feed(self, content: bytes) -> None:
        """Takes in the next bytes."""
        if not self._is_open:
            return
        self._held.append(content)
        self._size += len(content)
        if self._size > MAX_BODY_BYTES:
            self._held, self._is_open = [], False
        elif self._is_events and b"\n" in content:
            *lines, rest = b"".join(self._held).split(b"\n")
            self._held, self._size = [rest], len(rest)
            for line in lines:
                self.call.read_line(line)

    @quiet
    def finish(self) -> None:
        """The last byte has passed."""
        held = b"".join(self._held)
        if self._is_events:
            self.call.read_line(held)
            self.call.complete()
        elif held:
            self.call.read_body(held)
        else:
            self.call.complete()


class Bytes:
    """A response's bytes, passed on as they come."""

    __slots__ = ("_body", "_call", "_inner")

    def __init__(self, inner: Iterator[bytes], body: Body, call: Call) -> None:
        self._inner = inner
        self._body = body
        self._call = call

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._call.is_pulling = True
        try:
            content = next(self._inner)
        except StopIteration:
            self._body.finish()
            raise
        except BaseException as error:
            self._call.fail(error)
            raise
        finally:
            self._call.is_pulling = False
        self._body.feed(content)
        return content

    def close(self) -> None:
        """Closes the bytes before their end, as a generator is closed."""
        self._call.drop()
        close = getattr(self._inner, "close", None)
        if close is not None:
            close()


class AsyncBytes:
    """The same, asynchronously."""

    __slots__ = ("_body", "_call", "_inner")

    def __init__(self, inner: AsyncIterator[bytes], body: Body, call: Call) -> None:
        self._inner = inner
        self._body = body
        self._call = call

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        self._call.is_pulling = True
        try:
            content = await self._inner.__anext__()
        except StopAsyncIteration:
            self._body.finish()
            raise
        except BaseException as error:
            self._call.fail(error)
            raise
        finally:
            self._call.is_pulling = False
        self._body.feed(content)
        return content

    async def aclose(self) -> None:
        """Closes the bytes before their end, as a generator is closed."""
        self._call.drop()
        close = getattr(self._inner, "aclose", None)
        if close is not None:
            await close()


def watch_body(call: Call, response: Any) -> None:
    """Reads along with whoever reads `response`; at once if it was read already."""
    status = getattr(response, "status_code", None)
    if isinstance(status, int) and status >= _REFUSAL:
        call.fail(Refused(status))
        return
    content_type = str(response.headers.get("content-type", ""))
    if getattr(response, "is_stream_consumed", False):
        body = Body(call, content_type)
        content = response.content
        for start in range(0, len(content), _PIECE_BYTES):
            body.feed(content[start : start + _PIECE_BYTES])
        body.finish()
        return
    kind: Any = type(response)
    is_watched = hasattr(response, _MARK)
    setattr(response, _MARK, Body(call, content_type))
    if not is_watched:
        response.__class__ = _read_along(kind)
    weakref.finalize(response, call.drop)
    watch_close(call, response)


@functools.lru_cache(maxsize=32)
def _read_along(kind: Any) -> type[Any]:
    """A subclass whose bytes pass us by.

    Methods, not closures of the response's own: those would keep a dropped one alive, or, if
    they did not, be left with nothing to read where nobody else holds it any more.
    """

    def iter_bytes(self: Any, *args: Any, **kwargs: Any) -> Iterator[bytes]:
        inner: Iterator[bytes] = kind.iter_bytes(self, *args, **kwargs)
        body: Body = getattr(self, _MARK)
        return inner if body.call.is_ended else Bytes(inner, body, body.call)

    def aiter_bytes(self: Any, *args: Any, **kwargs: Any) -> AsyncIterator[bytes]:
        inner: AsyncIterator[bytes] = kind.aiter_bytes(self, *args, **kwargs)
        body: Body = getattr(self, _MARK)
        return inner if body.call.is_ended else AsyncBytes(inner, body, body.call)

    readings = {"iter_bytes": iter_bytes, "aiter_bytes": aiter_bytes}
    own = {name: reading for name, reading in readings.items() if hasattr(kind, name)}
    return type(kind.__name__, (kind,), {"__module__": kind.__module__, **own})
