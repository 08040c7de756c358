"""One run's calls as steps: each below the call, or the span of the program, it was made in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from profiler.domain.calls import Call

SPAN_DIGITS = 16
"""The last digits of a call's id are its own span."""


@dataclass(frozen=True, slots=True)
class Step:
    """A call, or a span of the program that several calls were made in."""

    depth: int
    call: Call | None
    """`None` for a span."""
    span: str = ""
    """The span's id, where it is no call's."""
    calls: tuple[Call, ...] = ()
    """What was made in a span itself."""


def steps(calls: Sequence[Call]) -> list[Step]:
    """The calls in the order of time, each followed by what was made in it."""
    ordered = sorted(calls, key=lambda call: call.cursor)
    own = {call.id[-SPAN_DIGITS:]: call for call in ordered}
    within: dict[str, list[Call]] = {}
    for call in ordered:
        within.setdefault(_parent(call, own), []).append(call)
    return list(_below(within.get("", []), within, own, 0))


def _parent(call: Call, own: dict[str, Call]) -> str:
    """What a call stands below; nothing is made in what began after it."""
    parent = own.get(call.parent)
    if parent is None:
        return call.parent
    return call.parent if parent.cursor < call.cursor else ""


def _below(
    found: Sequence[Call], within: dict[str, list[Call]], own: dict[str, Call], depth: int
) -> Iterator[Step]:
    steps = [Step(depth, call) for call in found]
    if not depth:
        spans = [span for span in within if span and span not in own]
        steps += [_span(span, within[span]) for span in spans]
    for step in sorted(steps, key=_cursor):
        yield step
        inner = step.calls if step.call is None else within.get(step.call.id[-SPAN_DIGITS:], ())
        yield from _below(inner, within, own, depth + 1)


def _span(span: str, calls: Sequence[Call]) -> Step:
    """A span that one call alone was made in tells nothing more."""
    return Step(0, calls[0]) if len(calls) == 1 else Step(0, None, span, tuple(calls))


def _cursor(step: Step) -> tuple[int, int]:
    return (step.call or step.calls[0]).cursor
