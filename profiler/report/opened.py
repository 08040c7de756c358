"""One call, opened: its facts, and its price line by line."""

from collections.abc import Iterator
from typing import TextIO
from zoneinfo import ZoneInfo

from profiler import display
from profiler.analysis.results.snapshot import CallDetail, PriceLine
from profiler.domain.calls import Basis, Call
from profiler.domain.usage import Usage
from profiler.log.captured import CallText
from profiler.pricing.context import is_rated_as_served
from profiler.report.sheet import Heading, Line, Sheet
from profiler.report.terminal import PIPED_WIDTH, draw

_AS_STANDARD = "billed as standard: no rate is listed for how it was served"
_WHY = {
    Basis.MEASURED: "measured: the provider's own counts",
    Basis.ESTIMATED: "estimated: the call ended early, some counts are ours",
    Basis.DERIVED: "derived: the provider's own figure, or counts that follow from what was sent",
    Basis.NOT_BILLED: "not billed: refused before a model ran",
    Basis.NO_RATE: "unpriced: no rate is known for this model",
    Basis.NO_USAGE: "unpriced: the provider gave no usable counts",
}
_LABELS = (
    "feature",
    "user",
    "user_tier",
    "session",
    "agent",
    "workflow",
    "project",
    "environment",
    "prompt_version",
    "trace",
    "parent",
    "site",
)


def draw_detail(detail: CallDetail, zone: ZoneInfo, out: TextIO) -> None:
    """Write the call to `out`: facts, then price."""
    draw(_facts(detail, zone), out)
    if detail.lines:
        out.write("\n")
        draw(_price(detail), out)


def draw_text(text: CallText, out: TextIO) -> None:
    """Write what was asked and answered to `out`, each under who said it."""
    for title, speeches in (("Prompt", text.prompt), ("Answer", text.answer)):
        for said in speeches:
            out.write(f"\n{title}, {display.plain(said.role)}\n\n")
            out.writelines(
                f"  {display.plain(line)}\n" for line in said.text.expandtabs(4).split("\n")
            )
    if text.is_cut:
        out.write("\nThe text was too long; its end was not kept.\n")


def _facts(detail: CallDetail, zone: ZoneInfo) -> Sheet:
    facts = [
        *_identity(detail.call, zone),
        *_usage(detail.call.usage),
        ("cost", display.full_cost(detail.call.cost)),
        ("basis", _WHY[detail.call.cost.basis]),
        ("between", display.band(detail.call.cost)),
        ("estimated by", display.lessons(detail.call.cost)),
        ("rate", detail.call.cost.rate),
        ("", _unrated(detail.call)),
        ("cost at today's rates", display.exact_money(detail.cost_now.pusd)),
        ("cost by the provider", _reported(detail.call.cost.reported_pusd)),
        *((name.replace("_", " "), str(getattr(detail.call, name))) for name in _LABELS),
        *(("called by", frame) for frame in detail.call.stack[-2::-1]),
        *(detail.call.tags.items()),
    ]
    lines = tuple(Line((display.plain(name), display.plain(text))) for name, text in facts if text)
    headings = (Heading("", is_whole=True), Heading("", most=PIPED_WIDTH))
    return Sheet(f"Call {detail.call.id}", "", headings, lines, None, ())


def _identity(call: Call, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    yield "started", f"{display.clock(call.started_at_us, zone)} ({zone.key})"
    yield "provider", call.provider
    yield "model", call.model
    if call.requested_model != call.model:
        yield "model asked for", call.requested_model
    if call.answered and call.answered != call.model:
        yield "answered by", call.answered
    yield "operation", f"{call.operation}{' (streamed)' if call.is_streamed else ''}"
    status = "" if call.status is None else f" (HTTP {call.status})"
    yield "outcome", f"{call.outcome.name.lower()} {call.error}".strip() + status
    yield "finish", call.finish
    yield "tier", call.tier
    yield "attempts", display.attempts(call)
    yield "tools called", display.each_once(call.tools_called)
    yield "tools offered", display.each_once(call.tools_offered)
    yield "latency", display.duration(call.latency_us)
    if call.first_chunk_us is not None:
        yield "first chunk", display.duration(call.first_chunk_us)


def _unrated(call: Call) -> str:
    return _AS_STANDARD if is_rated_as_served(call) is False else ""


def _reported(pusd: int | None) -> str:
    return "" if pusd is None else display.exact_money(pusd)


def _usage(usage: Usage) -> Iterator[tuple[str, str]]:
    yield "input", _count(None if usage.input is None else usage.total_input)
    if usage.input is not None and usage.input != usage.total_input:
        yield "of it fresh", _count(usage.input)
    for name in ("cache_read", "cache_write", "cache_write_5m", "cache_write_1h"):
        if getattr(usage, name):
            yield f"of it {name.replace('_', ' ')}", _count(getattr(usage, name))
    yield "output", _count(usage.output)
    if usage.reasoning:
        yield "of it reasoning", _count(usage.reasoning)
    for name, number in usage.more.items():
        yield name.replace("_", " "), _count(number)


def _count(number: int | None) -> str:
    return display.UNKNOWN if number is None else display.count(number)


def _price(detail: CallDetail) -> Sheet:
    return Sheet(
        title="Price",
        subtitle="",
        headings=(
            Heading("Unit"),
            Heading("Count", is_number=True),
            Heading("Rate", is_number=True),
            Heading("Amount", is_number=True),
        ),
        lines=tuple(_price_line(line) for line in detail.lines),
        total=Line(("All", "", "", display.exact_money(sum(line.pusd for line in detail.lines)))),
        notes=(),
    )


def _price_line(line: PriceLine) -> Line:
    cells = (
        line.unit,
        display.count(line.count),
        f"${line.rate_usd} per {display.short_count(line.per)}",
        display.exact_money(line.pusd),
    )
    return Line(tuple(display.plain(cell) for cell in cells))
