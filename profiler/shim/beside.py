"""Runs of further models inside one call: each is billed by its own rates, so each is an event."""

from __future__ import annotations

from profiler.log.encode import field, fields_of, line_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
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


def run_lines(
    call_id: str, fields: Mapping[str, str], runs: Iterable[Mapping[str, Any]]
) -> list[bytes]:
    """The lines of the runs inside a call: its labels, and ids that follow from its own.

    A run's parent is the call's own span, which is the end of the call's id.
    """
    # few calls come here, and the others need not load it
    from hashlib import blake2b

    kept = {name: held for name, held in fields.items() if name not in _OF_THE_CALL}
    lines = []
    for number, run in enumerate(runs):
        digest = blake2b(f"{call_id}/{number}".encode(), digest_size=8).digest()
        own = {**fields_of(run), "parent": field("parent", call_id[14:])}
        trace = {"trace": field("trace", call_id.zfill(32))}
        run_id = f"{call_id[:14]}{int.from_bytes(digest) >> 1:016x}"
        lines.append(line_of(run_id, {**trace, **kept, **own}))
    return lines
