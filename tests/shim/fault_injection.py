"""Fails every statement of the shim in turn and compares what the host saw. A program of its own.

The shim's modules are compiled with a call before each statement of theirs: one run of a host's
operation per statement that it executes, in which that call raises. `python -m
tests.shim.fault_injection turns` raises one of eight kinds of exceptions at each statement, or
two, turn about, `all` each of them, and `interrupts` what is no fault of ours and must reach the
host; `turns 1/3` does every third operation.
"""

import ast
import asyncio
import builtins
import gc
import json
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import cycle, product
from operator import eq
from threading import Thread
from types import CodeType
from typing import Any, cast

import anthropic
import httpx2
import openai
from openai.resources.realtime.realtime import RealtimeConnection

from tests.support.openai_service import Background, batches, service
from tests.support.provider_server import Received

OURS = ("profiler.shim.", "profiler.log.encode")
OUTSIDE = frozenset(
    {
        # these pass on what is the host's, and call what is guarded
        "AsyncBytes",
        "AsyncChunks",
        "Bytes",
        "Chunks",
        "LabelledRun",
        "LabelledTask",
        "_Body",
        "aclose",
        "aiter_bytes",
        "close",
        "context",
        "counted",
        "counted_async",
        "guarded",
        "iter_bytes",
        "receive",
        "recorded",
        "started",
        "stepped",
        "submitted",
        # what hides a chunk cannot fail and hide it; each is a line or two
        "is_hidden",
        "part",
        "restore",
        "take_over",
    }
)


class InjectedFault(Exception):  # said of a statement of ours
    """What a statement of ours raises when it is its turn."""


KINDS: tuple[type[Exception], ...] = (
    InjectedFault,
    MemoryError,
    RecursionError,
    OSError,
    UnicodeError,
    KeyError,
    AttributeError,
    StopIteration,
)
INTERRUPTS: tuple[type[BaseException], ...] = (KeyboardInterrupt, SystemExit, GeneratorExit)
"""What is raised inside our code and is the host's all the same."""


class Injection:
    """Raises at the `turn`-th statement of ours, and remembers which statements ran."""

    def __init__(self) -> None:
        self.kind: type[BaseException] = InjectedFault
        self.turn = 0
        self.is_in_main_thread = False
        """Whether other threads are let alone: nobody interrupts them."""
        self.run: list[tuple[str, int]] = []

    def start(self, turn: int) -> None:
        """Counts from the beginning; nothing is raised where `turn` is 0."""
        self.turn, self.run = turn, []

    def turns(self) -> list[int]:
        """Where each statement ran for the first time, and for the last."""
        first = {place: turn for turn, place in reversed(list(enumerate(self.run, 1)))}
        last = {place: turn for turn, place in enumerate(self.run, 1)}
        return sorted({*first.values(), *last.values()})

    def __call__(self, path: str, line: int) -> None:
        if self.is_in_main_thread and threading.current_thread() is not threading.main_thread():
            return
        self.run.append((path, line))
        if len(self.run) == self.turn:
            raise self.kind


def weave(node: ast.AST, path: str, *, is_body: bool) -> None:
    """Puts the call before each statement of every function's body, however deep."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        if node.name in OUTSIDE:
            return
        is_body = not isinstance(node, ast.ClassDef)
    for child in ast.iter_child_nodes(node):
        weave(child, path, is_body=is_body)
    for name in ("body", "orelse"):
        statements = getattr(node, name, None)
        if is_body and isinstance(statements, list):
            calls = [
                ast.parse(f"__fault__({path!r}, {each.lineno})").body[0] for each in statements
            ]
            pairs = zip(calls, statements, strict=True)
            setattr(node, name, [part for pair in pairs for part in pair])


class WeavingLoader(SourceFileLoader):
    """Compiles a module of ours with the calls in it."""

    def get_code(self, fullname: str) -> CodeType:
        del fullname
        tree = ast.parse(self.get_data(self.path), self.path)
        weave(tree, self.path, is_body=False)
        return compile(tree, self.path, "exec")


class WeavingFinder(MetaPathFinder):
    """Finds our modules, to be compiled so."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name.startswith(OURS) else None
        if spec is not None and spec.origin is not None:
            loader: Loader = WeavingLoader(name, spec.origin)
            spec.loader = loader
        return spec


TOOLS: list[Any] = [{"type": "function", "function": {"name": "weather", "parameters": {}}}]

FAULT = Injection()
builtins.__fault__ = FAULT  # type: ignore[attr-defined]  # where woven modules find it
sys.meta_path.insert(0, WeavingFinder())

import profiler  # noqa: E402  # woven from here on
from profiler.shim.guard import FAULTS  # noqa: E402
from tests.shim.clients import CHAT, MESSAGE, seen  # noqa: E402


def transport() -> httpx2.MockTransport:
    def answer(request: httpx2.Request) -> httpx2.Response:
        sent = json.loads(request.content or "{}")
        if sent.get("model") == "refused":
            return httpx2.Response(400, json={"error": {"message": "refused"}})
        # what an SDK tries again is answered
        if sent.get("model") == "busy" and request.headers["x-stainless-retry-count"] == "0":
            return httpx2.Response(429, json={}, headers={"retry-after-ms": "1"})
        received = Received(request.url.path, sent, {})
        fetch = batches if "/files/" in request.url.path else Background(ready_at=0)
        reply = service(received) if sent else fetch(received)
        headers = {"content-type": reply.content_type}
        return httpx2.Response(reply.status, content=reply.body, headers=headers)

    return httpx2.MockTransport(answer)


def carried(chat: openai.OpenAI, refused: Callable[[], Any]) -> dict[str, Callable[[], Any]]:
    """What goes on elsewhere, later, or once more."""

    def retried() -> Any:
        again = chat.with_options(max_retries=1)
        return again.chat.completions.create(**{**CHAT, "model": "busy"}, tools=TOOLS)

    def threaded() -> Any:
        answers: list[Any] = []
        thread = Thread(target=lambda: answers.append(refused()))
        thread.start()
        thread.join()
        with ThreadPoolExecutor(1) as pool:
            return [*answers, pool.submit(refused).result()]

    @profiler.track(agent="steps")
    def stepping() -> Any:
        yield chat.chat.completions.create(**CHAT)

    return {"retried": retried, "threaded": threaded, "stepping": lambda: list(stepping())}


def operations() -> dict[str, Callable[[], Any]]:
    http = httpx2.Client(transport=transport())
    common: dict[str, Any] = {"api_key": "k", "base_url": "http://127.0.0.1:9/v1"}
    chat = openai.OpenAI(**common, http_client=http, max_retries=0)
    messages = anthropic.Anthropic(**common, http_client=http, max_retries=0)

    def refused() -> Any:
        try:
            return chat.embeddings.create(model="refused", input="x")
        except openai.APIError as error:
            return [type(error).__name__, str(error)]

    async def streamed() -> Any:
        client = openai.AsyncOpenAI(**common, http_client=httpx2.AsyncClient(transport=transport()))
        stream = await client.chat.completions.create(**CHAT, stream=True)
        return [chunk async for chunk in stream]

    def managed() -> Any:
        with messages.messages.stream(**MESSAGE) as stream:
            return [next(iter(stream)), *list(stream)]

    def raw() -> Any:
        create = chat.chat.completions.with_streaming_response.create
        with create(**CHAT, stream=True) as response:
            return list(response.iter_lines())

    def spoken() -> Any:
        connection = RealtimeConnection(cast("Any", None))
        response = {"id": "r", "usage": {"input_tokens": 9, "output_tokens": 3}}
        kinds = ("response.created", "response.done")
        events = [json.dumps({"type": kind, "response": response}) for kind in kinds]
        return [cast("Any", connection.parse_event(event)) for event in events]

    return {
        "plain": lambda: chat.chat.completions.create(**CHAT),
        "stream": lambda: list(chat.chat.completions.create(**CHAT, stream=True)),
        "dropped": lambda: next(chat.chat.completions.create(**CHAT, stream=True)),
        "async": lambda: asyncio.run(streamed()),
        "managed": managed,
        "raw": raw,
        "refused": refused,
        "fetched": lambda: chat.responses.retrieve("resp_bg"),
        "results": lambda: list(chat.files.content("file-out").content),
        "sound": lambda: list(
            chat.audio.speech.create(model="tts-1", voice="alloy", input="x").content
        ),
        "spoken": spoken,
        **carried(chat, refused),
    }


def run(operation: Callable[[], Any], turn: int) -> str:
    """What the host saw, with the statement of that turn failing."""
    FAULT.start(turn)
    with profiler.context(feature="faults"):
        answer = operation()
    gc.collect()
    return json.dumps(seen(answer), default=str, sort_keys=True)


Planned = Iterable[tuple[int, type[BaseException]]]
"""At which statement what is raised."""


def in_turn(turns: list[int]) -> Planned:
    """A kind at each statement, and at every third another one too; all of them turn about."""
    kinds = cycle(KINDS)
    for number, turn in enumerate(turns):
        for _ in range(1 if number % 3 else 2):
            yield turn, next(kinds)


PLANS: dict[str, Callable[[list[int]], Planned]] = {
    "turns": in_turn,
    "all": lambda turns: product(turns, KINDS),
    "interrupts": lambda turns: zip(turns, cycle(INTERRUPTS), strict=False),
}


class Unheard:
    """Exceptions that Python itself kept from reaching anybody: of finalizers and threads."""

    def __init__(self) -> None:
        self.count = 0
        sys.unraisablehook = threading.excepthook = self._hear

    def _hear(self, _: object) -> None:
        self.count += 1


def outcomes(operation: Callable[[], Any], planned: Planned) -> Iterator[str]:
    """What the host saw each time; the name of what was raised, where that came through to it."""
    unheard = Unheard()
    for turn, FAULT.kind in planned:
        before = unheard.count
        try:
            seen_now = run(operation, turn)
        except INTERRUPTS as interrupt:
            seen_now = type(interrupt).__name__
        yield FAULT.kind.__name__ if unheard.count > before else seen_now


def main() -> None:
    """Prints, for each operation: faults raised, what the host saw of it, faults guarded."""
    plan = PLANS[sys.argv[1]]
    FAULT.is_in_main_thread = sys.argv[1] == "interrupts"
    part, parts = map(int, sys.argv[2].split("/")) if len(sys.argv) > 2 else (1, 1)
    summary: dict[str, dict[str, int]] = {}
    for name, operation in list(operations().items())[part - 1 :: parts]:
        bare = run(operation, 0)
        profiler.instrument()
        # a call site is written at its first call; the second from one line finds it there
        assert [run(operation, 0) for _ in range(2)] == [bare, bare], name
        planned, before = list(plan(FAULT.turns())), FAULTS.count
        gc.freeze()  # so that collecting after each run looks at that run alone
        answers = list(outcomes(operation, planned))
        FAULT.start(0)
        profiler.uninstrument()
        raised = [kind.__name__ for _, kind in planned]
        summary[name] = {
            "faults": len(planned),
            "changed": sum(answer != bare for answer in answers),
            "raised": sum(map(eq, answers, raised)),
            "guarded": FAULTS.count - before,
        }
    sys.stdout.write(json.dumps(summary))


if __name__ == "__main__":
    main()
