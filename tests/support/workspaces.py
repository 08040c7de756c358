"""An opened workspace over a home folder that holds the events given."""

from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from profiler.config import Settings
from profiler.workspace import Workspace
from tests.support.events import a_segment
from tests.support.opened import opened

UTC = ZoneInfo("UTC")


def a_workspace(
    home: Path, events: Iterable[dict[str, object]] = (), zone: ZoneInfo = UTC
) -> Workspace:
    """The events written as one segment, and loaded."""
    settings = Settings(home=home, zone=zone)
    events = list(events)
    if events:
        a_segment(settings.log_folder, events)
    workspace = opened(Workspace.open(settings))
    workspace.drain()
    return workspace
