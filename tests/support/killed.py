"""An ingester killed over and over: `python -m tests.support.killed HOME ROUNDS SEED`.

Each round writes lines, forks a child that drains, and kills it at a random moment. It runs as
a process of its own because forking a test runner that has threads is asking for trouble.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

from profiler.ingest import drain as draining
from profiler.pricing.card import Card
from profiler.store.engine import Store
from tests.support.events import START_US, a_segment, an_event, append

SEGMENTS = 4
LINES = 12


def main() -> None:
    """Kill ROUNDS ingesters, then print how many lines were written."""
    home, rounds, chance = Path(sys.argv[1]), int(sys.argv[2]), random.Random(sys.argv[3])
    draining.BATCH_EVENTS = LINES  # several commits per pass
    card = Card.load()
    segments = [a_segment(home / "log", []) for _ in range(SEGMENTS)]
    longest_s = 0.02
    written = 0
    for _ in range(rounds):
        for segment in segments:
            append(segment, (_event(chance, written + n) for n in range(LINES)))
            written += LINES
        child = os.fork()
        if child == 0:
            _drain(home, card)
        time.sleep(chance.uniform(0, longest_s))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        # Kills are spread over the whole of a pass, however fast this machine is today.
        longest_s *= 0.9 if os.WIFEXITED(status) else 1.05
    print(written)


def _event(chance: random.Random, number: int) -> dict[str, object]:
    return an_event(
        at=START_US + number * 7_000_000,
        tail=chance.getrandbits(63),
        feature=chance.choice(["", "search", "rag"]),
        session=f"s{number // 9}",
        outcome=chance.choice(["ok", "ok", "error"]),
    )


def _drain(home: Path, card: Card) -> None:
    status = 1
    try:
        with Store.open(home / "p.db") as store:
            draining.drain(store, card, home / "log")
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
