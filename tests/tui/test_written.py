"""Nothing is written to the terminal that stands there already."""

from pathlib import Path

from tests.support.terminal import Terminal

DRAWS_AGAIN = """
from textual.widgets import Static
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app

app = an_app(GivenSource(a_snapshot()))

def again(turn):
    app._driver.write("<still ")
    app.screen.refresh(layout=True)
    for widget in app.screen.query("*"):
        widget.refresh()
    app.set_timer(0.15, lambda: told(turn))

def told(turn):
    app._driver.write(" still>")
    if turn < 12:
        again(turn + 1)
        return
    app._driver.write("<changed ")
    app.screen.query_one("#movers").border_title = "Movers"
    app.set_timer(0.15, lambda: app._driver.write(" changed>"))

app.call_later(again, 0)
app.run()
"""


def test_what_is_drawn_as_before_is_not_written_again(tmp_path: Path) -> None:
    with Terminal(home=tmp_path, size=(120, 40), script=DRAWS_AGAIN) as terminal:
        terminal.wait_for(" changed>")
    assert "<still  still>" in terminal.shown
    changed = terminal.shown.partition("<changed ")[2]
    assert "Movers" in changed
    assert len(changed) < 1_000
