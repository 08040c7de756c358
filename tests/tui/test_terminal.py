"""The app in a real terminal, over the real store, fed by another process's real clients."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.support.cli import command, environment
from tests.support.provider_server import ProviderServer, provider_server

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None, reason="tmux is not installed: no real terminal to draw in"
)

PROGRAM = """
import sys
import profiler
profiler.instrument()
import anthropic, openai
from google import genai
from google.genai import types
url = sys.argv[1]
ask = [{"role": "user", "content": "hello"}]
gpt = openai.OpenAI(api_key="k", base_url=url + "/v1", max_retries=0)
claude = anthropic.Anthropic(api_key="k", base_url=url, max_retries=0)
gemini = genai.Client(api_key="k", http_options=types.HttpOptions(base_url=url))
calls = {
    "openai": lambda: gpt.chat.completions.create(model="gpt-5.1", messages=ask),
    "anthropic": lambda: claude.messages.create(
        model="claude-opus-4-5", max_tokens=9, messages=ask
    ),
    "google": lambda: gemini.models.generate_content(model="gemini-2.5-pro", contents="hello"),
}
print("ready", flush=True)
for line in sys.stdin:
    with profiler.context(feature=line.strip()):
        calls[line.strip()]()
    print("called", flush=True)
"""


def own_size(variables: dict[str, str]) -> dict[str, str]:
    """Without what the tests' own terminal says of its size."""
    return {name: value for name, value in variables.items() if name not in {"COLUMNS", "LINES"}}


class Tmux:
    """A terminal of its own, its socket in the test's folder."""

    def __init__(self, folder: Path, home: Path, size: tuple[int, int] = (120, 40)) -> None:
        self._socket = str(folder / "tmux")
        width, height = map(str, size)
        self._run(
            *("-f", "/dev/null", "new-session", "-d", "-x", width, "-y", height),
            *("--", *command("tui")),
            environment=own_size(environment(home)),
        )

    def shown(self) -> str:
        return self._run("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def until(self, holds: Callable[[str], bool], within_s: float = 30.0) -> float:
        """Look at the screen until it holds; how long that took."""
        began = monotonic()
        while not holds(text := self.shown()):
            assert monotonic() - began < within_s, text
            sleep(0.01)
        return monotonic() - began

    def is_gone(self) -> bool:
        ran = subprocess.run(
            ["tmux", "-S", self._socket, "has-session"], capture_output=True, check=False
        )
        return ran.returncode != 0

    def close(self) -> None:
        subprocess.run(
            ["tmux", "-S", self._socket, "kill-server"], capture_output=True, check=False
        )

    def _run(self, *arguments: str, environment: dict[str, str] | None = None) -> str:
        ran = subprocess.run(
            ["tmux", "-S", self._socket, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout


def contains(part: str, whole: str) -> bool:
    return part in whole


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Tmux]:
    opened = Tmux(tmp_path, tmp_path / "home")
    yield opened
    opened.close()


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with provider_server() as running:
        yield running


def test_calls_of_another_process_appear_by_themselves(
    tmp_path: Path, terminal: Tmux, server: ProviderServer
) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, server.url],
        env=environment(tmp_path / "home"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    try:
        assert program.stdout.readline() == "ready\n"
        terminal.until(lambda text: "No calls yet" in text)
        models = {"openai": "gpt-5.1", "anthropic": "claude-opus-4-5", "google": "gemini-2.5-pro"}
        for provider, model in models.items():
            program.stdin.write(f"{provider}\n")
            program.stdin.flush()
            assert program.stdout.readline() == "called\n"
            terminal.until(partial(contains, model))
    finally:
        program.stdin.close()
        program.stdout.close()
        program.wait(20)
    assert "● live" in terminal.shown()


def test_the_keys_of_a_real_terminal_reach_every_screen(terminal: Tmux) -> None:
    terminal.until(lambda text: "No calls yet" in text)
    terminal.press("7")
    terminal.until(lambda text: "No budgets yet" in text)
    terminal.press("a")
    terminal.until(lambda text: "New budget" in text)
    terminal.press("Escape")
    terminal.until(lambda text: "New budget" not in text)
    terminal.press("?")
    terminal.until(lambda text: "Everywhere" in text)
    terminal.press("Escape")
    terminal.until(lambda text: "Everywhere" not in text)
    terminal.press("q")
    deadline = monotonic() + 30
    while not terminal.is_gone():
        assert monotonic() < deadline
        sleep(0.02)
