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

_BY_STATUS = {401: "auth", 403: "auth", 408: "timeout", 429: "rate_limit", 499: "cancelled"}

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
    ("ValidationError", "unknown"),
)


class Failure:
    """What became of a call that raised."""

    __slots__ = ("billed", "error", "is_abandoned", "status")

    def __init__(self, error: BaseException) -> None:
        self.status = _status(error)
        self.is_abandoned = not isinstance(error, Exception)
        """Whether the program itself gave up: a cancellation, an interrupt, an exit."""
        self.error = "cancelled" if self.is_abandoned else _class(error, self.status)
        self.billed = _billed(error, self.status)


def _status(error: BaseException) -> int | None:
    for name in ("status_code", "code"):
        value = getattr(error, name, None)
        if isinstance(value, int) and not isinstance(value, bool) and 100 <= value < 600:
            return value
    return None


def _class(error: BaseException, status: int | None) -> str:
    if getattr(error, "code", None) == "content_filter":
        return "content_filter"
    if status is not None and status >= 400:
        known = _BY_STATUS.get(status)
        return known or ("server_error" if status >= 500 else "invalid_request")
    for name in _names(error):
        for piece, meaning in _BY_NAME:
            if piece in name:
                return meaning
    return "unknown"


def _billed(error: BaseException, status: int | None) -> str:
    if status in _UNBILLED:
        return "no"
    if status is None and any(
        name in _UNSENT for cause in _causes(error) for name in _names(cause)
    ):
        return "no"
    return "unknown"


def _names(error: BaseException) -> list[str]:
    return [kind.__name__ for kind in type(error).__mro__]


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and what led to it."""
    cause: BaseException | None = error
    for _ in range(_MAX_CAUSES):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__
