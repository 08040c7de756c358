"""A web hook on this machine: keeps what is posted to it, and fails when it is told to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic, sleep


class Hook:
    """What arrived, in order."""

    def __init__(self) -> None:
        self.posts: list[dict[str, str]] = []
        self.tries = 0
        self.answers = 200
        self.is_deaf = False
        """Whether it takes posts and never answers."""
        self.port = 0

    @property
    def address(self) -> str:
        """As apprise writes it, with secrets in every part that may hold one."""
        return (
            f"json://canary-user:canary-password@127.0.0.1:{self.port}/canary-path"
            "?+X-Token=canary-header"
        )

    @property
    def messages(self) -> list[str]:
        """The ids of the messages that arrived."""
        return [post["message"].rpartition("message ")[2] for post in self.posts]

    def wait(self, count: int, within_s: float = 15) -> list[dict[str, str]]:
        """What arrived, once there is so much of it."""
        until = monotonic() + within_s
        while len(self.posts) < count and monotonic() < until:
            sleep(0.02)
        return list(self.posts)


@contextmanager
def a_hook() -> Iterator[Hook]:
    """One that listens."""
    hook = Hook()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"]))
            hook.tries += 1
            if hook.answers == 200:
                hook.posts.append(json.loads(text))
            if hook.is_deaf:
                sleep(30)
            self.send_response(hook.answers)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its own name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    hook.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
