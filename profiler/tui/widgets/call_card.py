"""One call, opened: what it used, what that cost, how long it took, where it came from."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.text import Text
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from profiler import display
from profiler.analysis.results.snapshot import CallDetail
from profiler.domain.calls import Call
from profiler.log.captured import CallText
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.call_columns import tokens_per_second
from profiler.tui.widgets.call_costs import cost_lines, other_costs
from profiler.tui.widgets.columns import placed, stacked
from profiler.tui.widgets.pairs import fact, folded, pair
from profiler.tui.widgets.panel import palette_of
from profiler.tui.widgets.recent import model_of, outcome_sign

TEXT = "Text"
"""Over what was said."""
MAX_CALLERS = 8
"""Frames above the call's own that are shown."""
TEXT_CHARS = 4_000
"""Of each thing said; the card is drawn whole at every turn of the cursor."""


class CallCard(Widget):
    """Draws a `CallDetail`; as tall as it needs."""

    DEFAULT_CSS = "CallCard { width: 1fr; height: auto; }"

    detail: reactive[CallDetail | None] = reactive(None, layout=True)
    zone: reactive[ZoneInfo] = reactive(ZoneInfo("UTC"))
    is_text_open: reactive[bool] = reactive(False, layout=True)
    """Whether what was asked and answered is shown, where it was captured."""

    @property
    def text_row(self) -> int:
        """The line where what was said begins."""
        lines = [line.plain.rstrip() for line in self._drawn(self.content_size.width)]
        return lines.index(TEXT) if TEXT in lines else 0

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
        return card(self.detail, self.zone, width, palette_of(self), is_text_open=self.is_text_open)


def card(
    detail: CallDetail, zone: ZoneInfo, width: int, ink: Palette, *, is_text_open: bool = False
) -> list[Text]:
    """The lines about a call; what was said in it only where that is opened."""
    call = detail.call
    made = [
        *_heading(call, zone, width, ink),
        *_section("Tokens", _tokens(call, width, ink), ink),
        *_section("Cost", cost_lines(detail, zone, width, ink), ink),
        *_section("It would cost", other_costs(detail, width, ink), ink),
        *_section("Time", _times(call, width, ink), ink),
        *_section("Context", _context(call, width, ink), ink),
        *_section("Outcome", _outcome(call, width, ink), ink),
        *_section(TEXT, _text(detail.text, width, ink, is_open=is_text_open), ink),
    ]
    return made[:-1]


def _heading(call: Call, zone: ZoneInfo, width: int, ink: Palette) -> list[Text]:
    kind = " streamed" if call.is_streamed else ""
    what = f"{display.label(call.provider)} · {display.plain(call.operation)}{kind}"
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
            yield pair(name, Text("not told", style=ink.watch), width, ink)
        elif count or name in {"input", "output"}:
            yield pair(name, Text(display.count(count), style=ink.ink), width, ink)


def _times(call: Call, width: int, ink: Palette) -> Iterator[Text]:
    yield pair("took", Text(display.duration(call.latency_us), style=ink.ink), width, ink)
    if call.retry_wait_us:
        waits = Text(display.duration(call.retry_wait_us), style=ink.watch)
        yield pair("of it between attempts", waits, width, ink)
    if call.first_chunk_us is not None and call.latency_us:
        first = Text(display.duration(call.first_chunk_us), style=ink.ink)
        yield pair("to the first chunk", first, width, ink)
        wrote_us = max(0, call.latency_us - call.first_chunk_us)
        wrote = Text(display.duration(wrote_us), style=ink.ink)
        yield pair("then writing", wrote, width, ink)
    speed = tokens_per_second(call)
    if speed is not None:
        yield pair("speed", Text(f"{speed:,.1f} tokens/s", style=ink.ink), width, ink)
    yield from _bar(call, width, ink)


def _bar(call: Call, width: int, ink: Palette) -> Iterator[Text]:
    """Waiting between attempts, waiting for the first chunk, writing: as long as they took."""
    if call.first_chunk_us is None or not call.latency_us:
        return
    between = min(call.retry_wait_us or 0, call.first_chunk_us)
    parts = (
        ("┄", "between attempts", between, ink.high),
        ("╍", "waiting", call.first_chunk_us - between, ink.watch),
        ("━", "writing", max(0, call.latency_us - call.first_chunk_us), ink.series[0]),
    )
    there = [part for part in parts if part[2]]
    room, took = max(4, width - 2), sum(part[2] for part in there)
    bar, key, drawn = Text("  "), Text("  "), 0
    for place, (sign, name, part_us, colour) in enumerate(there):
        left = len(there) - place - 1
        cells = room - drawn if not left else round(part_us / took * room)
        cells = max(1, min(cells, room - drawn - left))
        drawn += cells
        bar.append(sign * cells, style=colour)
        key.append(f"{sign} {name}  ", style=colour)
    yield bar
    yield key


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
    )
    tags = (tag for tag in call.tags.items() if tag not in labels)
    for name, value in (*labels, *tags):
        if value:
            yield fact(display.plain(name), value, width, ink)


def _callers(stack: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The frames above the site, nearest first."""
    above = stack[-2::-1]
    for frame in above[:MAX_CALLERS]:
        yield "called by", frame
    if len(above) > MAX_CALLERS:
        yield "called by", f"… {len(above) - MAX_CALLERS} more; calls show has them all"


def _outcome(call: Call, width: int, ink: Palette) -> Iterator[Text]:
    yield fact("ended", call.outcome.name.lower(), width, ink)
    facts = (
        ("error", call.error),
        ("HTTP", str(call.status) if call.status else ""),
        ("stopped by", call.finish),
        ("tier", call.tier),
        ("attempts", display.attempts(call)),
        ("called", display.each_once(call.tools_called)),
        ("offered", display.each_once(call.tools_offered)),
        ("asked for", call.requested_model if call.requested_model != call.model else ""),
        ("answered", call.answered if call.answered != call.model else ""),
        ("id", call.id),
    )
    for name, value in facts:
        if value:
            yield fact(name, value, width, ink)


def _text(text: CallText | None, width: int, ink: Palette, *, is_open: bool) -> Iterator[Text]:
    """What was asked and answered, where the program captured it; folded, how much it is."""
    if text is None:
        return
    if not is_open:
        spoken = (*text.prompt, *text.answer)
        letters = display.count(sum(len(one.text) for one in spoken))
        told = f"  ▸ {len(spoken)} messages, {letters} letters: v shows them"
        yield placed(Text(told, style=ink.muted), width, "left")
        return
    for title, speeches in (("asked", text.prompt), ("answered", text.answer)):
        for said in speeches:
            yield placed(
                Text(f"  {title}, {display.plain(said.role)}", style=ink.muted), width, "left"
            )
            lines = said.text[:TEXT_CHARS].expandtabs(4).split("\n")
            for line in lines:
                for row in folded(display.plain(line), max(8, width - 2)):
                    yield placed(Text(f"  {row}", style=ink.ink), width, "left")
            if len(said.text) > TEXT_CHARS:
                yield placed(
                    Text("  … calls show --text has it all", style=ink.muted), width, "left"
                )
