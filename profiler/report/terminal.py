"""A sheet as a table in a terminal, or in whatever its output is piped into."""

import io
from dataclasses import replace
from typing import TextIO

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from profiler.report.document import Document, alone
from profiler.report.sheet import Heading, Line, Sheet

BAR_CELLS = 10
GAP = 2
LABEL_CELLS = 24
"""How wide a label may be at least before columns make room for it."""
PIPED_WIDTH = 1000
"""A reader that has no width gets every column."""

_TONES = {"": "blue", "ok": "green", "watch": "yellow", "high": "red", "over": "bold red"}
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def draw(sheet: Sheet, out: TextIO) -> None:
    """Write `sheet` to `out`: in colour and to its width where it is a terminal."""
    draw_document(alone(sheet), out)


def draw_document(document: Document, out: TextIO) -> None:
    """Write each sheet of `document` below the other, for each chart its table."""
    sheets = [part if isinstance(part, Sheet) else part.table for part in document.parts]
    if out.isatty():
        _print(document, sheets, Console(file=out, highlight=False))
        return
    piped = io.StringIO()
    console = Console(file=piped, highlight=False, color_system=None, width=PIPED_WIDTH)
    _print(document, [_cut(sheet) for sheet in sheets], console)
    out.writelines(f"{line.rstrip()}\n" for line in piped.getvalue().splitlines())


def _cut(sheet: Sheet) -> Sheet:
    """`sheet` with its longest labels ended by `…`: one of them would stretch every line."""

    def fitting(line: Line) -> Line:
        cells = zip(line.cells, sheet.headings, strict=True)
        return replace(line, cells=tuple(_shortened(cell, head) for cell, head in cells))

    return replace(sheet, lines=tuple(map(fitting, sheet.lines)))


def _shortened(cell: str, heading: Heading) -> str:
    if heading.is_number or heading.is_whole or cell_len(cell) <= heading.most:
        return cell
    return set_cell_size(cell, heading.most - 1).rstrip() + "…"


def _print(document: Document, sheets: list[Sheet], console: Console) -> None:
    _say(console, document.title, document.subtitle)
    for sheet in sheets:
        console.print()
        if sheet.title:
            _say(console, sheet.title, sheet.subtitle)
        console.print(_table(_fitted(sheet, console.width)))
        _note(console, sheet.notes)
    _note(console, document.notes)


def _say(console: Console, title: str, subtitle: str) -> None:
    console.print(Text(title, style="bold"))
    if subtitle:
        console.print(Text(subtitle, style="dim"))


def _note(console: Console, notes: tuple[str, ...]) -> None:
    if notes:
        console.print()
    for note in notes:
        console.print(Text(note, style="dim"))


def _fitted(sheet: Sheet, width: int) -> Sheet:
    """`sheet` without the columns that one can best do without, until it fits."""
    widths = [_width(sheet, index) for index in range(len(sheet.headings))]
    spares = [heading.spare for heading in sheet.headings]
    if _has_bars(sheet):
        widths.append(BAR_CELLS)
        spares.append(sheet.bar_spare)
    kept = list(range(len(widths)))
    while sum(widths[index] + GAP for index in kept) - GAP > width:
        dearest = max(kept, key=lambda index: spares[index])
        if not spares[dearest]:
            break
        kept.remove(dearest)
    room = width - sum(widths[index] + GAP for index in kept) + GAP
    return _narrowed(_only(sheet, kept), room)


def _narrowed(sheet: Sheet, room: int) -> Sheet:
    """`sheet` with labels cut to what was reckoned for them, and to the `room` that is left."""
    cuts = [index for index, heading in enumerate(sheet.headings) if heading.is_cut]
    most = {index: LABEL_CELLS + max(0, room) // len(cuts) for index in cuts}

    def cut(line: Line) -> Line:
        cells = (
            middle_cut(cell, most[index]) if index in most else cell
            for index, cell in enumerate(line.cells)
        )
        return replace(line, cells=tuple(cells))

    return replace(sheet, lines=tuple(map(cut, sheet.lines)))


def middle_cut(text: str, most: int) -> str:
    """`text` in so many cells: names that begin alike mostly end otherwise."""
    if cell_len(text) <= most:
        return text
    head = set_cell_size(text, (most - 1) // 2).rstrip()
    tail = text[::-1]
    return f"{head}…{set_cell_size(tail, most - 1 - cell_len(head))[::-1].lstrip()}"


def _width(sheet: Sheet, index: int) -> int:
    """How many cells a column needs: all of a number, the beginning of a label."""
    heading = sheet.headings[index]
    lines = (*sheet.lines, sheet.total) if sheet.total else sheet.lines
    whole = max(map(cell_len, (heading.title, *(line.cells[index] for line in lines))))
    return whole if heading.is_number or heading.is_whole else min(whole, LABEL_CELLS)


def _only(sheet: Sheet, kept: list[int]) -> Sheet:
    """`sheet` with those columns alone; its bars stand behind the last column."""
    has_bars = len(sheet.headings) in kept
    columns = [index for index in kept if index < len(sheet.headings)]

    def cut(line: Line) -> Line:
        cells = tuple(line.cells[index] for index in columns)
        return replace(line, cells=cells, share=line.share if has_bars else None)

    return replace(
        sheet,
        headings=tuple(sheet.headings[index] for index in columns),
        lines=tuple(cut(line) for line in sheet.lines),
        total=cut(sheet.total) if sheet.total else None,
    )


def _has_bars(sheet: Sheet) -> bool:
    return any(line.share is not None for line in sheet.lines)


def _table(sheet: Sheet) -> Table:
    has_bars = _has_bars(sheet)
    table = Table(
        box=None,
        pad_edge=False,
        padding=(0, GAP, 0, 0),
        header_style="dim",
        show_header=any(heading.title for heading in sheet.headings),
    )
    for heading in sheet.headings:
        _add_column(table, heading)
    if has_bars:
        table.add_column("", no_wrap=True, width=BAR_CELLS)
    for line in sheet.lines:
        table.add_row(*_cells(line, "", has_bars=has_bars))
    if sheet.total:
        table.add_section()
        table.add_row(*_cells(sheet.total, "bold", has_bars=has_bars))
    return table


def _add_column(table: Table, heading: Heading) -> None:
    table.add_column(
        Text(heading.title),
        justify="right" if heading.is_number else "left",
        no_wrap=heading.is_number or heading.is_whole or heading.is_cut,
        overflow="fold",
    )


def _cells(line: Line, style: str, *, has_bars: bool) -> list[Text]:
    cells = [Text(cell, style=style) for cell in line.cells]
    if has_bars:
        cells.append(Text(bar(line.share or 0.0), style=_TONES.get(line.tone, "blue")))
    return cells


def bar(share: float) -> str:
    """A bar of at most ten cells, in steps of an eighth of one; what is not nothing shows."""
    eighths = round(min(max(share, 0.0), 1.0) * BAR_CELLS * 8)
    if share > 0:
        eighths = max(eighths, 1)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")
