"""Labels: blocks, decorators, the environment, and what a label may be."""

import asyncio
import threading
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

import profiler
from profiler.log.fields import LABELS, MAX_LABEL_CHARS
from profiler.shim.context import CURRENT
from tests.shim.clients import CHAT, openai_client
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer


def feature() -> str | None:
    """The feature in force here."""
    return CURRENT.get().texts.get("feature")


def test_a_block_labels_the_calls_in_it(log: Log, server: ProviderServer) -> None:
    labels = {name: f"the {name}" for name in LABELS}
    with profiler.context(tags=None, **labels):
        openai_client(server).chat.completions.create(**CHAT)
    openai_client(server).chat.completions.create(**CHAT)
    inside, outside = log.events()
    assert {name: inside[name] for name in LABELS} == labels
    assert "feature" not in outside


def test_blocks_nest_and_tags_merge(log: Log, server: ProviderServer) -> None:
    with (
        profiler.context(feature="outer", user="ann", team="search", tags={"env": "test"}),
        profiler.context(feature="inner", env="prod"),
    ):
        openai_client(server).chat.completions.create(**CHAT)
    event = log.only()
    assert (event["feature"], event["user"]) == ("inner", "ann")
    assert event["tags"] == {"team": "search", "env": "prod"}


def test_none_leaves_a_label_and_an_empty_text_removes_it() -> None:
    with profiler.context(feature="f", user="u"), profiler.context(feature=None, user=""):
        assert CURRENT.get().texts == {"feature": "f", "user": ""}


def test_a_removed_label_is_not_told(log: Log, server: ProviderServer) -> None:
    with profiler.context(project="", team=""):
        openai_client(server).chat.completions.create(**CHAT)
    assert "project" not in log.only()


def test_one_block_may_be_entered_again_and_at_once() -> None:
    block = profiler.context(feature="again")

    async def use() -> str | None:
        async with block:
            await asyncio.sleep(0)
            with block:
                return feature()

    async def main() -> list[str | None]:
        return await asyncio.gather(*(use() for _ in range(5)))

    assert asyncio.run(main()) == ["again"] * 5
    assert feature() is None


def test_threads_do_not_share_labels_unless_instrumented() -> None:
    profiler.uninstrument()
    seen: list[str | None] = []
    with profiler.context(feature="mine"):
        thread = threading.Thread(target=lambda: seen.append(feature()))
        thread.start()
        thread.join()
    assert seen == [None]


class Rude:
    """Fails when it is asked what it is."""

    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("given", "told"),
    [(7, "7"), ("x" * 999, "x" * MAX_LABEL_CHARS), (Rude(), "Rude"), (b"raw", "b'raw'")],
    ids=["number", "long", "rude", "bytes"],
)
def test_a_label_is_a_short_text_whatever_is_given(given: object, told: str) -> None:
    with profiler.context(user=given):
        assert CURRENT.get().texts["user"] == told


def test_a_lone_surrogate_in_a_label_does_not_cost_the_event(
    log: Log, server: ProviderServer
) -> None:
    with profiler.context(user="\ud800", tags={"a\nb": "\x1b[31m"}):
        openai_client(server).chat.completions.create(**CHAT)
    assert len(log.segments()[0].read_bytes().splitlines()) == 2


def test_a_tracked_function_is_labelled_while_it_runs() -> None:
    @profiler.track(feature="f")
    def body(value: int, *, more: int) -> tuple[int, str | None]:
        """What it does."""
        return value + more, feature()

    assert body(1, more=2) == (3, "f")
    assert (body.__name__, body.__doc__) == ("body", "What it does.")
    assert feature() is None


def test_bare_track_names_the_feature_after_the_function() -> None:
    @profiler.track
    def summarise() -> str | None:
        return feature()

    assert summarise() == "summarise"


def test_a_tracked_coroutine_is_labelled_while_it_is_awaited() -> None:
    @profiler.track(feature="f")
    async def body() -> str | None:
        await asyncio.sleep(0)
        return feature()

    assert asyncio.run(body()) == "f"
    assert asyncio.iscoroutinefunction(body)


def test_a_tracked_generator_is_labelled_in_its_body_only() -> None:
    @profiler.track(feature="f")
    def body() -> Generator[str | None, str | None, str | None]:
        got = yield feature()
        with profiler.context(user="u"):
            yield got
            yield CURRENT.get().texts.get("user")
        return feature()  # what a generator returns must pass, too

    steps: Any = body()
    assert (next(steps), feature()) == ("f", None)
    assert steps.send("sent") == "sent"
    assert CURRENT.get().texts == {}
    assert next(steps) == "u"
    with pytest.raises(StopIteration) as end:
        next(steps)
    assert end.value.value == "f"


def test_what_is_thrown_into_a_tracked_generator_reaches_its_body() -> None:
    closed = []

    @profiler.track(feature="f")
    def body() -> Iterator[str | None]:
        try:
            yield "first"
        except ValueError:
            yield feature()
        finally:
            closed.append(True)

    steps: Any = body()
    next(steps)
    assert steps.throw(ValueError()) == "f"
    steps.close()
    assert closed == [True]


def test_a_tracked_async_generator_is_labelled_in_its_body_only() -> None:
    @profiler.track(feature="f")
    async def body() -> AsyncIterator[str | None]:
        yield feature()
        await asyncio.sleep(0)
        yield feature()

    async def main() -> list[tuple[str | None, str | None]]:
        return [(inside, feature()) async for inside in body()]

    assert asyncio.run(main()) == [("f", None), ("f", None)]


def test_the_environment_gives_defaults(
    quiet_log: Log, server: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in LABELS:
        monkeypatch.setenv(f"PROFILER_{name.upper()}", f"env-{name}")
    monkeypatch.setenv("PROFILER_TAGS", "team=search, env=test,broken")
    profiler.instrument()
    try:
        with profiler.context(feature="block"):
            openai_client(server).chat.completions.create(**CHAT)
    finally:
        profiler.uninstrument()
    event = quiet_log.only()
    told = {name: event[name] for name in LABELS}
    assert told == {name: f"env-{name}" for name in LABELS} | {"feature": "block"}
    assert event["tags"] == {"team": "search", "env": "test"}


def test_a_process_is_a_session_and_a_project(log: Log, server: ProviderServer) -> None:
    openai_client(server).chat.completions.create(**CHAT)
    openai_client(server).chat.completions.create(**CHAT)
    first, second = log.events()
    assert first["session"] == second["session"]
    assert len(first["session"]) == 16
    root = Path(__file__).parent.parent.parent
    assert first["project"] == root.name


def test_the_call_site_is_the_users_own_line(log: Log, server: ProviderServer) -> None:
    def ask() -> None:
        openai_client(server).chat.completions.create(**CHAT)

    async def ask_later() -> None:
        from tests.shim.clients import async_openai_client

        await async_openai_client(server).chat.completions.create(**CHAT)

    ask()
    asyncio.run(ask_later())
    line = ask.__code__.co_firstlineno
    first, second = (event["site"] for event in log.events())
    assert first == f"tests/shim/test_context.py:{line + 1} ask"
    assert second == f"tests/shim/test_context.py:{line + 6} ask_later"


def test_call_sites_can_be_switched_off(
    quiet_log: Log, server: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFILER_SITE", "0")
    profiler.instrument()
    try:
        openai_client(server).chat.completions.create(**CHAT)
    finally:
        profiler.uninstrument()
    assert "site" not in quiet_log.only()
