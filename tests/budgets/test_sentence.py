from dataclasses import replace

from profiler.budgets.sentence import sentence
from profiler.domain.budgets import Action, Budget, Threshold
from profiler.domain.money import PUSD_PER_USD
from profiler.domain.periods import Period

PER_CALL = Budget("dear", PUSD_PER_USD // 10, Period.CALL, "UTC")


def test_of_single_calls_nothing_is_said_that_never_happens() -> None:
    assert sentence(PER_CALL) == (
        "$0.1000 a call for everything: neither tells nor refuses; "
        "only a hard limit holds for single calls"
    )
    hard = replace(PER_CALL, thresholds=(Threshold(75, Action.WARN), Threshold(100, Action.BLOCK)))
    assert sentence(hard).endswith(": refuses a call that may use more")
    sooner = replace(PER_CALL, thresholds=(Threshold(80, Action.BLOCK),))
    assert sentence(sooner).endswith(": refuses a call that may use more than 80 % of it")
