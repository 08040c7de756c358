"""Hears when a response is closed before its end."""

from __future__ import annotations

import functools

from profiler.shim.guard import quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from profiler.shim.call import Call

_MARK = "_profiler_call"


@quiet
def watch_close(call: Call, response: Any) -> None:
    """Tells `call` when the connection under `response` is given up.

    A stream's managers close its response, not the stream, so the ear is at the connection's
    own byte stream. It becomes a subclass of what it was: a wrapper or a closure would hold a
    reference back, and a dropped response would wait for the garbage collector to be closed.
    """
    stream = response.stream
    setattr(stream, _MARK, call)
    kind: Any = type(stream)
    stream.__class__ = _listening(kind)


@functools.lru_cache(maxsize=32)
def _listening(kind: Any) -> type[Any]:
    def close(self: Any) -> Any:
        getattr(self, _MARK).drop()
        return kind.close(self)

    def aclose(self: Any) -> Any:
        getattr(self, _MARK).drop()
        return kind.aclose(self)

    ends = {"close": close, "aclose": aclose}
    own = {name: end for name, end in ends.items() if hasattr(kind, name)}
    return type(kind.__name__, (kind,), {"__module__": kind.__module__, **own})
