"""Every key of `profiler.toml`: the one table that reading, help and the schema come from."""

from profiler.options.shapes import Key, Table, choice, either, flag, text, whole

MOST_DAYS = 36_500
FOREVER = "forever"

_DAYS = either(whole(1, MOST_DAYS, "a whole number of days"), choice(FOREVER))


def _is_zone(name: str) -> bool:
    # only a file that names a zone pays for the database of zones
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


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

PRICING = Table(
    {
        "reported": Key(
            choice("beside", "wins"),
            "Whether a cost that the provider reports is kept beside ours or is the call's cost.",
            default="beside",
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
        "pricing": Key(PRICING, "What calls cost."),
    }
)
