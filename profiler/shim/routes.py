"""What is asked of whom, by where a call goes: the same for all calls of one method of a client."""

from __future__ import annotations

from profiler.shim.providers.hosts import host_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MAX_KEPT = 256


class Route:
    """Where the calls of one method of one client go."""

    __slots__ = ("_held", "billed_by", "errand", "host", "operation")

    def __init__(self, provider: Any, client: Any, method: str, path: str) -> None:
        host = host_of(client)
        # held, so that no other object can get the id of one of them
        self._held = (provider, type(client), client.base_url)
        self.host = host[0]
        self.billed_by: str = provider.billed_by(client, host)
        self.errand: str = provider.errand_of(method, path)
        """What is fetched here that may tell of calls made earlier; most calls fetch nothing."""
        self.operation: str = provider.operation_of(path) if method == "post" else ""
        """Empty where nothing is billed."""


class Routes:
    """The latest few routes."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int, str, str], Route] = {}

    def of(self, provider: Any, client: Any, options: Any) -> Route:
        """Where a call of a client goes."""
        method, path = options.method, options.url
        # hashing a client or its address would run code of the host's
        key = (id(provider), id(type(client)), id(client.base_url), method, path)
        route = self._known.get(key)
        if route is None:
            if len(self._known) >= _MAX_KEPT:
                self._known.clear()
            self._known[key] = route = Route(provider, client, str(method).lower(), path)
        return route
