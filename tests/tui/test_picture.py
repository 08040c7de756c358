from profiler.tui.looks.picture import svg_of
from tests.support.snapshots import NOW_US, ZONE, a_snapshot
from tests.support.sources import GivenSource


def test_the_same_source_gives_the_same_picture() -> None:
    def draw() -> str:
        return svg_of(lambda: GivenSource(a_snapshot()), "calls", (120, 30), ZONE, NOW_US)

    first = draw()
    assert first == draw()
    assert first.startswith("<svg")
    assert "claude-sonnet-4-5" in first
