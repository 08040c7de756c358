"""What happens while the log is read is said, not kept to itself."""

from collections.abc import Callable

from textual.pilot import Pilot

from profiler.ingest.drain import Drained, Progress
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, until


class Noticing(GivenSource):
    """A source whose first pass over the log has something to say."""

    notices: tuple[str, ...] = ("profiler.toml, line 2: \x1b[2Jzone is 5",)

    def drain(self, on_progress: Callable[[Progress], None] | None = None) -> Drained:
        notices, self.notices = self.notices, ()
        super().drain(on_progress)
        return Drained(notices=notices)


def test_a_notice_is_shown_without_what_steers_a_terminal() -> None:
    app = an_app(Noticing(a_snapshot()))

    async def act(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: len(app._notifications) > 0)
        [shown] = app._notifications
        assert shown.message == "profiler.toml, line 2: \ufffd[2Jzone is 5"

    drive(app, act)
