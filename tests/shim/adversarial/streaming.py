"""Every way a host reads, or does not read, a synchronous stream."""

import itertools
import threading
from collections.abc import Callable, Generator
from typing import Any

from tests.shim.adversarial.kits import KITS, Kit, lasting
from tests.shim.adversarial.observing import Case


def full(stream: Any) -> Any:
    return list(stream)


def broken_off(stream: Any) -> Any:
    for chunk in stream:
        return [chunk]
    return []


def broken_off_and_kept(stream: Any) -> Any:
    first = [chunk for chunk, _ in zip(stream, range(2), strict=False)]
    return [first, type(stream).__name__]


def in_a_block(stream: Any) -> Any:
    if not hasattr(stream, "__exit__"):
        return list(stream)
    with stream as entered:
        return [entered is stream, list(entered)]


def left_early(stream: Any) -> Any:
    if not hasattr(stream, "__exit__"):
        return next(stream)
    with stream:
        for chunk in stream:
            return chunk
    return None


def only_next(stream: Any) -> Any:
    return next(iter(stream))


def next_and_close(stream: Any) -> Any:
    first = next(iter(stream))
    stream.close()
    return first


def never_read(stream: Any) -> Any:
    return type(stream).__name__


def closed_unread(stream: Any) -> Any:
    return stream.close()


def host_raises(stream: Any) -> Any:
    for chunk in stream:
        raise LookupError(type(chunk).__name__)


def interrupted(stream: Any) -> Any:
    for chunk in stream:
        raise KeyboardInterrupt(type(chunk).__name__)


def exits(stream: Any) -> Any:
    for _ in stream:
        raise SystemExit(3)


def out_of_memory(stream: Any) -> Any:
    for _ in stream:
        raise MemoryError


def generator_closed(stream: Any) -> Any:
    def passing() -> Generator[Any, None, None]:
        try:
            yield from stream
        except GeneratorExit:
            seen.append("exit")
            raise

    seen: list[Any] = []
    generator = passing()
    seen.append(next(generator))
    generator.close()
    return seen


def thrown_into(stream: Any) -> Any:
    def passing() -> Generator[Any, None, None]:
        for chunk in stream:
            try:
                yield chunk
            except LookupError:
                yield "caught"

    generator = passing()
    next(generator)
    return generator.throw(LookupError("x")), list(generator)


def closed_twice(stream: Any) -> Any:
    first = next(iter(stream))
    return first, stream.close(), stream.close()


def read_after_the_end(stream: Any) -> Any:
    return len(list(stream)), list(stream), next(iter(stream), "nothing")


def teed(stream: Any) -> Any:
    one, other = itertools.tee(stream)
    return list(one), list(other)


def two_iterators(stream: Any) -> Any:
    one, other = iter(stream), iter(stream)
    return next(one), next(other), list(one), list(other)


def in_another_thread(stream: Any) -> Any:
    seen: list[Any] = []
    thread = threading.Thread(target=lambda: seen.extend(stream))
    thread.start()
    thread.join()
    return seen


def collected_elsewhere(stream: Any) -> Any:
    held = [stream]
    first = next(iter(stream))
    del stream
    thread = threading.Thread(target=held.clear)
    thread.start()
    thread.join()
    return first


def unpacked(stream: Any) -> Any:
    first, *rest = stream
    return first, rest


def mapped(stream: Any) -> Any:
    return [*map(type, stream)], max((), default=None)


def asked_about(stream: Any) -> Any:
    names = ("response", "__iter__", "__next__", "__enter__", "close", "nothing_of_the_kind")
    return type(stream).__mro__[0].__name__, [hasattr(stream, name) for name in names], list(stream)


WAYS: tuple[Callable[[Any], Any], ...] = (
    full,
    broken_off,
    broken_off_and_kept,
    in_a_block,
    left_early,
    only_next,
    next_and_close,
    never_read,
    closed_unread,
    host_raises,
    interrupted,
    exits,
    out_of_memory,
    generator_closed,
    thrown_into,
    closed_twice,
    read_after_the_end,
    teed,
    two_iterators,
    in_another_thread,
    collected_elsewhere,
    unpacked,
    mapped,
    asked_about,
)


def _case(kit: Kit, way: Callable[[Any], Any]) -> Case:
    name = f"{kit.name}/stream/{way.__name__}"
    # a generator of Google's has sent nothing until it is asked
    unsent = kit.sdk == "google" and way in {never_read, closed_unread}
    return Case(
        name, lambda server: way(kit.stream(lasting(kit, server))), calls=0 if unsent else None
    )


def cases() -> list[Case]:
    """Every way, for every SDK."""
    return [_case(kit, way) for kit in KITS for way in WAYS]
