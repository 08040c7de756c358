"""A real terminal to run the command line in."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Self

from tests.support.cli import command, environment

DEADLINE_S = 30.0
ROOT = Path(__file__).parents[2]


def is_readable(descriptor: int, within_s: float) -> bool:
    """Whether something is there to be read, or the other end is gone; for any descriptor."""
    looked = select.poll()
    looked.register(descriptor, select.POLLIN)
    return bool(looked.poll(within_s * 1000))


class Terminal:
    """`profiler` in a pseudo-terminal, both gone at the end of the block."""

    def __init__(
        self,
        *arguments: str,
        home: Path,
        size: tuple[int, int] = (80, 24),
        script: str = "",
        **variables: str,
    ) -> None:
        """With `script`, that Python text runs there instead."""
        columns, rows = size
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        size_told = {"COLUMNS": str(columns), "LINES": str(rows)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", script] if script else command(*arguments),
            cwd=ROOT if script else None,
            env={**environment(home), "TERM": "xterm-256color", **size_told, **variables},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # nobody else would: no signal reaches a session that no terminal controls
        self._process.kill()
        self._process.wait()
        self.vanish()

    def wait_for(self, text: str, *, after: str = "") -> None:
        """Read until `text` was shown, later than `after` first was."""
        if after:
            self.wait_for(after)
        deadline_s = time.monotonic() + DEADLINE_S
        while text not in self.shown[self.shown.find(after) :]:
            assert time.monotonic() < deadline_s, f"{text!r} was not shown in {self.shown!r}"
            self._read()

    def read_until_still(self) -> None:
        """Read until nothing is written any more."""
        while self._read():
            pass

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def wait(self) -> int:
        """Read until the program ends; its exit code."""
        deadline_s = time.monotonic() + DEADLINE_S
        while self._process.poll() is None:
            assert time.monotonic() < deadline_s, f"it goes on: {self.shown!r}"
            self._read()
        while self._read():
            pass
        return self._process.returncode

    def signal(self, number: int) -> None:
        """Send it a signal, as `kill` does."""
        self._process.send_signal(number)

    def vanish(self) -> None:
        """Be gone, as when a window is closed."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def survived_s(self) -> float:
        """How long the program goes on."""
        began_s = time.monotonic()
        self._process.wait(DEADLINE_S)
        return time.monotonic() - began_s

    def _read(self) -> bool:
        if not is_readable(self._master, 0.1):
            return False
        try:
            content = os.read(self._master, 65536)
        except OSError:  # what Linux says when the other end is closed
            return False
        self.shown += content.decode("utf-8", "replace")
        return bool(content)
