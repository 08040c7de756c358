"""How soon a written call is committed, and how soon it is known that nothing is new.

    python -m tests.benchmarks.freshness [--calls N] [--segments N] [--quick]

A program of its own writes single calls as the shim does, at odd moments, while this one follows
the log: told by the system, told nothing (a network folder), and only looking. Then a database
is opened again and again whose log has not changed.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from profiler.ingest.drain import drain
from profiler.ingest.watch import Follower
from profiler.pricing.card import Card
from profiler.store.engine import Store
from tests.benchmarks.traffic import lines
from tests.support.events import a_segment

ROOT = Path(__file__).parents[2]
WRITER = """
import random, sys, time
from profiler.shim.writer import Writer
from tests.support.events import lines_of, some_events
writer, dice = Writer(sys.argv[1]), random.Random(1)
for _ in range(int(sys.argv[2])):
    line = lines_of(some_events(1))
    time.sleep(dice.uniform(0.01, 0.4))
    print(time.monotonic(), flush=True)
    writer.write(line)
"""


def main() -> None:
    """Print a line per way of following, and one for starting warm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=500_000, help="in the store that is opened")
    parser.add_argument("--segments", type=int, default=500)
    parser.add_argument("--quick", action="store_true", help="few calls: does it run?")
    chosen = parser.parse_args()
    written = 5 if chosen.quick else 200
    print("milliseconds: median, 95th percentile, worst")
    for name in ("notified", "silent", "looking"):
        report(f"one call written to committed, {name}", committed_after_ms(name, written))
    calls = 5_000 if chosen.quick else chosen.calls
    words = f"warm start, nothing new, {calls:,} calls in {chosen.segments} segments"
    report(words, warm_starts_ms(calls, chosen.segments, 5 if chosen.quick else 50))


def report(name: str, took_ms: list[float]) -> None:
    """One line of figures."""
    took_ms.sort()
    middle, high = took_ms[len(took_ms) // 2], took_ms[int(len(took_ms) * 0.95)]
    print(f"{name:70} {middle:8.1f} {high:8.1f} {took_ms[-1]:8.1f}", flush=True)


def committed_after_ms(way: str, count: int) -> list[float]:
    """How long each of `count` calls took from just before its write to after its commit."""
    committed_s: list[float] = []
    card = Card.load()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "log").mkdir()
        with Store.open(home / "p.db") as store, closing(follower(home / "log", way)) as following:
            following.wait(0.3)
            command = [sys.executable, "-c", WRITER, str(home / "log"), str(count)]
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
                while len(committed_s) < count:
                    following.wait(5.0)
                    new = drain(store, card, home / "log").events
                    committed_s += [time.monotonic()] * new
                assert writer.stdout is not None
                written_s = list(map(float, writer.stdout))
    return [(after - before) * 1e3 for before, after in zip(written_s, committed_s, strict=True)]


def follower(log_folder: Path, way: str) -> Follower:
    """One that is told of changes, or is told nothing, or cannot ask."""
    following = Follower(log_folder)
    if way == "silent":
        # watches are granted on network folders too, and then nothing is heard
        following.wake = lambda: None  # type: ignore[method-assign]
    following._may_observe = way != "looking"
    return following


def warm_starts_ms(calls: int, segments: int, rounds: int) -> list[float]:
    """How long opening the store and finding nothing new in its log takes."""
    took = []
    card = Card.load()
    dice = random.Random(3)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        paths = [a_segment(home / "log", []) for _ in range(segments)]
        for line in lines(calls):
            with dice.choice(paths).open("ab", buffering=0) as segment:
                segment.write(line)
        with Store.open(home / "p.db") as store:
            drain(store, card, home / "log")
        os.sync()
        for _ in range(rounds):
            began = time.perf_counter()
            store = Store.open(home / "p.db")
            found = drain(store, card, home / "log")
            took.append((time.perf_counter() - began) * 1e3)
            store.close()
            if found.events or found.bytes_read:
                raise RuntimeError("something was new")
    return took


if __name__ == "__main__":
    main()
