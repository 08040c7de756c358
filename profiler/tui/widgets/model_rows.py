"""Rows about models, or whatever else calls are told apart by."""

from collections.abc import Callable

from rich.text import Text

from profiler import display
from profiler.analysis.results.compared import Compared
from profiler.tui.asking.opened import joined, labelled
from profiler.tui.looks.theme import Palette
from profiler.tui.widgets.columns import Cell, Column
from profiler.tui.widgets.gauge import bar
from profiler.tui.widgets.spending import spend_text
from profiler.tui.widgets.yardsticks import YARDSTICKS

BYS = (
    "model", "provider", "feature", "user", "agent", "project", "workflow", "site",
    "environment", "prompt_version", "user_tier", "operation",
)  # fmt: skip


def columns_by(by: str) -> tuple[Column, ...]:
    """The columns where rows are told apart so."""
    spend, *others = (one.column for one in YARDSTICKS)
    return (
        Column("#", 3, "right"),
        Column(title_of(by), 28, grow=3, most=44),
        spend,
        Column("Share", 6, "right", rank=6),
        Column("", 8, grow=1, rank=16, most=24),
        *others,
    )


def title_of(by: str) -> str:
    """How a dimension reads over a column: `Prompt version`."""
    return by.replace("_", " ").capitalize()


def calls_of(row: Compared, by: str) -> str:
    """The filter that leads to a row's calls."""
    names = ("provider", "model") if len(row.labels) > 1 else (by,)
    return joined(labelled(name, label) for name, label in zip(names, row.labels, strict=True))


def model_cells(
    number: int, row: Compared, total_pusd: int, ink: Palette, *, is_marked: bool = False
) -> list[Cell]:
    """One row."""
    totals = row.totals
    share = display.share(totals, total_pusd)
    colour = ink.series[min(number, len(ink.series)) - 1]
    return [
        Text(f"{'◆' if is_marked else ''}{number}", style=ink.accent if is_marked else colour),
        name_cell(row, ink),
        spend_text(totals, ink),
        Text(display.percent(share), style=ink.muted),
        _share_bar(share or 0.0, colour, ink),
        *(yardstick.cell(row, ink) for yardstick in YARDSTICKS[1:]),
    ]


def name_cell(row: Compared, ink: Palette) -> Cell:
    """The model and who bills for it; else the label."""
    billed_by = f" {display.label(row.provider)}" if row.provider else ""

    def name(width: int) -> Text:
        if len(row.labels) == 1:
            return Text(display.label(row.name) or "(none)", style=ink.ink)
        room = width - len(billed_by)
        return Text.assemble((display.model_name(row.name, room), ink.ink), (billed_by, ink.muted))

    return name


def _share_bar(share: float, colour: str, ink: Palette) -> Callable[[int], Text]:
    return lambda width: bar(share, width, colour, ink.track)
