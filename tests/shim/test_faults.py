"""Whatever of ours fails, the host sees what it would have seen."""

import json
import os
import subprocess
import sys
from pathlib import Path

PARTS = 2
"""Processes that share the work: it is all of this suite's longest."""


def injecting(part: int, home: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.shim.fault_injection", "1", f"{part}/{PARTS}"],
        cwd=Path(__file__).parent.parent.parent,
        # with it on, the statements that capture text can fail too
        env={**os.environ, "PROFILER_HOME": str(home), "PROFILER_CAPTURE_TEXT": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_no_failing_statement_of_ours_changes_what_the_host_sees(tmp_path: Path) -> None:
    running = [injecting(part, tmp_path / str(part)) for part in range(1, PARTS + 1)]
    summary = {}
    for one in running:
        told, _ = one.communicate(timeout=600)
        assert one.returncode == 0
        summary.update(json.loads(told))
    assert len(summary) == 14
    assert sum(told["statements"] for told in summary.values()) > 10_000
    for name, told in summary.items():
        assert told["changed"] == 0, name
        assert told["statements"] >= 100, name
        assert told["guarded"] >= told["statements"] // 2, name
