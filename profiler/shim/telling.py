"""What is told of a call when it ends: the fields of its event, as text."""

from __future__ import annotations

from profiler.log.encode import field, fields_of, repeated_field
from profiler.shim.failures import REFUSED, in_answer
from profiler.shim.providers.reading import at_least_heard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from profiler.shim.call import Call
    from profiler.shim.deferred import Origin


def fields_told(call: Call, outcome: str, latency_us: int) -> dict[str, str]:
    """What is told of every call, and of this one besides."""
    reading = call.reading
    usage = _counted(call, outcome)
    if not reading.is_final:
        usage = _estimated(call, usage, outcome)
    fields = {
        "at": f'"at":{call.at_us}',
        **call.told,
        "outcome": repeated_field("outcome", outcome),
        "latency_us": f'"latency_us":{latency_us}',
    }
    finish = "refusal" if reading.is_refused else reading.finish
    for name, word in (
        ("provider", reading.provider),
        ("answered", reading.answered),
        ("finish", finish),
        ("tier", reading.tier),
        ("speed", reading.speed),
        ("billed", reading.billed),
    ):
        if word:
            fields[name] = repeated_field(name, word)
    if usage:
        fields["usage"] = field("usage", usage)
    if reading.raw:
        fields["raw"] = field("raw", reading.raw)
    if call.is_stream:
        fields |= _of_stream(call)
    if (
        not reading.is_final
        or reading.called
        or finish in REFUSED
        or reading.failure
        or call.retried is not None
        or reading.reported_pusd is not None
    ):
        fields |= fields_of(_rarities(call, outcome, finish, has_usage=bool(usage)))
    return fields


def _of_stream(call: Call) -> dict[str, str]:
    numbers = {
        "first_chunk_us": call.first_chunk_us,
        "sent_bytes": call.sent_bytes or None,
        "heard_bytes": call.reading.heard_bytes or None,
    }
    told = {name: f'"{name}":{n}' for name, n in numbers.items() if n is not None}
    return {"stream": '"stream":true', **told}


def _estimated(call: Call, usage: dict[str, int] | None, outcome: str) -> dict[str, int] | None:
    """What was counted so far, and what was heard."""
    heard_bytes = call.reading.heard_bytes
    # refused before it said anything, it was not read either
    sent_bytes = call.sent_bytes if outcome != "error" or heard_bytes else 0
    return at_least_heard(usage, heard_bytes, sent_bytes)


def _counted(call: Call, outcome: str) -> dict[str, int] | None:
    """What the provider counted so far, or what is billed whatever it counts."""
    raw = call.reading.raw
    usage = call.provider.buckets(raw, call.operation) if raw else None
    return call.presumed if usage is None and outcome != "error" else usage


def _rarities(call: Call, outcome: str, finish: str, *, has_usage: bool) -> dict[str, object]:
    """What few events have."""
    reading = call.reading
    told = call.retried.told() if call.retried is not None else {}
    if outcome == "ok" and (reading.failure or finish in REFUSED):
        told |= in_answer(reading.failure, finish, has_usage=has_usage)
    if not reading.is_final and (outcome == "aborted" or has_usage):
        counted = _counted(call, outcome)
        told["derived" if counted is call.presumed is not None else "estimated"] = True
        if counted and counted is not call.presumed:
            told["told"] = counted
    if reading.called:
        told["tools_called"] = list(reading.called.values())
    if reading.reported_pusd is not None:
        told["reported_pusd"] = reading.reported_pusd
    return told


def as_asked(call: Call, origin: Origin, fields: dict[str, str]) -> dict[str, str]:
    """The event as whoever asked for the call would have told it."""
    asked = call.memory.recall(origin.name) if call.memory is not None else None
    if asked is not None:
        own = {name: held for name, held in fields.items() if name not in call.told}
        fields = {**asked.fields, **own}
    known: dict[str, object] = {"at": origin.at_us}
    if origin.failure is not None:
        known["outcome"], known["error"] = origin.failure
        if "usage" not in fields:
            known["billed"] = "unknown"
    fields.pop("first_chunk_us", None)
    fields.pop("latency_us")
    if origin.took_us is not None:
        known["latency_us"] = origin.took_us
    return {**fields, **fields_of(known)}
