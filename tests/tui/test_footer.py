from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from profiler.tui.looks.stylesheet import KeptStylesheet
from profiler.tui.screens.help import HelpScreen
from profiler.tui.widgets.footer import Footer
from tests.support.snapshots import a_snapshot
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, screen_text, until


def test_where_not_every_key_has_room_none_is_cut_and_help_stays() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def look(pilot: Pilot[None]) -> None:
        await pilot.press("5")
        await until(pilot, lambda: "Measure" in screen_text(app))
        last = screen_text(app).splitlines()[-1]
        assert last.rstrip() == (
            " ⏎ Zoom in  b Group  m Measure  c Its calls  d Diff  o Editor  ? Help  ▏^p menu"
        )

    drive(app, look, size=(80, 24))


def test_a_key_in_the_footer_tells_what_it_does_and_is_pressed_by_a_click() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def point(pilot: Pilot[None]) -> None:
        at = screen_text(app).splitlines()[-1].index("Help")
        await pilot.hover(Footer, offset=(at, 0))
        assert app.screen.query_one(Footer).tooltip == "Keys, signs and filters."
        await pilot.click(Footer, offset=(at, 0))
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))

    drive(app, point)


def test_the_footer_ends_with_the_palette() -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def point(pilot: Pilot[None]) -> None:
        await pilot.click(Footer, offset=(75, 0))
        await until(pilot, lambda: "Search for commands" in screen_text(app))

    drive(app, point)


def test_a_style_sheet_parses_what_it_knows_once_for_each_theme() -> None:
    kept, usual = (kind(variables={"ink": "red"}) for kind in (KeptStylesheet, Stylesheet))
    for sheet in (kept, usual):
        sheet.add_source("Label { color: $ink; }")
    first = kept.rules[0]
    kept.add_source("Input { color: $ink; }")
    kept.set_variables({"ink": "red"})
    kept.reparse()
    assert kept.rules[0] is first
    assert len(kept.rules) == 2
    for sheet in (kept, usual):
        sheet.set_variables({"ink": "blue"})
        sheet.reparse()
    assert kept.rules[0].css == usual.rules[0].css
