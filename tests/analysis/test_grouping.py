from pathlib import Path

from profiler.domain.scopes import EVERYTHING, Dimension
from profiler.domain.totals import NOTHING
from profiler.store import reads
from tests.support.events import START_US, an_event
from tests.support.workspaces import a_workspace


def test_what_nobody_reads_row_by_row_is_one_row(tmp_path: Path) -> None:
    events = [
        an_event(at=START_US + n, feature=f"f{n % 7}", usage={"input": n, "output": 0})
        for n in range(30)
    ]
    with a_workspace(tmp_path, events) as workspace:
        every = workspace.grouped([Dimension.FEATURE], EVERYTHING)
        found = workspace.grouped([Dimension.FEATURE], EVERYTHING, 4)
        whole = reads.totals(workspace.store, EVERYTHING)
    assert found.rows[:4] == every.rows[:4]
    assert found.rows[4].labels == ("(3 more)",)
    assert (found.left_out, len(found.rows)) == (3, 5)
    assert sum((row.totals for row in found.rows), NOTHING) == found.totals == whole
