"""One call in flight: measured from issue to its end, told once."""

from __future__ import annotations

import json
import os
import time
from contextvars import ContextVar

from profiler.log.encode import event_line, new_id
from profiler.shim.attempts import Attempts
from profiler.shim.beside import run_event
from profiler.shim.failures import Failure, in_answer
from profiler.shim.guard import quiet
from profiler.shim.providers.reading import Reading, at_least_heard, part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Protocol

    from profiler.shim.deferred import Memory, Origin

    class Provider(Protocol):
        """What the file of one SDK tells; the modules of `providers` are of this shape."""

        def read_answer(self, reading: Reading, answer: object) -> None:
            """Learns from a whole answer."""

        def read_chunk(self, reading: Reading, chunk: object) -> None:
            """Learns from one chunk of a stream."""

        def buckets(self, raw: Mapping[str, Any], operation: str) -> dict[str, int] | None:
            """The usage in disjoint buckets."""


class Call:
    """What is known of a call while it runs. Holds nothing of the host's: no answer, no stream.

    It ends exactly once, whoever notices first: the answer, the stream's end, its close, an
    exception or the garbage collector.
    """

    __slots__ = (
        "_pid",
        "_provider",
        "_started_ns",
        "_told",
        "_unended",
        "attempts",
        "first_chunk_us",
        "hides_usage",
        "is_pulling",
        "is_raw",
        "is_stream",
        "memory",
        "operation",
        "presumed",
        "reading",
        "sent_bytes",
        "write",
    )

    def __init__(
        self,
        provider: Provider,
        operation: str,
        told: dict[str, Any],
        write: Callable[[bytes], None],
    ) -> None:
        at_us = time.time_ns() // 1000
        self._told: dict[str, Any] = {"id": new_id(at_us), "at": at_us, **told}
        self._provider = provider
        self._pid = os.getpid()
        self._unended = [True]
        self.operation = operation
        self.write = write
        self.reading = Reading(told.get("provider", ""))
        self.memory: Memory | None = None
        """Where what is told of a call waits, if its answer may come by another one."""
        self.presumed: dict[str, int] | None = None
        """What is billed whatever the answer holds."""
        self.sent_bytes = 0
        """Size of the text a streamed call sent; 0 where nobody looked."""
        self.attempts = Attempts()
        self.first_chunk_us: int | None = None
        self.hides_usage = False
        """Whether the chunk that only tells usage was asked for by us, and is ours to keep."""
        self.is_pulling = False
        """Whether the next chunk is being waited for, so that a close is the stream's own."""
        self.is_raw = False
        self.is_stream = False
        self._started_ns = time.perf_counter_ns()

    @property
    def is_ended(self) -> bool:
        """Whether its event has been written."""
        return not self._unended

    is_by_line = False
    """Whether each line of an answer's bytes tells something of its own."""

    def read_line(self, line: bytes) -> None:
        """Learns from one line of a stream's bytes."""
        content = line.removeprefix(b"data:").strip()
        if content.startswith(b"{"):
            self.learn(json.loads(content))

    def tell(self, field: str, value: object) -> None:
        """Adds what is known of the call before its answer."""
        self._told[field] = value

    def read_body(self, content: bytes) -> None:
        """Learns from an answer's bytes, and ends; sound and pictures tell nothing."""
        if content.lstrip()[:1] in {b"{", b"["}:
            self.read(json.loads(content))
        else:
            self._end("ok")

    def read(self, answer: object) -> None:
        """Learns from a whole answer, and ends."""
        try:
            self._provider.read_answer(self.reading, answer)
        finally:
            self._end("ok")

    @quiet
    def learn(self, chunk: object) -> None:
        """Learns from one chunk of a stream."""
        if self.first_chunk_us is None:
            self.first_chunk_us = self._elapsed_us()
        self._provider.read_chunk(self.reading, chunk)

    @quiet
    def complete(self) -> None:
        """The last byte has arrived."""
        self._end("ok")

    @quiet
    def drop(self) -> None:
        """The host let go of the answer before its end; complete if all was told by then."""
        if not self.is_pulling:
            self._end("ok" if self.reading.is_final else "aborted")

    @quiet
    def fail(self, error: BaseException) -> None:
        """The call raised."""
        failure = Failure(error, has_begun=self.first_chunk_us is not None)
        self.attempts.end(failure)
        completion = part(error, "completion")
        if completion is not None:
            # answered and billed, but not in the shape the host wanted
            self._provider.read_answer(self.reading, completion)
        elif not self.reading.is_final:
            self._told["billed"] = failure.billed
        self._told["error"] = failure.error
        self._told["status"] = failure.status
        self._end("aborted" if failure.is_abandoned else "error")

    def _elapsed_us(self) -> int:
        return (time.perf_counter_ns() - self._started_ns) // 1000

    def _end(self, outcome: str) -> None:
        latency_us = self._elapsed_us()
        if os.getpid() != self._pid:
            # a forked child holds a copy of its parent's stream; the parent tells its call
            return
        try:
            self._unended.pop()
        except IndexError:
            return
        if not self.reading.is_deferred:
            self._write_all(self._event(outcome, latency_us))
        elif self.memory is not None and self.reading.origin is not None:
            self.memory.keep(self.reading.origin.name, self._told)

    def _write_all(self, event: dict[str, object]) -> None:
        inside = getattr(self._provider, "runs_inside", None)
        runs = inside(self.reading) if inside and "iterations" in self.reading.raw else ()
        lines = [event_line(run_event(event, *run)) for run in enumerate(runs)]
        self.write(event_line(event))
        for line in lines:
            self.write(line)

    def _event(self, outcome: str, latency_us: int) -> dict[str, object]:
        reading = self.reading
        raw = reading.raw
        usage = self._provider.buckets(raw, self.operation) if raw else None
        if usage is None and outcome != "error":
            usage = self.presumed
        counted, is_derived = usage, usage is self.presumed is not None
        if not reading.is_final:
            # refused before it said anything, it was not read either
            sent_bytes = self.sent_bytes if outcome != "error" or reading.heard_bytes else 0
            usage = at_least_heard(usage, reading.heard_bytes, sent_bytes)
        known = {
            **self._told,
            "provider": reading.provider,
            "billed": reading.billed or self._told.get("billed"),
            "answered": reading.answered,
            "stream": self.is_stream,
            "outcome": outcome,
            "usage": usage,
            **self._whose(outcome, counted, is_derived=is_derived, has_usage=bool(usage)),
            "raw": raw,
            "tier": reading.tier,
            "speed": reading.speed,
            "finish": "refusal" if reading.is_refused else reading.finish,
            "tools_called": list(reading.called.values()),
            **self.attempts.told(),
        }
        if outcome == "ok":
            known.update(in_answer(reading.failure, str(known["finish"]), has_usage=bool(usage)))
        event: dict[str, object] = {name: value for name, value in known.items() if value}
        event["latency_us"] = latency_us
        if self.first_chunk_us is not None:
            event["first_chunk_us"] = self.first_chunk_us
        if reading.reported_pusd is not None:
            event["reported_pusd"] = reading.reported_pusd
        return self._as_of(reading.origin, event) if reading.origin is not None else event

    def _whose(
        self, outcome: str, counted: dict[str, int] | None, *, is_derived: bool, has_usage: bool
    ) -> dict[str, object]:
        """Whose counts the usage is, and of how much text."""
        reading = self.reading
        sizes = {"sent_bytes": self.sent_bytes, "heard_bytes": reading.heard_bytes}
        known: dict[str, object] = dict(sizes) if self.is_stream else {}
        if not reading.is_final and (outcome == "aborted" or has_usage):
            known["derived" if is_derived else "estimated"] = True
            known["told"] = None if is_derived else counted
        return known

    def _as_of(self, origin: Origin, event: dict[str, object]) -> dict[str, object]:
        """The event as whoever asked for the call would have told it, under an id of its own."""
        asked = self.memory.recall(origin.name) if self.memory is not None else None
        if asked is not None:
            own = {name: value for name, value in event.items() if name not in self._told}
            event = {**{name: value for name, value in asked.items() if value}, **own}
        event["id"], event["at"] = origin.event_id(), origin.at_us
        if origin.failure is not None:
            event["outcome"], event["error"] = origin.failure
            if "usage" not in event:
                event["billed"] = "unknown"
        event.pop("first_chunk_us", None)
        event.pop("latency_us")
        if origin.took_us is not None:
            event["latency_us"] = origin.took_us
        return event


IN_FLIGHT: ContextVar[Call | None] = ContextVar("profiler_call", default=None)
"""The call whose HTTP attempts are being made, for those who count them."""
