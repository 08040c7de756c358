"""Lines of facts below the panels: what went wrong, what changed, and how much is known how."""

from collections.abc import Iterable

from rich.text import Text
from textual.geometry import Size

from profiler import display
from profiler.analysis.figures import Figures
from profiler.analysis.results.snapshot import Snapshot
from profiler.domain.alerts import MOST_REFUSED
from profiler.domain.totals import Totals
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.movers import led_to, movers
from profiler.tui.widgets.panel import FiguresPanel
from profiler.tui.widgets.spending import part_of
from profiler.tui.widgets.spots import SpotsPanel, leads, opens

NOT_TOLD = ", cost not reported"
"""Providers count no tokens for what failed."""


class FactsLine(SpotsPanel, FiguresPanel):
    """One line without a frame."""

    DEFAULT_CSS = """
    FactsLine { border: none; background: $background; height: 1; padding: 0 2; }
    FactsLine:focus { border: none; }
    """

    def drawn(self, told: Figures, size: Size, ink: Palette) -> list[Text]:
        """One line; what matters least is left out first."""
        made = Text(no_wrap=True, end="")
        for part in self.parts(told, ink):
            if made and made.cell_len + part.cell_len + 3 > size.width:
                break
            if made:
                made.append(" · ", ink.edge)
            made.append_text(part)
        return [made]

    def parts(self, told: Figures, ink: Palette) -> Iterable[Text]:
        """What it tells, the most important first."""
        raise NotImplementedError


class FreshnessLine(FactsLine):
    """How much of the total is known how, and how far the log is read."""

    def parts(self, told: Figures, ink: Palette) -> Iterable[Text]:
        """What the total rests on."""
        return knowledge(told, ink)


class TroubleLine(FactsLine):
    """How much went wrong in the range, and what that cost."""

    def parts(self, told: Figures, ink: Palette) -> Iterable[Text]:
        """Errors, retries and calls that were given up; what was refused is no call."""
        yield from troubles(told, ink)
        # a refusal has no labels that a filter could mean
        if isinstance(told, Snapshot) and told.refused_calls and not self.view.question.query:
            more = "+" if told.refused_calls >= MOST_REFUSED else ""
            words = f"⊘ {display.count(told.refused_calls)}{more} refused by budgets"
            yield leads(Text(words, style=ink.high), "budgets")


class MoversLine(FactsLine):
    """What changed most, where there is no room for a table of it."""

    def parts(self, told: Figures, ink: Palette) -> Iterable[Text]:
        """Some names with what they cost more or less."""
        found = movers(told) if isinstance(told, Snapshot) else ()
        yield Text("Movers" if found else "No calls before to compare with", style=ink.muted)
        for one in found:
            name = Text(f"{display.model_name(one.labels[0], 24)} ", style=ink.ink)
            yield Text.assemble(name, led_to(one, self.view, ink))


def troubles(told: Figures, ink: Palette) -> list[Text]:
    """What went wrong, and what that cost."""
    totals, part = told.totals, part_of(told)
    if not (totals.errors or totals.retries or totals.aborted):
        return [Text("✓ no errors, no retries", style=ink.muted)]
    cost = _cost_of(part.failed) if part else ""
    errors = Text(f"✖ {_number(totals.errors, 'error', 'errors')}{cost}", style=ink.high)
    retries = Text(f"↻ {_number(totals.retries, 'retry', 'retries')}", style=ink.watch)
    aborted = Text(f"◌ {display.count(totals.aborted)} aborted", style=ink.watch)
    counted = (
        (totals.errors, opens(errors, "status:error")),
        # what failed on the way to an answer comes without usage: nobody can price it
        (totals.retries, opens(retries, "attempts>1").append(NOT_TOLD, ink.muted)),
        (totals.aborted, opens(aborted, "status:aborted")),
    )
    return [text for number, text in counted if number]


def _cost_of(failed: Totals) -> str:
    return NOT_TOLD if failed.has_no_known_cost else f" cost {display.spend(failed)}"


def _number(count: int, one: str, more: str) -> str:
    return f"{display.count(count)} {one if count == 1 else more}"


def basis_text(name: str, text: str, ink: Palette) -> Text:
    """One part of what a sum rests on: what was measured is at rest, all else stands out."""
    if name == "measured":
        return Text(f"✓ {text}", style=ink.ok)
    return Text(f"~{text}" if name == "estimated" else text, style=ink.watch)


def knowledge(told: Figures, ink: Palette) -> list[Text]:
    """What the total rests on, part by part, the most important first."""
    totals, freshness = told.totals, told.freshness
    parts = [
        opens(basis_text(name, text, ink), f"basis:{name}")
        for name, text in display.basis_parts(totals)
    ]
    if freshness.lost_calls:
        word = "call" if freshness.lost_calls == 1 else "calls"
        lost = f"{display.count(freshness.lost_calls)} {word} not logged"
        parts.append(Text(lost, style=ink.high))
    if freshness.swallowed_faults:
        word = "fault of ours was" if freshness.swallowed_faults == 1 else "faults of ours were"
        words = f"{display.count(freshness.swallowed_faults)} {word} swallowed, see doctor"
        parts.append(Text(words, style=ink.high))
    if freshness.rejections:
        word = "line" if freshness.rejections == 1 else "lines"
        parts.append(Text(f"{display.count(freshness.rejections)} bad {word}", style=ink.high))
    parts.append(opens(Text(display.calls(totals.calls), style=ink.muted), ""))
    if freshness.pending_bytes > 1_000_000:
        waiting = display.short_count(freshness.pending_bytes)
        parts.append(Text(f"{waiting}B unread", style=ink.watch))
    return parts
