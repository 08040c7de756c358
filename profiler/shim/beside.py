"""Runs of further models inside one call: each is billed by its own rates, so each is an event."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_OF_THE_CALL = frozenset(
    {
        "answered",
        "attempts",
        "derived",
        "estimated",
        "failures",
        "fingerprint",
        "finish",
        "first_chunk_us",
        "heard_bytes",
        "latency_us",
        "parent",
        "prefixes",
        "reported_pusd",
        "retry_wait_us",
        "sent_bytes",
        "stream",
        "told",
        "tools_called",
        "tools_offered",
    }
)
"""What is said of a call as a whole, and of no run inside it."""


def run_event(event: Mapping[str, Any], number: int, run: Mapping[str, Any]) -> dict[str, object]:
    """The event of a run inside the call of `event`: its labels, and an id that follows from its.

    The run's parent is the call's own span, which is the end of the call's id.
    """
    # few calls come here, and the others need not load it
    from hashlib import blake2b

    name = str(event["id"])
    digest = blake2b(f"{name}/{number}".encode(), digest_size=8).digest()
    kept = {field: value for field, value in event.items() if field not in _OF_THE_CALL}
    return {
        **kept,
        **run,
        "id": f"{name[:14]}{int.from_bytes(digest) >> 1:016x}",
        "trace": event.get("trace") or name.zfill(32),
        "parent": name[14:],
    }
