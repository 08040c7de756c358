"""What an exception means for a call: its class, its status, and whether anybody will bill it.

Only types and numbers are read; a message may hold a prompt or a piece of a key.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_CAUSES = 8

_UNBILLED = frozenset({400, 401, 402, 403, 404, 405, 409, 410, 411, 412, 413, 415, 422, 429, 431})
"""Refused before any work was done."""

_BY_STATUS = {
    401: "auth",
    403: "auth",
    407: "auth",
    408: "timeout",
    429: "rate_limit",
    499: "cancelled",
    504: "timeout",
    524: "timeout",
}

_FILTERED = frozenset(
    {
        "ResponsibleAIPolicyViolation",
        "content_filter",
        "content_filtered",
        "content_policy_violation",
        "moderation_blocked",
    }
)
"""Codes of a refusal for what was asked, whatever its status."""

_BY_WORD = {
    "authentication_error": "auth",
    "invalid_api_key": "auth",
    "permission_error": "auth",
    "PERMISSION_DENIED": "auth",
    "UNAUTHENTICATED": "auth",
    "rate_limit_error": "rate_limit",
    "rate_limit_exceeded": "rate_limit",
    "insufficient_quota": "rate_limit",
    "RESOURCE_EXHAUSTED": "rate_limit",
    "timeout_error": "timeout",
    "DEADLINE_EXCEEDED": "timeout",
    "api_error": "server_error",
    "internal_error": "server_error",
    "internal_server_error": "server_error",
    "overloaded_error": "server_error",
    "server_error": "server_error",
    "INTERNAL": "server_error",
    "UNAVAILABLE": "server_error",
    "CANCELLED": "cancelled",
    "invalid_prompt": "invalid_request",
    "invalid_request_error": "invalid_request",
    "not_found_error": "invalid_request",
    "FAILED_PRECONDITION": "invalid_request",
    "INVALID_ARGUMENT": "invalid_request",
}
"""What providers call an error that comes in the middle of a stream, under a good status."""

REFUSED = frozenset(
    {
        "BLOCKLIST",
        "ERROR_TOXIC",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "IMAGE_SAFETY",
        "JAILBREAK",
        "MODEL_ARMOR",
        "PROHIBITED_CONTENT",
        "RECITATION",
        "SAFETY",
        "SPII",
        "content_filter",
        "content_filtered",
        "refusal",
    }
)
"""Why a model stopped, where it or its provider would not answer."""

_UNSENT = frozenset(
    {
        "ConnectError",
        "ConnectTimeout",
        "ConnectionRefusedError",
        "ClientConnectorError",
        "InvalidURL",
        "LocalProtocolError",
        "PoolTimeout",
        "ProxyError",
        "UnsupportedProtocol",
        "gaierror",
    }
)
"""Errors that arise before anything was sent."""

_BY_NAME = (
    ("ContentFilter", "content_filter"),
    ("Timeout", "timeout"),
    ("Connect", "connection"),
    ("Disconnected", "connection"),
    ("ReadError", "connection"),
    ("WriteError", "connection"),
    ("ProtocolError", "connection"),
    ("NetworkError", "connection"),
    ("TransportError", "connection"),
)


class Failure:
    """What became of a call, or of one attempt: told by an exception, or a refusing answer."""

    __slots__ = ("billed", "error", "is_abandoned", "status")

    def __init__(self, error: object, *, has_begun: bool = False) -> None:
        self.status = _status(error)
        self.is_abandoned = isinstance(error, BaseException) and not isinstance(error, Exception)
        """Whether the program itself gave up: a cancellation, an interrupt, an exit."""
        self.error = "cancelled" if self.is_abandoned else _class(error, self.status)
        self.billed = "unknown" if has_begun else _billed(error, self.status, self.error)
        """`no` where surely nobody bills; what had begun to answer may always be billed."""


def in_answer(code: str, finish: str, *, has_usage: bool) -> dict[str, str]:
    """What an answer that came in good order still tells of a failure, as the event's fields.

    A model that was stopped, or would not answer, is billed all the same, and is no error of
    the program's; only `error` says what became of it.
    """
    if code:
        kind = "content_filter" if code in _FILTERED else _BY_WORD.get(code, "server_error")
        return {"outcome": "error", "error": kind, **({} if has_usage else {"billed": "unknown"})}
    return {"error": "content_filter"} if finish in REFUSED else {}


def _status(error: object) -> int | None:
    # an error of the HTTP client's has its status one step further
    for owner in (error, getattr(error, "response", None)):
        for name in ("status_code", "code", "status"):
            value = getattr(owner, name, None)
            if isinstance(value, int) and not isinstance(value, bool) and 100 <= value < 600:
                return value
    return None


def _class(error: object, status: int | None) -> str:
    words = _words(error)
    if not _FILTERED.isdisjoint(words):
        return "content_filter"
    if status is not None and status >= 400:
        known = _BY_STATUS.get(status)
        return known or ("server_error" if status >= 500 else "invalid_request")
    for word in words:
        if word in _BY_WORD:
            return _BY_WORD[word]
    for name in _names(error):
        for piece, meaning in _BY_NAME:
            if piece in name:
                return meaning
    return "unknown"


def _words(error: object) -> list[str]:
    """The codes by which a provider names an error: the SDK's fields, and those of its body."""
    body = getattr(error, "body", None)
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        body = body["error"]
    told = [getattr(error, name, None) for name in ("code", "type", "status")]
    if isinstance(body, dict):
        told += [body.get(name) for name in ("code", "type", "status")]
        cause = body.get("innererror")
        told.append(cause.get("code") if isinstance(cause, dict) else None)
    return [word for word in told if isinstance(word, str)]


def _billed(error: object, status: int | None, kind: str) -> str:
    if kind == "content_filter":
        # looking at a prompt is work: Azure bills for it
        return "unknown"
    if status in _UNBILLED:
        return "no"
    if status is None and any(
        name in _UNSENT for cause in _causes(error) for name in _names(cause)
    ):
        return "no"
    return "unknown"


def _names(error: object) -> list[str]:
    return [kind.__name__ for kind in type(error).__mro__]


def _causes(error: object) -> Iterator[object]:
    """`error` and what led to it."""
    cause = error
    for _ in range(_MAX_CAUSES):
        if cause is None:
            return
        yield cause
        cause = getattr(cause, "__cause__", None) or getattr(cause, "__context__", None)
