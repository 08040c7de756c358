"""One call, opened: what it used, what that cost, how long it took, where it came from."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.cells import chop_cells
from rich.text import Text
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from profiler import display
from profiler.analysis.results import CallDetail, PriceLine
from profiler.domain.calls import Basis, Call
from profiler.log.captured import CallText
from profiler.tui.theme import Palette
from profiler.tui.widgets.columns import placed, spread, stacked
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.recent import model_of, outcome_sign

NAME_WIDTH = 13
MAX_CALLERS = 8
"""Frames above the call's own that are shown."""
TEXT_CHARS = 4_000
"""Of each thing said; the card is drawn whole at every turn of the cursor."""

BASES = {
    Basis.MEASURED: "from the provider's own counts",
    Basis.ESTIMATED: "estimated: the stream ended early",
    Basis.DERIVED: "derived: stated, or follows from what was sent",
    Basis.NOT_BILLED: "not billed: refused before a model ran",
    Basis.NO_RATE: "no rate is known for this model",
    Basis.NO_USAGE: "the provider gave no usable counts",
}


class CallCard(Widget):
    """Draws a `CallDetail`; as tall as it needs."""

    DEFAULT_CSS = "CallCard { width: 1fr; height: auto; }"

    detail: reactive[CallDetail | None] = reactive(None, layout=True)
    zone: reactive[ZoneInfo] = reactive(ZoneInfo("UTC"))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row per line."""
        del container, viewport
        return len(self._drawn(width))

    def render(self) -> Text:
        """Everything about the call."""
        return stacked(self._drawn(self.content_size.width))

    def _drawn(self, width: int) -> list[Text]:
        if self.detail is None:
            return [Text("")]
        return card(self.detail, self.zone, width, palette_of(self))


def card(detail: CallDetail, zone: ZoneInfo, width: int, ink: Palette) -> list[Text]:
    """The lines about a call."""
    call = detail.call
    made = [
        *_heading(call, zone, width, ink),
        *_section("Tokens", _tokens(call, width, ink), ink),
        *_section("Cost", _costs(detail, width, ink), ink),
        *_section("Time", _times(call, width, ink), ink),
        *_section("Context", _context(call, width, ink), ink),
        *_section("Outcome", _outcome(call, width, ink), ink),
        *_section("Text", _text(detail.text, width, ink), ink),
    ]
    return made[:-1]


def _heading(call: Call, zone: ZoneInfo, width: int, ink: Palette) -> list[Text]:
    kind = " streamed" if call.is_streamed else ""
    what = f"{display.plain(call.provider)} · {display.plain(call.operation)}{kind}"
    lines = [
        Text.assemble(
            outcome_sign(call, ink), " ", (display.model_name(model_of(call)), f"bold {ink.ink}")
        ),
        Text(what, style=ink.muted),
        Text(display.clock(call.started_at_us, zone), style=ink.muted),
        Text(""),
    ]
    return [placed(line, width, "left") for line in lines]


def _section(title: str, lines: Iterator[Text], ink: Palette) -> list[Text]:
    drawn = list(lines)
    return [Text(title, style=f"bold {ink.accent}"), *drawn, Text("")] if drawn else []


def _pair(name: str, value: Text, width: int, ink: Palette) -> Text:
    """A name at the left edge, a figure at the right."""
    return spread(Text(f"  {name}", style=ink.muted), value, width)


def _fact(name: str, value: str, width: int, ink: Palette) -> Text:
    """A name and a text beside it."""
    room = max(8, width - NAME_WIDTH)
    named = placed(Text(f"  {name}", style=ink.muted), NAME_WIDTH, "left")
    return Text.assemble(named, placed(Text(display.plain(value), style=ink.ink), room, "left"))


def _tokens(call: Call, width: int, ink: Palette) -> Iterator[Text]:
    usage = call.usage
    fresh = usage.input or 0
    buckets: list[tuple[str, int | None]] = [
        ("input", None if usage.input is None else usage.total_input),
        ("  of it fresh", fresh if fresh != usage.total_input else 0),
        ("  of it cache read", usage.cache_read),
        ("  of it cache write", usage.cache_write),
        ("  of it cache write, 5 min", usage.cache_write_5m),
        ("  of it cache write, 1 h", usage.cache_write_1h),
        ("output", usage.output),
        ("  of it reasoning", usage.reasoning),
        *((display.plain(name).replace("_", " "), count) for name, count in usage.more.items()),
    ]
    for name, count in buckets:
        if count is None:
            yield _pair(name, Text("not told", style=ink.watch), width, ink)
        elif count or name in {"input", "output"}:
            yield _pair(name, Text(display.count(count), style=ink.ink), width, ink)


def _costs(detail: CallDetail, width: int, ink: Palette) -> Iterator[Text]:
    cost = detail.call.cost
    for line in detail.lines:
        yield _pair(*_price_line(line, ink), width, ink)
    style = f"bold {ink.ink}" if cost.pusd is not None else f"bold {ink.watch}"
    yield _pair("total", Text(display.full_cost(cost), style=style), width, ink)
    for said in (BASES[cost.basis], display.band(cost), display.lessons(cost)):
        if said:
            yield placed(Text(f"  {said}", style=ink.muted), width, "left")
    if detail.cost_now.pusd != cost.pusd:
        now = Text(display.exact_money(detail.cost_now.pusd), style=ink.ink)
        yield _pair("at today's rates", now, width, ink)
    if cost.reported_pusd is not None:
        told = Text(display.exact_money(cost.reported_pusd), style=ink.ink)
        yield _pair("said by provider", told, width, ink)
    if cost.cache_saved_pusd:
        saved = Text(display.exact_money(cost.cache_saved_pusd), style=ink.ok)
        yield _pair("saved by cache", saved, width, ink)
    if cost.rate:
        yield placed(Text(f"  {display.plain(cost.rate)}", style=ink.muted), width, "left")


def _price_line(line: PriceLine, ink: Palette) -> tuple[str, Text]:
    """`1,200 × $3/M = $0.0036`, the amount at the right edge."""
    per = {1_000_000: "/M", 1_000: "/K", 1: ""}.get(line.per, f"/{line.per:,}")
    sum_text = f"{display.count(line.count)} × ${display.plain(line.rate_usd)}{per}"
    amount = Text(display.exact_money(line.pusd), style=ink.ink)
    return f"{display.plain(line.unit)}  {sum_text} =", amount


def _times(call: Call, width: int, ink: Palette) -> Iterator[Text]:
    took = Text(display.duration(call.latency_us), style=ink.ink)
    yield _pair("took", took, width, ink)
    if call.first_chunk_us is None or not call.latency_us:
        return
    first = Text(display.duration(call.first_chunk_us), style=ink.ink)
    yield _pair("to the first chunk", first, width, ink)
    room = max(4, width - 2)
    waited = max(1, min(room - 1, round(call.first_chunk_us / call.latency_us * room)))
    yield Text.assemble(
        "  ", ("╍" * waited, ink.watch), ("━" * (room - waited), ink.series[0])
    )  # fmt: skip
    yield Text.assemble("  ", ("╍ waiting  ", ink.watch), ("━ streaming", ink.series[0]))


def _context(call: Call, width: int, ink: Palette) -> Iterator[Text]:
    labels = (
        ("feature", call.feature),
        ("user", call.user),
        ("user tier", call.user_tier),
        ("session", call.session),
        ("agent", call.agent),
        ("workflow", call.workflow),
        ("project", call.project),
        ("env", call.environment),
        ("prompt", call.prompt_version),
        ("trace", call.trace),
        ("span", call.parent),
        ("call site", call.site),
        *_callers(call.stack),
        *call.tags.items(),
    )
    for name, value in labels:
        if value:
            yield _fact(display.plain(name), value, width, ink)


def _callers(stack: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The frames above the site, nearest first."""
    above = stack[-2::-1]
    for frame in above[:MAX_CALLERS]:
        yield "called by", frame
    if len(above) > MAX_CALLERS:
        yield "called by", f"… {len(above) - MAX_CALLERS} more; calls show has them all"


def _outcome(call: Call, width: int, ink: Palette) -> Iterator[Text]:
    yield _fact("ended", call.outcome.name.lower(), width, ink)
    facts = (
        ("error", call.error),
        ("HTTP", str(call.status) if call.status else ""),
        ("stopped by", call.finish),
        ("tier", call.tier),
        ("attempts", display.attempts(call)),
        ("called", display.each_once(call.tools_called)),
        ("offered", display.each_once(call.tools_offered)),
        ("asked for", call.requested_model if call.requested_model != call.model else ""),
        ("answered by", call.answered if call.answered != call.model else ""),
        ("id", call.id),
    )
    for name, value in facts:
        if value:
            yield _fact(name, value, width, ink)


def _text(text: CallText | None, width: int, ink: Palette) -> Iterator[Text]:
    """What was asked and answered, where the program captured it."""
    if text is None:
        return
    for title, speeches in (("asked", text.prompt), ("answered", text.answer)):
        for said in speeches:
            yield placed(
                Text(f"  {title}, {display.plain(said.role)}", style=ink.muted), width, "left"
            )
            lines = said.text[:TEXT_CHARS].expandtabs(4).split("\n")
            for line in lines:
                for row in chop_cells(display.plain(line), max(8, width - 2)) or [""]:
                    yield placed(Text(f"  {row}", style=ink.ink), width, "left")
            if len(said.text) > TEXT_CHARS:
                yield placed(
                    Text("  … calls show --text has it all", style=ink.muted), width, "left"
                )
