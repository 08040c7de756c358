"""Waiting until an app has nothing left to do, in place of Textual's own way.

That waits for 20 ms in which the process used next to no time: long, where a walk waits a
thousand times, and no proof on a busy machine, where who has much to do may not be let. Here it
is asked, too, whether anything could run at once.
"""

import asyncio
import threading
from pathlib import Path
from time import monotonic, process_time

import pytest

NAP_S = 0.002
NAPS = 2
"""So many in a row, in which nothing ran."""
LITTLE_S = NAP_S / 10
_THREADS = Path("/proc/self/task")
"""Where there is none, as on macOS, Textual's own way has to do."""


def wait_precisely(patch: pytest.MonkeyPatch) -> None:
    """Have all pilots wait so."""
    if _THREADS.is_dir():
        for module in ("textual.pilot", "textual.app"):
            patch.setattr(f"{module}.wait_for_idle", until_idle)


async def until_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Return as soon as no thread works and no callback waits; after `max_sleep` at the latest."""
    began, naps = monotonic(), 0
    while naps < NAPS or monotonic() - began < min_sleep:
        used_s = process_time()
        await asyncio.sleep(NAP_S)
        used_s = process_time() - used_s
        if monotonic() - began >= max_sleep:
            return
        naps = 0 if used_s >= LITTLE_S or _is_anything_ready() else naps + 1


def _is_anything_ready() -> bool:
    """Whether a callback of the loop or another thread could run at once, were it let."""
    ready = getattr(asyncio.get_running_loop(), "_ready", ())
    return bool(ready) or any(map(_is_running, _THREADS.iterdir()))


def _is_running(thread: Path) -> bool:
    if int(thread.name) == threading.get_native_id():
        return False
    try:
        state = (thread / "stat").read_bytes().rpartition(b") ")[2][:1]
    except OSError:
        return False  # it has ended
    return state in {b"R", b"D"}
