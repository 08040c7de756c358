"""A question is given up before it is answered: nothing half-read is taken for the whole later."""

from itertools import count
from pathlib import Path

import pytest

from profiler.analysis.asked import Asked
from profiler.config import Settings
from profiler.domain.periods import Span
from profiler.domain.scopes import Filter
from profiler.errors import StoreError
from profiler.store import dialect
from profiler.workspace import Workspace
from tests.support.events import START_US, an_event
from tests.support.workspaces import UTC, a_workspace

NOW_US = START_US + 3 * 86_400_000_000
EVENTS = [
    an_event(at=START_US + number * 100_000_000, model=f"m-{number}", session=f"s-{number % 7}",
             tags={"team": f"t-{number % 3}"}, answered=None)
    for number in range(2_100)
]  # fmt: skip
"""Of so many models that what they add up to is remembered."""


@pytest.mark.parametrize("screen", ["overview", "models", "cache", "sites", "sessions"])
def test_what_was_given_up_anywhere_is_answered_in_full_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, screen: str
) -> None:
    asked = Asked(Filter(Span(START_US + 50_000_000)), UTC, screen)
    told = set()
    with a_workspace(tmp_path, EVENTS) as workspace:
        monkeypatch.setattr(dialect, "_STEPS", 200)
        for patience in (3**power for power in count()):
            ticks = iter(range(patience))
            try:
                with workspace.until(lambda: next(ticks, None) is None):  # noqa: B023  ends here
                    found = workspace.snapshot(asked, NOW_US)
                    break
            except StoreError as error:
                told.add(str(error))
    (words,) = told
    assert "given up" in words
    assert patience > 27
    with Workspace.open(Settings(home=tmp_path, zone=UTC)) as another:
        assert another.snapshot(asked, NOW_US) == found
