"""Sending one message to one address, by apprise; the address is a secret and stays one."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from profiler.errors import UsageError

if TYPE_CHECKING:
    from apprise import Apprise, AppriseAsset

TIMEOUT_S = 20
_READ_TIMEOUT_S = 15.0
"""Apprise would give up after four: a service that had taken the message would be sent it anew."""
_MOST_CHARS = 200
_LEAST_SECRET = 4
_NOT_TELLING = {"json", "jsons", "xml", "xmls", "form", "forms"}
"""Services whose whole path is the user's own: any part of it may be a secret."""


class Channel(Protocol):
    """What sends."""

    def __call__(self, address: str, title: str, body: str, /) -> str:
        """Send; why it could not be, in words without secrets; empty where it was."""


def send(address: str, title: str, body: str) -> str:
    """Send through apprise; why it could not be, empty where it was."""
    from apprise import NotifyFormat  # noqa: PLC0415  # a sixth of a second, for whoever sends

    try:
        service = _opened(address)
    except UsageError as error:
        return str(error)
    with _complaints() as said:
        try:
            if service.notify(body=body, title=title, body_format=NotifyFormat.TEXT):
                return ""
        except Exception as error:  # noqa: BLE001  # a plugin's own fault is one more way to fail
            said.append(type(error).__name__)
    words = " ".join(said) or "it was not accepted, and no reason was given"
    return without_secrets(words, address)[:_MOST_CHARS]


def shown(address: str) -> str:
    """An address as people may see it: the service, and the host where that is no secret.

    Raises:
        UsageError: no service is addressed so.

    """
    (service,) = _opened(address)
    scheme = address.partition("://")[0].lower()
    if scheme in _NOT_TELLING:
        port = f":{service.port}" if getattr(service, "port", None) else ""
        return f"{scheme}://{service.host}{port}/…"
    told: str = service.url(privacy=True)  # type: ignore[no-untyped-call]  # apprise's own
    return told.partition("?")[0].rstrip("/")


def without_secrets(words: str, address: str) -> str:
    """`words` with nothing in it that the address holds beyond its scheme."""
    rest = address.partition("://")[2]
    parts = {part for part in re.split(r"[/:@?&=+,]", rest) if len(part) >= _LEAST_SECRET}
    for part in sorted({rest, *parts}, key=len, reverse=True):
        if part:
            words = words.replace(part, "…")
    return words


def _opened(address: str) -> "Apprise":
    from apprise import Apprise  # noqa: PLC0415  # as above

    service = Apprise(asset=_asset())
    with _complaints():
        is_known = service.add(address)
    if not is_known or len(service) != 1:
        scheme = re.match(r"[a-z0-9]{2,20}(?=://)", address)
        kind = f"{scheme[0]}://… " if scheme else ""
        raise UsageError(
            f"the address {kind}is none that apprise understands; "
            "https://appriseit.com/services lists how each service is addressed"
        )
    for one in service:
        one.socket_read_timeout = max(one.socket_read_timeout, _READ_TIMEOUT_S)
    return service


def _asset() -> "AppriseAsset":
    from apprise import AppriseAsset, PersistentStoreMode  # noqa: PLC0415  # as above

    return AppriseAsset(
        app_id="profiler",
        app_desc="profiler",
        app_url="",
        plugin_paths=(),
        storage_mode=PersistentStoreMode.MEMORY,
        secure_logging=True,
        async_mode=False,
        interpret_escapes=False,
    )


class _Kept(logging.Handler):
    """Keeps what is said."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.said.append(record.getMessage())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What apprise says went wrong; it says so to nobody else: it may name the address."""
    kept, log = _Kept(), logging.getLogger("apprise")
    level, goes_up = log.level, log.propagate
    log.addHandler(kept)
    log.setLevel(logging.WARNING)
    log.propagate = False
    try:
        yield kept.said
    finally:
        log.removeHandler(kept)
        log.setLevel(level)
        log.propagate = goes_up
