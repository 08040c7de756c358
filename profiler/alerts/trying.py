"""Whether a target can be told: it is sent a message that says so."""

import os

from profiler import display
from profiler.alerts.channel import send, shown
from profiler.alerts.targets import Target
from profiler.errors import UsageError


def tried(target: Target) -> tuple[str, bool]:
    """Send one message; what came of it in a line, and whether it arrived."""
    where = target.kept_in
    try:
        address = target.address(os.environ)
        where = shown(address)
        fault = send(address, "profiler: a test", "Alerts of budgets arrive here.")
    except UsageError as error:
        fault = str(error)
    words = f"could not be told: {fault}" if fault else "was told"
    return display.plain(f"{target.name} ({where}) {words}"), not fault
