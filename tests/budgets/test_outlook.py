"""Where budgets are heading, in words: what is told of many values, and of what is far away."""

from dataclasses import replace

from profiler.budgets.outlook import heading_short, outlook, outlooks
from profiler.domain.budgets import Forecast, Standing
from profiler.domain.periods import DAY_US, HOUR_US, Period
from tests.support.snapshots import NOW_US, a_standing


def of_users(spent: list[float]) -> list[Standing]:
    """Users of $10 a day each who will reach it, one after the other."""
    return [
        a_standing(
            "users", one, 10, value=f"user-{number}",
            forecast=Forecast(9, reaches_at_us=NOW_US + HOUR_US + number),
        )
        for number, one in enumerate(spent)
    ]  # fmt: skip


def test_of_many_values_eight_are_told_the_soonest_first() -> None:
    *told, rest = outlooks(of_users([9.0] * 11)[::-1])
    assert [line.split(":")[0] for line in told] == [f"users · user-{n}" for n in range(8)]
    assert rest == "users: 3 more will reach their limits"


def test_what_is_reached_is_not_foretold_and_neither_is_what_will_not_be() -> None:
    reached, coming, never = of_users([10.5, 9.0, 1.0])
    never = replace(never, forecast=Forecast(9, 1, 2, 3))
    (told,) = outlooks([reached, coming, never])
    assert told.startswith("users · user-1: reaches $10.00 around ")


def test_a_day_of_another_year_says_which_year() -> None:
    standing = a_standing("ever", 1, 10, Period.MONTHLY)
    began_us = standing.window.start_us or 0

    def told(days: int) -> str:
        return outlook(
            replace(standing, forecast=Forecast(9, reaches_at_us=began_us + days * DAY_US))
        )

    assert told(300).rpartition("around ")[2].count(", ") == 0
    assert told(301).endswith(", 2027")


def around(at: int | None, soonest: int | None, latest: int | None) -> str:
    """What is said of a limit without a window's end; days are counted from Nov 22, 2026."""
    at_us, soonest_us, latest_us = (
        None if days is None else NOW_US + days * DAY_US for days in (at, soonest, latest)
    )
    forecast = Forecast(9, reaches_at_us=at_us, soonest_us=soonest_us, latest_us=latest_us)
    return outlook(a_standing("ever", 1, 10, Period.TOTAL, forecast=forecast))


def test_where_no_window_ends_a_range_of_days_is_told() -> None:
    assert around(5, 3, 12) == "reaches $10.00 around Nov 27, 2026 (Nov 25–Dec 4)"
    assert around(3, 1, 8) == "reaches $10.00 around Nov 25, 2026 (Nov 23–30)"
    assert around(5, 3, 60) == "reaches $10.00 around Nov 27, 2026 (Nov 25–Jan 21, 2027)"
    assert around(60, 3, 90) == "reaches $10.00 around Jan 21, 2027 (Nov 25, 2026–Feb 20)"
    assert around(5, 5, 5) == "reaches $10.00 around Nov 27, 2026"


def test_what_is_beyond_a_year_is_said_of_the_end_that_is() -> None:
    assert around(5, 3, None) == "reaches $10.00 around Nov 27, 2026 (Nov 25 or later)"
    assert around(None, 90, None) == "$10.00 is not reached before Feb 20, 2027"
    assert around(None, None, None) == "$10.00 is not reached within a year"


def test_a_column_tells_the_day_where_no_window_ends() -> None:
    def told(period: Period, forecast: Forecast | None, spent: float = 1) -> str:
        return heading_short(a_standing("b", spent, 10, period, forecast=forecast))

    reached = Forecast(9, reaches_at_us=NOW_US + 5 * DAY_US)
    assert told(Period.TOTAL, reached) == "~Nov 27, 2026"
    assert told(Period.TOTAL, Forecast(9)) == "over a year"
    assert told(Period.TOTAL, Forecast(9), spent=11) == "–"
    assert told(Period.TOTAL, Forecast(3, why_not="too little")) == "–"
    assert told(Period.MONTHLY, reached._replace(mid=5 * 10**12)) == "~$5.00"
