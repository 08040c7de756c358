"""What the shim adds to a call of the real OpenAI client, in one process with no network.

`python -m tests.benchmarks.shim_overhead [--quick] [--venvs FOLDER]`: bare calls and calls
recorded with no call site, with one frame, with a whole stack of 32, and that with a hard budget
or one that only warns take turns, so that all
see the same machine, and the processor time of each call is taken by itself. What importing us
takes is compared with `import json`. With the folder of the peers' environments, each peer's
own process follows, with ours among them.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import profiler
from profiler.shim.callsite import MAX_STACK
from tests.benchmarks import shim_peers

ASKED: dict[str, Any] = shim_peers.ASKED
STREAMED: dict[str, Any] = shim_peers.STREAMED
CHUNKS = shim_peers.CHUNKS

BARE = "bare"
SITES = {"no site": "off", "one frame": "one", "whole stack": "stack"}
"""What is told of the call site, and the word for it in `PROFILER_SITE`."""
BUDGETS = {
    "hard budget": 'limit = 1_000_000\nhard = true\nmode = "strict"',
    "soft budget": "limit = 1_000_000",
}
"""What is enforced beside that, as a file says it."""
MODES = (*SITES, *BUDGETS)

_TIMED_IMPORT = """
import sys, time
before = set(sys.modules)
began = time.process_time_ns()
import {}
took = time.process_time_ns() - began
known = sys.stdlib_module_names | {{"profiler"}}
foreign = [name for name in set(sys.modules) - before if name.partition(".")[0] not in known]
print(took, len(foreign))
"""


def at_depth(depth: int, call: Callable[[], object]) -> object:
    """Makes a call below so many frames of one's own."""
    return at_depth(depth - 1, call) if depth else call()


def round_us(call: Callable[[], object], calls: int) -> list[float]:
    """The microseconds of processor time that each of some calls took."""

    def timed() -> list[float]:
        spent = []
        for _ in range(calls):
            began = time.thread_time_ns()
            call()
            spent.append((time.thread_time_ns() - began) / 1000)
        return spent

    # the first call opens a segment, and the interpreter has to learn patched classes anew:
    # both are paid once in a process
    for _ in range(calls):
        at_depth(MAX_STACK, call)
    spent: Any = at_depth(MAX_STACK, timed)
    return list(spent)


def taking_turns(call: Callable[[], object], rounds: int, calls: int) -> dict[str, list[float]]:
    """What every call took, bare and in each mode."""
    spent: dict[str, list[float]] = {BARE: [], **{mode: [] for mode in MODES}}
    folder = Path(os.environ["PROFILER_HOME"])
    for _ in range(rounds):
        spent[BARE] += round_us(call, calls)
        for mode in MODES:
            home = folder / mode
            home.mkdir(exist_ok=True)
            if mode in BUDGETS:
                (home / "profiler.toml").write_text(f'[[budget]]\nname = "b"\n{BUDGETS[mode]}\n')
            os.environ["PROFILER_HOME"] = str(home)
            os.environ["PROFILER_SITE"] = SITES.get(mode, "stack")
            profiler.instrument()
            spent[mode] += round_us(call, calls)
            profiler.uninstrument()
    os.environ["PROFILER_HOME"] = str(folder)
    return spent


def percentiles(spent: list[float]) -> tuple[float, float]:
    """The 50th and the 99th."""
    cuts = statistics.quantiles(spent, n=100)
    return cuts[49], cuts[98]


def show(name: str, spent: Mapping[str, list[float]]) -> dict[str, float]:
    """Prints what each mode adds to the bare call, and its ratio; the medians added, by mode."""
    bare_p50, bare_p99 = percentiles(spent[BARE])
    print(f"{name}: bare p50 {bare_p50:.0f} us, p99 {bare_p99:.0f} us")
    added = {}
    for mode in MODES:
        p50, p99 = percentiles(spent[mode])
        added[mode] = p50 - bare_p50
        print(
            f"  {mode:12} added p50 {p50 - bare_p50:6.1f} us, p99 {p99 - bare_p99:6.1f} us,"
            f" ratio {p50 / bare_p50:.3f}"
        )
    return added


def show_calls(rounds: int, calls: int) -> None:
    """Compares plain calls, streams, and so what a chunk costs."""
    chat = shim_peers.memory_client()
    plain = show("plain call", taking_turns(lambda: chat.create(**ASKED), rounds, calls))
    name = f"stream of {CHUNKS} chunks"
    few = max(calls // 4, 5)
    streamed = show(name, taking_turns(lambda: list(chat.create(**ASKED, **STREAMED)), rounds, few))
    chunk = min((streamed[mode] - plain[mode]) / CHUNKS for mode in MODES)
    print(f"each chunk: added {chunk:.1f} us")


def show_imports(rounds: int) -> None:
    """Compares the first import of ours with that of `json`, each in a process of its own."""
    took: dict[str, list[int]] = {"json": [], "profiler": []}
    foreign = 0
    for _ in range(rounds):
        for name, spent in took.items():
            command = [sys.executable, "-c", _TIMED_IMPORT.format(name)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            spent_ns, count = map(int, done.stdout.split())
            spent.append(spent_ns)
            foreign += count
    json_ms, ours_ms = (statistics.median(took[name]) / 1e6 for name in ("json", "profiler"))
    print(
        f"import: json {json_ms:.1f} ms, profiler {ours_ms:.1f} ms, more by"
        f" {ours_ms - json_ms:.1f} ms; modules from outside the standard library: {foreign}"
    )


def show_peers(folder: Path, *, is_quick: bool) -> None:
    """Compares what ours and each peer add, each in its own environment."""
    found = {}
    for name in shim_peers.PEERS:
        python = shim_peers.python_of(name, folder)
        told = shim_peers.measured(name, python, is_quick=is_quick, is_short=True) if python else ""
        if isinstance(told, str):
            print(f"{name}: left out, {told or 'not installable'}")
        else:
            found[name] = told
    ours = found["ours"]
    for name, told in found.items():
        print(
            f"{name:12} {told['version']:>9}: added {told['plain_us']:6.0f} us plain,"
            f" {told['stream_us']:6.0f} us streamed; ours is"
            f" {ours['plain_us'] / told['plain_us']:.2f} and"
            f" {ours['stream_us'] / told['stream_us']:.2f} of it"
        )


def main() -> None:
    """Prints the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds: does it run?")
    parser.add_argument("--venvs", type=Path, help="folder of the peers' environments")
    given = parser.parse_args()
    rounds, calls = (3, 10) if given.quick else (12, 200)
    with tempfile.TemporaryDirectory() as home:
        os.environ["PROFILER_HOME"] = home
        show_calls(rounds, calls)
    show_imports(3 if given.quick else 15)
    if given.venvs is not None:
        show_peers(given.venvs, is_quick=given.quick)


if __name__ == "__main__":
    main()
