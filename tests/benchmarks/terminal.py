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
from typing import NamedTuple

from tests.support.cli import environment

PATIENCE_S = 60.0
ROWS, COLUMNS = 40, 120


class Seen(NamedTuple):
    """What one start was like."""

    at_s: list[float]
    """How long after the program's start each text was on the screen, in their order."""
    peak_mib: float
    """The most memory it held until then."""


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
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    began = time.perf_counter()
    running = subprocess.Popen(
        words, env=variables, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    )
    os.close(slave)
    read, at_s = b"", []
    try:
        for text in shown:
            while text not in read:
                left = PATIENCE_S - (time.perf_counter() - began)
                if not select.select([master], [], [], max(0.0, left))[0]:
                    raise TimeoutError(f"{text!r} was not shown")
                read += os.read(master, 65_536)
            at_s.append(time.perf_counter() - began)
        # while it runs: its life is not waited for
        return Seen(at_s, _peak_mib(running.pid))
    finally:
        running.kill()
        running.wait()
        os.close(master)


def _peak_mib(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    peak = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(peak.split()[1]) / 1024
