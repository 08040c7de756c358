"""Whatever of ours fails, the host sees what it would have seen.

`STRESS=full` raises each of eight kinds of exceptions at each statement; without it one or two
of them in turn, and what is no fault is raised at the statements of a few operations alone.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

IS_FULL = os.environ.get("STRESS") == "full"
OPERATIONS = 14
PARTS = 2
"""Processes that share the work: it is one of this suite's longest."""

Summary = dict[str, dict[str, int]]


def injecting(plan: str, part: str, home: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.shim.fault_injection", plan, part],
        cwd=Path(__file__).parent.parent.parent,
        # with it on, the statements that capture text can fail too
        env={**os.environ, "PROFILER_HOME": str(home), "PROFILER_CAPTURE_TEXT": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )


def told_by(*running: "subprocess.Popen[str]") -> Summary:
    summary: Summary = {}
    for one in running:
        told, _ = one.communicate(timeout=3_600)
        assert one.returncode == 0
        summary.update(json.loads(told))
    return summary


def test_no_failing_statement_of_ours_changes_what_the_host_sees(tmp_path: Path) -> None:
    plan = "all" if IS_FULL else "turns"
    parts = range(1, PARTS + 1)
    summary = told_by(*(injecting(plan, f"{n}/{PARTS}", tmp_path / str(n)) for n in parts))
    assert len(summary) == OPERATIONS
    assert sum(told["guarded"] for told in summary.values()) > 10_000
    for name, told in summary.items():
        assert told["changed"] == 0, name
        assert told["faults"] >= 100, name
        assert told["guarded"] >= told["faults"] // 2, name


@pytest.mark.parametrize("part", ["1", *(["2", "3", "4", "5"] if IS_FULL else [])])
def test_an_interrupt_inside_our_code_is_the_hosts(part: str, tmp_path: Path) -> None:
    summary = told_by(injecting("interrupts", f"{part}/5", tmp_path))
    for name, told in summary.items():
        assert told["raised"] == told["faults"] > 0, name
