"""Raw and streamed responses, parsers and stream managers, in every order of use."""

import asyncio
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from tests.shim.adversarial.kits import (
    CHAT,
    MESSAGE,
    PROMPT,
    RESPONSE,
    STAINLESS,
    Kit,
    lasting,
)
from tests.shim.adversarial.observing import Case


class Due(BaseModel):
    """The shape a parsed answer is wanted in."""

    answer: str


class Elsewhere(BaseModel):
    """A shape no answer has."""

    nowhere: int


def _resource(kit: Kit, client: Any) -> Any:
    if kit.name == "openai-chat":
        return client.chat.completions
    return client.responses if kit.sdk == "openai" else client.messages


_ARGUMENTS: dict[str, dict[str, Any]] = {
    "openai-chat": CHAT,
    "openai-responses": RESPONSE,
    "anthropic": MESSAGE,
}


def raw(kit: Kit, client: Any, **more: Any) -> Any:
    return _resource(kit, client).with_raw_response.create(**_ARGUMENTS[kit.name], **more)


def streamed(kit: Kit, client: Any, **more: Any) -> Any:
    return _resource(kit, client).with_streaming_response.create(**_ARGUMENTS[kit.name], **more)


def raw_parsed(kit: Kit, client: Any) -> Any:
    return raw(kit, client).parse()


def raw_parsed_twice(kit: Kit, client: Any) -> Any:
    response = raw(kit, client)
    return response.parse() is response.parse(), response.parse()


def raw_headers_then_parsed(kit: Kit, client: Any) -> Any:
    response = raw(kit, client)
    found = response.headers["content-type"], response.status_code, response.http_version
    return found, type(response).__name__, response.parse()


def raw_text(kit: Kit, client: Any) -> Any:
    response = raw(kit, client)
    return response.text, response.content, response.json()


def raw_never_read(kit: Kit, client: Any) -> Any:
    return type(raw(kit, client)).__name__


def raw_stream_parsed(kit: Kit, client: Any) -> Any:
    return list(raw(kit, client, stream=True).parse())


def raw_stream_broken_off(kit: Kit, client: Any) -> Any:
    return next(iter(raw(kit, client, stream=True).parse()))


def raw_stream_lines(kit: Kit, client: Any) -> Any:
    return list(raw(kit, client, stream=True).iter_lines())


def streamed_parsed(kit: Kit, client: Any) -> Any:
    with streamed(kit, client) as response:
        return response.parse()


def streamed_read(kit: Kit, client: Any) -> Any:
    with streamed(kit, client) as response:
        return response.read(), response.text(), response.json()


def streamed_lines(kit: Kit, client: Any) -> Any:
    with streamed(kit, client) as response:
        return list(response.iter_lines())


def streamed_bytes(kit: Kit, client: Any) -> Any:
    with streamed(kit, client) as response:
        return b"".join(response.iter_bytes(7))


def streamed_text(kit: Kit, client: Any) -> Any:
    with streamed(kit, client) as response:
        return "".join(response.iter_text())


def streamed_never_read(kit: Kit, client: Any) -> Any:
    with streamed(kit, client) as response:
        return response.status_code


def streamed_twice(kit: Kit, client: Any) -> Any:
    with streamed(kit, client) as response:
        return list(response.iter_lines()), list(response.iter_lines())


def streamed_partly(kit: Kit, client: Any) -> Any:
    with streamed(kit, client, stream=True) as response:
        return next(response.iter_lines())


def streamed_stream_parsed(kit: Kit, client: Any) -> Any:
    with streamed(kit, client, stream=True) as response:
        return list(response.parse())


def streamed_stream_lines(kit: Kit, client: Any) -> Any:
    with streamed(kit, client, stream=True) as response:
        return list(response.iter_lines())


def streamed_raises(kit: Kit, client: Any) -> Any:
    with streamed(kit, client, stream=True) as response:
        raise LookupError(response.status_code)


def manager(kit: Kit, client: Any) -> Any:
    return _resource(kit, client).stream(**_ARGUMENTS[kit.name])


def managed(kit: Kit, client: Any) -> Any:
    with manager(kit, client) as stream:
        return type(stream).__name__, list(stream)


def managed_final(kit: Kit, client: Any) -> Any:
    with manager(kit, client) as stream:
        if kit.name == "openai-chat":
            return stream.get_final_completion()
        return stream.get_final_response() if kit.sdk == "openai" else stream.get_final_message()


def managed_until_done(kit: Kit, client: Any) -> Any:
    with manager(kit, client) as stream:
        return stream.until_done()


def managed_early(kit: Kit, client: Any) -> Any:
    with manager(kit, client) as stream:
        return next(iter(stream))


def managed_unread(kit: Kit, client: Any) -> Any:
    with manager(kit, client) as stream:
        return type(stream).__name__


def managed_unentered(kit: Kit, client: Any) -> Any:
    return type(manager(kit, client)).__name__


def managed_closed(kit: Kit, client: Any) -> Any:
    with manager(kit, client) as stream:
        first = next(iter(stream))
        stream.close()
        return first, stream.close()


def managed_raises(kit: Kit, client: Any) -> Any:
    with manager(kit, client) as stream:
        for event in stream:
            raise LookupError(type(event).__name__)


def parsed(kit: Kit, client: Any) -> Any:
    return _parse(kit, client, Due)


def parsed_wrongly(kit: Kit, client: Any) -> Any:
    return _parse(kit, client, Elsewhere)


def _parse(kit: Kit, client: Any, shape: type[BaseModel]) -> Any:
    names = {"openai-chat": "response_format", "openai-responses": "text_format"}
    name = names.get(kit.name, "output_format")
    return _resource(kit, client).parse(**_ARGUMENTS[kit.name], **{name: shape})


def with_options(kit: Kit, client: Any) -> Any:
    return kit.create(client.with_options(timeout=20.0))


def copied(kit: Kit, client: Any) -> Any:
    return kit.create(client.copy(default_headers={"x-one": "1"}))


def low_level(kit: Kit, client: Any) -> Any:
    path = {
        "openai-chat": "/chat/completions",
        "openai-responses": "/responses",
        "anthropic": "/v1/messages",
    }[kit.name]
    return client.post(path, cast_to=object, body=dict(_ARGUMENTS[kit.name]))


def extra(kit: Kit, client: Any) -> Any:
    return kit.create(
        client, extra_headers={"x-one": "1"}, extra_body={"more": 1}, extra_query={"q": "1"}
    )


SYNC: tuple[Callable[[Kit, Any], Any], ...] = (
    raw_parsed,
    raw_parsed_twice,
    raw_headers_then_parsed,
    raw_text,
    raw_never_read,
    raw_stream_parsed,
    raw_stream_broken_off,
    raw_stream_lines,
    streamed_parsed,
    streamed_read,
    streamed_lines,
    streamed_bytes,
    streamed_text,
    streamed_never_read,
    streamed_twice,
    streamed_partly,
    streamed_stream_parsed,
    streamed_stream_lines,
    streamed_raises,
    managed,
    managed_final,
    managed_until_done,
    managed_early,
    managed_unread,
    managed_unentered,
    managed_closed,
    managed_raises,
    parsed,
    parsed_wrongly,
    with_options,
    copied,
    low_level,
    extra,
)


async def araw_parsed(kit: Kit, client: Any) -> Any:
    response = await raw(kit, client)
    return type(response).__name__, response.parse()


async def araw_stream_parsed(kit: Kit, client: Any) -> Any:
    response = await raw(kit, client, stream=True)
    return [chunk async for chunk in response.parse()]


async def astreamed_parsed(kit: Kit, client: Any) -> Any:
    async with streamed(kit, client) as response:
        return await response.parse()


async def astreamed_lines(kit: Kit, client: Any) -> Any:
    async with streamed(kit, client, stream=True) as response:
        return [line async for line in response.iter_lines()]


async def astreamed_never_read(kit: Kit, client: Any) -> Any:
    async with streamed(kit, client) as response:
        return response.status_code


async def amanaged(kit: Kit, client: Any) -> Any:
    async with manager(kit, client) as stream:
        return [event async for event in stream]


async def amanaged_early(kit: Kit, client: Any) -> Any:
    async with manager(kit, client) as stream:
        async for event in stream:
            return event
    return None


async def aparsed(kit: Kit, client: Any) -> Any:
    return await _parse(kit, client, Due)


ASYNC = (
    araw_parsed,
    araw_stream_parsed,
    astreamed_parsed,
    astreamed_lines,
    astreamed_never_read,
    amanaged,
    amanaged_early,
    aparsed,
)


def _async_case(kit: Kit, use: Callable[[Kit, Any], Any]) -> Case:
    def run(server: Any) -> Any:
        async def main() -> Any:
            return await use(kit, kit.aclient(server))

        return asyncio.run(main())

    return Case(f"{kit.name}/variant/{use.__name__}", run)


def _sync_case(kit: Kit, use: Callable[[Kit, Any], Any]) -> Case:
    return Case(f"{kit.name}/variant/{use.__name__}", lambda server: use(kit, lasting(kit, server)))


def cases() -> list[Case]:
    """Every variant of the SDKs that have them."""
    found = [_sync_case(kit, use) for kit in STAINLESS for use in SYNC]
    found += [_async_case(kit, use) for kit in STAINLESS for use in ASYNC]
    openai = STAINLESS[0]
    found.append(
        Case(
            "openai-embeddings/variant/plain",
            lambda server: lasting(openai, server).embeddings.create(
                model="text-embedding-3-small", input=PROMPT
            ),
        )
    )
    return found
