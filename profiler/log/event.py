"""The event as it is read: one line of the log, typed and checked."""

from typing import Annotated

import msgspec

Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
"""A count of tokens, attempts or the like; a billion in one call is a fault of the writer."""

Duration = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
"""Microseconds; eleven days at most, so that sums of them stay within 64 bits."""

Moment = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
"""Microseconds since the epoch, up to the year 2255."""

Money = Annotated[int, msgspec.Meta(ge=0, le=10**16)]
"""Pico-dollars; ten thousand dollars in one call is a fault of the writer."""

Label = str
"""Any text: the store cuts what is too long; a call is not lost for its label."""


class Event(msgspec.Struct, frozen=True, gc=False):
    """One call as its line tells it; the fields are those of `log.fields`."""

    v: int
    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{14}[0-7][0-9a-f]{15}\Z")]
    at: Moment
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
    derived: bool = False
    told: dict[str, Count | None] | None = None
    sent_bytes: Count = 0
    heard_bytes: Count = 0
    tier: Label = ""
    speed: Label = ""
    finish: Label = ""
    attempts: Count = 1
    failures: list[Label] = []
    retry_wait_us: Duration | None = None
    reported_pusd: Money | None = None
    tools_offered: list[Label] = []
    tools_called: list[Label] = []
    latency_us: Duration | None = None
    first_chunk_us: Duration | None = None
    session: Label = ""
    user: Label = ""
    user_tier: Label = ""
    feature: Label = ""
    agent: Label = ""
    workflow: Label = ""
    project: Label = ""
    environment: Label = ""
    prompt_version: Label = ""
    site: Label = ""
    stack: list[Label] = []
    trace: Label = ""
    parent: Label = ""
    fingerprint: Label = ""
    prefixes: list[Label] = []
    tags: dict[str, str] | None = None

    @property
    def tail(self) -> int:
        """The random part of the id."""
        return int(self.id[14:], 16)
