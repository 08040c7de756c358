"""How fast calls are exported, and in how much memory: CSV, JSON lines, Parquet.

    python tests/benchmarks/export_rate.py [--quick] [--calls N] [--repeat N]

Beside them, as a yardstick, what Python itself takes to read the same rows and write them
through `csv`. Each export is a process of its own, so that its memory is its own.
"""

import argparse
import csv
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FORMATS = ("bare csv", "csv", "jsonl", "parquet")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="5,000 calls, once")
    parser.add_argument("--one", nargs=2, metavar=("FORMAT", "DATABASE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        export_once(options.one[0], Path(options.one[1]))
        return
    calls = 5_000 if options.quick else options.calls
    with tempfile.TemporaryDirectory() as folder:
        database = fill(Path(folder), calls)
        print(f"{calls:,} calls, {database.stat().st_size / calls:.0f} bytes each in the database")
        measure(database, calls, 1 if options.quick else options.repeat)


def fill(folder: Path, calls: int) -> Path:
    """A store of that many calls."""
    from profiler.ingest.drain import drain
    from profiler.pricing.card import Card
    from profiler.store.engine import Store
    from tests.benchmarks.traffic import write_log

    write_log(folder / "log", calls)
    with Store.open(folder / "profiler.db") as store:
        drain(store, Card.load(), folder / "log")
    return folder / "profiler.db"


def measure(database: Path, calls: int, repeat: int) -> None:
    """Export in every format, turn about; medians of the wall time, and the largest memory."""
    walls: dict[str, list[float]] = {form: [] for form in FORMATS}
    memory = dict.fromkeys(FORMATS, 0.0)
    for _ in range(repeat):
        for form in FORMATS:
            ran = subprocess.run(
                [sys.executable, __file__, "--one", form, str(database)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            )
            wall_s, peak_mb = map(float, ran.stdout.split())
            walls[form].append(wall_s)
            memory[form] = max(memory[form], peak_mb)
    bare_s = statistics.median(walls["bare csv"])
    print(f"{'format':<10} {'rows/s':>10} {'of bare':>8} {'peak MB':>8}")
    for form in FORMATS:
        wall_s = statistics.median(walls[form])
        print(f"{form:<10} {calls / wall_s:>10,.0f} {bare_s / wall_s:>8.2f} {memory[form]:>8.0f}")


def export_once(form: str, database: Path) -> None:
    """Export everything in this process; seconds without what imports take, and megabytes."""
    out = database.with_name(f"export.{form.replace(' ', '-')}")
    out.unlink(missing_ok=True)
    export = prepared(form, database)
    began_s = time.perf_counter()
    export(out)
    wall_s = time.perf_counter() - began_s
    print(wall_s, peak_mb())


def peak_mb() -> float:
    """The most memory this process ever held; `getrusage` would count its parent's too."""
    [line] = [
        line
        for line in Path("/proc/self/status").read_text("utf-8").splitlines()
        if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) / 1024


def prepared(form: str, database: Path) -> Callable[[Path], object]:
    """What exports, with all that it needs imported."""
    if form == "bare csv":
        return lambda out: bare(database, out)
    from profiler.cli.commands.export import write_calls
    from profiler.domain.scopes import EVERYTHING
    from profiler.report import batched, parquet  # noqa: F401  imported before the clock runs
    from profiler.store.batches import batches
    from profiler.store.engine import Store

    store = Store.open(database)
    return lambda out: write_calls(
        batches(store, EVERYTHING), form, str(out), force=False, raw=False
    )


def bare(database: Path, out: Path) -> None:
    """The rows of `calls` through `csv`, numbers as they lie there: no label, no date, no id."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(connection.execute("SELECT * FROM calls ORDER BY at_us, tail"))
    connection.close()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
