"""Whatever of ours fails, the host sees what it would have seen."""

import json
import os
import subprocess
import sys
from pathlib import Path


def test_no_failing_statement_of_ours_changes_what_the_host_sees(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.shim.fault_injection"],
        cwd=Path(__file__).parent.parent.parent,
        # with it on, the statements that capture text can fail too
        env={**os.environ, "PROFILER_HOME": str(tmp_path), "PROFILER_CAPTURE_TEXT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    summary = json.loads(ended.stdout)
    assert len(summary) == 14
    for name, told in summary.items():
        assert told["changed"] == 0, name
        assert told["statements"] >= 100, name
        assert told["guarded"] >= told["statements"] // 2, name
