"""The span of OpenTelemetry a call is made in, where the host has that library and a span."""

from __future__ import annotations

import sys

from profiler.log.encode import field
from profiler.shim.guard import quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_LIBRARY = "opentelemetry.trace"
_NOTHING: Mapping[str, str] = {}


def current_span() -> Mapping[str, str]:
    """`trace` and `parent` of a call, as hex in a line's fields; empty outside of such a span."""
    return (_current() or _NOTHING) if _LIBRARY in sys.modules else _NOTHING


@quiet
def _current() -> dict[str, str] | None:
    """The library is looked up, never imported."""
    span = sys.modules[_LIBRARY].get_current_span().get_span_context()
    if not span.is_valid:
        return None
    return {
        "trace": field("trace", f"{span.trace_id:032x}"),
        "parent": field("parent", f"{span.span_id:016x}"),
    }
