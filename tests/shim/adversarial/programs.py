"""Programs that hold, copy, subclass, mock and misuse a client, or are interrupted in a call."""

import copy
import gc
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import httpx2

from tests.shim.adversarial.kits import KITS, MESSAGES, PROMPT, STAINLESS, Kit, lasting
from tests.shim.adversarial.observing import Case
from tests.support.provider_server import ProviderServer, Received, Reply, canned

Program = Callable[[Kit, ProviderServer], Any]

_SPARE_FRAMES = 400
"""What the SDK needs below a host that is deep in recursion, with room for a tool."""


class HostileText(str):
    """A model's name that fails whatever it is asked, and is text all the same."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        raise LookupError("eq")

    def __hash__(self) -> int:
        return 7

    def __len__(self) -> int:
        raise LookupError("len")

    def __repr__(self) -> str:
        raise LookupError("repr")

    def __format__(self, spec: str) -> str:
        raise LookupError("format")

    def lower(self) -> str:
        raise LookupError("lower")


class HostileMessage(dict[str, Any]):
    """A message that counts how often it is looked at."""

    looks = 0

    def get(self, *args: Any) -> Any:
        type(self).looks += 1
        return super().get(*args)

    def __repr__(self) -> str:
        raise LookupError("repr")


def new_client(kit: Kit, server: ProviderServer) -> Any:
    return kit.create(kit.client(server))


def old_client(kit: Kit, server: ProviderServer) -> Any:
    return kit.create(lasting(kit, server))


def many_calls(kit: Kit, server: ProviderServer) -> Any:
    client = lasting(kit, server)
    return [kit.create(client), list(kit.stream(client)), kit.create(client)]


def many_threads(kit: Kit, server: ProviderServer) -> Any:
    client = lasting(kit, server)
    seen: list[Any] = []
    threads = [threading.Thread(target=lambda: seen.append(kit.create(client))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def read_after_close(kit: Kit, server: ProviderServer) -> Any:
    del server
    stream = kit.stream(kit.in_memory())
    first = next(iter(stream))
    stream.close()
    return first, list(stream)


def client_dropped(kit: Kit, server: ProviderServer) -> Any:
    stream = kit.stream(kit.client(server))
    gc.collect()
    return list(stream)


def shallow_copy(kit: Kit, server: ProviderServer) -> Any:
    return kit.create(copy.copy(kit.client(server)))


def deep_copy(kit: Kit, server: ProviderServer) -> Any:
    return kit.create(copy.deepcopy(kit.client(server)))


def pickled_client(kit: Kit, server: ProviderServer) -> Any:
    return kit.create(pickle.loads(pickle.dumps(kit.client(server))))  # noqa: S301  # our own


def pickled_answer(kit: Kit, server: ProviderServer) -> Any:
    answer = kit.create(lasting(kit, server))
    return pickle.loads(pickle.dumps(answer))  # noqa: S301  # our own


def copied_answer(kit: Kit, server: ProviderServer) -> Any:
    answer = kit.create(lasting(kit, server))
    return copy.deepcopy(answer), answer.model_dump_json(exclude={"sdk_http_response"})


def hostile_model(kit: Kit, server: ProviderServer) -> Any:
    return kit.create(lasting(kit, server), model=HostileText("gpt-5.1"))


def model_is_no_text(kit: Kit, server: ProviderServer) -> Any:
    return kit.create(lasting(kit, server), model=None)


def unknown_argument(kit: Kit, server: ProviderServer) -> Any:
    return kit.create(lasting(kit, server), nonsense=True)


def _prompted(kit: Kit, prompt: Any) -> dict[str, Any]:
    if kit.name == "openai-responses":
        return {"input": prompt}
    return {"contents": PROMPT} if kit.sdk == "google" else {"messages": prompt}


def hostile_messages(kit: Kit, server: ProviderServer) -> Any:
    HostileMessage.looks = 0
    messages = [HostileMessage(MESSAGES[0])]
    answer = kit.create(lasting(kit, server), **_prompted(kit, messages))
    return answer, HostileMessage.looks


def one_shot_messages(kit: Kit, server: ProviderServer) -> Any:
    taken: list[int] = []

    def messages() -> Iterator[Any]:
        for number, message in enumerate(MESSAGES):
            taken.append(number)
            yield message

    generator = messages()
    answer = kit.create(lasting(kit, server), **_prompted(kit, generator))
    return answer, taken, next(generator, "spent")


def messages_are_not_json(kit: Kit, server: ProviderServer) -> Any:
    return kit.create(lasting(kit, server), **_prompted(kit, [{"role": "user", "content": {1, 2}}]))


def arguments_unchanged(kit: Kit, server: ProviderServer) -> Any:
    given = _prompted(kit, [dict(MESSAGES[0])])
    before = copy.deepcopy(given)
    list(kit.stream(lasting(kit, server), **given))
    return given == before


def re_entrant(kit: Kit, server: ProviderServer) -> Any:
    """The HTTP client's own hook makes another call."""
    seen: list[Any] = []

    def hook(request: httpx2.Request) -> None:
        del request
        if not seen:
            seen.append(None)
            seen.append(kit.create(lasting(kit, server)))

    http = httpx2.Client(verify=False, event_hooks={"request": [hook]})
    return kit.create(kit.make(server.url, http)), seen


def near_the_recursion_limit(kit: Kit, server: ProviderServer) -> Any:
    client = lasting(kit, server)
    kit.create(client)

    def down(depth: int) -> Any:
        return down(depth - 1) if depth else kit.create(client)

    before, here = sys.getrecursionlimit(), len_of_stack()
    sys.setrecursionlimit(here + 200 + _SPARE_FRAMES)
    try:
        return down(200)
    finally:
        sys.setrecursionlimit(before)


def len_of_stack() -> int:
    """How deep the caller is."""
    depth, frame = 0, sys._getframe()
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back
    return depth


def in_a_finalizer(kit: Kit, server: ProviderServer) -> Any:
    client, seen = lasting(kit, server), []

    class Dying:
        def __del__(self) -> None:
            seen.append(kit.create(client))

    Dying()
    return seen


def mocked_client(kit: Kit, server: ProviderServer) -> Any:
    client = mock.MagicMock(spec=type(lasting(kit, server)))
    return str(type(kit.create(client)).__name__), len(client.mock_calls)


def profiled(kit: Kit, server: ProviderServer) -> Any:
    """The host's own `sys.settrace` sees its own functions, called as often as before."""
    calls: list[str] = []

    def trace(frame: Any, event: str, _: Any) -> None:
        if frame.f_code.co_filename == __file__ and event == "call":
            calls.append(frame.f_code.co_name)

    client = lasting(kit, server)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        answer = kit.create(client)
    finally:
        sys.settrace(before)
    return answer, calls


PROGRAMS: tuple[Program, ...] = (
    new_client,
    old_client,
    many_calls,
    many_threads,
    read_after_close,
    client_dropped,
    shallow_copy,
    deep_copy,
    pickled_client,
    pickled_answer,
    copied_answer,
    hostile_model,
    model_is_no_text,
    unknown_argument,
    hostile_messages,
    one_shot_messages,
    messages_are_not_json,
    arguments_unchanged,
    re_entrant,
    near_the_recursion_limit,
    in_a_finalizer,
    mocked_client,
    profiled,
)

_WITHOUT_A_REQUEST = {("openai-responses", one_shot_messages)}
"""Calls that the SDK itself refuses after they began."""


class Raising(httpx2.BaseTransport):
    """A connection in which something goes wrong, before the answer or in the middle of it."""

    def __init__(self, error: BaseException, *, is_late: bool, content: bytes) -> None:
        self.error, self.is_late, self.content = error, is_late, content

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        del request
        if not self.is_late:
            raise self.error
        headers = {"content-type": "text/event-stream"}
        return httpx2.Response(200, headers=headers, stream=Breaking(self.content, self.error))


class Breaking(httpx2.SyncByteStream):
    """The beginning of an answer, and then an exception."""

    def __init__(self, content: bytes, error: BaseException) -> None:
        self.content, self.error = content, error

    def __iter__(self) -> Iterator[bytes]:
        yield self.content
        raise self.error


ERRORS: tuple[BaseException, ...] = (
    KeyboardInterrupt("stop"),
    SystemExit(4),
    MemoryError("no more"),
    RecursionError("too deep"),
    GeneratorExit("closing"),
    httpx2.ConnectError("refused"),
    httpx2.ReadTimeout("slow"),
    OSError(28, "No space left on device"),
    StopIteration("odd"),
    AssertionError("host's own"),
)


def _raising(kit: Kit, error: BaseException, *, is_late: bool) -> Case:
    reply = canned(Received(*_asked(kit), {}))
    content = b"\n\n".join(reply.body.split(b"\n\n")[:1]) + b"\n\n"

    def run(server: ProviderServer) -> Any:
        transport = Raising(copy.copy(error), is_late=is_late, content=content)
        client = kit.make(server.url, httpx2.Client(transport=transport))
        return list(kit.stream(client)) if is_late else kit.create(client)

    when = "in_the_middle" if is_late else "before"
    return Case(f"{kit.name}/raised_{when}/{type(error).__name__}", run, calls=1)


def _asked(kit: Kit) -> tuple[str, dict[str, Any]]:
    path = {
        "openai-chat": "/chat/completions",
        "openai-responses": "/responses",
        "anthropic": "/messages",
        "google": ":streamGenerateContent",
    }[kit.name]
    return path, {"stream": True}


def overriding(kit: Kit, server: ProviderServer) -> Any:
    client = kit.client(server)
    resource = (
        client.chat.completions if kit.name == "openai-chat" else _plain_resource(kit, client)
    )

    class Own(type(resource)):  # type: ignore[misc]  # known only here
        def create(self, *args: Any, **kwargs: Any) -> Any:
            return "mine", super().create(*args, **kwargs)

    resource.__class__ = Own
    return kit.create(client)


def _plain_resource(kit: Kit, client: Any) -> Any:
    return client.responses if kit.sdk == "openai" else client.messages


def patched_by_the_host(kit: Kit, server: ProviderServer) -> Any:
    client = kit.client(server)
    seen: list[Any] = []
    post = client.post

    def mine(*args: Any, **kwargs: Any) -> Any:
        seen.append(args)
        return post(*args, **kwargs)

    client.post = mine
    return kit.create(client), len(seen)


def retried(kit: Kit, server: ProviderServer) -> Any:
    return kit.create(kit.client(server, max_retries=2))


def failing_twice() -> Callable[[Received], Reply]:
    """Two refusals that may be tried again, then the answer; over and over."""
    received: list[Received] = []

    def answer(request: Received) -> Reply:
        received.append(request)
        if len(received) % 3:
            return Reply(b"{}", status=500, headers={"retry-after-ms": "1"})
        return canned(request)

    return answer


def _case(kit: Kit, program: Program) -> Case:
    name = f"{kit.name}/program/{program.__name__}"
    if program is retried:
        return Case(name, lambda server: program(kit, server), failing_twice(), calls=1)
    calls = 1 if (kit.name, program) in _WITHOUT_A_REQUEST or program is read_after_close else None
    return Case(name, lambda server: program(kit, server), calls=calls)


def cases() -> list[Case]:
    """Every program for every SDK it can be written for."""
    own = (overriding, patched_by_the_host, retried)
    found = [_case(kit, program) for kit in KITS for program in PROGRAMS]
    found += [_case(kit, program) for kit in STAINLESS for program in own]
    return found + [
        _raising(kit, error, is_late=is_late)
        for kit in KITS
        for error in ERRORS
        for is_late in (False, True)
    ]
