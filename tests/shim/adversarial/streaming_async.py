"""Every way a host reads, or abandons, an asynchronous stream or call."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from tests.shim.adversarial.kits import KITS, Kit
from tests.shim.adversarial.observing import Case
from tests.support.provider_server import Received, Reply, canned

Way = Callable[[Kit, Any], Awaitable[Any]]


async def opened(kit: Kit, surface: Any) -> Any:
    return await kit.stream(surface)


async def full(kit: Kit, surface: Any) -> Any:
    return [chunk async for chunk in await opened(kit, surface)]


async def plain(kit: Kit, surface: Any) -> Any:
    return await kit.create(surface)


async def gathered(kit: Kit, surface: Any) -> Any:
    return await asyncio.gather(*(kit.create(surface) for _ in range(3)))


async def one_after_another(kit: Kit, surface: Any) -> Any:
    return [await kit.create(surface), await full(kit, surface)]


async def broken_off(kit: Kit, surface: Any) -> Any:
    async for chunk in await opened(kit, surface):
        return chunk
    return None


async def only_next(kit: Kit, surface: Any) -> Any:
    return await anext(aiter(await opened(kit, surface)))


async def never_read(kit: Kit, surface: Any) -> Any:
    return type(await opened(kit, surface)).__name__


async def closed(kit: Kit, surface: Any) -> Any:
    stream = await opened(kit, surface)
    first = await anext(aiter(stream))
    close = getattr(stream, "close", None) or stream.aclose
    return first, await close(), await close()


async def read_after_the_end(kit: Kit, surface: Any) -> Any:
    stream = await opened(kit, surface)
    return [c async for c in stream], [c async for c in stream]


async def in_a_block(kit: Kit, surface: Any) -> Any:
    stream = await opened(kit, surface)
    if not hasattr(stream, "__aexit__"):
        return [chunk async for chunk in stream]
    async with stream as entered:
        async for chunk in entered:
            return entered is stream, chunk
    return None


async def host_raises(kit: Kit, surface: Any) -> Any:
    async for chunk in await opened(kit, surface):
        raise LookupError(type(chunk).__name__)


async def generator_closed(kit: Kit, surface: Any) -> Any:
    stream = await opened(kit, surface)

    async def passing() -> AsyncGenerator[Any, None]:
        async for chunk in stream:
            yield chunk

    generator = passing()
    first = await anext(generator)
    await generator.aclose()
    return first


async def in_a_task(kit: Kit, surface: Any) -> Any:
    return await asyncio.create_task(full(kit, surface))


async def in_a_group(kit: Kit, surface: Any) -> Any:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(full(kit, surface)) for _ in range(2)]
    return [task.result() for task in tasks]


async def group_fails(kit: Kit, surface: Any) -> Any:
    stream = await opened(kit, surface)
    await anext(aiter(stream))

    async def raises() -> None:
        raise LookupError("x")

    async with asyncio.TaskGroup() as group:
        group.create_task(raises())


async def opened_here_read_there(kit: Kit, surface: Any) -> Any:
    stream = await opened(kit, surface)

    async def rest() -> Any:
        return [chunk async for chunk in stream]

    return await asyncio.create_task(rest())


async def shielded(kit: Kit, surface: Any) -> Any:
    return await asyncio.shield(plain(kit, surface))


async def in_good_time(kit: Kit, surface: Any) -> Any:
    return await asyncio.wait_for(full(kit, surface), 30)


READ: tuple[Way, ...] = (
    full,
    plain,
    gathered,
    one_after_another,
    broken_off,
    only_next,
    never_read,
    closed,
    read_after_the_end,
    in_a_block,
    host_raises,
    generator_closed,
    in_a_task,
    in_a_group,
    group_fails,
    opened_here_read_there,
    shielded,
    in_good_time,
)


async def timed_out(kit: Kit, surface: Any) -> Any:
    async with asyncio.timeout(0.3):
        return await full(kit, surface)


async def waited_for(kit: Kit, surface: Any) -> Any:
    return await asyncio.wait_for(full(kit, surface), 0.3)


async def cancelled(kit: Kit, surface: Any) -> Any:
    begun = asyncio.Event()
    seen: list[Any] = []

    async def reading() -> None:
        async for chunk in await opened(kit, surface):
            seen.append(chunk)
            begun.set()

    task = asyncio.create_task(reading())
    await begun.wait()
    task.cancel("enough")
    try:
        await task
    except asyncio.CancelledError as error:
        return seen[:1], error.args
    return None


HUNG: tuple[Way, ...] = (timed_out, waited_for, cancelled)


def hanging(received: Received) -> Reply:
    """The beginning of a stream, and then nothing."""
    reply = canned(received)
    return Reply(reply.body, content_type=reply.content_type, hang_after=1)


def _case(kit: Kit, way: Way, **rest: Any) -> Case:
    def run(server: Any) -> Any:
        async def main() -> Any:
            client = kit.aclient(server)
            return await way(kit, kit.surface(client))

        return asyncio.run(main())

    # a generator of Google's has sent nothing until it is asked
    unsent = kit.sdk == "google" and way is never_read
    return Case(f"{kit.name}/async/{way.__name__}", run, calls=0 if unsent else None, **rest)


def cases() -> list[Case]:
    """Every way, for every SDK."""
    read = [_case(kit, way) for kit in KITS for way in READ]
    return read + [_case(kit, way, answer=hanging) for kit in KITS for way in HUNG]
