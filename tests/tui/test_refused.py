"""Calls that are refused, as the banner and the toasts tell of them."""

from profiler.domain.alerts import REFUSED
from profiler.domain.budgets import Action, Level
from profiler.tui.alerts import alerts, fresh
from tests.support.snapshots import a_snapshot, a_standing, an_alert, dollars


def test_a_refusal_at_sixty_percent_is_told_before_what_is_nearly_full_and_in_a_toast() -> None:
    high, strict = a_standing("b", 9.5, 10), a_standing("a", 6, 10)
    refusal = an_alert(4, strict, threshold=REFUSED, action=Action.BLOCK, expected=dollars(7))
    before, now = (
        a_snapshot(alerts=told)
        for told in ((an_alert(3, high, 90),), (an_alert(3, high, 90), refusal))
    )
    words = "a: a call was refused: it may use $7.00, and $4.00 of $10.00 is left"
    assert alerts(now)[0][1:3] == (Level.OVER, words)
    assert [one.words for one in fresh(now, before)] == [words]
