"""How long until the terminal app stands on the screen.

    python -m tests.benchmarks.tui_first_frame [--rounds N] [--quick]

From the start of the process to the first frame in a pseudo-terminal, beside the least that any
such app does: a Textual app of one line of text. Ours is started over an empty store and over the
sample data, there also until the first figures stand, until the app itself has drawn its frame
and answers keys, and until all of the first screen is read. Rounds take turns, so that a busy
machine slows all alike.
"""

import argparse
import fcntl
import os
import pty
import select
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from tests.support.cli import SAMPLE_LOG, command, environment

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("Overview")
Bare().run()
"""
PATIENCE_S = 60.0


def seconds_until(words: list[str], home: Path, *shown: bytes) -> list[float]:
    """How long after the program's start each text was on the screen, in their order."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    began = time.perf_counter()
    running = subprocess.Popen(
        words,
        env={**environment(home), "TERM": "xterm-256color"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    read, seen = b"", []
    try:
        for text in shown:
            while text not in read:
                left = PATIENCE_S - (time.perf_counter() - began)
                if not select.select([master], [], [], max(0.0, left))[0]:
                    raise TimeoutError(f"{text!r} was not shown")
                read += os.read(master, 65_536)
            seen.append(time.perf_counter() - began)
    finally:
        running.kill()
        running.wait()
        os.close(master)
    return seen


def measured(rounds: int, folder: Path) -> dict[str, list[float]]:
    """Seconds per round of each start."""
    empty, full = folder / "empty", folder / "full"
    shutil.copytree(SAMPLE_LOG, full / "log")
    subprocess.run(command("ingest"), env=environment(full), check=True, capture_output=True)
    bare = [sys.executable, "-c", BARE]
    figures: dict[str, list[float]] = {
        name: []
        for name in (
            "a bare app",
            "ours, empty",
            "ours, data",
            "first figures",
            "app, figures",
            "whole",
        )
    }
    for turn in range(rounds + 1):
        of_bare = seconds_until(bare, empty, b"Overview")
        of_empty = seconds_until(command("tui"), empty, b"Overview")
        of_full = seconds_until(
            command("tui", "--since", "2020-01-01"),
            full,
            *(b"Overview", b"Month", b"measured", b"gpt"),
        )
        if turn:  # the first round compiles and warms the disk
            for name, value in zip(figures, (*of_bare, *of_empty, *of_full), strict=True):
                figures[name].append(value)
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--quick", action="store_true", help="three rounds")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="profiler-frame-") as folder:
        figures = measured(3 if chosen.quick else chosen.rounds, Path(folder))
    least = statistics.median(figures["a bare app"])
    for name, values in figures.items():
        middle = statistics.median(values)
        print(f"{name:<14} {middle * 1000:6.0f} ms   {middle / least:.2f} times a bare app")


if __name__ == "__main__":
    main()
