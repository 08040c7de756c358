"""Moments in words that are read back as the same moments."""

from zoneinfo import ZoneInfo

from profiler.domain.periods import midnight_us, to_moment, to_us


def moment_text(at_us: int, zone: ZoneInfo) -> str:
    """A moment as a filter reads it back, exactly; a midnight is its date."""
    moment = to_moment(at_us, zone)
    if midnight_us(moment.date(), zone) == at_us:
        return moment.date().isoformat()
    local = moment.replace(tzinfo=None)
    # where the clocks are turned back, an hour comes twice
    is_plain = to_us(local.replace(tzinfo=zone)) == at_us
    shown = local if is_plain else moment
    is_whole = not (moment.second or moment.microsecond)
    return shown.isoformat(timespec="minutes" if is_whole else "auto")
