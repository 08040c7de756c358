"""The same app in a browser: textual-serve on loopback, for this machine's user alone.

textual-serve asks nobody who they are, takes any `Host` and `Origin`, and its page loads a font
from elsewhere. Here a page needs the key that was printed, other sites' pages are refused
(DNS rebinding, cross-site websockets), and nothing is loaded from anywhere else.
"""

import re
import secrets
import shlex
import socket
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import textual_serve.server
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from profiler.tui.looks.theme import DARK

HOST = "127.0.0.1"
_KEY = "key"
_ELSEWHERE = re.compile(r'<link\s+rel="stylesheet"\s+href="https://[^>]*>')
_COLOURS = {
    "#0c181f": DARK.background or "",
    "#12232d": DARK.surface or "",
    "#5e0ba7": DARK.secondary or "",
    "#ac5af4": DARK.primary,
}
"""Of what stands around the app and of its dialogs, which are no part of the terminal."""
_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
)


class LocalServer(textual_serve.server.Server):
    """Serves one command's app to whoever holds the key."""

    def __init__(self, command: Sequence[str], port: int, say: Callable[[str], object]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="profiler-web-")
        super().__init__(
            shlex.join(command),
            host=HOST,
            port=port,
            title="profiler",
            templates_path=_templates(Path(self._folder.name)),
        )
        self._key = secrets.token_urlsafe(24)
        self._say = say

    @property
    def address(self) -> str:
        """What to open; it holds the key."""
        return f"http://{HOST}:{self.port}/?{_KEY}={self._key}"

    def initialize_logging(self) -> None:
        """Leave logging alone: addresses hold the key."""

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing yet: nobody listens."""

    def serve(self, debug: bool = False) -> None:
        """Serve until Ctrl-C; say what to open once that can be done."""
        self.debug = debug

        def tell(*_: object) -> None:
            self._say(self.address)

        web.run_app(self._make_app(), host=self.host, port=self.port, print=tell)

    async def on_shutdown(self, app: web.Application) -> None:
        """Remove the page."""
        del app
        self._folder.cleanup()

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard())
        return app

    def _guard(self) -> Middleware:
        ours = f"{HOST}:{self.port}"
        cookie = f"profiler-{self.port}"

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            origin = request.headers.get("Origin")
            if request.host != ours or (origin and urlsplit(origin).netloc != ours):
                raise web.HTTPForbidden(text="profiler: asked for by another site")
            given = request.query.get(_KEY) or request.cookies.get(cookie, "")
            if not secrets.compare_digest(given.encode(), self._key.encode()):
                raise web.HTTPForbidden(text="profiler: open the address that was printed")
            if request.path == "/" and _KEY in request.query:
                # the key leaves the address bar and the history
                answer: web.StreamResponse = web.HTTPFound("/")
                answer.set_cookie(cookie, self._key, httponly=True, samesite="Strict")
                return answer
            answer = await handler(request)
            if not answer.prepared:
                answer.headers["Content-Security-Policy"] = _POLICY
            return answer

        return guard


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def _templates(folder: Path) -> Path:
    """The page of textual-serve in `folder`, in our colours, loading nothing from elsewhere."""
    package = Path(textual_serve.server.__file__).parent
    page = (package / "templates" / "app_index.html").read_text("utf-8")
    page = _ELSEWHERE.sub("", page)
    for theirs, ours in _COLOURS.items():
        page = page.replace(theirs, ours)
    (folder / "app_index.html").write_text(page, "utf-8")
    return folder
