"""A loopback server that answers as the providers do, from canned bodies or as a test says."""

import json
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR, socket
from typing import Any

BODIES = Path(__file__).parent.parent / "data" / "providers"


@dataclass(frozen=True)
class Received:
    """What a client sent."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    content: bytes = b""
    """The body as it was sent; a form with files is no JSON."""


@dataclass(frozen=True)
class Reply:
    """What the server answers."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """Events of a stream after which the connection is dropped."""
    hang_after: int | None = None
    """Events of a stream (0: before the answer begins) after which nothing more comes."""

    @property
    def events(self) -> list[bytes]:
        """The body as it is sent, piece by piece."""
        if "stream+json" in self.content_type or "ndjson" in self.content_type:
            return self.body.splitlines(keepends=True)
        if "event-stream" not in self.content_type:
            return [self.body]
        return [event + b"\n\n" for event in self.body.split(b"\n\n") if event.strip()]


Answer = Callable[[Received], Reply]


def body(name: str) -> bytes:
    """A canned body, by its file's name."""
    return (BODIES / name).read_bytes()


def usage_in(name: str) -> dict[str, Any]:
    """The usage object a canned JSON body holds."""
    document = json.loads(body(name))
    usage: dict[str, Any] = document.get("usage") or document["usageMetadata"]
    return usage


def json_reply(document: object, **rest: Any) -> Reply:
    """A reply of a JSON document."""
    return Reply(json.dumps(document).encode(), **rest)


def sse_reply(content: bytes, **rest: Any) -> Reply:
    """A reply of server-sent events."""
    return Reply(content, content_type="text/event-stream", **rest)


def canned(received: Received) -> Reply:
    """What the provider of that path answers, streamed if it was asked for."""
    name = _named(received)
    if name is None:
        return Reply(body("error.json"), status=404)
    if name == "anthropic_batch.json":
        host = received.headers["host"].encode()
        return Reply(body(name).replace(b"api.anthropic.com", host).replace(b"https:", b"http:"))
    if name.endswith(".ndjson"):
        return Reply(body(name), content_type="application/x-ndjson")
    if not name.endswith(".sse"):
        return Reply(body(name))
    content = body(name)
    asked = (received.body.get("stream_options") or {}).get("include_usage")
    if name == "openai_chat_stream.sse" and not asked:
        content = without_usage(content)
    return sse_reply(content)


def without_usage(content: bytes) -> bytes:
    """A chat stream as it is for who did not ask: no usage chunk, and no word of it."""
    kept = []
    for event in content.split(b"\n\n"):
        chunk = json.loads(event[6:]) if event.startswith(b"data: {") else None
        if chunk is None:
            kept.append(event)
        elif chunk["choices"]:
            del chunk["usage"]
            kept.append(b"data: " + json.dumps(chunk).encode())
    return b"\n\n".join(kept)


def _named(received: Received) -> str | None:
    path, is_stream = received.path.partition("?")[0], bool(received.body.get("stream"))
    endings = {
        "/mistral/v1/chat/completions": ("mistral_chat.json", "mistral_stream.sse"),
        "/mistral/v1/embeddings": ("mistral_embeddings.json", "mistral_embeddings.json"),
        "/v1/chat": ("cohere_v1_chat.json", "cohere_v1_stream.ndjson"),
        "/v2/chat": ("cohere_v2_chat.json", "cohere_v2_stream.sse"),
        "/v2/embed": ("cohere_embed.json", "cohere_embed.json"),
        "/v2/rerank": ("cohere_rerank.json", "cohere_rerank.json"),
        "/api/chat": ("ollama_chat.json", "ollama_stream.ndjson"),
        "/api/generate": ("ollama_generate.json", "ollama_generate.json"),
        "/api/embed": ("ollama_embed.json", "ollama_embed.json"),
        ":rawPredict": ("anthropic_message.json", "anthropic_message.json"),
        ":streamRawPredict": ("anthropic_stream.sse", "anthropic_stream.sse"),
        "/invoke": ("anthropic_message.json", "anthropic_message.json"),
        "/batches/msgbatch_1": ("anthropic_batch.json", "anthropic_batch.json"),
        "/messages/batches": ("anthropic_batch.json", "anthropic_batch.json"),
        "/batches/msgbatch_1/results": ("anthropic_results.jsonl", "anthropic_results.jsonl"),
        "/interactions": ("gemini_interaction.json", "gemini_interaction_stream.sse"),
        "/chat/completions": ("openai_chat.json", "openai_chat_stream.sse"),
        "/responses": ("openai_response.json", "openai_response_stream.sse"),
        "/embeddings": ("openai_embeddings.json", "openai_embeddings.json"),
        "/messages": ("anthropic_message.json", "anthropic_stream.sse"),
        ":generateContent": ("gemini_generate.json", "gemini_generate.json"),
        ":streamGenerateContent": ("gemini_stream.sse", "gemini_stream.sse"),
        ":predict": ("vertex_embed.json", "vertex_embed.json"),
        "/cachedContents": ("gemini_cache.json", "gemini_cache.json"),
        "mbedContent": ("gemini_embed.json", "gemini_embed.json"),
        "mbedContents": ("gemini_embed.json", "gemini_embed.json"),
    }
    for ending, names in endings.items():
        if path.endswith(ending):
            return names[is_stream]
    return None


class ProviderServer:
    """Serves on loopback; remembers what it received."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.has_received = threading.Event()
        self.answer: Answer = canned
        self._released = threading.Event()
        handler = type("BoundHandler", (Handler,), {"provider": self})
        self._http = Http(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def start(self) -> None:
        """Begins to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Ends, and lets go of every answer that hangs."""
        self._released.set()
        self._http.shutdown()
        self._http.server_close()
        self._http.hang_up()

    def await_request(self) -> None:
        """Waits until a request has come in."""
        assert self.has_received.wait(30)

    def hang(self) -> None:
        """Waits until the server stops."""
        self._released.wait(30)


@contextmanager
def provider_server(answer: Answer = canned) -> Iterator[ProviderServer]:
    """A running server."""
    server = ProviderServer()
    server.answer = answer
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Http(ThreadingHTTPServer):
    """Clients hang up on purpose here; nothing is said about it."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._connections: weakref.WeakSet[socket] = weakref.WeakSet()

    def get_request(self) -> tuple[socket, Any]:
        """Remembers whom it serves."""
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def hang_up(self) -> None:
        """Ends every connection.

        A client that nobody closes would keep its thread, and all it sent, until the last test.
        """
        for connection in list(self._connections):
            with suppress(OSError):  # closed already
                connection.shutdown(SHUT_RDWR)

    def handle_error(self, *_args: object) -> None:
        """Says nothing."""


class Handler(BaseHTTPRequestHandler):
    """One connection of a client's."""

    protocol_version = "HTTP/1.1"
    # with Nagle's algorithm every reply waits 40 ms for an acknowledgement
    disable_nagle_algorithm = True
    provider: ProviderServer

    def log_message(self, *_args: object) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("content-length") or 0))
        received = Received(
            self.path,
            json.loads(content) if content.startswith(b"{") else {},
            {name.lower(): value for name, value in self.headers.items()},
            content,
        )
        self.provider.received.append(received)
        self.provider.has_received.set()
        try:
            self._send(self.provider.answer(received))
        except OSError:
            self.close_connection = True

    do_GET = do_POST  # noqa: N815  # the names are http.server's

    def _send(self, reply: Reply) -> None:
        if reply.hang_after == 0:
            self.provider.hang()
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("content-type", reply.content_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if len(reply.events) > 1 or "event-stream" in reply.content_type:
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            self._send_events(reply)
        else:
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

    def _send_events(self, reply: Reply) -> None:
        for count, event in enumerate(reply.events):
            if count == reply.hang_after:
                self.provider.hang()
            if count in {reply.cut_after, reply.hang_after}:
                self.close_connection = True
                return
            self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")
