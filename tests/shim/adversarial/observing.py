"""Runs a small program of a host's and writes down everything the host could notice of it.

Nothing of ours is imported here: the comparison with other tools runs these cases in
environments that hold only an SDK and the tool.
"""

import gc
import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.support.provider_server import Answer, ProviderServer, Received, canned

OURS = {"include_usage": True}
"""The one thing that is asked for on the host's behalf, and hidden from it again."""

_UNSTABLE = frozenset(
    {"host", "x-stainless-read-timeout", "idempotency-key", "x-stainless-timeout"}
)
_TRACING = ("baggage", "sentry-trace", "traceparent", "tracestate", "x-datadog-")
"""Headers by which a tool says which trace a call belongs to."""
_MAX_DEPTH = 6


@dataclass(frozen=True)
class Case:
    """One program, and what the provider answers it."""

    name: str
    run: Callable[[ProviderServer], Any]
    answer: Answer = canned
    calls: int | None = None
    """Billed calls it makes; `None`: as many as the server received."""


@dataclass(frozen=True)
class Observation:
    """What the host saw, as plain values that compare, and what the provider saw of it."""

    result: Any
    error: Any
    requests: Any
    said: Any
    """Warnings that were raised."""

    def differences(self, other: "Observation") -> list[str]:
        """What is not the same, in words."""
        return [
            f"{name}: {getattr(self, name)!r} became {getattr(other, name)!r}"
            for name in ("result", "error", "requests", "said")
            if getattr(self, name) != getattr(other, name)
        ]


def observe(case: Case, server: ProviderServer) -> Observation:
    """Runs `case` once. What it left behind is collected before this returns."""
    # what was there before need not be looked through when this case is cleared away
    gc.freeze()
    server.answer = case.answer
    before = len(server.received)
    result = error = None
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            result = described(case.run(server))
        except BaseException as raised:  # noqa: BLE001  # an interrupt is a case too
            error = described_error(raised)
            del raised
        gc.collect()
    noticed = [
        (warning.category.__name__, str(warning.message))
        for warning in said
        if warning.category is not ResourceWarning
    ]
    requests = [_request(received) for received in server.received[before:]]
    return Observation(result, error, requests, noticed)


def described(value: Any, depth: int = 0) -> Any:
    """`value` as plain values: its type, its fields, and which of them are set."""
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return value
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if depth > _MAX_DEPTH:
        return kind
    inner = partial(described, depth=depth + 1)
    if isinstance(value, BaseException):
        return described_error(value)
    if isinstance(value, (list, tuple)):
        return [kind, *map(inner, value)]
    if isinstance(value, dict):
        return {str(name): inner(content) for name, content in value.items()}
    if hasattr(type(value), "model_fields"):
        fields = {name: inner(content) for name, content in _fields(value)}
        return kind, fields, sorted(value.model_fields_set)
    return kind


def described_error(error: BaseException) -> Any:
    """Its type, its arguments, what an SDK adds to it, and what it came from."""
    told = {
        name: described(getattr(error, name))
        for name in ("status_code", "code", "body", "request_id", "status", "message")
        if hasattr(error, name)
    }
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < _MAX_DEPTH:
        causes.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    members = getattr(error, "exceptions", ())
    args = [described(arg) for arg in error.args if not isinstance(arg, tuple)]
    return [kind, args if not members else [], told, causes, [*map(described_error, members)]]


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    for name, content in {**value.__dict__, **(value.__pydantic_extra__ or {})}.items():
        # a response object in a field holds times and addresses
        if name != "sdk_http_response":
            yield name, content


def _request(received: Received) -> Any:
    content = dict(received.body)
    if content.get("stream_options") == OURS:
        del content["stream_options"]
    headers = {
        name: value
        for name, value in received.headers.items()
        if name not in _UNSTABLE and name != "content-length" and not name.startswith(_TRACING)
    }
    return received.path, json.dumps(content, sort_keys=True), headers
