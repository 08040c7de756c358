"""The app in a browser, over a real server in a process of its own."""

import asyncio
import base64
import json
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSServerHandshakeError

from profiler.tui.looks.theme import DARK
from profiler.tui.terminal.web import free_port
from tests.support.running import running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("web")
    with running("tui", "--web", "--demo", home=home, stderr=subprocess.PIPE) as serving:
        assert serving.stderr is not None
        line = serving.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/\?key=\S+", line)
        assert found, line
        yield found[0]
        serving.send_signal(signal.SIGINT)
        assert serving.wait(20) == 0


def in_session(address: str, act: Callable[[ClientSession, str], Awaitable[None]]) -> None:
    """Do something as a browser that keeps cookies; gets the address without the key."""
    parts = urlsplit(address)

    async def go() -> None:
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
            await act(session, f"{parts.scheme}://{parts.netloc}")

    asyncio.run(go())


def test_the_page_asks_nobody_else_for_anything(address: str) -> None:
    async def act(session: ClientSession, base: str) -> None:
        async with session.get(address) as answer:
            page = await answer.text()
            assert answer.status == 200
            assert "key=" not in str(answer.url)
            assert f"background: {DARK.background}" in page
            assert "#0c181f" not in page
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        hosts = {urlsplit(url).netloc for url in re.findall(r"(?:https?|wss?)://[^\s\"'<>]+", page)}
        # the name of SVG's own language is no address
        assert hosts - {"www.w3.org"} == {urlsplit(base).netloc}
        for path in re.findall(r'(?:src|href)="(http[^"]+)"', page):
            async with session.get(path) as answer:
                assert answer.status == 200

    in_session(address, act)


def test_without_the_key_nothing_is_served(address: str) -> None:
    async def act(session: ClientSession, base: str) -> None:
        for path in ("/", "/static/js/textual.js", "/?key=guess"):
            async with session.get(base + path) as answer:
                assert answer.status == 403
        with pytest.raises(WSServerHandshakeError):
            await session.ws_connect(f"{base}/ws")

    in_session(address, act)


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example:8000"}]
)
def test_other_sites_are_refused_even_with_the_key(address: str, headers: dict[str, str]) -> None:
    async def act(session: ClientSession, base: str) -> None:
        async with session.get(address) as answer:
            assert answer.status == 200
        with pytest.raises(WSServerHandshakeError) as refused:
            await session.ws_connect(f"{base}/ws", headers=headers)
        assert refused.value.status == 403

    in_session(address, act)


def test_the_app_draws_itself_over_the_socket(address: str) -> None:
    async def act(session: ClientSession, base: str) -> None:
        async with session.get(address):
            pass
        async with session.ws_connect(f"{base}/ws?width=100&height=30") as socket:
            drawn = await until_drawn(socket, "Spend over time")
            assert "demo: invented calls" in drawn
            await socket.send_json(["stdin", "q"])

    in_session(address, act)


async def until_drawn(socket: ClientWebSocketResponse, text: str) -> str:
    drawn = ""
    async with asyncio.timeout(30):
        async for message in socket:
            if isinstance(message.data, bytes):
                drawn += message.data.decode("utf-8", "replace")
            if text in drawn:
                return drawn
    raise AssertionError(drawn)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_a_browser_shows_it_and_loads_nothing_from_elsewhere(address: str, tmp_path: Path) -> None:
    async def go() -> None:
        async with ClientSession() as session:
            tab = await _tab(session, port)
            async with session.ws_connect(tab, max_msg_size=0) as socket:
                page = Page(socket)
                asked = await page.open(address)
                picture = await page.picture()
        hosts = {urlsplit(url).netloc for url in asked if url.startswith(("http", "ws"))}
        assert hosts == {urlsplit(address).netloc}
        (tmp_path / "web.png").write_bytes(picture)
        # a blank page of that size packs to a few KB
        assert len(picture) > 30_000

    with chromium() as port:
        asyncio.run(go())


class Page:
    """A tab of a headless browser, spoken to over its debugging socket."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._calls = 0
        self._asked: list[str] = []

    async def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._calls += 1
        await self._socket.send_json({"id": self._calls, "method": method, "params": parameters})
        async with asyncio.timeout(30):
            while True:
                told = json.loads((await self._socket.receive()).data)
                if told.get("method") == "Network.requestWillBeSent":
                    self._asked.append(told["params"]["request"]["url"])
                if told.get("method") == "Network.webSocketCreated":
                    self._asked.append(told["params"]["url"])
                if told.get("id") == self._calls:
                    answer: dict[str, Any] = told.get("result", {})
                    return answer

    async def open(self, url: str) -> list[str]:
        """Show a page until the app has drawn itself; every address that was asked for."""
        await self._call("Network.enable")
        await self._call("Page.enable")
        await self._call("Page.navigate", url=url)
        is_drawn = "document.body?.classList.contains('-first-byte')"
        async with asyncio.timeout(30):
            while True:
                told = await self._call("Runtime.evaluate", expression=is_drawn)
                if told["result"].get("value"):
                    break
                await asyncio.sleep(0.1)
        # the app's first figures come after its first byte
        await asyncio.sleep(2)
        await self._call("Runtime.evaluate", expression="1")
        return self._asked

    async def picture(self) -> bytes:
        """What is seen, as PNG."""
        told = await self._call("Page.captureScreenshot", format="png")
        return base64.b64decode(told["data"])


@contextmanager
def chromium() -> Iterator[int]:
    """A headless browser with one empty tab; the port it is spoken to on."""
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            [
                str(CHROMIUM),
                *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"),
                *("--disable-background-networking", "--disable-component-update"),
                *("--disable-sync", "--window-size=1400,900"),
                *(f"--remote-debugging-port={port}", f"--user-data-dir={profile}", "about:blank"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield port
        finally:
            browser.terminate()
            browser.wait(20)


async def _tab(session: ClientSession, port: int) -> str:
    async with asyncio.timeout(30):
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                    tabs = await answer.json()
                    return next(
                        str(tab["webSocketDebuggerUrl"]) for tab in tabs if tab["type"] == "page"
                    )
            except (OSError, StopIteration):
                await asyncio.sleep(0.1)
