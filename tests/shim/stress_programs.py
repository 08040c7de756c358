"""Programs of hosts under stress, each run in a process of its own by `test_stress`.

`python -m tests.shim.stress_programs NAME [SIZE]`; the log is where `PROFILER_HOME` says.
"""

import multiprocessing
import os
import resource
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import httpx2

import profiler
from profiler.log import paths
from profiler.shim.recorder import Recorder
from tests.shim.adversarial.kits import ANTHROPIC, OPENAI_CHAT

_PATIENCE_S = 60.0


def log_folder() -> str:
    """Where this program's segments are."""
    return paths.log_folder(paths.home())


def a_call(**labels: Any) -> Any:
    """One call of a client whose provider is in memory."""
    with profiler.context(**labels):
        return OPENAI_CHAT.create(OPENAI_CHAT.in_memory())


def forks(size: int) -> None:
    """Forks while streams are open and threads are busy; each child makes one call."""
    is_over = threading.Event()
    client = OPENAI_CHAT.in_memory()

    def busy() -> None:
        # in our own code: an SDK's may hold locks that a child inherits and waits for for ever
        with profiler.context(session="busy"):
            while not is_over.wait(0.0002):
                profiler.record(provider="openai", model="gpt-5.1", usage={"input": 1})

    threads = [threading.Thread(target=busy, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    failed = 0
    for number in range(size):
        with profiler.context(session=f"stream-{number}"):
            stream = OPENAI_CHAT.stream(OPENAI_CHAT.in_memory())
        next(iter(stream))
        child = os.fork()
        if child == 0:
            with profiler.context(session=f"child-{number}"):
                OPENAI_CHAT.create(client)
            if number % 2:
                os._exit(0)
            # as if the child's own objects were cleared away on its way out
            stream.close()
            del stream
            os._exit(0)
        failed += awaited(child) != 0
        stream.close()
    is_over.set()
    for thread in threads:
        thread.join()
    print(failed)


def awaited(child: int) -> int:
    """The child's exit code; one that hangs is killed."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -1


def writes(size: int) -> None:
    """Records as fast as it can."""
    for number in range(size):
        profiler.record(
            provider="openai", model="gpt-5.1", usage={"input": number, "output": 1}, feature="w"
        )


def endless(size: int) -> None:
    """Records long lines until it is killed."""
    print("ready", flush=True)
    while size:
        profiler.record(
            provider="openai", model="gpt-5.1", usage={"input": 1}, tags={"t": "x" * 200}
        )


def pool(method: str) -> None:
    """A call in this process, and in children started one way."""
    a_call(session="parent")
    context: Any = multiprocessing.get_context(method)
    children = [context.Process(target=in_a_child, args=(number,)) for number in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    a_call(session="parent")


def in_a_child(number: int) -> None:
    """One call in a child; a spawned one is instrumented anew."""
    profiler.instrument()
    a_call(session=f"child-{number}")


def prefork(size: int) -> None:
    """A master that has imported and called everything, and workers that end on SIGTERM."""
    a_call(session="master")
    workers = []
    for number in range(size):
        reader, writer = os.pipe()
        worker = os.fork()
        if worker == 0:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            threads = [
                threading.Thread(target=a_call, kwargs={"session": f"worker-{number}"})
                for _ in range(4)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            os.write(writer, b"x")
            signal.pause()
        os.close(writer)
        workers.append(worker)
        os.read(reader, 1)
    for worker in workers:
        os.kill(worker, signal.SIGTERM)
    print(sum(awaited(worker) != 0 for worker in workers))


def exits_at_once(size: int) -> None:
    """Ends without any of Python's own endings."""
    for _ in range(size):
        a_call()
    os._exit(0)


def ends_with_an_open_stream(size: int) -> None:
    """Ends while streams are held by the module."""
    held = [ANTHROPIC.stream(ANTHROPIC.in_memory()) for _ in range(size)]
    for stream in held:
        next(iter(stream))
    sys.modules["__main__"].held = held  # type: ignore[attr-defined]  # outlives this function


def calls_at_exit(size: int) -> None:
    """Calls when the interpreter is already on its way out."""
    import atexit

    for _ in range(size):
        atexit.register(a_call)


def threads(size: int) -> None:
    """Many threads at once, the first calls of all of them together."""
    gate = threading.Barrier(size)

    def run() -> None:
        gate.wait()
        a_call()

    started = [threading.Thread(target=run) for _ in range(size)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()


def full_disk(size: int) -> None:
    """Nothing can be appended for a while; then it can again."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    a_call(session="before")
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, most))
    for _ in range(size):
        a_call(session="lost")
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    a_call(session="after")


def faulty(size: int) -> None:
    """From the second call on nothing of ours works, in this program and in its child."""

    def broken(*given: Any) -> None:
        raise ArithmeticError(given)

    a_call(session="before")
    Recorder.labels = broken  # type: ignore[assignment,method-assign]  # what is broken here
    a_call()
    if os.fork() == 0:
        for _ in range(size):
            a_call()
        sys.exit()
    os.wait()


def vanished(size: int) -> None:
    """The log's folder goes away again and again."""
    for number in range(size):
        a_call(session=str(number))
        if number < size - 1:
            shutil.rmtree(os.path.dirname(log_folder()))  # noqa: PTH120  # as the shim has it


def calls(size: int) -> None:
    """A few calls, whose answers are printed."""
    for _ in range(size):
        print(a_call().model_dump_json())


def on_uvloop(size: int) -> None:
    """Calls and streams on another event loop than Python's own."""
    from tests.support.provider_server import provider_server

    async def main(url: str) -> None:
        client = OPENAI_CHAT.make(url, httpx2.AsyncClient(verify=False), is_async=True)
        for _ in range(size):
            await OPENAI_CHAT.create(client)
            async for _chunk in await OPENAI_CHAT.stream(client):
                pass

    with provider_server() as server:
        loops: Any = import_module("uvloop")
        loops.run(main(server.url))


PROGRAMS: dict[str, Callable[[int], None]] = {
    program.__name__: program
    for program in (
        forks,
        writes,
        endless,
        prefork,
        exits_at_once,
        ends_with_an_open_stream,
        calls_at_exit,
        threads,
        full_disk,
        vanished,
        calls,
        faulty,
        on_uvloop,
    )
}


if __name__ == "__main__":
    profiler.instrument()
    wanted, told = sys.argv[1], sys.argv[2]
    if wanted == "pool":
        pool(told)
    else:
        PROGRAMS[wanted](int(told))
