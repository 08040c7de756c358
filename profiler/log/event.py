"""The event as it is read: one line of the log, typed and checked."""

from typing import Annotated

import msgspec

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
"""A count of tokens or microseconds; larger is a fault of the writer, and would round in JSON."""

Label = Annotated[str, msgspec.Meta(max_length=1000)]


class Event(msgspec.Struct, frozen=True, gc=False):
    """One call as its line tells it; the fields are those of `log.fields`."""

    v: int
    id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{14}[0-7][0-9a-f]{15}$")]
    at: Count
    provider: Label
    model: Label = ""
    answered: Label = ""
    operation: Label = ""
    stream: bool = False
    outcome: str = "ok"
    error: Label = ""
    status: Count | None = None
    billed: str = ""
    usage: dict[str, Count | None] | None = None
    estimated: bool = False
    tier: Label = ""
    speed: Label = ""
    finish: Label = ""
    attempts: Count = 1
    latency_us: Count | None = None
    first_chunk_us: Count | None = None
    session: Label = ""
    user: Label = ""
    feature: Label = ""
    agent: Label = ""
    workflow: Label = ""
    project: Label = ""
    site: Label = ""
    tags: dict[str, str] | None = None

    @property
    def tail(self) -> int:
        """The random part of the id."""
        return int(self.id[14:], 16)
