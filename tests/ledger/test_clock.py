"""The time that windows are chosen by, where a clock is set."""

import pytest

from profiler.domain.periods import HOUR_US, SECOND_US
from profiler.ledger.clock import Reading, steady_us
from tests.support.events import START_US

SEEN = Reading(START_US, 0, "boot")
MINUTE_US = 60 * SECOND_US
ON_TIME_US = START_US + MINUTE_US


def a_minute_later(leap_us: int, boot: str = "boot") -> int:
    """What is gone by after a minute in which the wall clock was set."""
    return steady_us(Reading(ON_TIME_US + leap_us, MINUTE_US, boot), SEEN) - START_US


@pytest.mark.parametrize(
    ("leap_us", "gone_by_us"),
    [
        (0, MINUTE_US),
        (-5 * MINUTE_US, 0),
        (-5 * MINUTE_US - 1, MINUTE_US),
        (26 * HOUR_US, 26 * HOUR_US + MINUTE_US),
        (26 * HOUR_US + 1, MINUTE_US),
    ],
)
def test_within_a_boot_the_machines_count_tells_whether_it_was_set(
    leap_us: int, gone_by_us: int
) -> None:
    assert a_minute_later(leap_us) == gone_by_us


@pytest.mark.parametrize("boot", ["", "another"])
def test_across_boots_time_never_goes_back(boot: str) -> None:
    assert a_minute_later(-HOUR_US, boot) == 0
    assert a_minute_later(1_000 * HOUR_US, boot) == 1_000 * HOUR_US + MINUTE_US


def test_the_first_time_is_the_walls() -> None:
    assert steady_us(SEEN, Reading(0, 0, "")) == START_US
