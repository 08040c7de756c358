"""Carries labels into threads and executors: what a block hands out still belongs to it.

Only our own variable goes along. Every other context variable of the host's is, in the new
thread, what it would have been.
"""

from __future__ import annotations

import functools

from profiler.shim.context import CURRENT, NOTHING
from profiler.shim.guard import quiet
from profiler.shim.patches import Patch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from profiler.shim.context import Labels


class LabelledRun:
    """Stands in for the `run` of one thread until it runs: in the labels it was started in."""

    __slots__ = ("_labels", "_own", "_thread")

    def __init__(self, thread: Any, labels: Labels) -> None:
        self._thread = thread
        self._labels = labels
        self._own: Callable[[], object] | None = vars(thread).get("run")

    def __call__(self) -> None:
        """Runs the thread's own `run`, in the new thread."""
        thread = self._thread
        self.recall()
        before = _into(self._labels)
        try:
            thread.run()
        finally:
            _back(before)

    @quiet
    def recall(self) -> None:
        """Gives the thread its own `run` back."""
        if self._own is None:
            vars(self._thread).pop("run", None)
        else:
            self._thread.run = self._own


class LabelledTask:
    """A function to be called elsewhere, in the labels of where it was handed out."""

    __slots__ = ("_function", "_labels")

    def __init__(self, function: Callable[..., Any], labels: Labels) -> None:
        self._function = function
        self._labels = labels

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Calls the function, wherever that is."""
        before = _exactly(self._labels)
        try:
            return self._function(*args, **kwargs)
        finally:
            _back(before)


def starting(patch: Patch) -> Callable[..., Any]:
    """What stands in for `Thread.start`."""
    original = patch.original

    @functools.wraps(original)
    def started(self: Any, *args: Any, **kwargs: Any) -> Any:
        errand = _sent(self) if patch.is_active else None
        if errand is None:
            return original(self, *args, **kwargs)
        try:
            return original(self, *args, **kwargs)
        except BaseException:
            errand.recall()
            raise

    return started


def submitting(patch: Patch) -> Callable[..., Any]:
    """What stands in for an executor's `submit`."""
    original = patch.original

    @functools.wraps(original)
    def submitted(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        args = (_labelled(args) if patch.is_active else None) or args
        # a worker that is started by this task serves every later one, whatever its labels
        before = _exactly(NOTHING)
        try:
            return original(self, *args, **kwargs)
        finally:
            _back(before)

    return submitted


def opening(patch: Patch) -> Callable[..., Any]:
    """What stands in for a pool's making: its workers serve every task, whatever its labels."""
    original = patch.original

    @functools.wraps(original)
    def opened(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = _exactly(NOTHING) if patch.is_active else None
        try:
            return original(self, *args, **kwargs)
        finally:
            _back(before)

    return opened


PLACES = (
    ("threading", "Thread", "start", starting),
    ("concurrent.futures.thread", "ThreadPoolExecutor", "submit", submitting),
    ("concurrent.futures.process", "ProcessPoolExecutor", "submit", submitting),
    # of threads and of processes; every other way to hand out a task is made of these
    ("multiprocessing.pool", "Pool", "__init__", opening),
    ("multiprocessing.pool", "Pool", "apply_async", submitting),
    ("multiprocessing.pool", "Pool", "_map_async", submitting),
    ("multiprocessing.pool", "Pool", "imap", submitting),
    ("multiprocessing.pool", "Pool", "imap_unordered", submitting),
)

MODULES = frozenset(module for module, _, _, _ in PLACES)


def carrying(module: ModuleType) -> list[Patch]:
    """Puts our stand-ins into one of the modules that start threads or hand out tasks."""
    patches = []
    for name, owner, method, make in PLACES:
        original = vars(getattr(module, owner)).get(method) if name == module.__name__ else None
        if callable(original):
            patch = Patch(getattr(module, owner), method, original)
            patch.install(make(patch))
            patches.append(patch)
    return patches


@quiet
def _sent(thread: Any) -> LabelledRun | None:
    labels = CURRENT.get()
    if labels is NOTHING:
        return None
    errand = LabelledRun(thread, labels)
    thread.run = errand
    return errand


@quiet
def _labelled(args: tuple[Any, ...]) -> tuple[Any, ...] | None:
    labels = CURRENT.get()
    if labels is NOTHING or not args:
        return None
    return LabelledTask(args[0], labels), *args[1:]


@quiet
def _into(labels: Labels) -> Labels | None:
    """Enters `labels` where there are none yet, and tells what was in force before.

    A thread that was given a context of its own keeps the labels that came with it.
    """
    before = CURRENT.get()
    if before is NOTHING:
        CURRENT.set(labels)
    return before


@quiet
def _exactly(labels: Labels) -> Labels | None:
    before = CURRENT.get()
    CURRENT.set(labels)
    return before


@quiet
def _back(before: Labels | None) -> None:
    if before is not None:
        CURRENT.set(before)
