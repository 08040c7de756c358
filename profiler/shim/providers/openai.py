"""OpenAI's SDK: every call it can make; and the services that speak like it."""

from __future__ import annotations

import functools

from profiler.shim.deferred import Origin, moment_us
from profiler.shim.estimate import asked_bytes, size
from profiler.shim.providers import tools
from profiler.shim.providers.hosts import LOOPBACK, Host, biller, host_of
from profiler.shim.providers.openai_usage import buckets, reported_pusd
from profiler.shim.providers.reading import Reading, part, parts_of, plain_usage, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from profiler.shim.call import Call

__all__ = [
    "ERRANDS",
    "NAME",
    "billed_by",
    "buckets",
    "decides",
    "errand_of",
    "may_ask_for_usage",
    "name_in",
    "operation_of",
    "prepare",
    "read_answer",
    "read_chunk",
]

NAME = "openai"
ERRANDS = "profiler.shim.errands"
"""What fetches that tell of earlier calls are read by."""

_OPERATIONS = {
    "/chat/completions": "chat",
    "/completions": "text_completion",
    "/responses": "chat",
    "/responses/compact": "chat",
    "/embeddings": "embeddings",
    "/images/generations": "images",
    "/images/edits": "images",
    "/images/variations": "images",
    "/audio/speech": "speech",
    "/audio/transcriptions": "transcription",
    "/audio/translations": "translation",
    "/moderations": "moderation",
    "/decisions": "decision",
    "/videos": "video",
    "/videos/edits": "video",
    "/videos/extensions": "video",
    "/remix": "video",
}
"""What is asked for, by the end of the path; a video's answer tells no usage."""

_UNBILLED = frozenset({"moderation"})
"""Operations that are free for everybody."""
_TEXTUAL = frozenset({"chat", "text_completion"})
"""Operations whose usage can be guessed from their text."""
_BILLED_BY_LETTER = ("tts-1", "canopylabs/orpheus", "playai-tts")

_FETCHED = {"responses": "response", "batches": "batch"}

_UNENDED = frozenset({"queued", "in_progress"})
_ENDINGS = {"failed": ("error", "server_error"), "cancelled": ("aborted", "cancelled")}
"""How a background response ended, by its status; all others ended well."""

_VLLM = frozenset({"kv_transfer_params", "prompt_logprobs", "prompt_token_ids"})
_VLLM_CHOICE = frozenset({"stop_reason", "token_ids"})
"""Fields that vLLM adds to OpenAI's, null or not; `_CHOICE` to each choice."""

_TELLS_USAGE = frozenset({"openai", "deepseek"})
"""Billers that tell a stream's usage only when asked through `stream_options`. A service that
does not know the option would refuse the call; of one that tells usage unasked (OpenRouter, Groq),
we would hide a chunk that the host sees without us."""

_AZURE_SINCE = "2024-09-01"
"""The first version of Azure's interface that accepts `stream_options`."""


@functools.lru_cache(maxsize=256)
def operation_of(path: str) -> str:
    """What a POST to `path` is, or an empty text where it is not a billed call."""
    path = "/" + path.partition("?")[0].strip("/")
    for ending, operation in _OPERATIONS.items():
        if path.endswith(ending):
            return operation
    return ""


@functools.lru_cache(maxsize=256)
def errand_of(method: str, path: str) -> str:
    """What is fetched that may tell of calls made earlier: a `response`, a `batch`, a `file`.

    Or a `job`, of which nothing tells.
    """
    parts = path.partition("?")[0].strip("/").split("/")
    if method == "get":
        if parts[-1] == "content" and parts[-3:-2] == ["files"]:
            return "file"
        return _FETCHED.get(parts[-2], "") if len(parts) > 1 else ""
    if parts[-1] == "batches" or (parts[-1] == "cancel" and parts[-3:-2] == ["batches"]):
        return "batch"
    if parts[-2:] == ["fine_tuning", "jobs"] or (parts[-1] == "runs" and "threads" in parts[-3:]):
        return "job"
    return "response" if parts[-1] == "cancel" and parts[-3:-2] == ["responses"] else ""


def billed_by(client: object, host: Host) -> str:
    """Who bills for the calls of a client that talks to `host`."""
    if "Azure" in type(client).__name__:
        return "azure"
    return biller(*host, NAME)


def name_in(path: str) -> str:
    """The id in a path such as `/responses/{id}` or `/files/{id}/content`."""
    parts = path.partition("?")[0].strip("/").split("/")
    return parts[-2] if parts[-1] in {"content", "cancel"} else parts[-1]


def prepare(call: Call, host: str, body: object) -> None:
    """Tells a call what is known before its answer comes."""
    if host in LOOPBACK and call.reading.provider == NAME:
        call.reading.is_local = True
    if call.operation == "decision":
        call.reading.provider = decides(call.reading.provider)
    elif call.operation in _UNBILLED:
        call.tell("billed", "no")
    elif call.operation == "speech":
        call.presumed = _spoken(body)
    elif call.is_stream and call.operation in _TEXTUAL:
        call.sent_bytes = asked_bytes(body)


def decides(billed_by: str) -> str:
    """Who bills for a decision: OpenAI has rates apart for what else is asked of the same model."""
    return "openai-decisions" if billed_by == NAME else billed_by


def _spoken(body: object) -> dict[str, int] | None:
    """The usage of speech that is billed by the letter: what was asked for, whatever is heard."""
    text = part(body, "input")
    if not isinstance(text, str) or not word(part(body, "model")).startswith(_BILLED_BY_LETTER):
        return None
    return {"input": 0, "output": 0, "input_characters": len(text)}


def may_ask_for_usage(client: object, path: str, body: Mapping[str, Any]) -> bool:
    """Whether a stream's usage can be asked for without risk that the service refuses."""
    host = host_of(client)
    who = billed_by(client, host)
    path = path.partition("?")[0].rstrip("/")
    # of the older kind of completions only OpenAI's own are known to accept it
    if not path.endswith("/chat/completions" if who != NAME else "/completions"):
        return False
    if who == "azure":
        # with the user's own data attached, Azure refuses the option
        version = getattr(client, "_api_version", "")
        return "data_sources" not in body and (
            not isinstance(version, str) or not version[:1].isdigit() or version >= _AZURE_SINCE
        )
    return host[0] in LOOPBACK or (who in _TELLS_USAGE and biller(*host, "") == who)


def read_answer(reading: Reading, answer: object) -> None:
    """Learns from a whole answer."""
    told = parts_of(answer)
    reading.answered = word(told.get("model")) or reading.answered
    tier = told.get("service_tier")
    if tier is not None:
        reading.tier = word(tier)
    choices = told.get("choices")
    if choices is not None:
        _read_choices(reading, told, choices)
    else:
        _read_output(reading, told)
    usage = told.get("usage")
    if usage is not None:
        _read_usage(reading, usage)
        reading.is_final = True
    elif told.get("duration") is not None:
        # a transcript that tells its length instead, and is billed by it
        reading.raw = plain_usage({"seconds": told["duration"]})
        reading.is_final = bool(reading.raw)


def _read_choices(reading: Reading, told: Mapping[str, Any], choices: object) -> None:
    for index, each in enumerate(choices[: tools.MAX_TOOLS] if isinstance(choices, list) else ()):
        choice = parts_of(each)
        if index == 0:
            reading.finish = word(choice.get("finish_reason")) or reading.finish
            if reading.is_local and not (
                _VLLM.isdisjoint(told) and _VLLM_CHOICE.isdisjoint(choice)
            ):
                _is_vllm(reading)
        tools.note_message(reading, index, parts_of(choice.get("message")))


def _read_output(reading: Reading, told: Mapping[str, Any]) -> None:
    reason = word(part(told.get("incomplete_details"), "reason"))
    reading.finish = reason or word(told.get("status")) or reading.finish
    if reading.is_local and not _VLLM.isdisjoint(told):
        _is_vllm(reading)
    tools.note_output(reading, told.get("output"))
    if reading.finish == "failed":
        reading.failure = word(part(told.get("error"), "code")) or "server_error"
    if told.get("background") is True:
        _read_background(reading, told)


def read_chunk(reading: Reading, chunk: object) -> None:
    """Learns from one chunk of a stream: a chat chunk, or an event of a response."""
    told = parts_of(chunk)
    if not reading.answered:
        reading.answered = word(told.get("model"))
    tier = told.get("service_tier")
    if tier is not None and tier != reading.tier:
        reading.tier = word(tier)
    choices, usage = told.get("choices"), told.get("usage")
    choice = choices[0] if choices and type(choices) is list else None
    if choice is not None:
        usage = _read_choice(reading, told, parts_of(choice), usage)
    elif "type" in told:
        _read_event(reading, told)
    if reading.is_local and not _VLLM.isdisjoint(told):
        _is_vllm(reading)
    if usage is not None:
        _read_usage(reading, usage)
        reading.is_final = choice is None or bool(reading.finish)


def _read_event(reading: Reading, told: Mapping[str, Any]) -> None:
    """Learns from an event of a response."""
    response = told.get("response")
    delta, kind = told.get("delta"), told["type"]
    if response is not None:
        read_answer(reading, response)
    elif delta and "audio" not in str(kind):
        # sound comes as text too, and is no measure of tokens
        reading.hear(delta)
    elif kind == "response.output_item.added":
        tools.note_item(reading, told.get("item"))


def _read_choice(
    reading: Reading, told: Mapping[str, Any], choice: Mapping[str, Any], usage: object
) -> object:
    """Learns from a chunk's choice; the usage, which some services put beside or into it."""
    finish = choice.get("finish_reason")
    if finish is not None:
        reading.finish = word(finish)
    delta = choice.get("delta")
    if delta is None:
        reading.hear(choice.get("text"))
    else:
        _hear(reading, parts_of(delta))
    if reading.is_local and not _VLLM_CHOICE.isdisjoint(choice):
        _is_vllm(reading)
    if usage is None:
        groqs = told.get("x_groq")
        usage = choice.get("usage") if groqs is None else part(groqs, "usage")
    return usage


def _read_background(reading: Reading, response: object) -> None:
    """A response made in the background: until it has ended there is nothing to tell."""
    name, at_us = word(part(response, "id")), moment_us(part(response, "created_at"))
    if not name or at_us is None:
        return
    status = word(part(response, "status"))
    ended_us = moment_us(part(response, "completed_at"))
    took_us = max(ended_us - at_us, 0) if ended_us is not None else None
    reading.origin = Origin(name, at_us, _ENDINGS.get(status), took_us)
    reading.is_deferred = status in _UNENDED


def _read_usage(reading: Reading, usage: object) -> None:
    reading.raw = plain_usage(usage)
    reported = reported_pusd(usage, reading.provider)
    if reported is not None:
        reading.reported_pusd = reported


def _hear(reading: Reading, delta: Mapping[str, Any]) -> None:
    """Takes note of the text in a piece of a chat's message."""
    for name, piece in delta.items():
        if not piece or name == "role":
            continue
        if type(piece) is str:
            # nearly all are plain, and this runs at every chunk
            reading.heard_bytes += len(piece) if piece.isascii() else size(piece)
            if name == "refusal":
                reading.is_refused = True
        elif name == "tool_calls" and isinstance(piece, list):
            tools.note_chat(reading, piece)
            for call in piece:
                function = part(call, "function")
                reading.hear(part(function, "name"))
                reading.hear(part(function, "arguments"))


def _is_vllm(reading: Reading) -> None:
    """Tells vLLM on this machine from whatever else may listen here."""
    reading.provider = "vllm"
    reading.is_local = False
