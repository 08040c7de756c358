"""The ledger of budgets made anew: its budgets from their copy and the files, spend from the store.

What it alone knew is in the damaged file, which is set aside and never removed: overrides,
resets, the audit trail, and what was held for calls that no event tells of.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from profiler.config import Settings
from profiler.keeping.places import dated
from profiler.ledger.book import Ledger, damage_in, path_in
from profiler.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RebuiltLedger:
    """What became of it."""

    damage: str
    """What was wrong with the old one."""
    aside: Path
    """Where that is now."""
    budgets: int
    """In force again."""
    notices: tuple[str, ...]
    """What else there is to say."""


def rebuild_ledger(settings: Settings) -> RebuiltLedger | None:
    """Make a damaged ledger anew; `None` where it is sound, or there is none: nothing is done.

    Raises:
        LedgerError: it is out of reach, but not damaged; nothing was touched.
        StoreError: the database cannot be read, which the spend is taken from.

    """
    ledger = Ledger(path_in(str(settings.home)))
    path = ledger.file.path
    damage = damage_in(ledger) if path.exists() else ""
    if not damage:
        ledger.close()
        return None
    aside = dated(path.parent, f"{path.name}.damaged", "", time.time())
    ledger.file.set_aside(aside)
    with Workspace.open(settings) as workspace:
        notices = workspace.drain().notices
        return RebuiltLedger(damage, aside, len(workspace.registry.defined()), notices)
