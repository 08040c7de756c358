"""How long budgets keep a call waiting.

`python -m tests.benchmarks.budget_ledger [--quick] [VENVS]`.

Hold and settle one after the other in one process and in sixteen, and 10,000 standings listed. In
the same run the floor of what SQLite can do (two transactions that change one row each, with
nothing around them), and what others do at the end of a call, each installed in a folder of VENVS
of its name: LiteLLM's `BudgetManager.update_cost` and CascadeFlow's `CostTracker.add_cost` with
100,000 entries, for all and for one user's day. Both keep lists for one process; neither holds
anything before a call. Ours has as many calls before it, which no store has taken over.

On a busy machine a call waits for its turn: `cpu` is what the same calls took of the processor.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from profiler.domain.budgets import Amounts
from profiler.domain.periods import Period
from profiler.ledger import counters
from profiler.ledger.book import Ledger
from tests.support.ledgers import USD, a_bid, a_budget, a_ledger, an_ask

IS_QUICK = "--quick" in sys.argv
PAIRS = 2_000 if IS_QUICK else 20_000
PROGRAMS = 16
PAIRS_EACH = 100 if IS_QUICK else 1_000
STANDINGS = 10_000
ENTRIES = 10_000 if IS_QUICK else 100_000
LATE = 1_000
LINES_AT_ONCE = 200
"""Few enough that a pipe takes them whole."""
USED = Amounts(1_000_000, 1_000, 1)
VENVS = Path(next((word for word in sys.argv[1:] if not word.startswith("-")), "venvs"))
PEERS = {
    "litellm": """
from litellm import BudgetManager
manager = BudgetManager(project_name="bench", client_type="local")
manager.create_budget(total_budget=1e9, user="ada")
def add():
    manager.update_cost(user="ada", model="gpt-4o", input_text="hello", output_text="hello")
fill, ENTRIES = add, 0
""",
    "cascadeflow": """
import sys
from cascadeflow.telemetry import CostTracker
tracker = CostTracker(budget_limit=1e9)
def add():
    tracker.add_cost(model="gpt-4o", provider="openai", tokens=1000, cost=0.001)
fill, ENTRIES = add, int(sys.argv[1])
""",
    "cascadeflow, user": """
import sys
from cascadeflow.telemetry import BudgetConfig, CostTracker
tracker = CostTracker(user_budgets={"free": BudgetConfig(daily=1e9)})
CALL = {"model": "gpt-4o", "provider": "openai", "tokens": 1000, "cost": 0.001, "user_id": "ada"}
def fill():
    tracker.add_cost(**CALL)
def add():
    tracker.add_cost(**CALL, user_tier="free")
ENTRIES = int(sys.argv[1])
""",
}
TIMED = """
import time
for _ in range(ENTRIES):
    fill()
took = []
for _ in range(200):
    start = time.perf_counter_ns()
    add()
    took.append((time.perf_counter_ns() - start) / 1000)
print(sorted(took)[100])
"""
LIMITS = {"p50_us": 100, "p99_us": 1_000, "programs_p99_us": 100_000, "standings_ms": 100}


def main() -> None:
    """Print every figure beside its goal: a figure is read by people, no machine fails by it."""
    with tempfile.TemporaryDirectory() as folder:
        floor = sorted(_floor(Path(folder, "floor.db")))
        alone = sorted(_pairs(_ledger(Path(folder, "alone.db")), "alone", PAIRS))
        cpu = sorted(_pairs(_ledger(Path(folder, "cpu.db")), "cpu", PAIRS, time.thread_time_ns))
        together = sorted(_together(_ledger(Path(folder, "together.db"))))
        figures = {
            "p50_us": _share(alone, 0.50),
            "p99_us": _share(alone, 0.99),
            "programs_p99_us": _share(together, 0.99),
            "standings_ms": _standings_ms(Path(folder, "standings.db")),
        }
        each = a_ledger(Path(folder, "each.db"), a_budget("each", 900_000 * USD, each=("user",)))
        late = sorted(_pairs(each, "each", ENTRIES)[-LATE:])
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'floor p50_us':<18}{_share(floor, 0.50):>12,.1f}  p99 {_share(floor, 0.99):,.1f}")
    print(f"{'ratio to it':<18}{_share(alone, 0.50) / _share(floor, 0.50):>12,.1f}  of p50")
    print(f"{'cpu p50_us':<18}{_share(cpu, 0.50):>12,.1f}  p99 {_share(cpu, 0.99):,.1f}")
    for name, found in figures.items():
        print(f"{name:<18}{found:>12,.1f}  goal {LIMITS[name]:,}")
    print(f"{'programs max_us':<18}{together[-1]:>12,.1f}")
    print(
        f"{'ours, user':<18}{_share(late, 0.50):>12,.1f}  p50 us with {ENTRIES:,} calls before it"
    )
    for name, program in PEERS.items():
        peer_us = _peer_us(name, program)
        shown = "not here" if peer_us is None else f"{peer_us:,.1f}"
        print(f"{name:<18}{shown:>12}  p50 us at a call's end, nothing held before it")


def _floor(path: Path) -> list[float]:
    """Microseconds of two transactions that do nothing but count, in the ledger's own mode."""
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in ("page_size = 1024", "journal_mode = WAL", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {setting}").fetchall()
    connection.execute("CREATE TABLE counted (one INTEGER PRIMARY KEY, calls INTEGER)")
    connection.execute("INSERT INTO counted VALUES (1, 0)")
    took = []
    for _ in range(PAIRS):
        start = time.perf_counter_ns()
        for _ in range(2):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE counted SET calls = calls + 1 WHERE one = 1")
            connection.execute("COMMIT")
        took.append((time.perf_counter_ns() - start) / 1_000)
    connection.close()
    return took


def _ledger(path: Path) -> Ledger:
    return a_ledger(path, a_budget("all", 900_000 * USD))


def _pairs(
    ledger: Ledger, name: str, count: int, clock_ns: Callable[[], int] = time.perf_counter_ns
) -> list[float]:
    """Microseconds of each hold and settlement together."""
    took = []
    bid = a_bid(cost_pusd=1_000_000)
    for number in range(count):
        call = f"{name}-{number}"
        ask = an_ask(call, bid)
        start = clock_ns()
        ledger.reserve(ask)
        ledger.settle(call, USED)
        took.append((clock_ns() - start) / 1_000)
    return took


def _together(ledger: Ledger) -> list[float]:
    reads, writes = os.pipe()
    for program in range(PROGRAMS):
        if os.fork() == 0:
            took = _pairs(ledger, str(program), PAIRS_EACH)
            for start in range(0, len(took), LINES_AT_ONCE):
                text = "".join(f"{one:.1f}\n" for one in took[start : start + LINES_AT_ONCE])
                os.write(writes, text.encode())
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads) as pipe:
        lines = pipe.read().split()
    for _ in range(PROGRAMS):
        os.wait()
    return [float(line) for line in lines]


def _standings_ms(path: Path) -> float:
    ledger = a_ledger(path, a_budget("users", USD, period=Period.TOTAL, each=("user",)))
    with ledger.writing() as (connection, terms, now_us):
        (one,) = terms.defined
        for number in range(STANDINGS):
            counters.counter_of(connection, one.id, f"user {number}", terms.window(one, now_us))
    start = time.perf_counter()
    with ledger.reading() as (connection, terms, now_us):
        (one,) = terms.defined
        found = counters.in_window(connection, one.id, terms.window(one, now_us))
    assert len(found) == STANDINGS
    return (time.perf_counter() - start) * 1_000


def _peer_us(name: str, program: str) -> float | None:
    """What a peer's own bookkeeping takes, in the environment that it is installed in."""
    python = VENVS / name.partition(",")[0] / "bin" / "python"
    if not python.exists():
        return None
    quiet = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    with tempfile.TemporaryDirectory() as folder:
        # LiteLLM leaves a file where it runs
        ran = subprocess.run(
            [str(python.absolute()), "-c", program + TIMED, str(ENTRIES)],
            capture_output=True,
            text=True,
            check=False,
            env=quiet,
            cwd=folder,
        )
    return float(ran.stdout.split()[-1]) if ran.returncode == 0 else None


def _share(took: list[float], share: float) -> float:
    return took[min(len(took) - 1, int(len(took) * share))]


if __name__ == "__main__":
    main()
