"""Patches SDKs at their one request chokepoint: all of them, or one client."""

from __future__ import annotations

import functools
import os
import sys
from importlib import import_module
from types import MethodType

from profiler.shim import threads
from profiler.shim.chosen import Chosen
from profiler.shim.guard import quiet
from profiler.shim.imports import Watcher
from profiler.shim.patches import Patch, has_shape
from profiler.shim.points import (
    COPYING,
    LISTENERS,
    MODULES,
    RETRYING,
    SDKS,
    SOCKETS,
    Point,
    inners_of,
    points_of,
    retries_of,
)
from profiler.shim.writer import warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from profiler.errors import BudgetExceeded
    from profiler.ledger.breaches import Breach
    from profiler.shim.recorder import Recorder
    from profiler.shim.recording import Begin, Count, Ended

    Client = TypeVar("Client")


class Shim:
    """What is patched in this process, and where it is recorded."""

    __slots__ = ("_chosen", "_recorder", "_warned", "_watcher", "patches")

    def __init__(self) -> None:
        self._chosen: Chosen | None = None
        self._recorder: Recorder | None = None
        self._watcher: Watcher | None = None
        self._warned: set[str] = set()
        self.patches: list[Patch] = []

    @property
    def recorder(self) -> Recorder:
        """Where calls are recorded; made at the first need."""
        if self._recorder is None:
            # a program that asks no model need not wait for what records calls
            from profiler.shim.recorder import Recorder

            self._recorder = Recorder(self._chosen or Chosen())
        return self._recorder

    def start(self) -> None:
        """Patches what is imported, and what will be."""
        if self._watcher is not None:
            return
        self._chosen = Chosen()
        watched = MODULES | RETRYING | SOCKETS | threads.MODULES | frozenset(LISTENERS)
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
            self._recorder.close()
            self._recorder = None
        self._chosen = None

    @quiet
    def patch_module(self, name: str) -> None:
        """Patches an SDK's chokepoints if it is imported and one we know."""
        module = sys.modules.get(name)
        if module is None or any(patch.owner.__module__ == name for patch in self.patches):
            return
        self.patches += threads.carrying(module)
        if name in SOCKETS:
            # only programs that come here need it
            from profiler.shim import sockets

            self.patches += sockets.hearing(module, self.recorder.begin_socket)
        if name in LISTENERS:
            file = import_module(f"profiler.shim.providers.{LISTENERS[name]}")
            self.patches.append(file.Listener(module, self.recorder))
        if self.is_known(name):
            for point in points_of(name):
                self._patch(getattr(module, point.owner), point)
            for point in retries_of(name):
                self._patch_retries(getattr(module, point.owner, None), point)

    def is_known(self, name: str) -> bool:
        """Whether an imported SDK has the shape we know; says so once if it has not."""
        module = sys.modules[name]
        for point in points_of(name):
            original = vars(getattr(module, point.owner, Point)).get(point.name)
            if not has_shape(original, point.shape, is_async=point.is_async):
                sdk = next(sdk for sdk, modules in SDKS if name in modules)
                text = f"this version of {sdk} is not known; its calls are not recorded"
                self.warn_once(name, text)
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
        patch.install(_recording(patch, point, self.recorder.beginning(point.begin)))
        self.patches.append(patch)

    def _patch_retries(self, owner: Any, point: Point) -> None:
        original = getattr(owner, "__dict__", {}).get(point.name)
        if callable(original):
            patch = Patch(owner, point.name, original)
            patch.install(_counting(patch, _count_at(point)))
            self.patches.append(patch)

    def warn_once(self, about: str, text: str) -> None:
        """Says `text` on stderr, unless something was said about the same before."""
        if about not in self._warned:
            self._warned.add(about)
            warn(text)


SHIM = Shim()


def instrument(
    *,
    on_budget: Callable[[Breach], object] | None = None,
    on_refusal: Callable[[BudgetExceeded], str | None] | None = None,
) -> None:
    """Records every call of the SDKs we know, whether they are imported now or later.

    `on_budget` is told of every threshold that a call of this program crosses, at that call's
    end, as by `profiler.on_budget`: a program may then ask for less, or of a cheaper model.
    `on_refusal` is asked before a call is refused, as by `profiler.on_refusal`.
    Does nothing else when called again, and nothing at all with `PROFILER_DISABLE=1`.
    """
    if not _is_disabled():
        _start()
        if on_budget is not None or on_refusal is not None:
            _listen(on_budget, on_refusal)


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
def _listen(
    listener: Callable[[Breach], object] | None,
    adviser: Callable[[BudgetExceeded], str | None] | None,
) -> None:
    listeners = SHIM.recorder.budgets.listeners
    if listener is not None:
        listeners.add(listener)
    if adviser is not None:
        listeners.ask(adviser)


@quiet
def _stop() -> None:
    SHIM.stop()


@quiet
def _wrap(client: Any) -> None:
    inners = [inner for inner in inners_of(client) if _module_of(type(inner))]
    if not inners:
        warn(f"{type(client).__name__} is no client of an SDK we know; its calls are not recorded")
    for inner in inners:
        _wrap_inner(inner)


def _wrap_inner(inner: Any) -> None:
    module = _module_of(type(inner)) or ""
    is_wrapped = any(point.name in vars(inner) for point in points_of(module))
    if is_wrapped or not SHIM.is_known(module):
        return
    for point in points_of(module):
        if isinstance(inner, getattr(sys.modules[module], point.owner)):
            _wrap_point(inner, point)
    for point in retries_of(module):
        if isinstance(inner, getattr(sys.modules[module], point.owner)):
            _wrap_retries(inner, point)
    for name in ("copy", "with_options"):
        if module in COPYING and hasattr(inner, name):
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
    def begin(self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if SHIM.is_patched(type(self), name):
            return None
        return SHIM.recorder.beginning(point.begin)(self, args, kwargs)

    patch = Patch(client, name, _passing_on(client, name))
    patch.install(MethodType(_recording(patch, point, begin), client))


def _wrap_retries(client: Any, point: Point) -> None:
    name, count = point.name, _count_at(point)

    @quiet
    def count_here(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Ended | None:
        return None if SHIM.is_patched(type(client), name) else count(args, kwargs)

    patch = Patch(client, name, _passing_on(client, name))
    patch.install(MethodType(_counting(patch, count_here), client))


def _recording(patch: Patch, point: Point, begin: Begin) -> Callable[..., Any]:
    from profiler.shim.recording import recording, recording_async

    return (recording_async if point.is_async else recording)(patch, begin)


def _counting(patch: Patch, count: Count) -> Callable[..., Any]:
    from profiler.shim.recording import counting

    return counting(patch, count)


def _count_at(point: Point) -> Count:
    from profiler.shim import recording

    count: Count = getattr(recording, point.begin)
    return count


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
