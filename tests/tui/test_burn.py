"""How a budget's window fills, drawn: what is used, limit, pace, forecast, and now."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st
from textual.pilot import Pilot

from profiler.budgets.growth import Growth
from profiler.domain.budgets import (
    Action as Does,
    Amounts,
    Budget,
    Forecast,
    Measure,
    Standing,
    Threshold,
)
from profiler.domain.periods import DAY_US, HOUR_US, SECOND_US, Period, Span, window
from profiler.domain.totals import NOTHING, Totals
from profiler.keeping.inquiries import Grown
from profiler.tui.looks.picture import settle
from profiler.tui.looks.theme import THEMES, palette
from profiler.tui.names import SCREENS
from profiler.tui.screens.budgets import BudgetsScreen
from profiler.tui.widgets.burn import BurnUp, all_lines
from profiler.tui.widgets.burn_chart import BAND, FORECAST, LIMIT, REACHED, Burn
from tests.support.budget_details import a_growth
from tests.support.snapshots import (
    NOW_US,
    ZONE,
    a_hostile_snapshot,
    a_snapshot,
    a_standing,
    dollars,
)
from tests.support.sources import GivenSource, an_app
from tests.tui.conftest import drive, screen_text

INK = palette({**THEMES[0].to_color_system().generate(), **THEMES[0].variables})
DAY = window(Period.DAILY, NOW_US, ZONE)
START_US = DAY.start_us or 0


def burn_of(standing: Standing, now_us: int = NOW_US) -> Burn:
    return Burn(standing, a_growth(standing, now_us), now_us)


def drawn(burn: Burn, width: int = 90, height: int = 14, *, is_plain: bool = True) -> str:
    lines = all_lines(burn, width, height, INK, is_plain=is_plain)
    return "\n".join(line.plain for line in lines)


amounts = st.integers(0, 10**18)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """Standings of any use, limit, forecast and period, some with nothing used at all."""
    period = draw(st.sampled_from([one for one in Period if one is not Period.CALL]))
    measure = draw(st.sampled_from(Measure))
    limit = draw(st.integers(1, 10**18))
    budget = Budget(
        "b",
        limit if measure is Measure.COST else None,
        period,
        "Asia/Kathmandu",
        limit_tokens=limit if measure is Measure.TOKENS else None,
        limit_calls=limit if measure is Measure.CALLS else None,
        thresholds=(Threshold(draw(st.integers(1, 300)), Does.BLOCK),),
    )
    spent = Totals(calls=draw(amounts), output_tokens=draw(amounts), spend_pusd=draw(amounts))
    low, mid, high = sorted(draw(st.tuples(amounts, amounts, amounts)))
    reaches = st.none() | st.integers(NOW_US, NOW_US + 900 * DAY_US)
    told = Forecast(9, low, mid, high, draw(reaches))
    forecast = draw(
        st.sampled_from([None, told, Forecast(2, why_not="x"), told._replace(mid=None)])
    )
    beyond = Amounts(*(draw(amounts) for _ in range(3)))
    current = window(period, NOW_US, ZONE)
    return Standing(budget, current, spent, forecast, beyond=beyond)


@settings(max_examples=40, deadline=None)
@given(standings(), st.integers(32, 200), st.integers(6, 40), st.booleans())
def test_it_takes_the_cells_it_is_given_and_no_more(
    standing: Standing, width: int, height: int, is_plain: bool
) -> None:
    lines = all_lines(burn_of(standing), width, height, INK, is_plain=is_plain)
    assert len(lines) in {1, height}
    assert max(line.cell_len for line in lines) <= width


def test_signs_tell_everything_apart_without_colours() -> None:
    reached = Forecast(9, dollars(9), dollars(11), dollars(13), NOW_US + 3 * HOUR_US)
    text = drawn(burn_of(a_standing("b", 6.5, 10, forecast=reached)))
    assert "limit $10.00" in text
    assert "75 % warns" in text
    assert "$6.50" in text
    assert all(sign in text for sign in (LIMIT, "┄", "▒", FORECAST, BAND, REACHED, "▲ now", "┊"))
    assert "$0.4578 above an even pace" in text
    assert "~$11" in text


@pytest.mark.parametrize(("spent", "word"), [(6.5, "above"), (2.0, "below")])
def test_the_pace_is_told_in_words(spent: float, word: str) -> None:
    assert f"{word} an even pace" in drawn(burn_of(a_standing("b", spent, 10)))


def test_unpriced_calls_are_a_plus_and_other_limits_have_their_own_unit() -> None:
    assert "$6.50+" in drawn(burn_of(a_standing("b", 6.5, 10, unpriced_calls=4)))
    calls = Budget("b", None, Period.DAILY, "UTC", limit_calls=10_000_000)
    standing = Standing(calls, DAY, Totals(calls=7_654_321, unpriced_calls=7_654_321))
    text = drawn(burn_of(standing))
    assert "limit 10M calls" in text
    assert "7,654,321" in text
    assert "$" not in text
    assert "+" not in text


def test_the_columns_end_with_what_the_standing_says() -> None:
    standing = a_standing("b", 5, 10, forecast=None)
    top = burn_of(standing).top
    rows = drawn(burn_of(standing), 108, 22).splitlines()[1:-1]
    filled = [row for row in rows if row[68 - 1] in "▒▁▂▃▄▅▆▇█"]
    assert len(filled) == pytest.approx(dollars(5) / top * len(rows), abs=1)


@pytest.mark.parametrize("length_us", [1, SECOND_US, 60 * SECOND_US])
def test_a_window_that_has_just_begun_or_is_short_is_drawn(length_us: int) -> None:
    begun = Burn(a_standing("b", 0.1, 10), Growth("b", "", START_US), START_US + length_us)
    assert "limit $10.00" in drawn(begun)
    ever = a_standing("b", 0.1, 10, Period.TOTAL)
    young = Burn(ever, Growth("b", "", NOW_US - length_us), NOW_US)
    assert "Used since 14:" in drawn(young)


def test_where_nothing_is_used_it_says_so() -> None:
    daily = replace(a_standing("b", 0, 10, forecast=None), spent=NOTHING)
    assert "Used today: nothing yet" in drawn(burn_of(daily))
    assert "limit $10.00" in drawn(burn_of(daily))
    ever = replace(daily, budget=replace(daily.budget, period=Period.TOTAL), window=Span())
    assert drawn(Burn(ever, Growth("b", "", NOW_US), NOW_US)) == "Nothing is used yet"
    untold = Growth("b", "", START_US, why_not="too many calls")
    assert drawn(Burn(daily, untold, NOW_US)) == "Used today: too many calls"


def test_a_session_that_is_over_is_drawn_to_its_last_call() -> None:
    standing = a_standing("b", 5, 10, Period.SESSION, value="run-1")
    ended = Growth("b", "run-1", START_US, ended_us=START_US + HOUR_US)
    text = drawn(Burn(standing, ended, START_US + HOUR_US))
    assert "Used from 22 Nov 00:00 to 01:00 · run-1" in text
    assert "▲ last call" in text
    assert "▲ now" not in text


def test_what_the_ledger_knows_alone_is_told() -> None:
    held = a_standing("b", 5, 10, held=Amounts(dollars(0.5)), beyond=Amounts(dollars(1)))
    text = drawn(burn_of(held), 140)
    assert "$1.00 told by the ledger alone" in text
    assert "$0.5000 more held for calls in flight" in text
    assert burn_of(held).curve[-1] == (NOW_US, dollars(6))


def test_a_limit_that_was_passed_is_a_line_across() -> None:
    text = drawn(burn_of(a_standing("b", 25, 10)))
    (line,) = (one for one in text.splitlines() if "limit $10.00" in one)
    assert line.count(LIMIT) > 60


@pytest.mark.parametrize(
    ("size", "is_drawn"), [((80, 24), False), ((120, 40), True), ((200, 50), True)]
)
def test_it_is_there_where_there_is_room(size: tuple[int, int], is_drawn: bool) -> None:
    app = an_app(GivenSource(a_snapshot()))

    async def there(pilot: Pilot[None]) -> None:
        await pilot.press(str(SCREENS.index("budgets") + 1))
        await settle(pilot)
        assert ("▲ now" in screen_text(app)) is is_drawn
        chart = app.screen.query_one(BurnUp)
        assert chart.burn is not None
        assert chart.burn.curve[-1][1] == chart.burn.standing.amount

    drive(app, there, size=size)


def test_it_is_read_for_the_budget_in_front_and_not_all_the_time() -> None:
    source = GivenSource(a_snapshot())

    async def there(pilot: Pilot[None]) -> None:
        await pilot.press(str(SCREENS.index("budgets") + 1))
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, BudgetsScreen)
        screen.draw_rows()
        await settle(pilot)
        await pilot.press("down")
        await settle(pilot)
        asked = [one.standing.title for one in source.inquiries if isinstance(one, Grown)]
        assert asked == [one.title for one in a_snapshot().standings[:2]]

    drive(an_app(source), there, size=(120, 40))


def test_a_hostile_name_steers_nothing() -> None:
    app = an_app(GivenSource(a_hostile_snapshot()))

    async def there(pilot: Pilot[None]) -> None:
        await pilot.press(str(SCREENS.index("budgets") + 1))
        for _ in range(5):
            await settle(pilot)
            assert "limit " in screen_text(app)
            await pilot.press("down")

    drive(app, there, size=(120, 40))


def test_what_was_read_is_read_again_once_much_has_changed() -> None:
    chart, standing = BurnUp(), a_standing("b", 5, 10)
    more, bit = a_standing("b", 6, 10), a_standing("b", 5.01, 10)
    assert chart.stand(standing, NOW_US)
    assert not chart.stand(more, NOW_US + SECOND_US)
    assert not chart.stand(bit, NOW_US + 11 * SECOND_US)
    assert chart.stand(more, NOW_US + 11 * SECOND_US)
    assert not chart.stand(more, NOW_US + 22 * SECOND_US)
    assert chart.stand(more, NOW_US + HOUR_US)
    assert chart.stand(a_standing("b", 6, 10, Period.WEEKLY), NOW_US + HOUR_US)


def test_a_single_call_has_nothing_to_grow() -> None:
    chart = BurnUp()
    call = a_standing("b", 0, 10, Period.CALL, window=Span())
    assert not chart.stand(call, NOW_US)
    assert chart.is_ready
