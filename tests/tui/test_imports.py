"""The first frame waits for nothing heavy."""

import subprocess
import sys

HEAVY = ("sqlalchemy", "pandas", "numpy", "plotext", "pyarrow", "tiktoken", "watchdog", "msgspec")
OURS = ("profiler.store.engine", "profiler.ledger.book", "profiler.pricing.card")


def test_importing_the_app_imports_nothing_heavy() -> None:
    code = "import sys, profiler.tui.app; print(*sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert loaded.isdisjoint((*HEAVY, *OURS))
    assert "textual" in loaded
