"""Anthropic's batches: asked for today, answered within a day, told of when they are read."""

from __future__ import annotations

import json
from datetime import datetime

from profiler.log.encode import fields_of, line_of
from profiler.shim.beside import run_lines
from profiler.shim.deferred import Asked, Origin
from profiler.shim.errands import Errand
from profiler.shim.guard import quiet
from profiler.shim.providers import anthropic
from profiler.shim.providers.reading import Reading, part, word


class Batch(Errand):
    """The making or the fetch of a batch, neither of which costs anything."""

    __slots__ = ()

    def read(self, answer: object) -> None:
        """Remembers who asked for the batch, and when it was made."""
        name = word(part(answer, "id"))
        if name and self.memory is not None:
            at_us = _instant_us(part(answer, "created_at")) or self.at_us
            self.memory.keep(name, Asked(at_us, self.told))
        self.complete()


class Results(Errand):
    """The reading of a batch's results: each that succeeded is a call."""

    __slots__ = ()

    is_by_line = True

    def take(self, chunk: object) -> None:
        """Tells of the call a result is of; one that failed, expired or was given up is free."""
        result = part(chunk, "result")
        message = part(result, "message")
        if part(result, "type") == "succeeded" and message is not None:
            self._tell_of(word(part(chunk, "custom_id")), message)

    @quiet
    def read_line(self, line: bytes) -> None:
        """The same for a line of bytes."""
        if line.startswith(b"{"):
            self.take(json.loads(line))

    def _tell_of(self, custom_id: str, message: object) -> None:
        reading = Reading(self.reading.provider)
        anthropic.read_answer(reading, message)
        if not reading.raw:
            return
        asked = self._asked()
        origin = Origin(f"{self.name}/{custom_id}/{word(part(message, 'id'))}", asked.at_us)
        known = {
            "at": asked.at_us,
            "operation": "chat",
            "model": reading.answered,
            "answered": reading.answered,
            "outcome": "ok",
            "billed": reading.billed,
            "usage": anthropic.buckets(reading.raw, "chat"),
            "raw": reading.raw,
            "tier": "batch",
            "speed": reading.speed,
            "finish": reading.finish,
        }
        own = fields_of({name: value for name, value in known.items() if value})
        fields, call_id = {**asked.fields, **own}, origin.event_id()
        runs = run_lines(call_id, fields, anthropic.runs_inside(reading))
        for line in (line_of(call_id, fields), *runs):
            self.write(line)

    def _asked(self) -> Asked:
        """What was said when the batch was asked for, if that was here; else what is said now."""
        asked = self.memory.recall(self.name) if self.memory is not None else None
        return asked or Asked(self.at_us, self.told)


KINDS: dict[str, type[Errand]] = {"batch": Batch, "results": Results}


def _instant_us(moment: object) -> int | None:
    """An instant as microseconds; it comes parsed, or as text."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return None
    return round(moment.timestamp() * 1_000_000)
