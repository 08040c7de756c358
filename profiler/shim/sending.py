"""What is about to be sent, whichever SDK sends it, as budgets see it and may change it."""

from __future__ import annotations

import sys

from profiler.shim.providers.reading import part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_GOOGLES_OWN = 5
"""Attempts of Google's SDK where it is asked to retry and not told how often."""


class Sending:
    """The arguments of an SDK's chokepoint."""

    __slots__ = ("_options", "args", "attempts", "body", "kwargs", "wider_context")

    def __init__(self, client: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.args, self.kwargs = args, kwargs
        options = args[1] if len(args) > 1 else kwargs.get("options")
        self._options = options if hasattr(options, "json_data") else None
        self.attempts = 1
        """How often the SDK may send it."""
        self.wider_context = 0
        """The tokens of context that it asks for beyond the model's own, as a trial feature."""
        self.body: object
        if self._options is not None:
            extra = self._options.extra_json
            self.body = {**(self._options.json_data or {}), **(extra or {})}
            self.attempts = 1 + _retries(client, self._options)
            self.wider_context = _wider(client, self._options, self.body)
        elif self._is_google:
            self.body = args[2] if len(args) > 2 else kwargs.get("request_dict")
            self.attempts = _google_attempts(client, args, kwargs)
        else:
            self.body = kwargs

    @property
    def _is_google(self) -> bool:
        return isinstance(self._path, str)

    @property
    def _path(self) -> object:
        return self.args[1] if len(self.args) > 1 else self.kwargs.get("path")

    @property
    def can_change_model(self) -> bool:
        """Whether the model can be changed here."""
        return self._options is not None or self._is_google or "model" in self.kwargs

    def sent_to(self, model: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments, with another model in them."""
        args, kwargs, options = self.args, self.kwargs, self._options
        if options is not None:
            name = "extra_json" if "model" in (options.extra_json or {}) else "json_data"
            changed = {**getattr(options, name), "model": model}
            copy = options.model_copy(update={name: changed})
            if len(args) > 1:
                return (args[0], copy, *args[2:]), kwargs
            return args, {**kwargs, "options": copy}
        if self._is_google:
            before, slash, rest = str(self._path).rpartition("/")
            path = f"{before}{slash}{model}:{rest.partition(':')[2]}"
            if len(args) > 1:
                return (args[0], path, *args[2:]), kwargs
            return args, {**kwargs, "path": path}
        return args, {**kwargs, "model": model}


def _wider(client: object, options: Any, body: Mapping[str, Any]) -> int:
    """As `anthropic-beta: context-1m-…` asks for, or the same in the body, as clouds have it."""
    told = [*_names(body.get("anthropic_beta")), *_names(body.get("betas"))]
    for headers in (options.headers, getattr(client, "_custom_headers", None)):
        # absent headers are a marker of the SDK's own, not a mapping
        items = () if headers is None or not hasattr(headers, "items") else headers.items()
        for name, value in items:
            if str(name).lower() == "anthropic-beta":
                told += _names(value)
    return max(map(_context, told), default=0)


def _names(told: object) -> list[str]:
    """Features asked for: in a list, or in a text with commas."""
    given = told if isinstance(told, list | tuple) else [told]
    return [name.strip() for one in given if isinstance(one, str) for name in one.split(",")]


def _context(feature: str) -> int:
    """The tokens of context that a feature gives: a million of `context-1m-2025-08-07`."""
    kind, _, rest = feature.partition("-")
    millions = rest.partition("-")[0].removesuffix("m")
    return int(millions) * 1_000_000 if kind == "context" and millions.isdecimal() else 0


def _retries(client: object, options: Any) -> int:
    given = options.max_retries
    retries = given if isinstance(given, int) else getattr(client, "max_retries", 0)
    return retries if isinstance(retries, int) else 0


def _google_attempts(client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    given = args[3] if len(args) > 3 else kwargs.get("http_options")
    for options in (given, getattr(client, "_http_options", None)):
        retrying = part(options, "retry_options")
        if retrying is not None:
            attempts = part(retrying, "attempts")
            return _GOOGLES_OWN if attempts is None else max(1, attempts)
    # over aiohttp, it tries again where the connection is lost
    over_aiohttp = getattr(client, "_use_aiohttp", None)
    return 2 if over_aiohttp is not None and _is_in_loop() and over_aiohttp() else 1


def _is_in_loop() -> bool:
    # a program without it has no loop
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None  # noqa: SLF001  # never raises
