"""Where one stands in the history: how many calls match, what they cost, what is marked."""

from zoneinfo import ZoneInfo

from profiler import display
from profiler.analysis.results.snapshot import Matched
from profiler.tui.widgets.call_list import CallList


def place_text(calls: CallList, zone: ZoneInfo, *, is_narrowed: bool) -> str:
    """What the frame of the list says, as much as is known."""
    parts = ["▲ newer: Home"] if calls.has_newer and not calls.is_by_cost else []
    if calls.is_by_cost:
        parts.append("dearest first")
    if calls.trouble is not None:
        parts.append(f"✖ {display.plain(calls.trouble.title)}; this is what was read")
    elif calls.reached is not None and calls.is_asking:
        parts.append(f"searching {display.clock(calls.reached[0], zone)[:10]}…")
    if calls.marked:
        parts.append(_marked(calls))
    if calls.matched is not None:
        parts.append(_matched(calls.matched, calls.row_count, is_narrowed=is_narrowed))
    return " · ".join(parts)


def _marked(calls: CallList) -> str:
    marks = calls.marks
    if marks.unpriced_calls == marks.calls:
        return f"◆ {marks.calls} marked: {display.UNPRICED}"
    return f"◆ {marks.calls} marked: {display.at_least(marks.spend_pusd, marks.unpriced_calls)}"


def _matched(matched: Matched, held: int, *, is_narrowed: bool) -> str:
    word = "match" if is_narrowed else "in range"
    if not matched.is_exact:
        return f"≥ {display.count(max(matched.calls, held))} {word}"
    if matched.spend_pusd is None or matched.unpriced_calls == matched.calls:
        return f"{display.count(matched.calls)} {word}"
    spend = display.at_least(matched.spend_pusd, matched.unpriced_calls)
    return f"{display.count(matched.calls)} {word}: {spend}"
