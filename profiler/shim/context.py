"""Labels of the calls made in a block: who, what for, in which session."""

from __future__ import annotations

import functools
import os
from contextvars import ContextVar

from profiler.log.fields import LABELS, MAX_LABEL_CHARS
from profiler.shim.guard import quiet
from profiler.shim.keys import without_keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Mapping
    from types import CodeType, TracebackType
    from typing import Any, TypeVar, overload

    Function = TypeVar("Function", bound=Callable[..., Any])
else:

    def overload(function: object) -> object:
        """What a type checker reads; `typing` itself is not imported here."""
        return function


MAX_TAGS = 64

_STEPS = ("feature", "agent", "workflow")
"""Labels that name a part of the program's work, so that a block with one is a span."""

_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200
"""Flags of a code object; `inspect`, which names them, doubles our import time."""


class Labels:
    """What is in force in a block, and what was outside it."""

    __slots__ = ("outer", "owner", "span", "tags", "texts", "trace", "written")

    def __init__(
        self,
        texts: Mapping[str, str],
        tags: Mapping[str, str],
        trace: str = "",
        span: str = "",
    ) -> None:
        self.texts = texts
        self.tags = tags
        self.trace = trace
        """What all blocks within the outermost one share; empty outside of every span."""
        self.span = span
        """The innermost block that is a step of the program's own."""
        self.owner: object = None
        self.outer: Labels | None = None
        self.written: tuple[object, dict[str, str]] | None = None
        """These labels as a line has them, and the defaults they were added to."""

    def __reduce__(self) -> tuple[type[Labels], tuple[object, ...]]:
        """What another process is told: the labels, without the blocks they came from."""
        return Labels, (self.texts, self.tags, self.trace, self.span)

    def within(self, owner: context) -> Labels:
        """The labels in force inside `owner`'s block."""
        trace, span = self.trace, self.span
        if owner.is_step:
            trace, span = trace or os.urandom(16).hex(), os.urandom(8).hex()
        inside = Labels({**self.texts, **owner.texts}, {**self.tags, **owner.tags}, trace, span)
        inside.owner, inside.outer = owner, self
        return inside


NOTHING = Labels({}, {})
CURRENT: ContextVar[Labels] = ContextVar("profiler_labels", default=NOTHING)


def label(value: object) -> str:
    """`value` as a label: a plain string without keys, cut to size; never raises."""
    try:
        text = str.__str__(value) if isinstance(value, str) else str(value)
        # a key given as `user=` is not written; what is cut first cannot tell a key by its end
        return without_keys(str(text)[: 2 * MAX_LABEL_CHARS])[:MAX_LABEL_CHARS]
    except Exception:  # noqa: BLE001  # the value is the host's and so is its __str__
        return type(value).__name__[:MAX_LABEL_CHARS]


class context:  # noqa: N801  # read as a statement: `with profiler.context(...)`
    """Labels every call made in its block: `with profiler.context(feature="search"): ...`.

    Blocks nest: the inner one wins, tags are merged. `None` leaves a label as it is, an empty
    text removes it. Further keywords are tags. One object may be entered any number of times,
    in any number of tasks and threads at once.

    A block that names a feature, an agent or a workflow is a span: calls in it name it as their
    parent, and share a trace with those of the blocks inside and around it. Where OpenTelemetry
    is loaded and has a current span, calls name that one instead.

    Labels follow into tasks; into threads and executors while `instrument()` is in force.
    A generator runs in its consumer's context, so a block around a `yield` would label the
    consumer, too: label a generator with `track`.
    """

    __slots__ = ("is_step", "tags", "texts")

    def __init__(  # noqa: PLR0913  # one keyword per label
        self,
        *,
        session: object = None,
        user: object = None,
        user_tier: object = None,
        feature: object = None,
        agent: object = None,
        workflow: object = None,
        project: object = None,
        environment: object = None,
        prompt_version: object = None,
        tags: Mapping[str, object] | None = None,
        **more_tags: object,
    ) -> None:
        labels = (session, user, user_tier, feature, agent, workflow, project, environment)
        self.texts = _texts((*labels, prompt_version)) or {}
        self.tags = _tags(tags, more_tags) or {}
        self.is_step = any(self.texts.get(name) for name in _STEPS)

    def __enter__(self) -> context:  # noqa: PYI034  # Self would import typing
        _enter(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _leave(self)

    async def __aenter__(self) -> context:  # noqa: PYI034
        _enter(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _leave(self)


@overload
def track(function: Function, /) -> Function: ...  # noqa: D103  # the last one has it


@overload
def track(**labels: Any) -> Callable[[Function], Function]: ...  # noqa: D103, F811


def track(function: Callable[..., Any] | None = None, /, **labels: Any) -> Any:  # noqa: F811
    """Labels every call made while the function's body runs: `@profiler.track(feature="search")`.

    Takes what `context` takes; bare, `@profiler.track`, the feature is the function's name.
    Functions, coroutines, generators and asynchronous generators keep their kind.
    """
    if function is not None:
        return _tracked(function, context(feature=getattr(function, "__name__", None)))
    return functools.partial(_tracked, block=context(**labels))


def _tracked(function: Function, block: context) -> Function | Callable[..., Any]:
    code: CodeType | None = getattr(function, "__code__", None)
    flags = code.co_flags if code is not None else 0
    if flags & _ASYNC_GENERATOR:
        return _over_async_steps(function, block)
    if flags & _GENERATOR:
        return _over_steps(function, block)
    if flags & _COROUTINE:

        @functools.wraps(function)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            with block:
                return await function(*args, **kwargs)

        return awaited

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        with block:
            return function(*args, **kwargs)

    return called


class _Body:
    """A generator's body: its labels are in force while it runs, never while it waits."""

    __slots__ = ("labels", "outside")

    def __init__(self, block: context) -> None:
        self.outside = CURRENT.get()
        self.labels = _inside(self.outside, block) or self.outside

    def __enter__(self) -> None:
        self.outside = CURRENT.get()
        CURRENT.set(self.labels)

    def __exit__(self, *_: object) -> None:
        # what blocks inside the body have entered is in force again at the next step
        self.labels = CURRENT.get()
        CURRENT.set(self.outside)


def _over_steps(function: Callable[..., Any], block: context) -> Callable[..., Any]:
    @functools.wraps(function)
    def stepped(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        body = _Body(block)
        inner = function(*args, **kwargs)
        step, argument = inner.send, None
        while True:
            try:
                with body:
                    value = step(argument)
            except StopIteration as end:
                return end.value
            try:
                argument = yield value
                step = inner.send
            except GeneratorExit:
                with body:
                    inner.close()
                raise
            except BaseException as error:  # noqa: BLE001  # thrown on into the host's body
                step, argument = inner.throw, error

    return stepped


def _over_async_steps(function: Callable[..., Any], block: context) -> Callable[..., Any]:
    @functools.wraps(function)
    async def stepped(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        body = _Body(block)
        inner = function(*args, **kwargs)
        step, argument = inner.asend, None
        while True:
            try:
                with body:
                    value = await step(argument)
            except StopAsyncIteration:
                return
            try:
                argument = yield value
                step = inner.asend
            except GeneratorExit:
                with body:
                    await inner.aclose()
                raise
            except BaseException as error:  # noqa: BLE001  # thrown on into the host's body
                step, argument = inner.athrow, error

    return stepped


@quiet
def _texts(given: tuple[object, ...]) -> dict[str, str]:
    pairs = zip(LABELS, given, strict=True)
    return {name: label(value) for name, value in pairs if value is not None}


@quiet
def _tags(tags: Mapping[str, object] | None, more: Mapping[str, object]) -> dict[str, str]:
    # tags without names are a mistake of the program's, and no failure of ours
    given = tags.items() if tags is not None and hasattr(tags, "items") else ()
    pairs = [*given, *more.items()][:MAX_TAGS]
    return {label(name): label(value) for name, value in pairs if value is not None}


@quiet
def _inside(labels: Labels, block: context) -> Labels:
    return labels.within(block)


@quiet
def _enter(block: context) -> None:
    CURRENT.set(CURRENT.get().within(block))


@quiet
def _leave(block: context) -> None:
    # no tokens: a block may be left in another context than it was entered in (an asynchronous
    # generator closed by the event loop), where a token would raise
    labels: Labels | None = CURRENT.get()
    while labels is not None:
        if labels.owner is block:
            CURRENT.set(labels.outer or NOTHING)
            return
        labels = labels.outer
