"""Labels follow what a block hands out: threads, executors, tasks; nothing else of the host's."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextvars import ContextVar
from multiprocessing import get_context
from multiprocessing.pool import Pool, ThreadPool
from typing import Any

import pytest

import profiler
from profiler.shim.context import CURRENT
from tests.shim.clients import CHAT, openai_client
from tests.shim.conftest import Log
from tests.support.provider_server import ProviderServer

HOSTS: ContextVar[str] = ContextVar("hosts", default="unset")


@pytest.fixture(autouse=True)
def _instrumented(log: Log) -> Log:
    return log


def feature(*_: object) -> str | None:
    return CURRENT.get().texts.get("feature")


def in_thread(make: Callable[[Callable[[], None]], threading.Thread]) -> str | None:
    """The feature in force in a thread that was made and started here."""
    seen: list[str | None] = []
    thread = make(lambda: seen.append(feature()))
    thread.start()
    thread.join()
    return seen[0]


def test_a_call_in_a_thread_has_the_labels_of_its_start(log: Log, server: ProviderServer) -> None:
    def ask() -> None:
        openai_client(server).chat.completions.create(**CHAT)

    with profiler.context(feature="mine", team="search"):
        thread = threading.Thread(target=ask)
        thread.start()
    thread.join()
    event = log.only()
    assert (event["feature"], event["tags"]) == ("mine", {"team": "search"})
    assert len(event["parent"]) == 16


class Sub(threading.Thread):
    """A thread with a body of its own."""

    def __init__(self, body: Callable[[], None]) -> None:
        super().__init__()
        self.body = body

    def run(self) -> None:
        self.body()


def rigged(body: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread()
    thread.run = body  # type: ignore[method-assign]  # some programs do that
    return thread


THREADS: dict[str, Callable[[Callable[[], None]], threading.Thread]] = {
    "target": lambda body: threading.Thread(target=body),
    "subclass": Sub,
    "timer": lambda body: threading.Timer(0, body),
    "rigged": rigged,
}


@pytest.mark.parametrize("make", THREADS.values(), ids=THREADS)
def test_every_kind_of_thread_has_the_labels_of_its_start(
    make: Callable[[Callable[[], None]], threading.Thread],
) -> None:
    with profiler.context(feature="mine"):
        assert in_thread(make) == "mine"
    assert in_thread(make) is None


def test_a_thread_is_left_as_it_was() -> None:
    bodies: list[dict[str, object]] = []
    thread = threading.Thread(target=lambda: bodies.append(vars(thread)))
    names = set(vars(thread))
    with profiler.context(feature="mine"):
        thread.start()
    thread.join()
    assert "run" not in bodies[0]
    assert names - set(vars(thread)) <= {"_target", "_args", "_kwargs"}


def test_a_thread_that_cannot_start_is_left_as_it_was() -> None:
    thread = threading.Thread(target=feature)
    thread.start()
    thread.join()
    with profiler.context(feature="mine"), pytest.raises(RuntimeError):
        thread.start()
    assert "run" not in vars(thread)


def test_the_hosts_own_context_variables_stay_where_they_are() -> None:
    seen: list[str] = []
    token = HOSTS.set("mine")
    with profiler.context(feature="f"), ThreadPoolExecutor(1) as pool:
        thread = threading.Thread(target=lambda: seen.append(HOSTS.get()))
        thread.start()
        thread.join()
        seen.append(pool.submit(HOSTS.get).result())
    HOSTS.reset(token)
    assert seen == ["unset", "unset"]


def test_each_task_of_a_pool_has_the_labels_of_its_submission() -> None:
    with ThreadPoolExecutor(1) as pool:
        with profiler.context(feature="first"):
            first = pool.submit(feature)
            mapped = list(pool.map(feature, range(2)))
        with profiler.context(feature="second"):
            second = pool.submit(feature)
        assert (first.result(), second.result(), mapped) == ("first", "second", ["first"] * 2)
        assert pool.submit(feature).result() is None


def test_a_task_leaves_nothing_in_its_worker() -> None:
    def leaving() -> None:
        profiler.context(feature="left").__enter__()

    with ThreadPoolExecutor(1) as pool:
        with profiler.context(feature="mine"):
            pool.submit(leaving).result()
        assert pool.submit(feature).result() is None


def test_what_a_task_raises_passes() -> None:
    with profiler.context(feature="mine"), ThreadPoolExecutor(1) as pool:
        with pytest.raises(ZeroDivisionError):
            pool.submit(lambda: 1 // 0).result()
        with pytest.raises(TypeError):
            pool.submit()  # type: ignore[call-arg]  # the host's own mistake


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_tasks_of_other_processes_have_the_labels_of_their_submission(method: str) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context(method)) as pool:
        with profiler.context(feature="mine"):
            inside = pool.submit(feature)
        outside = pool.submit(feature)
        assert (inside.result(), outside.result()) == ("mine", None)


def test_an_event_loops_executor_has_the_labels_of_its_task() -> None:
    async def work(name: str) -> list[str | None]:
        with profiler.context(feature=name):
            await asyncio.sleep(0)
            loop = asyncio.get_running_loop()
            return [await loop.run_in_executor(None, feature), await asyncio.to_thread(feature)]

    async def main() -> list[list[str | None]]:
        return list(await asyncio.gather(work("a"), work("b")))

    assert asyncio.run(main()) == [["a", "a"], ["b", "b"]]


def test_tasks_have_the_labels_of_their_creation() -> None:
    async def later() -> str | None:
        await asyncio.sleep(0)
        return feature()

    async def main() -> list[str | None]:
        with profiler.context(feature="mine"):
            task = asyncio.create_task(later())
        return [await task, await later()]

    assert asyncio.run(main()) == ["mine", None]


class Recording(Executor):
    """An executor of the host's own, that calls at once."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(function(*args, **kwargs))
        return future


@pytest.mark.parametrize("make", [ThreadPool, get_context("fork").Pool], ids=["threads", "fork"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # newer Pythons mind forks with threads
def test_a_pools_tasks_have_the_labels_of_where_they_were_handed_out(
    make: Callable[[int], Pool],
) -> None:
    with profiler.context(feature="opened"):
        pool = make(2)
    with pool:
        with profiler.context(feature="mine"):
            pending = pool.apply_async(feature), pool.starmap_async(feature, [(1, 2)])
            iterated = pool.imap(feature, [1]), pool.imap_unordered(feature, [1], 2)
            seen = [pool.apply(feature), *pool.map(feature, [1]), *iterated[0], *iterated[1]]
        seen += [pending[0].get(), *pending[1].get()]
        assert seen == ["mine"] * 6
        assert pool.map(feature, range(8)) == [None] * 8


def test_an_executor_of_another_kind_is_left_alone() -> None:
    with profiler.context(feature="mine"):
        assert Recording().submit(feature).result() == "mine"


def test_uninstrumenting_gives_every_function_back() -> None:
    profiler.uninstrument()
    originals = [threading.Thread.start, ThreadPoolExecutor.submit, ProcessPoolExecutor.submit]
    profiler.instrument()
    profiler.instrument()
    ours = [threading.Thread.start, ThreadPoolExecutor.submit, ProcessPoolExecutor.submit]
    assert all(a is not b for a, b in zip(originals, ours, strict=True))
    profiler.uninstrument()
    after = [threading.Thread.start, ThreadPoolExecutor.submit, ProcessPoolExecutor.submit]
    assert all(a is b for a, b in zip(originals, after, strict=True))


def test_a_stand_in_that_was_kept_only_passes_on() -> None:
    kept = threading.Thread.start
    profiler.uninstrument()
    with profiler.context(feature="mine"):
        seen: list[str | None] = []
        thread = threading.Thread(target=lambda: seen.append(feature()))
        kept(thread)
        thread.join()
    assert seen == [None]
