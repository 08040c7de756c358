"""A ledger that cannot be read takes nothing from the rest of the app."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from profiler.analysis.asked import Asked
from profiler.config import Settings
from profiler.domain.scopes import EVERYTHING
from profiler.errors import LedgerError
from profiler.keeping.inquiries import AlertLog
from profiler.keeping.kept import Kept
from profiler.ledger.book import path_in

UTC = ZoneInfo("UTC")
NOW_US = 1_700_000_000_000_000


def test_calls_are_shown_and_the_ledgers_trouble_is_told_once(tmp_path: Path) -> None:
    ledger = path_in(str(tmp_path))
    ledger.parent.mkdir(parents=True, exist_ok=True)
    ledger.write_bytes(b"not a database at all" * 500)
    with Kept.open(Settings(home=tmp_path, zone=UTC)) as kept:
        first, second = kept.drain(), kept.drain()
        snapshot = kept.snapshot(Asked(EVERYTHING, UTC), NOW_US)
        with pytest.raises(LedgerError):
            kept.consult(AlertLog(), NOW_US)
    assert str(ledger) in snapshot.ledger_trouble
    assert len(first.notices) == 1
    assert second.notices == ()
    assert snapshot.standings == ()
