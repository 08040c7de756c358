"""Runs: what is opened is what was listed, whatever others are called."""

from pathlib import Path

import pytest

from profiler.analysis import sessions
from profiler.analysis.asked import Asked
from profiler.domain.calls import Call
from profiler.domain.periods import HOUR_US
from profiler.store.layout import STRETCH_BITS
from tests.support.oracle import totals_of
from tests.support.stored import START_US, a_call, a_store

NAMES = ("Nightly", "nightly", "night*", "*", "night?", "night\\*")


def runs_of(field: str) -> list[Call]:
    """Calls of one run each, the names of which fit one another as patterns."""
    return [
        a_call(START_US + part, tail=number, **{field: name})
        for number, name in enumerate(NAMES)
        for part in range(number + 1)
    ]


@pytest.mark.parametrize("by", ["latest", "dearest", "workflow", "agent"])
def test_a_run_is_opened_by_its_name_to_the_letter(tmp_path: Path, by: str) -> None:
    field = sessions.dimension_of(by).value
    calls = runs_of(field)
    with a_store(tmp_path / "p.db", calls) as store:
        for name in NAMES:
            part = sessions.part(store, Asked(by=by, picked=name))
            theirs = [call for call in calls if getattr(call, field) == name]
            assert part.opened is not None
            assert part.opened.name == name
            assert part.opened.totals == totals_of(theirs)
            assert part.opened in part.runs
            assert {call.id for call in part.calls} == {call.id for call in theirs}


def test_a_long_session_begins_with_its_own_first_call(tmp_path: Path) -> None:
    calls = [a_call(START_US + (part << STRETCH_BITS), session="Long") for part in range(600)]
    other = a_call(START_US - HOUR_US, session="long")
    with a_store(tmp_path / "p.db", [*calls, other]) as store:
        long, _ = sessions.part(store, Asked()).runs
    assert (long.name, long.first_at_us) == ("Long", START_US)
    assert long.totals == totals_of(calls)
