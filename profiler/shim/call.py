"""One call in flight: measured from issue to its end, told once."""

from __future__ import annotations

import json
import os
import time
from contextvars import ContextVar

from profiler.log.encode import field, line_of, new_id
from profiler.shim.attempts import Attempts
from profiler.shim.beside import run_lines
from profiler.shim.deferred import Asked
from profiler.shim.failures import Failure
from profiler.shim.guard import quiet
from profiler.shim.providers.reading import Reading, part
from profiler.shim.providers.tools import offered
from profiler.shim.telling import as_asked, fields_told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Protocol

    from profiler.shim.budgets import Admission, Hold
    from profiler.shim.deferred import Memory

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
        "_started_ns",
        "_unended",
        "admission",
        "at_us",
        "first_chunk_us",
        "hides_usage",
        "hold",
        "is_pulling",
        "is_raw",
        "is_stream",
        "memory",
        "operation",
        "presumed",
        "provider",
        "reading",
        "retried",
        "sent_bytes",
        "told",
        "write",
    )

    def __init__(
        self,
        provider: Provider,
        operation: str,
        billed_by: str,
        told: dict[str, str],
        write: Callable[[bytes], None],
    ) -> None:
        self.at_us = max(time.time_ns(), 0) // 1000
        self.told = told
        """What is known before the answer, as a line has it."""
        self.provider = provider
        self._pid = os.getpid()
        self._unended = [True]
        self.operation = operation
        self.write = write
        self.reading = Reading(billed_by)
        self.memory: Memory | None = None
        """Where what is told of a call waits, if its answer may come by another one."""
        self.presumed: dict[str, int] | None = None
        """What is billed whatever the answer holds."""
        self.sent_bytes = 0
        """Size of the text a streamed call sent; 0 where nobody looked."""
        self.retried: Attempts | None = None
        """Its HTTP attempts, where anybody counted them."""
        self.first_chunk_us: int | None = None
        self.admission: Admission | None = None
        """What must let the call pass before it is sent; `None` where no budget is set."""
        self.hold: Hold | None = None
        """What budgets hold for it."""
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

    @property
    def attempts(self) -> Attempts:
        """The HTTP attempts of this call; most have one, and no need to count it."""
        if self.retried is None:
            self.retried = Attempts()
        return self.retried

    @property
    def _doubtful(self) -> int:
        return 0 if self.retried is None else self.retried.doubtful

    is_by_line = False
    """Whether each line of an answer's bytes tells something of its own."""

    def read_line(self, line: bytes) -> None:
        """Learns from one line of a stream's bytes."""
        content = line.removeprefix(b"data:").strip()
        if content.startswith(b"{"):
            self.learn(json.loads(content))

    def tell(self, name: str, value: object) -> None:
        """Adds what is known of the call before its answer, if it is anything."""
        if value:
            self.told[name] = field(name, value)

    def offer(self, body: object) -> None:
        """Notes the functions a request's body lets the model call."""
        if type(body) is not dict or "tools" in body or "functions" in body:
            self.tell("tools_offered", offered(body))

    def read_body(self, content: bytes) -> None:
        """Learns from an answer's bytes, and ends; sound and pictures tell nothing."""
        if content.lstrip()[:1] in {b"{", b"["}:
            self.read(json.loads(content))
        else:
            self._end("ok")

    def read(self, answer: object) -> None:
        """Learns from a whole answer, and ends."""
        try:
            self.provider.read_answer(self.reading, answer)
        finally:
            self._end("ok")

    @quiet
    def learn(self, chunk: object) -> None:
        """Learns from one chunk of a stream, if that goes well."""
        self.take(chunk)

    def take(self, chunk: object) -> None:
        """Learns from one chunk of a stream."""
        if self.first_chunk_us is None:
            self.first_chunk_us = max(time.perf_counter_ns() - self._started_ns, 0) // 1000
        if self.hold is not None:
            self.hold.renew()
        self.provider.read_chunk(self.reading, chunk)

    @quiet
    def complete(self) -> None:
        """The last byte has arrived."""
        self._end("ok")

    @quiet
    def drop(self) -> None:
        """The host let go of the answer before its end; complete if all was told by then."""
        if self.is_pulling:
            return
        if self.reading.is_final:
            self._end("ok")
        else:
            self.attempts.doubtful += 1
            self._end("aborted")

    @quiet
    def fail(self, error: BaseException) -> None:
        """The call raised."""
        failure = Failure(error, has_begun=self.first_chunk_us is not None)
        completion = part(error, "completion")
        is_counted = completion is not None or self.reading.is_final
        self.attempts.end(failure, is_counted=is_counted)
        if completion is not None:
            # answered and billed, but not in the shape the host wanted
            self.provider.read_answer(self.reading, completion)
        elif not is_counted:
            self.tell("billed", failure.billed)
        self.tell("error", failure.error)
        self.tell("status", failure.status)
        self._end("aborted" if failure.is_abandoned else "error")

    def _end(self, outcome: str) -> None:
        # a test may stop the clocks, or turn them back, while a call is being made
        latency_us = max(time.perf_counter_ns() - self._started_ns, 0) // 1000
        if os.getpid() != self._pid:
            # a forked child holds a copy of its parent's stream; the parent tells its call
            return
        try:
            self._unended.pop()
        except IndexError:
            return
        reading = self.reading
        if not reading.is_deferred:
            self._write(outcome, latency_us)
        elif self.memory is not None and reading.origin is not None:
            self.memory.keep(reading.origin.name, Asked(self.at_us, self.told))
            if self.hold is not None:
                # charged when its lease ends, unless its answer is fetched and loaded before
                self.hold.go_by(reading.origin.event_id())
        elif self.hold is not None:
            # told of by the library that asked for it, which holds nothing itself
            told = line_of(self.hold.call, fields_told(self, outcome, latency_us))
            self.hold.end(told, self._doubtful)

    def _write(self, outcome: str, latency_us: int) -> None:
        reading = self.reading
        hold = self.hold
        call_id = hold.call if hold is not None else new_id(self.at_us)
        fields = fields_told(self, outcome, latency_us)
        if reading.origin is not None:
            call_id, fields = reading.origin.event_id(), as_asked(self, reading.origin, fields)
        # the lines of all are made before any is written: told whole, or not at all
        lines = self._lines_inside(call_id, fields) if "iterations" in reading.raw else ()
        told = line_of(call_id, fields)
        self.write(told)
        if hold is not None:
            hold.end(told, self._doubtful)
        for line in lines:
            self.write(line)

    def _lines_inside(self, call_id: str, fields: dict[str, str]) -> list[bytes]:
        inside = getattr(self.provider, "runs_inside", None)
        runs = inside(self.reading) if inside is not None else ()
        return run_lines(call_id, fields, runs) if runs else []


IN_FLIGHT: ContextVar[Call | None] = ContextVar("profiler_call", default=None)
"""The call whose HTTP attempts are being made, for those who count them."""
