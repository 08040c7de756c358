"""Times below a chart: where it begins and ends, where now is, and round ones between."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from profiler.domain.periods import DAY_US, HOUR_US, SECOND_US, to_moment, to_us

_MINUTE_US = 60 * SECOND_US
_GAP = 2
"""Cells between two of them."""
_FORMS = ((3 * _MINUTE_US, "%H:%M:%S"), (36 * HOUR_US, "%H:%M"), (300 * DAY_US, "%d %b"))
_LONG = "%b %Y"
_STEPS_US = (
    *(_MINUTE_US * minutes for minutes in (1, 5, 10, 15, 30)),
    *(HOUR_US * hours for hours in (1, 2, 3, 6, 12)),
    *(DAY_US * days for days in (1, 2, 7, 14, 30, 91, 365)),
)
_LABEL_CELLS = 12


def axis_line(
    span: tuple[int, int],
    now: tuple[int, str],
    column: Callable[[int], int],
    width: int,
    zone: ZoneInfo,
    *,
    has_end: bool,
) -> str:
    """The times of `span` in a line of `width` cells; `column` tells where a moment is.

    `now` is marked, and named.
    """
    begun_us, end_us = span
    at, name = column(now[0]), now[1]
    form = next((form for most, form in _FORMS if end_us - begun_us <= most), _LONG)
    line = _Line(width)
    if at < width - len(name) - _GAP:
        line.put(at, f"▲ {name}")
    else:
        line.put(at - len(name) - 1, f"{name} ▲")
    line.put(0, _told(begun_us, form, zone))
    if has_end:
        text = _told(end_us, form, zone)
        line.put(width - len(text), text)
    for at_us in _round_times(begun_us, end_us, width, zone):
        text = _told(at_us, form, zone)
        line.put(column(at_us) - len(text) // 2, text)
    return line.text


class _Line:
    """Texts beside one another; whatever comes too late for its place is left out."""

    def __init__(self, width: int) -> None:
        self.text = " " * width

    def put(self, start: int, text: str) -> None:
        """A text, if nothing stands there or next to it."""
        end = start + len(text)
        around = self.text[max(0, start - _GAP) : end + _GAP]
        if start >= 0 and end <= len(self.text) and not around.strip():
            self.text = self.text[:start] + text + self.text[end:]


def _told(at_us: int, form: str, zone: ZoneInfo) -> str:
    return to_moment(at_us, zone).strftime(form)


def _round_times(begun_us: int, end_us: int, width: int, zone: ZoneInfo) -> list[int]:
    """Whole minutes, hours or days of the zone, as many as have room."""
    most = max(1, width // _LABEL_CELLS)
    step_us = next((one for one in _STEPS_US if (end_us - begun_us) / one <= most), 0)
    if not step_us:
        return []
    midnight = to_moment(begun_us, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if step_us >= DAY_US:
        days = step_us // DAY_US
        count = (end_us - begun_us) // step_us + 2
        found = [to_us(midnight + timedelta(days=days * number)) for number in range(count)]
    else:
        first_us = to_us(midnight)
        first_us += (begun_us - first_us) // step_us * step_us
        found = list(range(first_us, end_us, step_us))
    return [at_us for at_us in found if begun_us < at_us < end_us]
