"""What a figure leads to: the filter that means the calls behind it, in words."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from profiler.domain.budgets import TAG
from profiler.domain.periods import Span
from profiler.domain.scopes import EXACTLY, Dimension, one_of
from profiler.tui.asking.moments import moment_text
from profiler.tui.widgets.query import quoted


def between(span: Span, shown: Span, zone: ZoneInfo) -> str:
    """The words that lead from the calls of `shown` to those of `span`, whichever is longer."""
    words = []
    if span.start_us is not None:
        words.append(f"since:{moment_text(span.start_us, zone)}")
    elif shown.start_us is not None:
        words.append("since:1970-01-01")
    if span.end_us is not None:
        words.append(f"until:{moment_text(span.end_us, zone)}")
    elif shown.end_us is not None:
        words.append("until:now")
    return " ".join(words)


def within(span: Span, shown: Span) -> Span:
    """As much of `span` as is shown."""
    starts = [start for start in (span.start_us, shown.start_us) if start is not None]
    ends = [end for end in (span.end_us, shown.end_us) if end is not None]
    return Span(max(starts, default=None), min(ends, default=None))


def labelled(name: str, *labels: str, is_excluded: bool = False) -> str:
    """The calls of a label, or of any of several; of an empty one, those that have none.

    A label is meant to the letter: it may hold an asterisk, or differ from another in case alone.
    """
    named = one_of(*labels) if name in set(Dimension) else "".join(labels)
    value = "" if labels == ("",) else f"{EXACTLY}{named}"
    return _worded(name, value, is_excluded=is_excluded)


def fitting(name: str, pattern: str, *, is_excluded: bool = False) -> str:
    """The calls whose label fits a pattern, or the way they were made."""
    value = one_of(pattern) if name in set(Dimension) else pattern
    return _worded(name, value, is_excluded=is_excluded)


def _worded(name: str, value: str, *, is_excluded: bool) -> str:
    between = "=" if name.startswith(TAG) else ":"
    return f"{'!' if is_excluded else ''}{quoted(name)}{between}{quoted(value)}"


def joined(words: Iterable[str]) -> str:
    """One filter of several parts."""
    return " ".join(filter(None, words))
