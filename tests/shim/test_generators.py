"""Tracked generators: labels in the body, and nowhere else, however they are used and left."""

import asyncio
import gc
import inspect
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import pytest

import profiler
from profiler.shim.context import CURRENT, NOTHING


def feature() -> str | None:
    return CURRENT.get().texts.get("feature")


def steps(name: str, seen: list[str | None]) -> Iterator[int]:
    @profiler.track(feature=name)
    def body() -> Iterator[int]:
        try:
            for step in range(3):
                seen.append(feature())
                yield step
        finally:
            seen.append(feature())

    return body()


def test_interleaved_generators_keep_their_own_labels() -> None:
    first: list[str | None] = []
    second: list[str | None] = []
    with profiler.context(feature="outside"):
        for _ in zip(steps("a", first), steps("b", second), strict=False):
            assert feature() == "outside"
    assert set(first) == {"a"}
    assert set(second) == {"b"}
    assert CURRENT.get() is NOTHING


def test_a_generator_closed_early_is_cleaned_up_in_its_labels() -> None:
    seen: list[str | None] = []
    made: Any = steps("a", seen)
    next(made)
    made.close()
    assert seen == ["a", "a"]
    assert feature() is None


def test_a_generator_let_go_of_is_cleaned_up_in_its_labels() -> None:
    seen: list[str | None] = []
    made = steps("a", seen)
    next(made)
    del made
    gc.collect()
    assert seen == ["a", "a"]
    assert feature() is None


def test_a_generator_is_finished_in_another_thread() -> None:
    from threading import Thread

    seen: list[str | None] = []
    made = steps("a", seen)
    next(made)
    thread = Thread(target=lambda: list(made))
    thread.start()
    thread.join()
    assert seen == ["a"] * 4


def test_what_a_body_raises_passes_and_its_labels_go() -> None:
    @profiler.track(feature="a")
    def body() -> Generator[None, None, None]:
        yield
        raise KeyError("own")

    made = body()
    next(made)
    with pytest.raises(KeyError, match="own"):
        next(made)
    assert feature() is None


def test_a_generator_delegated_to_keeps_its_labels_too() -> None:
    @profiler.track(feature="outer")
    def outer() -> Generator[str | None, None, None]:
        yield feature()
        yield from inner()
        yield feature()

    @profiler.track(feature="inner")
    def inner() -> Generator[str | None, None, None]:
        yield feature()

    assert list(outer()) == ["outer", "inner", "outer"]


def test_generators_keep_their_kind() -> None:
    @profiler.track
    def plain() -> Iterator[int]:
        yield 1

    @profiler.track
    async def asynchronous() -> AsyncIterator[int]:
        yield 1

    assert inspect.isgeneratorfunction(plain)
    assert inspect.isasyncgenfunction(asynchronous)


def async_steps(name: str, seen: list[str | None]) -> Any:
    @profiler.track(feature=name)
    async def body() -> AsyncIterator[int]:
        try:
            for step in range(3):
                await asyncio.sleep(0)
                seen.append(feature())
                yield step
        finally:
            await asyncio.sleep(0)
            seen.append(feature())

    return body()


def test_interleaved_async_generators_keep_their_own_labels() -> None:
    first: list[str | None] = []
    second: list[str | None] = []

    async def main() -> None:
        one, two = async_steps("a", first), async_steps("b", second)
        for _ in range(3):
            await anext(one)
            assert feature() is None
            await anext(two)
        await one.aclose()
        await two.aclose()
        assert feature() is None

    asyncio.run(main())
    assert first == ["a"] * 4
    assert second == ["b"] * 4


def test_an_async_generator_left_to_the_loop_is_cleaned_up_in_its_labels() -> None:
    seen: list[str | None] = []

    async def main() -> None:
        async for _ in async_steps("a", seen):
            break
        gc.collect()
        await asyncio.sleep(0.01)
        assert feature() is None

    asyncio.run(main())
    assert seen == ["a", "a"]


def test_a_cancelled_async_generator_leaves_no_labels() -> None:
    seen: list[str | None] = []

    begun = asyncio.Event()

    async def consume() -> None:
        async for _ in async_steps("a", seen):
            begun.set()
            await asyncio.sleep(30)

    async def main() -> str | None:
        task = asyncio.create_task(consume())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return feature()

    assert asyncio.run(main()) is None
