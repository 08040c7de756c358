"""A sheet as a table in a terminal, or in whatever its output is piped into."""

import io
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from profiler.report.sheet import Heading, Line, Sheet

BAR_CELLS = 10
PIPED_WIDTH = 1000
"""Nothing is cut for a reader that has no width."""

_TONES = {"": "blue", "ok": "green", "watch": "yellow", "high": "red", "over": "bold red"}
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def draw(sheet: Sheet, out: TextIO) -> None:
    """Write `sheet` to `out`: in colour and to its width where it is a terminal."""
    if out.isatty():
        _print(sheet, Console(file=out, highlight=False))
        return
    piped = io.StringIO()
    _print(sheet, Console(file=piped, highlight=False, color_system=None, width=PIPED_WIDTH))
    out.writelines(f"{line.rstrip()}\n" for line in piped.getvalue().splitlines())


def _print(sheet: Sheet, console: Console) -> None:
    console.print(Text(sheet.title, style="bold"))
    if sheet.subtitle:
        console.print(Text(sheet.subtitle, style="dim"))
    console.print()
    console.print(_table(sheet))
    if sheet.notes:
        console.print()
    for note in sheet.notes:
        console.print(Text(note, style="dim"))


def _table(sheet: Sheet) -> Table:
    bars = any(line.share is not None for line in sheet.lines)
    table = Table(
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="dim",
        show_header=any(heading.title for heading in sheet.headings),
    )
    for heading in sheet.headings:
        _add_column(table, heading)
    if bars:
        table.add_column("", no_wrap=True, width=BAR_CELLS)
    for line in sheet.lines:
        table.add_row(*_cells(line, "", with_bar=bars))
    if sheet.total:
        table.add_section()
        table.add_row(*_cells(sheet.total, "bold", with_bar=bars))
    return table


def _add_column(table: Table, heading: Heading) -> None:
    table.add_column(
        Text(heading.title),
        justify="right" if heading.is_number else "left",
        no_wrap=heading.is_number or heading.is_whole,
        overflow="fold",
    )


def _cells(line: Line, style: str, *, with_bar: bool) -> list[Text]:
    cells = [Text(cell, style=style) for cell in line.cells]
    if with_bar:
        cells.append(Text(bar(line.share or 0.0), style=_TONES.get(line.tone, "blue")))
    return cells


def bar(share: float) -> str:
    """A bar of at most ten cells, in steps of an eighth of one; what is not nothing shows."""
    eighths = round(min(max(share, 0.0), 1.0) * BAR_CELLS * 8)
    if share > 0:
        eighths = max(eighths, 1)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")
