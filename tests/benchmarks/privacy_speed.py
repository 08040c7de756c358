"""What fingerprints, redaction and text capture cost.

`python -m tests.benchmarks.privacy_speed [--quick]`: the fastest of several rounds, so that a busy
machine tells little. `--quick` runs each once: does it run?
"""

import os
import sys
import tempfile
import timeit
from collections.abc import Callable
from typing import Any

from profiler.shim.capture import Capture
from profiler.shim.fingerprint import Fingerprints
from profiler.shim.keys import without_keys
from profiler.shim.redact import Redaction

IS_QUICK = "--quick" in sys.argv
PARAGRAPH = (
    "When is the invoice due? Please look into the contract, tell me which clause applies and what "
    "the supplier has to do until then, and write a short answer to them, polite, friendly and "
    "brief. "
)
CODE = (
    "def answer(question, limit=10):  # a list of rows; see part 4.2 of the manual, page 113\n"
    "    return [row for row in rows(question) if row['score'] > 0.25 and row['lang'] == 'en']\n"
)
CHAT: dict[str, Any] = {
    "model": "gpt-5.1",
    "messages": [
        {"role": role, "content": (PARAGRAPH * 3)[:500]}
        for role in ("system", "user", "assistant", "user")
    ],
}
LONG: dict[str, Any] = {"messages": CHAT["messages"] * 25}
HUGE: dict[str, Any] = {"messages": [{"role": "user", "content": "x" * 50_000_000}]}


def fastest_us(call: Callable[[], object], calls: int, rounds: int = 15) -> float:
    """Microseconds of one call, in the fastest round."""
    if IS_QUICK:
        calls = rounds = 1
    return min(timeit.repeat(call, number=calls, repeat=rounds)) / calls * 1e6


def main() -> None:
    """Prints a line per measurement."""
    fingerprints, redaction = Fingerprints(os.urandom(32)), Redaction()
    with tempfile.TemporaryDirectory() as home:
        capture = Capture(home, {})
        said = [("user", str(message["content"])) for message in CHAT["messages"]]
        measured = {
            "fingerprint, 4 messages of 500": fastest_us(lambda: fingerprints.of(CHAT), 1000),
            "fingerprint, 100 messages": fastest_us(lambda: fingerprints.of(LONG), 100),
            "fingerprint, 50 MB": fastest_us(lambda: fingerprints.of(HUGE), 1),
            f"redact prose, {len(PARAGRAPH)} characters": fastest_us(
                lambda: redaction.redacted(PARAGRAPH), 2000
            ),
            f"redact code, {len(CODE)} characters": fastest_us(
                lambda: redaction.redacted(CODE), 2000
            ),
            "a label": fastest_us(lambda: without_keys("ada.lovelace@example.com"), 5000),
            "redact a prompt of 2,000 for capture": fastest_us(lambda: capture.clean(said), 500),
        }
    for name, us in measured.items():
        print(f"{name:42} {us:10,.1f} µs")


if __name__ == "__main__":
    main()
