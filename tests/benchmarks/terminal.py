"""A program in a pseudo-terminal, as its user sees it: when each text stood there."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from tests.support.cli import environment

PATIENCE_S = 60.0
ROWS, COLUMNS = 40, 120


class Seen(NamedTuple):
    """What one start was like."""

    at_s: list[float]
    """How long after the program's start each text was on the screen, in their order."""
    peak_mib: float
    """The most memory it held until then."""


class Held(NamedTuple):
    """What a program that goes on holds."""

    at_first_mib: float
    after_keys_mib: float


def installed(home: Path, compiled: Path) -> dict[str, str]:
    """The environment of a program that was installed: its byte code is kept, in `compiled`.

    Where nobody may write it (`PYTHONDONTWRITEBYTECODE`), what would be measured is the compiler.
    """
    kept = {**environment(home), "PYTHONPYCACHEPREFIX": str(compiled), "TERM": "xterm-256color"}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


def seen(words: Sequence[str], variables: Mapping[str, str], *shown: bytes) -> Seen:
    """Run it until the last text is on the screen, and end it.

    Raises:
        TimeoutError: a text was not shown.

    """
    with _Screen(words, variables) as screen:
        at_s = [screen.until(text) for text in shown]
        # while it runs: its life is not waited for
        return Seen(at_s, screen.memory_mib("VmHWM"))


def held(
    words: Sequence[str],
    variables: Mapping[str, str],
    shown: bytes,
    keys: Sequence[bytes],
    rest_s: float,
) -> Held:
    """Run it until the text is on the screen, then press the keys, resting before each.

    Raises:
        TimeoutError: the text was not shown.

    """
    with _Screen(words, variables) as screen:
        screen.until(shown)
        screen.rest(3 * rest_s)
        at_first = screen.memory_mib("VmRSS")
        for key in keys:
            screen.press(key)
            screen.rest(rest_s)
        return Held(at_first, screen.memory_mib("VmRSS"))


class _Screen:
    """The program, running until the end of the block."""

    def __init__(self, words: Sequence[str], variables: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._began = time.perf_counter()
        self._running = subprocess.Popen(
            words, env=variables, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        self._read = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._running.kill()
        self._running.wait()
        os.close(self._master)

    def until(self, text: bytes) -> float:
        """Wait for the text; how long after the start it stood there.

        Raises:
            TimeoutError: it was not shown.

        """
        while text not in self._read:
            if not self._reads(PATIENCE_S - (time.perf_counter() - self._began)):
                raise TimeoutError(f"{text!r} was not shown")
        return time.perf_counter() - self._began

    def rest(self, wait_s: float) -> None:
        """Let it draw so long."""
        until = time.perf_counter() + wait_s
        while (left := until - time.perf_counter()) > 0:
            self._reads(left)

    def press(self, key: bytes) -> None:
        """Press a key."""
        os.write(self._master, key)

    def memory_mib(self, kind: str) -> float:
        """What it holds (`VmRSS`), or has held at most (`VmHWM`)."""
        try:
            status = Path(f"/proc/{self._running.pid}/status").read_text("utf-8")
        except OSError:
            return 0.0
        found = next((line for line in status.splitlines() if line.startswith(kind)), "x 0 kB")
        return int(found.split()[1]) / 1024

    def _reads(self, wait_s: float) -> bool:
        if not select.select([self._master], [], [], max(0.0, wait_s))[0]:
            return False
        self._read += os.read(self._master, 65_536)
        return True
