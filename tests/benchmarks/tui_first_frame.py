"""How long until the terminal app stands on the screen, and what it costs to keep it there.

    python -m tests.benchmarks.tui_first_frame [--rounds N] [--quick] [--calls N]...
        [--home FOLDER]... [--peers FOLDER]

From the start of the process to the first frame in a pseudo-terminal, beside the least that any
such app does: a Textual app of one line of text. Ours is started over an empty store and over the
sample data, there also until the first figures stand, until the app itself has drawn its frame
and answers keys, and until all of the first screen is read; likewise over a store of so many
`--calls`, ingested from a log that is written for it, and over each `--home` there is already.
`--peers` is an environment with `toolong` and `claude-monitor`: they are started in the same
rounds, the first over the very logs that our stores were filled from. Rounds take turns, so that
a busy machine slows all alike.

Then each is left running: what it holds at first, and after ten refreshes (of a peer: after as
long); and for each store a page of 50 calls and a snapshot are read as the app does.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from profiler.analysis.asked import UTC as ZONE, Asked
from profiler.config import read_settings
from profiler.domain.scopes import EVERYTHING
from profiler.keeping.kept import Kept
from tests.benchmarks.page_fetch import PAGE, timed_ms
from tests.benchmarks.terminal import Held, Seen, held, installed, seen
from tests.benchmarks.traffic import write_log
from tests.support.cli import SAMPLE_LOG, command, environment

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("Overview")
Bare().run()
"""
STAGES = ("first frame", "first figures", "app, figures", "all of it")
_OURS = (b"Overview", b"Month", b"measured", b"gpt")
"""What is on the screen at each stage."""
REFRESHES, REFRESH = 10, b"\x12"
"""Ctrl+R reads and draws everything again."""
REST_S = 0.4


class Start(NamedTuple):
    """A program, and what it shows by and by."""

    words: Sequence[str]
    variables: Mapping[str, str]
    shown: tuple[bytes, ...]

    def seen(self) -> Seen:
        """Run it until all is shown."""
        return seen(self.words, self.variables, *self.shown)

    def held(self, keys: Sequence[bytes]) -> Held:
        """Run it on."""
        return held(self.words, self.variables, self.shown[-1], keys, REST_S)


def over(home: Path, compiled: Path) -> Start:
    """Our app over a home with calls."""
    words = command("tui", "--since", "2020-01-01")
    return Start(words, installed(home, compiled), _OURS)


def sample(folder: Path) -> Path:
    """A home that holds the sample data."""
    shutil.copytree(SAMPLE_LOG, folder / "log")
    return ingested(folder)


def traffic(folder: Path, calls: int) -> Path:
    """A home with a log of so many calls, in one segment as one program writes it."""
    write_log(folder / "log", calls, per_segment=calls)
    return ingested(folder)


def ingested(home: Path) -> Path:
    """The home, its log read."""
    subprocess.run(command("ingest"), env=environment(home), check=True, capture_output=True)
    return home


def peers(environ: Path, folder: Path, compiled: Path, homes: Sequence[Path]) -> dict[str, Start]:
    """The peers that are installed there, over the logs of these homes."""
    folder.mkdir()
    variables = {**installed(folder, compiled), "HOME": str(folder)}
    found = {}
    if (toolong := environ / "bin" / "tl").exists():
        for home in homes:
            if segments := sorted(map(str, (home / "log").glob("*.jsonl"))):
                words = [str(toolong), *segments]
                found[f"toolong, {home.name}"] = Start(words, variables, (b'"v"',))
    if (monitor := environ / "bin" / "claude-monitor").exists():
        _claude_log(folder / ".claude" / "projects" / "p")
        found["claude-monitor"] = Start([str(monitor)], variables, (b"USAGE MONITOR",))
    return found


def _claude_log(folder: Path) -> None:
    folder.mkdir(parents=True)
    usage = {"input_tokens": 100, "output_tokens": 50}
    message = {"id": "m", "role": "assistant", "model": "claude-sonnet-4", "usage": usage}
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    line = {"type": "assistant", "timestamp": at, "requestId": "r", "message": message}
    (folder / "s.jsonl").write_text(json.dumps(line) + "\n")


def measured(starts: dict[str, Start], rounds: int) -> dict[str, list[Seen]]:
    """Every start in turn; a round that compiles and warms the disk comes before."""
    figures: dict[str, list[Seen]] = {name: [] for name in starts}
    for turn in range(rounds + 1):
        for name, start in starts.items():
            found = start.seen()
            if turn:
                figures[name].append(found)
    return figures


def show(figures: dict[str, list[Seen]]) -> None:
    """A line per start and stage."""
    least = statistics.median(one.at_s[0] for one in figures["a bare app"])
    for name, found in figures.items():
        for stage, values in zip(
            STAGES, zip(*(one.at_s for one in found), strict=True), strict=False
        ):
            middle = statistics.median(values)
            print(f"{name:<26} {stage:<14} {middle * 1e3:6.0f} ms  {middle / least:5.2f} x bare")
        peak = statistics.median(one.peak_mib for one in found)
        print(f"{name:<26} {'peak memory':<14} {peak:6.0f} MiB")


def show_held(starts: dict[str, Start], refreshes: int) -> None:
    """What each holds that is left running."""
    for name, start in starts.items():
        found = start.held([REFRESH if name.startswith("ours") else b""] * refreshes)
        print(
            f"{name:<26} {'held':<14} {found.at_first_mib:6.0f} MiB"
            f"  {found.after_keys_mib:5.0f} MiB after {refreshes} refreshes"
        )


def show_reads(home: Path, rounds: int) -> None:
    """A page of calls and the overview's snapshot, as the app reads them."""
    with Kept.open(read_settings(home)) as kept:
        now_us = time.time_ns() // 1000
        asked = Asked(EVERYTHING, ZONE, "overview")
        reads: dict[str, Callable[[], object]] = {
            "a page": lambda: kept.page(EVERYTHING, None, PAGE, "older", "time"),
            "a refresh": lambda: kept.snapshot(asked, now_us),
        }
        for what, read in reads.items():
            median, p95 = timed_ms(read, rounds)
            print(f"{home.name:<26} {what:<14} {median:6.1f} ms   p95 {p95:.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--calls", type=int, action="append", default=[], help="of a new home")
    parser.add_argument("--home", type=Path, action="append", default=[], help="one with calls")
    parser.add_argument("--peers", type=Path, default=os.environ.get("TUI_PEERS"))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="profiler-frame-") as made:
        folder = Path(made)
        homes = [sample(folder / "sample"), *chosen.home]
        homes += [traffic(folder / f"{calls:,} calls", calls) for calls in chosen.calls]
        measure(folder, homes, chosen.peers, 1 if chosen.quick else chosen.rounds)


def measure(folder: Path, homes: Sequence[Path], environ: str | None, rounds: int) -> None:
    """All of it, over these homes."""
    compiled = folder / "compiled"
    at_empty = installed(folder / "empty", compiled)
    starts = {
        "a bare app": Start([sys.executable, "-c", BARE], at_empty, (b"Overview",)),
        "ours, empty": Start(command("tui"), at_empty, (b"Overview",)),
        **{f"ours, {home.name}": over(home, compiled) for home in homes},
    }
    if environ:
        starts |= peers(Path(environ), folder / "peers", compiled, homes)
    else:
        print("no --peers: toolong and claude-monitor are left out")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    show(measured(starts, rounds))
    show_held(starts, 1 if rounds == 1 else REFRESHES)
    for home in homes:
        show_reads(home, 5 if rounds == 1 else 60)


if __name__ == "__main__":
    main()
