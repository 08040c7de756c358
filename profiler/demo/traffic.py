"""When the made-up calls happen: quiet nights and weekends, and one day that got out of hand."""

from dataclasses import dataclass
from random import Random

from profiler.demo.cast import CAST, Role
from profiler.domain.periods import HOUR_US, SECOND_US

DAY_US = 24 * HOUR_US
SPIKE_DAYS_AGO = 9
_MINUTE_US = 60 * SECOND_US

_BY_HOUR = (
    0.05, 0.04, 0.03, 0.03, 0.04, 0.07, 0.15, 0.35, 0.70, 0.95, 1.00, 0.95,
    0.75, 0.85, 1.00, 0.95, 0.85, 0.70, 0.45, 0.30, 0.25, 0.20, 0.12, 0.08,
)  # fmt: skip
_BY_WEEKDAY = (0.95, 1.0, 1.0, 0.95, 0.85, 0.25, 0.2)
_NIGHT_HOURS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Opening:
    """A session begins."""

    at_us: int
    role: Role


def opening(random: Random, start_us: int, until_us: int) -> Opening:
    """When the next session drawn begins, and whose it is; in no order."""
    while True:
        at_us = start_us + int(random.random() * (until_us - start_us))
        is_spike = until_us // DAY_US - at_us // DAY_US == SPIKE_DAYS_AGO
        role = _role(random, review=14.0 if is_spike else 1.0)
        if random.random() < _busyness(at_us, role, is_spike=is_spike):
            return Opening(at_us, role)


def fresh_openings(until_us: int) -> tuple[Opening, ...]:
    """Sessions that begin shortly before the end, so that the last minutes are never empty."""
    return tuple(
        Opening(until_us - minutes * _MINUTE_US, CAST[index])
        for minutes, index in ((38, 3), (24, 0), (17, 2), (11, 7), (6, 0), (2, 2))
    )


def _role(random: Random, review: float) -> Role:
    weights = [role.weight * (review if role.feature == "review" else 1.0) for role in CAST]
    return random.choices(CAST, weights)[0]


def _busyness(at_us: int, role: Role, *, is_spike: bool) -> float:
    hour = at_us // HOUR_US % 24
    if role.is_nightly:
        return 1.0 if hour in _NIGHT_HOURS else 0.0
    if is_spike and role.feature == "review":
        return 1.0
    # The epoch was a Thursday.
    return _BY_HOUR[hour] * _BY_WEEKDAY[(at_us // DAY_US + 3) % 7]
