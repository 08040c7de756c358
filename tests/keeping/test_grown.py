"""How a budget came to be where it stands, over a real store and a real ledger."""

import time
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from profiler.budgets.changes import Reset, Save
from profiler.budgets.define import define
from profiler.config import Settings
from profiler.domain.budgets import NOTHING
from profiler.domain.periods import SECOND_US
from profiler.keeping.inquiries import Grown
from profiler.keeping.kept import Kept
from tests.support.events import a_segment, an_event

UTC = ZoneInfo("UTC")


def test_what_a_reset_forgave_is_gone_from_then_on(tmp_path: Path) -> None:
    now_us = time.time_ns() // 1000
    calls = [an_event(at=now_us - (40 - n) * SECOND_US) for n in range(40)]
    with Kept.open(Settings(home=tmp_path, zone=UTC)) as kept:
        kept.change_budget(Save(define("team", "5", "total", "", UTC)), "ada")
        a_segment(kept.settings.log_folder, calls[:30])
        kept.drain()
        kept.change_budget(Reset("team"), "ada")
        a_segment(kept.settings.log_folder, calls[30:])
        kept.drain()
        later_us = time.time_ns() // 1000
        (standing,) = kept.standings(later_us)
        found = kept.consult(Grown(standing), later_us)
    assert found.has_resets
    assert standing.used_up.calls == 10
    assert found.forgiven[0].used.calls == 30
    assert found.counted[-1].used.calls == standing.spent.calls == 40
    assert all(a.used.calls <= b.used.calls for a, b in pairwise(found.counted))
    assert found.curve(standing, later_us)[-1] == (later_us, standing.amount)


def test_a_budget_without_calls_has_not_grown(tmp_path: Path) -> None:
    now_us = time.time_ns() // 1000
    with Kept.open(Settings(home=tmp_path, zone=UTC)) as kept:
        kept.change_budget(Save(define("team", "5", "daily", "", UTC)), "ada")
        (standing,) = kept.standings(now_us)
        found = kept.consult(Grown(standing), now_us)
    assert all(one.used == NOTHING for one in found.counted)
    assert found.curve(standing, now_us)[-1] == (now_us, 0)
