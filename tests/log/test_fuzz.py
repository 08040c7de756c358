"""The line parser, given a minute of bytes that are steered towards its corners."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.events import an_event, lines_of
from tests.support.sizes import sized

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
def test_no_bytes_confuse_the_parser(tmp_path: Path) -> None:
    whole = lines_of([an_event(tags={"a": "b"}, stack=["a.py:1 f"])])
    for name, seed in (("whole", whole), ("glued", whole[:80] + whole), ("two", whole * 2)):
        (tmp_path / name).write_bytes(seed)
    options = [f"-max_total_time={sized(3, 60)}", "-max_len=2000", "-seed=1"]
    command = [sys.executable, "-m", "tests.support.fuzz_lines", str(tmp_path), *options]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2_000:]
