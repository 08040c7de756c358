"""How fast the log becomes priced, indexed, rolled-up calls.

    python -m tests.benchmarks.ingest_rate [--calls N] [--quick]

Beside it, for scale, the least that any such tool does: decode each line with the standard
library and insert the same columns with one `executemany`, no price, index, sum or position.
Each runs in a process of its own; figures are of that process.
"""

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
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
        rates = {}
        for way in ("bare", "ours"):
            wall, cpu, peak = measured(way, home)
            rates[way] = calls / wall
            print(
                f"{way}: {calls / wall:,.0f} calls/s, {cpu / calls * 1e6:.1f} µs CPU a call, "
                f"peak {peak} MiB"
            )
        size = (home / "p.db").stat().st_size
        print(
            f"ratio ours/bare: {rates['ours'] / rates['bare']:.2f}; {size / calls:.0f} bytes a call"
        )


if __name__ == "__main__":
    main()
