"""The span a call is made in: OpenTelemetry's where the host has one, else our own block's."""

from __future__ import annotations

import sys

from profiler.shim.guard import quiet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from profiler.shim.context import Labels

_LIBRARY = "opentelemetry.trace"


def span_in(labels: Labels) -> dict[str, str]:
    """`trace` and `parent` of a call, as hex; empty outside of every span."""
    theirs = _current() if _LIBRARY in sys.modules else None
    if theirs:
        return theirs
    return {"trace": labels.trace, "parent": labels.span} if labels.trace else {}


@quiet
def _current() -> dict[str, str] | None:
    """The span OpenTelemetry has current; the library is looked up, never imported."""
    span = sys.modules[_LIBRARY].get_current_span().get_span_context()
    if not span.is_valid:
        return None
    return {"trace": f"{span.trace_id:032x}", "parent": f"{span.span_id:016x}"}
