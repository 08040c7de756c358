"""The banner says what is the matter whole, in whatever width."""

import pytest

from profiler.domain.budgets import Level
from profiler.tui.actions.keymap import Keys
from profiler.tui.alerts import Alert
from profiler.tui.widgets.banner import drawn
from tests.tui.conftest import INK

HIGH = "code review: more than 90 % of $17.00 used"
REFUSED = "team: a call was refused: it may use $7.00, and $4.00 of $10.00 is left"


def an_alert(words: str, budget: str = "b", advice: str = "") -> Alert:
    return Alert("1", Level.HIGH, words, advice=advice, budget=budget, ids=(1,) if budget else ())


@pytest.mark.parametrize("width", [60, 76, 116])
@pytest.mark.parametrize("words", [HIGH, REFUSED])
def test_no_letter_is_cut(words: str, width: int) -> None:
    if len(words) + 2 > width:
        return
    lines, spots = drawn((an_alert(words), an_alert("x")), width, INK, Keys({}))
    assert words in lines[0].plain
    assert all(line.cell_len <= width for line in lines)
    for spot in spots:
        told = lines[spot.row].plain[spot.start : spot.end].strip()
        assert told.split(" ")[1] in {"open", "more", "calls", "seen"}


def test_what_leads_to_calls_goes_first_where_room_is_short() -> None:
    (line,), _ = drawn((an_alert(HIGH), an_alert("x")), 76, INK, Keys({}))
    assert line.plain.endswith("v open  o more  a seen  +1")


def test_half_an_advice_is_none() -> None:
    alert = an_alert("80 calls unpriced", budget="", advice="profiler prices override gives one")
    (line,), _ = drawn((alert,), 67, INK, Keys({}))
    assert line.plain.endswith("profiler prices override gives one  a dismiss")
    (line,), _ = drawn((alert,), 66, INK, Keys({}))
    assert line.plain.split() == ["▲", "80", "calls", "unpriced", "a", "dismiss"]
