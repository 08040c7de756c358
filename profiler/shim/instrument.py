"""Patches SDKs at their one request chokepoint: all of them, or one client."""

from __future__ import annotations

import functools
import os
import sys
from types import MethodType

from profiler.shim import threads
from profiler.shim.guard import quiet
from profiler.shim.imports import Watcher
from profiler.shim.patches import (
    Patch,
    count_attempt,
    count_retry,
    counting,
    has_shape,
    recording,
    recording_async,
)
from profiler.shim.recorder import Recorder
from profiler.shim.writer import warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Client = TypeVar("Client")

_STAINLESS = ("self", "cast_to", "options", "stream", "stream_cls")
_GOOGLE = ("self", "http_method", "path", "request_dict", "http_options")


class Point:
    """One method that every call of an SDK passes, or that every retry of it does."""

    __slots__ = ("begin", "is_async", "module", "name", "owner", "shape")

    def __init__(
        self,
        place: str,
        begin: str = "",
        *,
        shape: tuple[str, ...] = (),
        is_async: bool = False,
    ) -> None:
        self.module, self.owner, self.name = place.split(":")
        self.begin = begin
        """The recorder's method that begins a call here."""
        self.shape = shape
        """Its parameters, in order: where they differ, the SDK is not one we know."""
        self.is_async = is_async


CALLS = tuple(
    Point(place, begin, shape=shape, is_async=is_async)
    for place, begin, shape, is_async in (
        ("openai._base_client:SyncAPIClient:request", "begin_openai", _STAINLESS, False),
        ("openai._base_client:AsyncAPIClient:request", "begin_openai", _STAINLESS, True),
        ("anthropic._base_client:SyncAPIClient:request", "begin_anthropic", _STAINLESS, False),
        ("anthropic._base_client:AsyncAPIClient:request", "begin_anthropic", _STAINLESS, True),
        ("google.genai._api_client:BaseApiClient:request", "begin_google", _GOOGLE, False),
        (
            "google.genai._api_client:BaseApiClient:request_streamed",
            "begin_google_stream",
            _GOOGLE,
            False,
        ),
        ("google.genai._api_client:BaseApiClient:async_request", "begin_google", _GOOGLE, True),
        (
            "google.genai._api_client:BaseApiClient:async_request_streamed",
            "begin_google_stream",
            _GOOGLE,
            True,
        ),
    )
)

RETRIES = tuple(
    (Point(place), count)
    for place, count in (
        ("openai._base_client:SyncAPIClient:_sleep_for_retry", count_retry),
        ("openai._base_client:AsyncAPIClient:_sleep_for_retry", count_retry),
        ("anthropic._base_client:SyncAPIClient:_sleep_for_retry", count_retry),
        ("anthropic._base_client:AsyncAPIClient:_sleep_for_retry", count_retry),
        ("google.genai._api_client:BaseApiClient:_request_once", count_attempt),
        ("google.genai._api_client:BaseApiClient:_async_request_once", count_attempt),
    )
)

MODULES = frozenset(point.module for point in CALLS)

_COPYING = frozenset({"openai._base_client", "anthropic._base_client"})
"""SDKs whose clients make copies of themselves."""


class Shim:
    """What is patched in this process, and where it is recorded."""

    __slots__ = ("_recorder", "_warned", "_watcher", "patches")

    def __init__(self) -> None:
        self._recorder: Recorder | None = None
        self._watcher: Watcher | None = None
        self._warned: set[str] = set()
        self.patches: list[Patch] = []

    @property
    def recorder(self) -> Recorder:
        """Where calls are recorded; made at the first need."""
        if self._recorder is None:
            self._recorder = Recorder()
        return self._recorder

    def start(self) -> None:
        """Patches what is imported, and what will be."""
        if self._watcher is not None:
            return
        watched = MODULES | threads.MODULES
        self._watcher = Watcher(watched, self.patch_module)
        self._watcher.start()
        for name in sorted(watched):
            # one that is being imported right now is still without its classes
            if not getattr(
                getattr(sys.modules.get(name), "__spec__", None), "_initializing", False
            ):
                self.patch_module(name)

    def stop(self) -> None:
        """Puts every original back and forgets this process's segment and labels."""
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher = None
        for patch in self.patches:
            patch.remove()
        self.patches = []
        if self._recorder is not None:
            self._recorder.writer.close()
            self._recorder = None

    @quiet
    def patch_module(self, name: str) -> None:
        """Patches an SDK's chokepoints if it is imported and one we know."""
        module = sys.modules.get(name)
        if module is None or any(patch.owner.__module__ == name for patch in self.patches):
            return
        self.patches += threads.carrying(module)
        if self.is_known(name):
            for point in points_of(name):
                self._patch(getattr(module, point.owner), point)
            for point, count in retries_of(name):
                self._patch_retries(getattr(module, point.owner, None), point.name, count)

    def is_known(self, name: str) -> bool:
        """Whether an imported SDK has the shape we know; says so once if it has not."""
        module = sys.modules[name]
        for point in points_of(name):
            original = vars(getattr(module, point.owner, Point)).get(point.name)
            if not has_shape(original, point.shape, is_async=point.is_async):
                self._warn_once(name)
                return False
        return True

    def is_patched(self, owner: Any, name: str) -> bool:
        """Whether calls of a class's method are being recorded at the class."""
        return any(
            patch.is_active and patch.name == name and issubclass(owner, patch.owner)
            for patch in self.patches
        )

    def _patch(self, owner: Any, point: Point) -> None:
        patch = Patch(owner, point.name, vars(owner)[point.name])
        begin = getattr(self.recorder, point.begin)
        make = recording_async if point.is_async else recording
        patch.install(make(patch, begin))
        self.patches.append(patch)

    def _patch_retries(self, owner: Any, name: str, count: Callable[[], None]) -> None:
        original = getattr(owner, "__dict__", {}).get(name)
        if callable(original):
            patch = Patch(owner, name, original)
            patch.install(counting(patch, count))
            self.patches.append(patch)

    def _warn_once(self, name: str) -> None:
        if name not in self._warned:
            self._warned.add(name)
            sdk = name.rpartition(".")[0]
            warn(f"this version of {sdk} is not known; its calls are not recorded")


def points_of(name: str) -> list[Point]:
    """The chokepoints of an SDK, by its module."""
    return [point for point in CALLS if point.module == name]


def retries_of(name: str) -> list[tuple[Point, Callable[[], None]]]:
    """Where an SDK's retries pass, and what counts them."""
    return [(point, count) for point, count in RETRIES if point.module == name]


SHIM = Shim()


def instrument() -> None:
    """Records every call of `openai`, `anthropic` and `google.genai`, imported now or later.

    Does nothing when called again, or with `PROFILER_DISABLE=1`.
    """
    if not _is_disabled():
        _start()


def uninstrument() -> None:
    """Undoes `instrument()`: the SDKs get the very functions back that they had.

    Clients given to `wrap` stay instrumented.
    """
    _stop()


def wrap(client: Client) -> Client:
    """Records the calls of this one client, and of the copies `with_options` makes of it.

    Returns the same client. Beside `instrument()` nothing is counted twice.
    """
    if not _is_disabled():
        _wrap(client)
    return client


def _is_disabled() -> bool:
    return os.environ.get("PROFILER_DISABLE", "") not in {"", "0"}


@quiet
def _start() -> None:
    SHIM.start()


@quiet
def _stop() -> None:
    SHIM.stop()


@quiet
def _wrap(client: Any) -> None:
    inner = getattr(client, "_api_client", client)
    module = _module_of(type(inner))
    if module is None:
        warn(f"{type(client).__name__} is no client of an SDK we know; its calls are not recorded")
        return
    if "request" in vars(inner) or not SHIM.is_known(module):
        return
    for point in points_of(module):
        if isinstance(inner, getattr(sys.modules[module], point.owner)):
            _wrap_point(inner, point)
    for point, count in retries_of(module):
        if isinstance(inner, getattr(sys.modules[module], point.owner)):
            _wrap_retries(inner, point.name, count)
    for name in ("copy", "with_options"):
        if module in _COPYING and hasattr(inner, name):
            setattr(inner, name, MethodType(_copying(name), inner))


def _module_of(kind: type) -> str | None:
    """The chokepoint module a client's class comes from."""
    for base in kind.__mro__:
        if base.__module__ in MODULES:
            return base.__module__
    return None


def _wrap_point(client: Any, point: Point) -> None:
    """A bound method, so that a deep copy of the client is bound to itself."""
    name = point.name

    @quiet
    def begin(self: Any, *args: Any, **kwargs: Any) -> Any:
        if SHIM.is_patched(type(self), name):
            return None
        return getattr(SHIM.recorder, point.begin)(self, *args, **kwargs)

    patch = Patch(client, name, _passing_on(client, name))
    make = recording_async if point.is_async else recording
    patch.install(MethodType(make(patch, begin), client))


def _wrap_retries(client: Any, name: str, count: Callable[[], None]) -> None:
    @quiet
    def count_here() -> None:
        if not SHIM.is_patched(type(client), name):
            count()

    patch = Patch(client, name, _passing_on(client, name))
    patch.install(MethodType(counting(patch, count_here), client))


def _passing_on(client: Any, name: str) -> Callable[..., Any]:
    """What the client's class does under that name, at the time it is called."""

    @functools.wraps(getattr(type(client), name))
    def original(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(type(self), name)(self, *args, **kwargs)

    return original


def _copying(name: str) -> Callable[..., Any]:
    def copied(self: Any, *args: Any, **kwargs: Any) -> Any:
        return wrap(getattr(type(self), name)(self, *args, **kwargs))

    return copied
