"""The README's picture, made by the app itself over the sample data.

python -m tests.support.picture
"""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from profiler.budgets.changes import Save
from profiler.config import Settings
from profiler.demo import demo_budgets
from profiler.domain.periods import to_us
from profiler.keeping.kept import Kept
from profiler.store import reads
from profiler.tui.picture import svg_of

SAMPLE = Path(__file__).parent.parent.parent / "sample_data"
PICTURE = SAMPLE / "overview.svg"
NOW_US = to_us(datetime(2026, 11, 20, 18, tzinfo=UTC))
SIZE = (120, 36)


def drawn() -> str:
    """The overview of the sample data at its last moment, as SVG."""
    zone = ZoneInfo("UTC")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), zone=zone)
        shutil.copytree(SAMPLE / "log", settings.log_folder)
        with Kept.open(settings) as workspace:
            workspace.drain()
            spent = demo_budgets(
                lambda wanted: reads.totals(workspace.store, wanted).spend_pusd, NOW_US, zone
            )
            for budget in spent:
                workspace.change_budget(Save(budget))
        return svg_of(lambda: Kept.open(settings), "overview", SIZE, zone, NOW_US)


if __name__ == "__main__":
    PICTURE.write_text(drawn(), "utf-8")
