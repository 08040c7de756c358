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

LABELLED = (*CIRCUMSTANCES, Dimension.USER.value, Dimension.SESSION.value)
"""Every kind of label. The last two are too many to combine: a call has their ids itself."""

NO_STATUS = -1
"""In place of an HTTP status where there was none: unknowns never equal each other in a key."""


class Grain(IntEnum):
    """How long a stretch of time sums are kept for, in UTC."""

    HOUR = 0
    DAY = 1
    MONTH = 2


class Axis(IntEnum):
    """What sums are kept by, and by provider and model besides."""

    MODEL = 0
    """By provider and model alone."""
    CIRCUMSTANCE = 1
    """By all that combines, for questions about several dimensions; needs no model besides."""
    SESSION = 2
    """By nothing besides: a session is short, and there are many."""
    USER = 3
    FEATURE = 4
    AGENT = 5
    WORKFLOW = 6
    PROJECT = 7
    SITE = 8
    OPERATION = 9
    ERROR = 10
    USER_TIER = 11
    ENVIRONMENT = 12
    PROMPT_VERSION = 13
    FINISH = 14


_DAYS = (Grain.DAY, Grain.MONTH)
GRAINS: dict[Axis, tuple[Grain, ...]] = {
    **dict.fromkeys(Axis, _DAYS),
    Axis.MODEL: (Grain.HOUR, Grain.DAY, Grain.MONTH),
    # Few sessions outlive their day: sums by month would be the same rows once more.
    Axis.SESSION: (Grain.DAY,),
}
"""For which stretches of time each axis is summed."""


class Presence(IntEnum):
    """What it is that occurs in a stretch of time."""

    CIRCUMSTANCE = 0
    USER = 1
    SESSION = 2
    OUTCOME = 3
    """Outcomes other than ok."""
    UNPRICED = 4
    COST = 5
    """Costs by magnitude: the number of bits of the cost."""


class Measure(IntEnum):
    """What calls are counted by the magnitude of, in buckets of `domain.latency`."""

    LATENCY = 0
    FIRST_CHUNK = 1
    COST = 2
    """In nano-dollars."""


STRETCH_BITS = 27
"""A stretch is 2^27 microseconds, a little over two minutes."""

HIGH = "_high"
SPLIT = 10**9
"""Sums of money are kept in two columns, the second as `<field>_high`, counting so many: nine
million dollars, in pico-dollars, are all that 64 bits hold."""

MONEY = tuple(field for field in FIELDS if field.endswith("_pusd"))
SUMS = (*FIELDS, *(field + HIGH for field in MONEY))
"""The columns of `rollups` that are sums."""
