"""What a face asks the analyses for."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from profiler.domain.scopes import EVERYTHING, Filter

UTC = ZoneInfo("UTC")
EACH = "*"
"""Picked where not one model is meant to move to, but each sensible one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The calls that are meant, and which screen wants to know what about them."""

    wanted: Filter = EVERYTHING
    zone: ZoneInfo = UTC
    """Whose days, weeks and months are meant."""
    screen: str = ""
    """Whose part is wanted; empty wants what all screens share."""
    by: str = ""
    """How that screen groups, in its own words; empty leaves it to its default."""
    picked: str = ""
    """What is opened in it: a session's name, a model to move to, or `EACH`."""
    page: int = 0
    """Which page of what it lists, the first being 0."""
