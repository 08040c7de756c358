"""Only what still holds is told in the banner, and calls without a price by their reasons."""

from dataclasses import replace

from profiler.analysis.results.snapshot import ModelRow
from profiler.domain.alerts import FORECAST
from profiler.domain.budgets import Amounts, Budget, Measure, Standing
from profiler.domain.periods import Period
from profiler.domain.totals import Totals
from profiler.tui.alerts import alerts
from tests.support.snapshots import a_snapshot, a_standing, an_alert, dollars


def test_what_more_was_allowed_for_is_told_no_more() -> None:
    full = a_standing("a", 12, 10)
    lifted = replace(full, extra=Amounts(dollars(5)))
    given = (an_alert(3, full), an_alert(2, full, 75), an_alert(1, full, FORECAST))

    def told(standing: Standing) -> list[tuple[int, ...]]:
        return [one.ids for one in alerts(a_snapshot(alerts=given, standings=(standing,)))][:1]

    assert told(full) == [(3, 2, 1)]
    assert told(lifted) == [(2, 1)]
    assert told(replace(full, beyond=Amounts(-dollars(12)))) == [(1,)]


def test_a_reserve_that_is_kept_is_not_there_to_be_used() -> None:
    budget = Budget("a", dollars(10), Period.DAILY, "UTC", reserve_percent=20)
    standing = a_standing("a", 8, 10, budget=budget)
    assert standing.has_reached(100, Measure.COST)
    assert not standing.has_reached(1, Measure.CALLS)


def test_of_two_limits_the_one_that_was_told_of_counts() -> None:
    budget = Budget("a", dollars(10), Period.DAILY, "UTC", limit_calls=900)
    full, half = (a_standing("a", spent, 10, budget=budget) for spent in (10, 5))
    told = an_alert(1, a_standing("a", 10, 10), 90)
    assert half.tightest.measure is Measure.CALLS
    found = [alerts(a_snapshot(alerts=(told,), standings=(one,)))[0].ids for one in (full, half)]
    assert found == [(1,), ()]


def test_models_beyond_those_told_apart_are_counted_to_what_has_no_rate() -> None:
    others = Totals(calls=7, unpriced_calls=7)
    for rows, words in (
        ((ModelRow("own", "mystery", Totals(calls=2, unpriced_calls=2)),),
         "9 calls unpriced, no rate: mystery and very many more"),
        ((), "7 calls unpriced, no rate: the less dear"),
    ):  # fmt: skip
        told = alerts(a_snapshot(alerts=(), standings=(), models=rows, others=others))
        assert [one.words for one in told if "unpriced" in one.words] == [words]


def test_what_has_a_rate_and_no_counts_is_told_as_such() -> None:
    calls = Totals(calls=2, errors=2, unpriced_calls=2)
    rows = (
        ModelRow("openai", "gpt-5.1", calls, has_rate=True),
        ModelRow("own", "mystery", calls),
        ModelRow("own", "riddle", calls),
    )
    told = alerts(a_snapshot(alerts=(), standings=(), models=rows))
    assert [(one.words, one.advice) for one in told if "unpriced" in one.words] == [
        ("4 calls unpriced, no rate: mystery and 1 more", "profiler prices override gives one"),
        ("2 calls unpriced, no usage was told: gpt-5.1", "they failed, or were cut off"),
    ]
