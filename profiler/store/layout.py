"""How what is stored is laid out: names, numbers and stretches of time, whoever reads it.

Standard library only: the first figures are read before SQLAlchemy is imported.
"""

from enum import IntEnum

from profiler.domain.scopes import Dimension
from profiler.domain.totals import FIELDS

UNSET = 0
"""The id of the empty label."""

LISTS = ("stack", "tools_offered")
"""Kinds of labels whose text is a JSON list of texts."""

CIRCUMSTANCES = (
    *(one.value for one in Dimension if one not in {Dimension.USER, Dimension.SESSION}),
    "requested_model",
    "answered",
    "tier",
    "speed",
    "rate",
    *LISTS,
)
"""Kinds of labels that combine; `circumstances` has an id of each in the column `<kind>_id`."""

NO_STATUS = -1
"""In place of an HTTP status where there was none: unknowns never equal each other in a key."""


class Grain(IntEnum):
    """How long a stretch of time sums are kept for, in UTC."""

    HOUR = 0
    QUARTER = 1
    """A quarter of a day: what the edges of a span in another zone are summed from."""
    DAY = 2
    MONTH = 3


class Axis(IntEnum):
    """What sums are kept by, and by provider and model besides."""

    MODEL = 0
    """By provider and model alone."""
    CIRCUMSTANCE = 1
    """By all that combines, for questions about several dimensions; needs no model besides."""
    SESSION = 2
    """By nothing besides: a session is short, and there are many."""
    USER = 3
    """By nothing besides, as users are many too."""
    USER_AND_MODEL = 4
    FEATURE = 5
    AGENT = 6
    WORKFLOW = 7
    PROJECT = 8
    SITE = 9
    OPERATION = 10
    ERROR = 11
    USER_TIER = 12
    ENVIRONMENT = 13
    PROMPT_VERSION = 14
    FINISH = 15
    WHOLE = 16
    """By nothing at all: what all calls add up to, however many models there are."""


_DAYS = (Grain.DAY, Grain.MONTH)
_QUARTERS = (Grain.QUARTER, *_DAYS)
GRAINS: dict[Axis, tuple[Grain, ...]] = {
    **dict.fromkeys(Axis, _DAYS),
    Axis.MODEL: (Grain.HOUR, *_DAYS),
    Axis.WHOLE: (Grain.HOUR, *_DAYS),
    Axis.CIRCUMSTANCE: _QUARTERS,
    Axis.USER: _QUARTERS,
    # Few sessions outlive their day: sums by month would be the same rows once more.
    Axis.SESSION: (Grain.DAY,),
}
"""For which stretches of time each axis is summed."""

COUNTED_GRAINS = _QUARTERS
"""For which stretches of time calls are counted by what is measured."""


class Presence(IntEnum):
    """What it is that occurs in a stretch of time."""

    CIRCUMSTANCE = 0
    USER = 1
    SESSION = 2
    OUTCOME = 3
    """Outcomes other than ok."""
    UNPRICED = 4
    EVERY = 6
    """Any call at all."""
    MODEL = 7


class Measure(IntEnum):
    """What calls are counted by the magnitude of, in buckets of `domain.latency`."""

    LATENCY = 0
    FIRST_CHUNK = 1
    COST = 2
    """In nano-dollars."""


PUSD_PER_BOUND = 1000
"""What the cheapest and the dearest call of a stretch cost is kept in nano-dollars."""

STRETCH_BITS = 27
"""A stretch is 2^27 microseconds, a little over two minutes."""

HIGH = "_high"
SPLIT = 10**9
"""Sums of money are kept in two columns, the second as `<field>_high`, counting so many: nine
million dollars, in pico-dollars, are all that 64 bits hold."""

MONEY = tuple(field for field in FIELDS if field.endswith("_pusd"))
SUMS = (*FIELDS, *(field + HIGH for field in MONEY))
"""The columns of `rollups` that are sums."""
