"""Nothing is written to the terminal that stands there already."""

from pathlib import Path

from tests.support.terminal import Terminal

DRAWS_AGAIN = """
from textual.widgets import Static
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app

app = an_app(GivenSource(a_snapshot()))
STEPS = ("<still ", " still><changed ", " changed>")

def step(at):
    app._driver.write(STEPS[at])
    if at == 2:
        app.exit()
        return
    for widget in app.screen.query("*"):
        widget.refresh()
    if at == 1:
        app.screen.query_one("#movers").border_title = "Movers"
    app.set_timer(0.15, lambda: step(at + 1))

app.call_later(lambda: app.set_timer(0.8, lambda: step(0)))
app.run()
"""


def between(text: str, left: str, right: str) -> str:
    return text.partition(left)[2].partition(right)[0]


def test_what_is_drawn_as_before_is_not_written_again(tmp_path: Path) -> None:
    with Terminal(home=tmp_path, size=(120, 40), script=DRAWS_AGAIN) as terminal:
        terminal.wait_for(" changed>")
        assert between(terminal.shown, "<still ", " still>") == ""
        changed = between(terminal.shown, "<changed ", " changed>")
    assert "Movers" in changed
    assert len(changed) < 1_000
