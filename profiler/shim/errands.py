"""Fetches that cost nothing themselves, and tell of calls that did."""

from __future__ import annotations

import json

from profiler.log.encode import fields_of, line_of
from profiler.shim.call import Call
from profiler.shim.deferred import Asked, Origin, moment_us
from profiler.shim.guard import quiet
from profiler.shim.providers import openai
from profiler.shim.providers.reading import Reading, part, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MAX_LINES = 50_000
"""A batch holds no more; what follows is no output of one."""
_OPERATIONS = {
    "chat.completion": "chat",
    "response": "chat",
    "text_completion": "text_completion",
    "list": "embeddings",
}
"""What was asked for, by the `object` of what was answered."""


class Errand(Call):
    """A fetch that is no event of its own."""

    __slots__ = ("name",)

    name: str
    """The provider's id of what is fetched."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.name = ""
        self.reading.is_deferred = True


class BackgroundResponse(Errand):
    """The fetch of a response; one made in the background is told of once it has ended."""

    __slots__ = ()


class Batch(Errand):
    """The fetch of a batch, which names the file its results will be in."""

    __slots__ = ()

    def read(self, answer: object) -> None:
        """Remembers who asked for the batch, under its own name and its results'."""
        name = word(part(answer, "id"))
        if part(answer, "object") == "batch" and name and self.memory is not None:
            created_us = moment_us(part(answer, "created_at"))
            asked = Asked(created_us or self.at_us, self.told)
            self.memory.keep(name, asked)
            results = word(part(answer, "output_file_id"))
            if results:
                self.memory.keep(results, self.memory.recall(name) or asked)
        self.complete()


class Job(Errand):
    """Work that the provider does on its own, such as training or an assistant's run.

    It is billed, and no event tells of it: budgets alone look at it before it begins.
    """

    __slots__ = ()

    def read(self, answer: object) -> None:
        """Its answer tells nothing of what it will use."""
        del answer
        self.complete()

    def take(self, chunk: object) -> None:
        """Nor do the parts of one."""

    def read_line(self, line: bytes) -> None:
        """Nor its lines."""


class BatchResults(Errand):
    """The fetch of a file; if it is a batch's results, each line of it is a call."""

    __slots__ = ("_is_over", "_lines")

    is_by_line = True

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._lines = 0
        self._is_over = False

    @quiet
    def read_line(self, line: bytes) -> None:
        """Tells of the call a line holds the answer of; the first line tells what file it is."""
        if self._is_over or not line.strip():
            return
        self._lines += 1
        result = json.loads(line) if line.startswith(b"{") else None
        response = part(result, "response")
        if "custom_id" not in (result or ()) or self._lines > _MAX_LINES:
            self._is_over = True
        elif response is not None:
            self._tell_of(word(part(result, "id")), part(response, "body"))

    def _tell_of(self, name: str, body: Any) -> None:
        usage = part(body, "usage")
        if not name or usage is None:
            return
        operation = _OPERATIONS.get(word(part(body, "object")), "chat")
        reading = Reading(self.reading.provider)
        openai.read_answer(reading, body)
        asked = self._asked()
        at_us = moment_us(part(body, "created")) or moment_us(part(body, "created_at"))
        origin = Origin(name, at_us or asked.at_us)
        known = {
            "at": origin.at_us,
            "operation": operation,
            "model": reading.answered,
            "answered": reading.answered,
            "outcome": "ok",
            "usage": openai.buckets(reading.raw, operation),
            "raw": reading.raw,
            "tier": "batch",
            "finish": reading.finish,
        }
        own = fields_of({name: value for name, value in known.items() if value})
        self.write(line_of(origin.event_id(), {**asked.fields, **own}))

    def _asked(self) -> Asked:
        """What was said when the batch was asked for, if that was here; else what is said now."""
        now = Asked(self.at_us, self.told)
        if self.memory is None:
            return now
        self.memory.keep(self.name, now)
        return self.memory.recall(self.name) or now


KINDS: dict[str, type[Errand]] = {
    "response": BackgroundResponse,
    "batch": Batch,
    "job": Job,
    "file": BatchResults,
}
