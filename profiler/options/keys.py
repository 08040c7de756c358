"""Every key of `profiler.toml`: the one table that reading, help and the schema come from."""

from datetime import date
from typing import TYPE_CHECKING

from profiler.options.alert_keys import ALERTS
from profiler.options.budget_keys import BUDGET
from profiler.options.shapes import (
    Key,
    Leaf,
    Listed,
    Named,
    Table,
    choice,
    either,
    flag,
    text,
    whole,
)
from profiler.options.tui_keys import TUI

if TYPE_CHECKING:
    from decimal import Decimal

MOST_DAYS = 36_500
FOREVER = "forever"
MOST_USD = 1_000_000
"""The most that a rate may be."""
MOST_PLACES = 30
"""Digits behind a rate's point."""

_DAYS = either(whole(1, MOST_DAYS, "a whole number of days"), choice(FOREVER))


def _is_zone(name: str) -> bool:
    # only a file that names a zone pays for the database of zones
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def is_rate(value: object) -> bool:
    """Whether it is dollars that a rate may be: finite, no less than zero."""
    # only a file that sets rates pays for decimals
    from decimal import Decimal, InvalidOperation  # noqa: PLC0415

    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        dollars = Decimal(str(value))
    except InvalidOperation:
        return False
    return dollars.is_finite() and 0 <= dollars <= MOST_USD and _places(dollars) <= MOST_PLACES


def _places(number: "Decimal") -> int:
    return -int(number.as_tuple().exponent)


def _is_date(value: object) -> bool:
    if isinstance(value, str):
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
        return len(value) == len("2026-11-22")
    return type(value) is date


_RATE = Leaf(
    f"dollars from 0 to {MOST_USD:,}, such as 1.25",
    is_rate,
    {"anyOf": [{"type": "number", "minimum": 0, "maximum": MOST_USD}, {"type": "string"}]},
)
_DATE = Leaf("a date such as 2026-11-22", _is_date, {"type": "string", "format": "date"})

CAPTURE = Table(
    {
        "text": Key(
            flag(),
            "Keep what calls ask and are answered, redacted, in files apart.",
            default=False,
            environment="PROFILER_CAPTURE_TEXT",
        ),
        "site": Key(
            choice("stack", "one", "off"),
            "How much is told of where a call is made: its line and callers, its line, nothing.",
            default="stack",
            environment="PROFILER_SITE",
        ),
        "fingerprint": Key(
            flag(),
            "Keep keyed hashes of prompts, by which repeats are found.",
            default=True,
            environment="PROFILER_FINGERPRINT",
        ),
    }
)

RETENTION = Table(
    {
        "calls": Key(
            _DAYS, "How many days calls are kept; their sums stay for ever.", default=FOREVER
        ),
        "text": Key(
            _DAYS,
            "How many days captured text is kept.",
            default=30,
            environment="PROFILER_TEXT_DAYS",
        ),
        "archive": Key(
            either(flag(), text("a folder in quotes")),
            "Where calls are archived before they are removed: true is the home's own folder.",
            default=True,
        ),
    }
)

OVERRIDE = Table(
    {
        "provider": Key(text(), "Who bills: openai, or a name of your own.", is_needed=True),
        "model": Key(text(), "The model; * stands for any text.", is_needed=True),
        "usd": Key(
            Named(_RATE),
            "Dollars by rate, as `profiler prices show` names them: input_mtok = 1.25.",
            is_needed=True,
        ),
        "from": Key(_DATE, "The first day, in UTC; without one the rates always hold."),
        "tier": Key(text(), "Only calls served at this tier: batch, flex, priority."),
        "sure": Key(
            flag(), "Whether a rate is meant that is 100 times the listed one.", default=False
        ),
    }
)

ALIAS = Table(
    {
        "model": Key(text(), "The name that programs use; * stands for any text.", is_needed=True),
        "means": Key(
            text('a listed model such as "openai/gpt-4o"', lambda name: "/" in name.strip("/")),
            "The provider and model whose rates hold.",
            is_needed=True,
        ),
        "provider": Key(text(), "Only where this provider is called."),
    }
)

PRICING = Table(
    {
        "reported": Key(
            choice("beside", "wins"),
            "Whether a cost that the provider reports is kept beside ours or is the call's cost.",
            default="beside",
        ),
        "override": Key(Listed(OVERRIDE), "Rates of your own, before those that are listed."),
        "alias": Key(Listed(ALIAS), "Private or fine-tuned models, and what they are billed as."),
        "providers": Key(
            Named(choice("free", "flat-rate")),
            "Providers whose calls cost nothing each: free, or paid by the month.",
        ),
    }
)

KNOWN = Table(
    {
        "zone": Key(
            text('an IANA time zone such as "Europe/Berlin"', _is_zone),
            "The time zone that days, weeks and months begin in.",
            environment="PROFILER_ZONE",
        ),
        "capture": Key(CAPTURE, "What programs record of their calls."),
        "retention": Key(RETENTION, "How long what was recorded is kept.", is_users=True),
        "pricing": Key(PRICING, "What calls cost.", is_users=True),
        "alerts": Key(ALERTS, "Who is told of budgets, and when.", is_users=True),
        "tui": Key(TUI, "How the terminal app is worked.", is_users=True),
        "budget": Key(Listed(BUDGET), "Limits, each in a [[budget]] of its own."),
    }
)
