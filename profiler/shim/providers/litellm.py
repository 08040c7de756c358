"""LiteLLM, by its own callback: it speaks to most services itself, and to some through OpenAI's.

What passes OpenAI's SDK on LiteLLM's behalf is told by the callback alone, but for a stream that
the host gives up: of those LiteLLM tells nobody.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar

from profiler.log.encode import fields_of, line_of
from profiler.shim.call import Call
from profiler.shim.deferred import Asked, Memory, Origin
from profiler.shim.failures import Failure
from profiler.shim.guard import quiet
from profiler.shim.providers.hosts import biller
from profiler.shim.providers.reading import counted, first, inner, part, plain_usage, whole, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from types import ModuleType
    from typing import Any

    from profiler.shim.recorder import Recorder

_BILLERS = {
    "azure_ai": "azure",
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "cohere_chat": "cohere",
    "fireworks_ai": "fireworks",
    "gemini": "google",
    "moonshot": "moonshotai",
    "ollama_chat": "ollama",
    "together_ai": "together",
    "vertex_ai": "google",
    "vertex_ai_beta": "google",
    "xai": "x-ai",
}
"""LiteLLM's names of those who bill, where they are not the price data's."""

_OPERATIONS = (
    ("embedding", "embeddings"),
    ("image", "images"),
    ("speech", "speech"),
    ("transcription", "transcription"),
    ("rerank", "rerank"),
    ("moderation", ""),
    ("text_completion", "text_completion"),
)
_INPUT_ONLY = frozenset({"embeddings", "rerank"})
_SILENT_STREAMS = frozenset({"azure", "openai", "text-completion-openai"})
"""Services whose streams tell their usage only when asked."""
_BETWEEN = frozenset({"openai", "profiler"})
_MAX_FRAMES = 16
_MOST_UNDER_WAY = 1_024
_ASKING: ContextVar[str] = ContextVar("profiler_litellm_call", default="")
"""LiteLLM's id of the call that it is about to make here."""


class Underneath(Call):
    """A call LiteLLM tells of itself, unless its stream is given up."""

    __slots__ = ()

    def _end(self, outcome: str) -> None:
        # LiteLLM lets go of a stream once it has been told why the model stopped
        if outcome != "aborted" or self.reading.finish:
            self.reading.is_deferred = True
        super()._end(outcome)


class Listener:
    """Our callback among LiteLLM's; it is taken away as a patch is."""

    def __init__(self, module: ModuleType, recorder: Recorder) -> None:
        self.name = "callbacks"
        self.owner: Any = type("Callbacks", (), {"__module__": module.__name__})
        self.is_active = True
        self._module = module
        self._recorder = recorder
        self._asked = Memory()
        self._under: dict[str, Call] = {}
        """The calls of SDKs that LiteLLM has made, by its own ids, until it tells of them."""
        self.callback = _callback(self)
        recorder.listener = self
        module.callbacks.append(self.callback)

    def remove(self) -> None:
        """Takes the callback out of every list LiteLLM has put it in."""
        self.is_active = False
        self._recorder.listener = None
        for name in _LISTS:
            known = getattr(self._module, name, None)
            if isinstance(known, list):
                known[:] = [callback for callback in known if callback is not self.callback]

    def is_heard(self) -> bool:
        """Whether LiteLLM still calls back, or a host has put its own callbacks in our place."""
        return self.is_active and any(
            any(callback is self.callback for callback in getattr(self._module, name, None) or ())
            for name in _LISTS
        )

    def has_asked(self) -> bool:
        """Whether the call being begun is one that LiteLLM makes, and will tell of."""
        if not self.is_heard():
            return False
        frame = sys._getframe(1)  # noqa: SLF001  # who asks is the nearest frame that is not the SDK's
        for _ in range(_MAX_FRAMES):
            owner = str(frame.f_globals.get("__name__", "")).partition(".")[0]
            if owner not in _BETWEEN:
                return owner == "litellm"
            if frame.f_back is None:
                break
            frame = frame.f_back
        return False

    def stand_over(self, call: Call) -> None:
        """Leaves it to LiteLLM to tell of a call, unless its stream is given up."""
        call.__class__ = Underneath
        if asking := _ASKING.get():
            if len(self._under) >= _MOST_UNDER_WAY:
                self._under.pop(next(iter(self._under)), None)
            self._under[asking] = call

    @quiet
    def begin(self, details: Mapping[str, Any]) -> None:
        """Remembers who asks and from where, while that can still be seen."""
        _ASKING.set(_id_of(details))
        self._asked.keep(_id_of(details), Asked(0, self._recorder.labels()))

    @quiet
    def tell(
        self, details: Mapping[str, Any], answer: object, start: datetime, end: datetime
    ) -> None:
        """Tells of a call that was answered; one answered from LiteLLM's own cache is none."""
        operation = _operation_of(details)
        if details.get("cache_hit") is True or not operation:
            return
        usage = part(answer, "usage")
        raw = plain_usage(usage)
        told = {
            "answered": word(part(answer, "model")),
            "outcome": "ok",
            "usage": buckets(raw, operation),
            "raw": raw,
            "tier": word(part(answer, "service_tier")),
            "finish": word(part(first(part(answer, "choices")), "finish_reason")),
            "estimated": bool(raw) and _is_counted_by_litellm(details),
        }
        self._write(details, operation, told, start, end)

    @quiet
    def fail(self, details: Mapping[str, Any], start: datetime, end: datetime) -> None:
        """Tells of a call that raised."""
        error, operation = details.get("exception"), _operation_of(details)
        if operation and isinstance(error, BaseException):
            failure = Failure(error)
            told = {
                "outcome": "error",
                "error": failure.error,
                "status": failure.status,
                "billed": failure.billed,
            }
            self._write(details, operation, told, start, end)

    def _write(
        self,
        details: Mapping[str, Any],
        operation: str,
        told: Mapping[str, Any],
        start: datetime,
        end: datetime,
    ) -> None:
        call_id = _id_of(details)
        at_us = round(start.timestamp() * 1_000_000)
        heard = details.get("completion_start_time")
        is_stream = details.get("stream") is True
        asked = self._asked.recall(call_id)
        known: dict[str, Any] = {
            "provider": _billed_by(details),
            "model": word(details.get("model")),
            "operation": operation,
            "stream": is_stream,
            **told,
        }
        event: dict[str, Any] = {name: value for name, value in known.items() if value}
        event["at"] = at_us
        event["latency_us"] = _between_us(start, end)
        if is_stream and hasattr(heard, "timestamp"):
            event["first_chunk_us"] = _between_us(start, heard)
        labels = self._recorder.labels() if asked is None else asked.fields
        event_id = Origin(f"litellm/{call_id}", at_us).event_id()
        under = self._under.pop(call_id, None)
        if under is not None and under.hold is not None:
            # what the SDK's call holds is this event's: counted once when it is loaded
            under.hold.go_by(event_id)
        self._recorder.writer.write(line_of(event_id, {**labels, **fields_of(event)}))


_LISTS = (
    "callbacks",
    "input_callback",
    "success_callback",
    "failure_callback",
    "_async_input_callback",
    "_async_success_callback",
    "_async_failure_callback",
)


def buckets(raw: Mapping[str, Any], operation: str) -> dict[str, int] | None:
    """LiteLLM's counts, which are OpenAI's with Anthropic's cache writes beside, made disjoint."""
    asked = whole(raw, "prompt_tokens")
    parts = inner(raw, "prompt_tokens_details")
    output_parts = inner(raw, "completion_tokens_details")
    cached = whole(parts, "cached_tokens") or whole(raw, "cache_read_input_tokens") or 0
    written = whole(parts, "cache_creation_tokens", "cache_write_tokens") or 0
    written = written or whole(raw, "cache_creation_input_tokens") or 0
    lifetimes = inner(parts, "cache_creation_token_details")
    short = whole(lifetimes, "ephemeral_5m_input_tokens") or 0
    long = whole(lifetimes, "ephemeral_1h_input_tokens") or 0
    if asked is None or cached + written > asked or short + long > written:
        return None
    output = whole(raw, "completion_tokens")
    return counted(
        input=asked - cached - written,
        cache_read=cached,
        cache_write=written - short - long,
        cache_write_5m=short,
        cache_write_1h=long,
        output=0 if operation in _INPUT_ONLY else output,
        reasoning=whole(output_parts, "reasoning_tokens"),
        input_audio_tokens=whole(parts, "audio_tokens"),
        output_audio_tokens=whole(output_parts, "audio_tokens"),
        web_searches=whole(inner(raw, "server_tool_use"), "web_search_requests"),
    )


def _callback(listener: Listener) -> Any:
    from litellm.integrations.custom_logger import CustomLogger  # type: ignore[import-not-found]  # the host's

    class ProfilerLogger(CustomLogger):  # type: ignore[misc]  # its base is the host's
        """The names of methods and arguments are LiteLLM's."""

        def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:
            del model, messages
            listener.begin(kwargs)

        def log_success_event(
            self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
        ) -> None:
            listener.tell(kwargs, response_obj, start_time, end_time)

        def log_failure_event(
            self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
        ) -> None:
            del response_obj
            listener.fail(kwargs, start_time, end_time)

        async def async_log_success_event(
            self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
        ) -> None:
            listener.tell(kwargs, response_obj, start_time, end_time)

        async def async_log_failure_event(
            self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
        ) -> None:
            del response_obj
            listener.fail(kwargs, start_time, end_time)

    return ProfilerLogger()


def _id_of(details: Mapping[str, Any]) -> str:
    return word(details.get("litellm_call_id"))


def _operation_of(details: Mapping[str, Any]) -> str:
    """What was asked for, or an empty text where it is nothing that is billed by itself."""
    kind = word(details.get("call_type"))
    for piece, operation in _OPERATIONS:
        if piece in kind:
            return operation
    return "chat" if "completion" in kind or "responses" in kind else ""


def _is_counted_by_litellm(details: Mapping[str, Any]) -> bool:
    """Whether a stream's usage is LiteLLM's own count, as its service was not asked for one."""
    asked = part(part(details, "optional_params"), "stream_options")
    return (
        details.get("stream") is True
        and details.get("custom_llm_provider") in _SILENT_STREAMS
        and not part(asked, "include_usage")
    )


def _billed_by(details: Mapping[str, Any]) -> str:
    name = word(details.get("custom_llm_provider"))
    who = _BILLERS.get(name, name) or "unknown"
    address = word(part(details.get("litellm_params"), "api_base"))
    host = address.partition("://")[2].partition("/")[0].rpartition("@")[2]
    port = host.rpartition(":")[2]
    return biller(host.partition(":")[0], int(port) if port.isdigit() else None, who)


def _between_us(start: datetime, end: Any) -> int:
    elapsed: float = (end - start).total_seconds()
    return max(round(elapsed * 1_000_000), 0)
