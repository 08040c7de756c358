"""The first frame waits for nothing heavy."""

import subprocess
import sys

HEAVY = ("sqlalchemy", "pandas", "numpy", "plotext", "pyarrow", "tiktoken", "watchdog", "msgspec")
OURS = ("profiler.store.engine", "profiler.ledger.book", "profiler.pricing.card")
LATER = {
    *("pandas", "watchdog", "pyarrow", "profiler.ingest.drain"),
    *("profiler.keeping.inquiries", "profiler.budgets.changes", "profiler.budgets.verdict"),
    *("profiler.alerts.courier", "profiler.analysis.opened", "profiler.report.forms"),
}
"""What only other screens, or the log, have a use for."""


def loaded_by(*modules: str) -> set[str]:
    code = f"import sys, {', '.join(modules)}; print(*sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


def test_importing_the_app_imports_nothing_heavy() -> None:
    loaded = loaded_by("profiler.tui.app")
    assert loaded.isdisjoint((*HEAVY, *OURS))
    assert "textual" in loaded


def test_the_app_is_started_without_the_rest_of_the_command_line() -> None:
    loaded = loaded_by("profiler.cli.main", "profiler.cli.app", "profiler.tui.opening.first_frame")
    assert loaded.isdisjoint(("click", "textual", "rich", "asyncio", "profiler.cli.home"))


def test_the_first_figures_wait_for_nothing_that_other_screens_need() -> None:
    loaded = loaded_by("profiler.keeping.kept")
    assert loaded.isdisjoint(LATER)
    assert "sqlalchemy" in loaded
