"""How fast the log becomes priced, indexed, rolled-up calls.

    python -m tests.benchmarks.ingest_rate [--calls N] [--quick] [--venvs FOLDER]

Beside it, for scale, the least that any such tool does: decode each line with the standard
library and insert the same columns with one `executemany`, no price, index, sum or position.
Each runs in a process of its own; figures are of that process.

With `--venvs`, `sqlite-utils insert --nl` too, from an environment in that folder that is made
where it is missing. It gets the lines alone, a primary key, and an index for each of the labels
that our store finds calls by.
"""

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from profiler.ingest.drain import drain
from profiler.pricing.card import Card
from profiler.store.engine import Store
from tests.benchmarks.traffic import write_log

BARE_COLUMNS = (
    "id",
    "at",
    "provider",
    "model",
    "answered",
    "operation",
    "stream",
    "outcome",
    "status",
    "finish",
    "latency_us",
    "first_chunk_us",
    "session",
    "user",
    "feature",
    "project",
    "site",
)


def ours(home: Path) -> None:
    """Drain the log into a store."""
    card = Card.load()
    with Store.open(home / "p.db") as store:
        drain(store, card, home / "log")


def bare(home: Path) -> None:
    """`json.loads` and `executemany`."""
    connection = sqlite3.connect(home / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    columns = (*BARE_COLUMNS, "input", "cache_read", "output", "reasoning")
    connection.execute(f"CREATE TABLE calls ({','.join(columns)})")
    insert = f"INSERT INTO calls VALUES ({','.join('?' * len(columns))})"  # noqa: S608 — constants
    for path in sorted((home / "log").iterdir()):
        with path.open("rb") as segment:
            next(segment)
            connection.execute("BEGIN")
            connection.executemany(insert, (_bare_row(json.loads(line)) for line in segment))
            connection.execute("COMMIT")


def _bare_row(event: dict[str, object]) -> tuple[object, ...]:
    usage = event["usage"]
    assert isinstance(usage, dict)
    parts = (usage.get(name) for name in ("input", "cache_read", "output", "reasoning"))
    return (*(event.get(name) for name in BARE_COLUMNS), *parts)


def measured(way: str, home: Path) -> tuple[float, float, int]:
    """Wall seconds, CPU seconds and peak MiB of one way; imports are not timed."""
    command = [sys.executable, "-m", __spec__.name, "--way", way, str(home)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    wall, cpu, peak = ran.stdout.split()
    return float(wall), float(cpu), int(peak)


PEER = "sqlite-utils"
INDEXED = ("at", "model", "user", "session", "feature", "outcome")


def peer(venvs: Path, home: Path) -> tuple[float, float, int]:
    """The same figures of the peer, interpreter and imports with them."""
    tool = venvs / PEER / "bin" / PEER
    if not tool.exists():
        venv.create(venvs / PEER, with_pip=True)
        subprocess.run([tool.with_name("pip"), "install", "-q", PEER], check=True)
    lines, database = home / "lines.jsonl", home / "peer.db"
    with lines.open("wb") as joined:
        for path in sorted((home / "log").iterdir()):
            joined.write(path.read_bytes().partition(b"\n")[2])
    began = time.perf_counter()
    insert = (tool, "insert", database, "calls", lines, "--nl", "--pk", "id", "--alter")
    indexes = [(tool, "create-index", database, "calls", name) for name in INDEXED]
    cpu, peak = 0.0, 0
    for command in (insert, *indexes):
        running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        assert running.returncode == 0
        cpu += used.ru_utime + used.ru_stime
        peak = max(peak, used.ru_maxrss // 1024)
    return time.perf_counter() - began, cpu, peak


def report(way: str, home: Path) -> None:
    """Run one way in this process and print its figures."""
    wall, cpu = time.perf_counter(), time.process_time()
    {"ours": ours, "bare": bare}[way](home)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(time.perf_counter() - wall, time.process_time() - cpu, peak)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=300_000)
    parser.add_argument("--quick", action="store_true", help="5,000 calls: a smoke test")
    parser.add_argument("--venvs", type=Path, help="folder of the peer's environment")
    parser.add_argument("--way", choices=("ours", "bare"))
    parser.add_argument("home", nargs="?", type=Path)
    chosen = parser.parse_args()
    if chosen.way:
        report(chosen.way, chosen.home)
        return
    calls = 5_000 if chosen.quick else chosen.calls
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        written = write_log(home / "log", calls)
        print(f"{calls:,} lines of {written / calls:.0f} bytes")
        rates, used = {}, {}
        for way in ("bare", "ours", *([PEER] if chosen.venvs else [])):
            found = peer(chosen.venvs, home) if way == PEER else measured(way, home)
            wall, cpu, peak = found
            rates[way], used[way] = calls / wall, cpu
            print(
                f"{way}: {calls / wall:,.0f} calls/s, {cpu / calls * 1e6:.1f} µs CPU a call, "
                f"peak {peak} MiB"
            )
        size = (home / "p.db").stat().st_size
        for way in set(rates) - {"ours"}:
            print(
                f"{way}: {rates['ours'] / rates[way]:.2f} times as fast, "
                f"{used['ours'] / used[way]:.2f} times its CPU"
            )
        print(f"{size / calls:.0f} bytes a call")


if __name__ == "__main__":
    main()
