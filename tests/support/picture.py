"""The README's pictures, made by the app itself over the sample data.

python -m tests.support.picture
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from profiler.budgets.changes import Save
from profiler.config import Settings
from profiler.demo import demo_budgets
from profiler.domain.periods import to_us
from profiler.keeping.kept import Kept
from profiler.store import reads
from profiler.tui.looks.picture import svg_of

SAMPLE = Path(__file__).parent.parent.parent / "sample_data"
SCREENS = ("overview", "calls", "sites")
NOW_US = to_us(datetime(2026, 11, 20, 18, tzinfo=UTC))
SIZE = (120, 36)
ZONE = ZoneInfo("UTC")


def picture(screen: str) -> Path:
    """Where the picture of a screen is kept."""
    return SAMPLE / f"{screen}.svg"


@contextmanager
def sampled() -> Iterator[Settings]:
    """A home with the sample data, read, and with budgets over it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), zone=ZONE)
        shutil.copytree(SAMPLE / "log", settings.log_folder)
        with Kept.open(settings) as workspace:
            workspace.drain()
            spent = demo_budgets(
                lambda wanted: reads.totals(workspace.store, wanted).spend_pusd, NOW_US, ZONE
            )
            for budget in spent:
                workspace.change_budget(Save(budget))
        yield settings


def drawn(screen: str) -> str:
    """A screen over the sample data at its last moment, as SVG."""
    with sampled() as settings:
        return svg_of(lambda: Kept.open(settings), screen, SIZE, ZONE, NOW_US)


if __name__ == "__main__":
    for name in SCREENS:
        picture(name).write_text(drawn(name), "utf-8")
