"""The span of OpenTelemetry a call is made in, where the host has that library and a span."""

from __future__ import annotations

import sys

from profiler.log.encode import field
from profiler.shim.guard import quiet

LIBRARY = "opentelemetry.trace"


@quiet
def current_span() -> dict[str, str] | None:
    """`trace` and `parent` of a call, as hex in a line's fields; `None` outside of such a span.

    The library must be loaded: it is looked up, never imported.
    """
    span = sys.modules[LIBRARY].get_current_span().get_span_context()
    if not span.is_valid:
        return None
    return {
        "trace": field("trace", f"{span.trace_id:032x}"),
        "parent": field("parent", f"{span.span_id:016x}"),
    }
